"""Where on the paper an instant lies: silence is folded away, and what is left is cut into rows.

Paper time is audio time without the folds, still in seconds; a row is a stretch of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipit.device.timeline.story import Span, Story

AROUND_S = 0.6
"""Kept before and after everything that happens."""
SHORTEST_FOLD_S = 3.0
FOLD_S = 0.6
"""So wide is a fold, in seconds of paper."""
SHORTEST_ROW_S = 8.0
BLANK_S = 8.0
"""Length of the picture of nothing."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Audio time that is drawn, and the paper time at which it starts."""

    start: float
    end: float
    paper: float


@dataclass(frozen=True, slots=True)
class Fold:
    """Silence that is not drawn: where on the paper, and how long it was."""

    paper: float
    lasted: float


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole drawing in paper time; ``rows`` follow one another without a gap."""

    shown: Sequence[Shown]
    folds: Sequence[Fold]
    rows: Sequence[Span]
    row_s: float
    """Seconds that the width of the paper stands for."""

    def place(self, instant: float) -> float:
        """Return the paper time of an instant; one inside a fold lies in its middle."""
        index = max(bisect_right(self.shown, instant, key=lambda s: s.start) - 1, 0)
        piece = self.shown[index]
        if instant > piece.end and index + 1 < len(self.shown):
            return piece.paper + piece.end - piece.start + FOLD_S / 2
        return piece.paper + min(max(instant, piece.start), piece.end) - piece.start

    def row_of(self, paper: float) -> int:
        """Return the row that shows a paper time."""
        return max(bisect_right(self.rows, paper, key=lambda r: r.start) - 1, 0)

    def pieces(self, start: float, end: float) -> Iterator[tuple[int, float, float]]:
        """Cut a stretch of audio time at the rows: row, and start and end in seconds from that row's start."""
        first, last = self.place(start), self.place(end)
        for index in range(self.row_of(first), self.row_of(last) + 1):
            row = self.rows[index]
            left, right = max(first, row.start), min(last, row.end)
            if right > left or (first == last and index == self.row_of(first)):
                yield index, left - row.start, right - row.start


def lay_out(story: Story, row_s: float, most_rows: int = 400) -> Paper:
    """Fold the silence of a story away and cut the rest into rows of at most about ``row_s``."""
    busy = [Span(s.start, s.end) for s in (*story.said, *story.replies, *story.held)]
    at_work = [Span(s.start, s.end) for s in story.states if s.state != "idle"]
    instants = [Span(m.at, m.at) for m in story.marks]
    shown, folds = _fold([*busy, *at_work, *instants], story.end)
    flat = Paper(shown, folds, (Span(0.0, 0.0),), row_s)
    length = shown[-1].paper + shown[-1].end - shown[-1].start
    row_s = max(row_s, length / most_rows)
    talk = _on_paper(flat, [*story.said, *story.replies])
    turns = _merge([*talk, *_on_paper(flat, [*story.held, *at_work])])
    quiet = (turns, _merge(talk), sorted(talk, key=lambda s: s.end))
    rows = tuple(_rows(length, row_s, quiet))
    return Paper(shown, folds, rows, max(SHORTEST_ROW_S, *(r.end - r.start for r in rows)))


def _on_paper(paper: Paper, spans: Iterable[Span]) -> list[Span]:
    return [Span(paper.place(s.start), paper.place(s.end)) for s in spans]


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _fold(busy: Iterable[Span], end: float) -> tuple[list[Shown], list[Fold]]:
    wide = [Span(max(s.start - AROUND_S, 0.0), s.end + AROUND_S) for s in busy]
    kept = _merge([*wide, Span(0.0, AROUND_S), Span(end, end)]) if wide else [Span(0.0, BLANK_S)]
    shown, folds = [Shown(kept[0].start, kept[0].end, 0.0)], []
    for span in kept[1:]:
        last = shown[-1]
        if span.start - last.end < SHORTEST_FOLD_S:
            shown[-1] = Shown(last.start, span.end, last.paper)
            continue
        edge = last.paper + last.end - last.start
        folds.append(Fold(edge, span.start - last.end))
        shown.append(Shown(span.start, span.end, edge + FOLD_S))
    return shown, folds


def _rows(length: float, row_s: float, busy: Sequence[Sequence[Span]]) -> Iterator[Span]:
    """Cut between turns if there is a place, else where nobody talks, else between clauses, else anywhere."""
    start = 0.0
    while length - start > row_s * 1.2:
        full = start + row_s
        gap = next(filter(None, (_last_gap(spans, start + row_s / 2, full) for spans in busy)), Span(full, full))
        cut = min(gap.end - min(AROUND_S, (gap.end - gap.start) / 2), full)
        yield Span(start, cut)
        start = cut
    yield Span(start, length)


def _last_gap(busy: Sequence[Span], earliest: float, latest: float) -> Span | None:
    """Return the last stretch between two busy ones in which a cut at or after ``earliest`` is possible."""
    index = bisect_right(busy, latest, key=lambda s: s.end)
    for place in range(min(index, len(busy) - 1), 0, -1):
        gap = Span(busy[place - 1].end, busy[place].start)
        if gap.end <= earliest:
            return None
        if max(gap.start, earliest) <= min(gap.end, latest):
            return Span(max(gap.start, earliest), gap.end)
    return None
