"""What the assistant said, clause by clause, and what of it nobody heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipit.device.timeline.story import Fields, Span, Words, at, named, span, turns_of, words

PACE = 14.0
"""Characters a second of a voice nobody has timed."""
LONGEST_UNHEARD_S = 4.0
"""So much room an unheard rest may take; its words are in its title."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One turn's reply: its clauses, when each was played out, and how much of it was heard."""

    turn: int
    clauses: Sequence[str]
    spoken: Mapping[int, float]
    audible: Span | None
    ended: float
    heard: str
    outcome: str


def replies_of(report: Fields, events: Sequence[Fields], numbers: Mapping[str, int]) -> list[Words]:
    """Return the blocks of all replies, in order of time; none overlaps the next."""
    by_turn: dict[str, list[Fields]] = {}
    for event in events:
        by_turn.setdefault(words(event.get("turn")), []).append(event)
    told = {words(turn.get("turn_id")): turn for turn in turns_of(report)}
    blocks: list[Words] = []
    for turn, number in numbers.items():
        blocks += _blocks(_reply(number, told.get(turn, {}), by_turn.get(turn, [])))
    return list(_apart(sorted(blocks, key=lambda b: b.start)))


def _reply(number: int, told: Fields, events: Sequence[Fields]) -> Reply:
    pieces = {int(e.get("index", 0)): words(e.get("text")) for e in named(events, "Clause")}
    end = next(named(events, "TurnEnded"), {})
    record = end.get("record")
    told = {**(record if isinstance(record, Mapping) else {}), **told}
    clauses = [pieces[i] for i in sorted(pieces)] or [words(told.get("reply"))]
    spoken = {int(e.get("index", 0)): at(e) for e in named(events, "ClauseSpoken")}
    audible = span(told.get("playback_s")) or _played(events)
    ended = at(end) if end else max(map(at, events), default=audible.end if audible else 0.0)
    outcome = words(told.get("outcome"))
    heard = words(told.get("heard")) if outcome else "".join(clauses)
    return Reply(number, clauses, spoken, audible, ended, heard, outcome)


def _played(events: Sequence[Fields]) -> Span | None:
    first = next(named(events, "PlaybackStarted"), None)
    if first is None:
        return None
    ends = [at(e) for e in named(events, "ClauseSpoken", "PlaybackDone", "TurnEnded")]
    return Span(at(first), max([at(first), *ends]))


def _blocks(reply: Reply) -> list[Words]:
    parts = list(_halves(reply.clauses, len(reply.heard.strip())))
    heard = [(i, text) for i, (text, _) in enumerate(parts) if text.strip()]
    blocks = _heard_blocks(reply, heard, reply.audible) if reply.audible else []
    rest = "".join(text for _, text in parts).strip()
    if rest and reply.outcome in ("interrupted", "failed"):
        start = blocks[-1].end if blocks else reply.audible.end if reply.audible else reply.ended
        lasts = min(len(rest) / _pace(blocks), LONGEST_UNHEARD_S)
        blocks.append(Words(start, start + max(lasts, 0.3), rest, "unheard", reply.turn))
    return blocks


def _halves(clauses: Sequence[str], heard: int) -> Iterator[tuple[str, str]]:
    """Cut every clause where the listener stopped hearing; ``heard`` counts from the first letter."""
    left = heard + (len(clauses[0]) - len(clauses[0].lstrip()) if clauses else 0)
    for text in clauses:
        yield text[: max(left, 0)], text[max(left, 0) :]
        left -= len(text)


def _heard_blocks(reply: Reply, heard: Sequence[tuple[int, str]], audible: Span) -> list[Words]:
    blocks, start = [], audible.start
    for place, (index, text) in enumerate(heard):
        ahead = sum(len(t) for _, t in heard[place:])
        guess = start + (audible.end - start) * len(text) / ahead
        end = reply.spoken.get(index, guess) if place < len(heard) - 1 else audible.end
        end = min(max(end, start), audible.end)
        blocks.append(Words(start, end, text.strip(), "pipit", reply.turn))
        start = end
    return blocks


def _pace(blocks: Sequence[Words]) -> float:
    took = sum(b.end - b.start for b in blocks)
    return min(max(sum(len(b.text) for b in blocks) / took, 5.0), 40.0) if took > 0.5 else PACE


def _apart(blocks: Sequence[Words]) -> Iterator[Words]:
    for place, block in enumerate(blocks):
        following = next((b.start for b in blocks[place + 1 :] if b.turn != block.turn), block.end)
        yield replace(block, end=max(min(block.end, following), block.start))
