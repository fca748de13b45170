"""A whole assistant without threads or frames, its sessions in a journal on disk, and a person who answers.

Events are handled one by one, so that anything can be made to happen between any two of them.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipit.audio import AudioClock
from pipit.errors import EngineError
from pipit.fsm import (
    Activity,
    Brain,
    BrainJob,
    BrainSettings,
    Dialogue,
    DialogueSettings,
    Inbox,
    Mouth,
    MouthJob,
    State,
)
from pipit.fsm import events as ev
from pipit.fsm.chat import Chat
from pipit.fsm.flow.schema import Flow
from pipit.fsm.inbox import Inbox as Queue
from pipit.fsm.journal import Journal
from pipit.fsm.journal.errors import DISK_FULL, failed
from pipit.fsm.journal.store import Batch
from pipit.fsm.session import events as se
from pipit.fsm.session.host import Library, Sessions, Surroundings
from pipit.fsm.session.record import JournalRecord
from pipit.fsm.session.state import SessionState, fold
from pipit.fsm.turn import TurnRecord
from pipit.models import CancelToken
from pipit.models.ports import Message
from pipit.models.scripted import ScriptedModel, ScriptedVoice

from ..fakes import RecordingEar, RecordingJobs, playback_of  # noqa: TID252 - tests are no package
from .stage import BROKEN, TODAY

SECOND = 16_000
MOST_STEPS = 6_000
"""Far more than any run takes: whoever needs so many is stuck."""


def wise(messages: Sequence[Message]) -> str:
    """Reply as a model would that understands what it is for."""
    system = messages[0].text
    if "judge answers" in system:
        further = "get stuck" in messages[-1].text
        return '{"enough":false,"follow_up":"What did you expect?"}' if further else '{"enough":true,"follow_up":""}'
    return "We talked." if "sum up" in system.lower() else "I see. Go on."


class MoodyJournal(Journal):
    """Cannot be written while its disk is full."""

    full = False

    def write(self, batches: Iterable[Batch]) -> None:
        if self.full:
            raise failed(DISK_FULL, self.path)
        super().write(batches)


class FrailModel(ScriptedModel):
    """Fails while it is told to."""

    def __init__(self) -> None:
        super().__init__(wise, context_tokens=4_000)
        self.broken = self.fail_next = False

    def generate(
        self, messages: Sequence[Message], cancel: CancelToken, max_tokens: int, grammar: str = ""
    ) -> Iterator[str]:
        broken, self.fail_next = self.broken or self.fail_next, False
        if broken:
            raise EngineError(BROKEN.code, BROKEN.message)
        yield from super().generate(messages, cancel, max_tokens, grammar)


class Assistant:
    """Everything but microphone and speaker; ``step`` lets the next thing happen, and says whether there was one."""

    def __init__(self, folder: Path, library: Library, home: str | None = None) -> None:
        self.folder, self.library, self.home = folder, library, home
        self.events: deque[ev.Event] = deque()
        self.clock, self.ear = AudioClock(), RecordingEar()
        self.brain_jobs: RecordingJobs[BrainJob] = RecordingJobs()
        self.mouth_jobs: RecordingJobs[MouthJob] = RecordingJobs()
        self.playback = playback_of(self.events)
        self.model = FrailModel()
        self.journal = MoodyJournal(folder)
        self.record = JournalRecord(self.journal)
        around = Surroundings(self.clock, lambda: TODAY, lambda: "You are Pipit.")
        self.sessions = Sessions(Chat(lambda: "You are Pipit."), library, self.record, around, home)
        self.brain, self.mouth = self._workers()
        settings = DialogueSettings("s", False, "Sorry.")
        jobs = self.brain_jobs, self.mouth_jobs
        self.dialogue = Dialogue(self.ear, self.playback, *jobs, self.clock, self.sessions, settings)
        self.published: list[ev.Event] = []
        self.dialogue.subscribe(self.published.append)
        self.handled = self.utterances = 0
        self.before_each: Callable[[], None] = lambda: None

    def _workers(self) -> tuple[Brain, Mouth]:
        activity = Activity()
        inbox: tuple[Queue[BrainJob], Queue[MouthJob]] = Inbox(activity, 8), Inbox(activity, 8)
        post = self.events.append
        brain = Brain(self.model, inbox[0], self.clock, post, BrainSettings(40))
        return brain, Mouth(ScriptedVoice(1_000), self.playback, inbox[1], self.clock, post)

    # ---- time ----------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Handle an event, else let an engine work, else play some sound."""
        if self.events:
            self.before_each()
            self.handled += 1
            if self.events:  # what was injected may have taken its turn
                self.dialogue.handle(self.events.popleft())
            return True
        if self.brain_jobs.taken:
            self._work(self.brain, self.brain_jobs.taken.pop(0))
        elif self.mouth_jobs.taken:
            self.mouth.work(self.mouth_jobs.taken.pop(0))
        else:
            return self.play()
        return True

    def _work(self, brain: Brain, job: BrainJob) -> None:
        try:
            brain.work(job)
        except EngineError as error:
            brain._fail(job, error.code, error.message)

    def play(self) -> bool:
        """Play until something is told; False when there is nothing to play."""
        for _ in range(500):
            if self.events or self.dialogue.state is not State.SPEAKING:
                break
            self.clock.tick(self.clock.samples + SECOND // 10)
            self.playback.pull(100)
        return bool(self.events)

    def rest(self) -> None:
        """Let everything happen that happens by itself."""
        for _ in range(MOST_STEPS):
            if not self.step():
                return
        raise AssertionError("it never comes to rest")

    def post(self, event: ev.Event) -> None:
        self.events.append(event)

    def order(self, verb: str, argument: str = "") -> None:
        self.post(ev.SessionOrder(verb=verb, argument=argument))
        self.rest()

    def hear(self, words: str) -> None:
        """Say something to the open microphone."""
        self.utterances += 1
        start = self.clock.samples
        self.clock.tick(start + SECOND)
        number, end = self.utterances, start + SECOND
        pcm = b"\1\0" * 4_000
        self.events.extend(
            [
                ev.SpeechStarted(utterance=number, start=start),
                ev.Endpoint(utterance=number, start=start, end=end),
                ev.FinalTranscript(utterance=number, text=words, pcm=pcm),
                ev.Settled(utterance=number),
            ]
        )

    def say(self, words: str) -> str:
        """Say something and let it answer; return what was heard."""
        before = len(self.spoken)
        self.hear(words)
        self.rest()
        return " ".join(self.spoken[before:])

    def silence(self) -> bool:
        """Let the time pass for which it waits; False when it waits for ever."""
        alarm = self.ear.alarms[-1] if self.ear.alarms else None
        if alarm is None:
            return False
        self.clock.tick(max(alarm, self.clock.samples))
        self.ear.alarms.append(None)
        self.post(ev.TimeUp())
        return True

    # ---- what it did -----------------------------------------------------------------------------------

    @property
    def spoken(self) -> list[str]:
        """What was heard of every reply."""
        return [record.heard for record in self.records if record.heard]

    @property
    def records(self) -> list[TurnRecord]:
        return [event.record for event in self.published if isinstance(event, ev.TurnEnded)]

    def of(self, kind: type[ev.Event]) -> list[ev.Event]:
        return [event for event in self.published if type(event) is kind]

    @property
    def state(self) -> SessionState:
        """The session that is led."""
        return self.sessions.state or SessionState()

    @property
    def asked(self) -> str:
        """What the person is asked for."""
        director = self.sessions._director
        return director.player.item if director and director.scene.state.phase else ""

    @property
    def flow(self) -> Flow | None:
        director = self.sessions._director
        return director.scene.flow if director else None

    # ---- ends ------------------------------------------------------------------------------------------

    def killed(self, folder: Path) -> Assistant:
        """Return another process on what the disk held at this moment; nothing else is left of this one."""
        shutil.copytree(self.folder, folder)
        self.close()
        return Assistant(folder, self.library, self.home)

    def close(self) -> None:
        with suppress(OSError):
            self.journal.close()


class Person:
    """Answers what is asked; the same answer to the same question, and patient with whatever goes wrong."""

    def __init__(self, answers: Mapping[str, str], talk: Sequence[str] = ()) -> None:
        self._answers, self._talk = answers, list(talk)
        self.deaf = False
        """Whether nothing is said, whatever is asked, until nobody asks any more."""

    def acts(self, assistant: Assistant) -> bool:
        """Do the next thing now that nothing happens by itself; False when there is nothing to do."""
        if assistant.dialogue.state is State.SUSPENDED:
            assistant.post(ev.MicBack())
            return True
        words = None if self.deaf else self._words(assistant)
        if words is None:
            waited = assistant.silence()
            if self.deaf and not waited:
                self.deaf = False
                return True
            return waited
        assistant.hear(words)
        return True

    def _words(self, assistant: Assistant) -> str | None:
        state, item = assistant.state, assistant.asked
        if assistant.sessions._wish is not None:
            return "continue"
        if state.paused == "asked":
            return "continue"
        if item in state.fields:
            return "yes"
        if item:
            return self._answers.get(item, self._answers.get("", ""))
        if assistant.flow is not None and assistant.flow.phase(state.phase).kind == "open":
            return self._talk.pop(0) if self._talk else "stop"
        return None


def talk_until(assistant: Assistant, person: Person, there: Callable[[SessionState], bool]) -> None:
    """Let the person answer until the session is where it is wanted."""
    assistant.rest()
    for _ in range(MOST_STEPS):
        if there(assistant.state):
            return
        assert person.acts(assistant), "stuck"
        assistant.rest()
    raise AssertionError("it never gets there")


def finish(assistant: Assistant, person: Person, most: int = MOST_STEPS) -> SessionState:
    """Run until the session has ended; return it. It never takes longer than ``most`` steps."""
    ended: list[se.SessionEnd] = []
    assistant.dialogue.subscribe(lambda event: ended.append(event) if isinstance(event, se.SessionEnd) else None)
    for _ in range(most):
        if not assistant.step() and (ended or not person.acts(assistant)):
            break
    assert ended, f"stuck: {assistant.dialogue.state} at {assistant.state.phase}/{assistant.asked}"
    return assistant.record.state(ended[0].session)


def state_on_disk(assistant: Assistant, session: str) -> SessionState:
    return fold(assistant.journal.events(session))
