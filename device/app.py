"""The composition root: engines, microphone and settings become one running assistant. Only here start threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict

from pipit.audio import AboveFloor, AudioClock, Microphone, Playback, WebRtcActivity
from pipit.device.config import Settings
from pipit.errors import Failure
from pipit.fsm import Activity, Brain, BrainJob, Dialogue, DialogueSettings, Ear, Inbox, Mouth, MouthJob
from pipit.fsm import events as ev
from pipit.fsm.script import Script
from pipit.models import Engines

_INBOX = 1024
_JOBS = 256
_JOIN_S = 10.0


class Assistant:
    """Four threads around one dialogue; ``start`` it, ``post`` events to it, ``stop`` it."""

    def __init__(
        self,
        engines: Engines,
        microphone: Microphone,
        settings: Settings,
        session: str,
        script: Script,
        clock: AudioClock | None = None,
    ) -> None:
        self.engines = engines
        self.activity = Activity()
        self.clock = clock or AudioClock()
        self.crash: BaseException | None = None
        self._microphone = microphone
        self._events: Inbox[ev.Event] = Inbox(self.activity, _INBOX)
        brain_jobs: Inbox[BrainJob] = Inbox(self.activity, _JOBS)
        mouth_jobs: Inbox[MouthJob] = Inbox(self.activity, _JOBS)
        self._inboxes = (brain_jobs, mouth_jobs)
        self.playback = Playback(
            engines.voice.sample_rate,
            on_clause=lambda turn, index: self.post(ev.ClauseSpoken(turn=turn, index=index)),
            on_done=lambda turn: self.post(ev.PlaybackDone(turn=turn)),
            on_first=lambda turn: self.post(ev.PlaybackStarted(turn=turn, stamp=self.clock.stamp())),
        )
        hearing = AboveFloor(WebRtcActivity(settings.listen.aggressiveness))
        ear = Ear(microphone, hearing, engines.recognizer, self.clock, self.post, settings.listen.ear())
        brain = Brain(engines.model, brain_jobs, self.clock, self.post, settings.reply.brain())
        mouth = Mouth(engines.voice, self.playback, mouth_jobs, self.clock, self.post)
        chosen = DialogueSettings(
            session,
            settings.listen.full_duplex,
            settings.reply.apology,
            think_ahead=settings.listen.bet_ms > 0,
            patience_ms=settings.listen.patience_ms,
        )
        self.dialogue = Dialogue(ear, self.playback, brain_jobs, mouth_jobs, self.clock, script, chosen)
        self._ear = self._thread("ear", ear.run)
        self._workers = (self._thread("brain", brain.run), self._thread("mouth", mouth.run))
        self._owner = self._thread("dialogue", lambda: self.dialogue.run(self._events))
        self._parts: list[tuple[threading.Thread, Callable[[], None]]] = []
        self._closers: list[Callable[[], None]] = []

    def post(self, event: ev.Event) -> None:
        """Hand an event to the dialogue; from any thread."""
        self._events.put(event)

    def attach(self, name: str, run: Callable[[], None], close: Callable[[], None]) -> None:
        """Give a part around the conversation a thread: a speaker, a console; ``close`` must end its ``run``."""
        self._parts.append((self._thread(name, run), close))

    def at_end(self, close: Callable[[], None]) -> None:
        """Call ``close`` once everything has stopped, such as to put a light out."""
        self._closers.append(close)

    def spawn(self, name: str, run: Callable[[], None]) -> threading.Thread:
        """Start a thread for a part that needs more than one, such as a client of the console."""
        thread = self._thread(name, run)
        thread.start()
        return thread

    def start(self) -> None:
        """Start listening."""
        for thread in (self._owner, *self._workers, *(thread for thread, _ in self._parts), self._ear):
            thread.start()

    def statistics(self) -> dict[str, dict[str, int]]:
        """Return how full the queues are and were."""
        brain, mouth = self._inboxes
        found = {"dialogue": self._events.statistics(), "brain": brain.statistics(), "mouth": mouth.statistics()}
        return {name: asdict(statistics) for name, statistics in found.items()}

    def wait(self) -> None:
        """Wait until the microphone has ended, then stop. Raises what broke."""
        self._ear.join()
        self.stop()
        if self.crash is not None:
            raise self.crash

    def stop(self) -> None:
        """End everything, a reply under way included; raises ``Failure`` when a thread does not end."""
        self._microphone.close()
        self._join(self._ear)
        if self._owner.is_alive() and self.dialogue.turn is not None:
            self.post(ev.Cancel())
        for inbox in self._inboxes:
            inbox.close()
        for thread in self._workers:
            self._join(thread)
        self._events.close()
        self._join(self._owner)
        for thread, close in self._parts:
            close()
            self._join(thread)
        for close in self._closers:
            close()

    def _join(self, thread: threading.Thread) -> None:
        if thread.ident is None:
            return
        thread.join(_JOIN_S)
        if thread.is_alive():
            raise Failure("thread-stuck", f"the {thread.name} did not stop within {_JOIN_S:.0f} s")

    def _thread(self, name: str, run: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                run()
            except BaseException as error:
                # a part that dies must not leave a deaf process alive
                self.crash = self.crash or error
                self._microphone.close()

        return threading.Thread(target=guarded, name=name, daemon=True)
