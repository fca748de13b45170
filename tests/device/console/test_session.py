"""One console at the end of a real pty: commands, events, and readers that do not read."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from pipit.device.console import Session
from pipit.device.console.outbox import EVENTS, Dropped, Outbox, Wake
from pipit.device.console.protocol import COMMANDS
from pipit.fsm import Outcome
from pipit.fsm import events as ev

from .fakes import Cable, FakeControl, Terminal, Threads, ended, eventually


@pytest.fixture
def session(control: FakeControl, cable: Cable, threads: Threads) -> Iterator[Session]:
    line = os.open(cable.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    session = Session(control, line, line)
    threads.spawn("console", session.run)
    yield session
    session.close()
    threads.join()
    os.close(line)


@pytest.fixture
def terminal(session: Session, cable: Cable) -> Terminal:
    return cable.terminal


def test_every_command_is_answered(terminal: Terminal, control: FakeControl) -> None:
    arguments = {
        "say": "hi",
        "ask": "hi",
        "play": "/dev/null",
        "volume": "1",
        "log": "info",
        "session": "list",
        "phase": "complete",
    }
    for name, command in COMMANDS.items():
        line = f"{name} {command.choices[0] if command.choices else arguments.get(name, '')}".strip()
        *_, end = terminal.ask("mode text" if name == "mode" else line)
        assert end == "ok", line
    asked = "status post post say post play post post journal post latency mute volume log_level quit"
    assert [call[0] for call in control.calls] == asked.split()


def test_events_are_shown_only_while_they_are_on(terminal: Terminal, control: FakeControl) -> None:
    control.publish(ev.StateChanged(source="idle", dest="listening"))
    assert terminal.ask("events on") == ["ok"]
    assert terminal.ask("events on") == ["ok"]
    assert len(control.subscribers) == 1
    control.publish(ev.StateChanged(source="idle", dest="listening"))
    control.publish(ev.PartialTranscript(utterance=1, text="tell"))
    control.publish(ev.FinalTranscript(utterance=1, text="tell me a story"))
    control.publish(ended())
    told = ["state listening", "You: tell me a story", "Pipit: once upon", "interrupted, silent after 0.3 ms"]
    assert [terminal.line() for _ in told] == told
    assert terminal.ask("events off") == ["ok"]
    assert not control.subscribers


def test_what_people_are_told(terminal: Terminal, control: FakeControl) -> None:
    terminal.ask("events on")
    told: list[tuple[ev.Event, str]] = [
        (ev.TextTyped(text="hi"), "You: hi"),
        (ev.MicLost(), "microphone lost: unplugged"),
        (ev.MicBack(), "microphone back"),
        (ev.SpeakerLost(reason="pulled"), "speaker lost: pulled"),
        (ev.SpeakerBack(), "speaker back"),
        (ev.Failed(part="model", code="x", message="no\nmemory\x1b[2J"), "failed: model: no memory[2J"),
        (ev.Ignored(of="Send", state="idle"), "ignored Send while idle"),
        (ended(Outcome.DONE, "", latency_ms={"first_audio": 812.4}), "done, sound 812 ms after the last word"),
        (ended(Outcome.DONE, ""), "done"),
        (ended(Outcome.EMPTY, ""), "nothing but noise"),
        (ended(Outcome.FAILED, "", error="turn-too-long"), "turn failed: turn-too-long"),
        (ended(Outcome.INTERRUPTED, "", barge_in_ms=None), "interrupted"),
    ]
    for event, line in told:
        control.publish(event)
        assert terminal.line() == line


def test_events_for_programs_are_lines_of_json(terminal: Terminal, control: FakeControl) -> None:
    terminal.ask("mode json")
    terminal.ask("events on")
    for event in (ev.PartialTranscript(utterance=1, text="grüß\n"), ended()):
        control.publish(event)
        assert json.loads(terminal.line()) == json.loads(json.dumps(ev.as_dict(event)))


def test_after_100_000_random_bytes_it_still_answers(terminal: Terminal, control: FakeControl) -> None:
    noise = random.Random(7).randbytes(100_000)
    for start in range(0, len(noise), 512):
        terminal.send(noise[start : start + 512])
        terminal.skim()
    terminal.send("\n")
    lines = terminal.ask("status")
    while "state: idle" not in lines:
        assert lines[-1].startswith("error: ") or lines == ["ok"]
        lines = terminal.answer()
    assert not [call for call in control.calls if call[0] != "status"]


def test_an_endless_line_is_one_error_and_costs_nothing(terminal: Terminal) -> None:
    for _ in range(200):
        terminal.send(b"x" * 1000)
    assert terminal.answer() == ["error: line longer than 1024 bytes"]
    terminal.send("\n")
    assert terminal.ask("mute on") == ["ok"]


def test_an_unread_line_never_holds_up_the_dialogue(session: Session, terminal: Terminal, control: FakeControl) -> None:
    terminal.ask("events on")
    slowest, started = 0.0, time.perf_counter()
    for number in range(10_000):
        before = time.perf_counter()
        control.publish(ev.StateChanged(source="idle", dest=f"state-{number}"))
        slowest = max(slowest, time.perf_counter() - before)
    took = time.perf_counter() - started
    counts = session.statistics()
    print(f"10,000 events in {took * 1000:.0f} ms, slowest {slowest * 1000:.2f} ms, {counts}")
    assert took < 2
    assert slowest < 0.25, "it waited for the reader"
    assert counts.events <= EVENTS
    assert counts.dropped > 5_000
    shown, dropped = 0, 0
    while shown + dropped < 10_000:
        line = terminal.line()
        if line.startswith("… "):
            dropped += int(line.split()[1])
        else:
            assert line == f"state state-{shown + dropped}", "in order, and counted where they are missing"
            shown += 1
    assert dropped == counts.dropped
    assert terminal.ask("status")[-1] == "ok"


def test_who_asks_and_never_reads_has_to_wait_and_gets_every_answer(
    session: Session, terminal: Terminal, control: FakeControl
) -> None:
    command = b"log info\n"
    sent = _fill(terminal, command)
    assert sent > 10_000
    assert 1000 <= session.statistics().answers < 1400
    for _ in range(sent // len(command)):
        assert terminal.answer() == ["ok"]
    terminal.send(command[sent % len(command) :])
    assert terminal.answer() == ["ok"]
    assert terminal.ask("mute on") == ["ok"]


def _fill(terminal: Terminal, command: bytes) -> int:
    """Send a command again and again until nothing has fitted for a while; return how many bytes did."""
    os.set_blocking(terminal.fd, False)
    sent, since = 0, time.monotonic()
    while time.monotonic() < since + 0.3:
        try:
            sent += os.write(terminal.fd, command[sent % len(command) :])
            since = time.monotonic()
        except BlockingIOError:
            time.sleep(0.005)
    os.set_blocking(terminal.fd, True)
    return sent


def test_the_answer_to_quit_is_written_although_quitting_closes_the_console(
    session: Session, terminal: Terminal, control: FakeControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "quit", session.close)
    assert terminal.ask("quit") == ["ok"]


def test_close_ends_it_at_once_though_nobody_reads(session: Session, terminal: Terminal, threads: Threads) -> None:
    terminal.send("help\n" * 100)
    eventually(lambda: session.statistics().answers > 100)
    started = time.monotonic()
    session.close()
    threads.join()
    assert time.monotonic() - started < 1


def test_what_breaks_within_ends_this_console_alone(
    session: Session, terminal: Terminal, control: FakeControl, threads: Threads
) -> None:
    terminal.ask("events on")
    with capture_logs() as logged:
        control.publish(ev.TextTyped(text=7))  # type: ignore[arg-type]
        threads.join()
    assert not control.subscribers
    assert [entry["log_level"] for entry in logged] == ["error"]


def test_drops_are_told_in_their_place_and_answers_never_dropped() -> None:
    box = Outbox(lambda: None, limit=2)
    events = [ev.StateChanged(source="a", dest=str(number)) for number in range(5)]
    for event in events[:4]:
        box.publish(event)
    box.answer(["state: idle", "ok"])
    assert [box.take() for _ in range(6)] == [*events[:2], Dropped(2), "state: idle", "ok", None]
    box.publish(events[4])
    assert box.take() == events[4]
    assert box.statistics().dropped == 2


def test_a_wake_that_is_closed_wakes_nobody_else() -> None:
    wake = Wake()
    wake.close()
    reader, writer = os.pipe()  # likely with the very numbers that it had
    wake.set()
    wake.clear()
    wake.close()
    os.set_blocking(reader, False)
    with pytest.raises(BlockingIOError):
        os.read(reader, 1)
    os.close(reader)
    os.close(writer)
