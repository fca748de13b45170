"""The ear: frames in; where speech starts and ends, and its words, out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from pipit.audio.clock import AudioClock
from pipit.audio.endpoint import Endpointer, EndpointSettings, Mark, MarkKind
from pipit.audio.frames import FRAME_MS, RATE, Frame, frames_for
from pipit.audio.ports import Microphone, VoiceActivity
from pipit.errors import DeviceLost, PipitError
from pipit.fsm.herald import Herald, Post
from pipit.fsm.script import Listening
from pipit.fsm.take import Take
from pipit.models.ports import Recognizer


@dataclass(frozen=True, slots=True)
class EarSettings:
    """How it listens; times in milliseconds of audio."""

    endpoint: EndpointSettings = EndpointSettings()
    open_mic: bool = True
    """Whether speech alone opens a turn; a button always can."""
    feed_ms: int = 60
    """The recogniser is fed, and asked for its partial, in steps of this."""
    release_tail_ms: int = 200
    """After the button is released, words under way are still taken for at most so long."""
    bet_ms: int = 0
    """After so much silence the answer is thought ahead, and held; 0: never."""
    gate_tail_ms: int = 200
    """After the assistant has spoken, the open microphone stays deaf for this."""


class Ear:
    """Reads the microphone in a thread of its own; commands from the dialogue take effect at the next frame."""

    def __init__(
        self,
        microphone: Microphone,
        activity: VoiceActivity,
        recognizer: Recognizer,
        clock: AudioClock,
        post: Post,
        settings: EarSettings,
    ) -> None:
        self._microphone, self._activity, self._recognizer = microphone, activity, recognizer
        self._clock, self._settings = clock, settings
        self._tell = Herald(post, clock)
        self._endpointer = Endpointer(settings.endpoint)
        window = settings.endpoint.preroll_ms + settings.endpoint.start_window_ms
        self._recent: deque[Frame] = deque(maxlen=frames_for(window))
        self._commands: deque[Callable[[], None]] = deque()
        self._take: Take | None = None
        self._count = 0
        self._unsettled = 0
        self._held = False
        self._release_in: int | None = None
        self._gated = False
        self._bet_after = settings.bet_ms // FRAME_MS or -1
        self._alarm: int | None = None
        self._wanted: Listening | None = None
        self._longest_ms = settings.endpoint.longest_ms
        self._deaf_until = 0
        self._taken_until = 0

    # ---- commands, from the dialogue's thread --------------------------------------------------------

    def hold(self, turn: str) -> None:
        """Open an utterance for ``turn`` now, pre-roll included, until ``release``."""
        self._commands.append(lambda: self._hold(turn))

    def release(self) -> None:
        """End the utterance that is open; words under way are kept."""
        self._commands.append(self._release)

    def drop(self, utterance: int | None = None) -> None:
        """Forget the utterance that is open, if any; with a number only if it is that one."""
        self._commands.append(lambda: self._drop(utterance))

    def gate(self, closed: bool) -> None:
        """Close or open the open microphone; a held button is heard all the same."""
        self._commands.append(lambda: self._gate(closed))

    def alarm(self, at: int | None) -> None:
        """Post ``TimeUp`` once so many samples were heard and nobody speaks; None: not any more."""
        self._commands.append(lambda: setattr(self, "_alarm", at))

    def expect(self, listening: Listening) -> None:
        """Listen so from the next utterance on."""
        self._commands.append(lambda: setattr(self, "_wanted", listening))

    # ---- its own thread ------------------------------------------------------------------------------

    def run(self) -> None:
        """Read frames until the source ends for good."""
        lost = False
        while True:
            try:
                frame = self._microphone.read()
            except DeviceLost as error:
                if not lost:
                    self._tell.lost(str(error))
                lost = True
                continue
            if frame is None:
                return
            if lost:
                lost = False
                self._bridge(frame)
                self._tell.back()
            self.hear(frame)

    def _bridge(self, frame: Frame) -> None:
        """Go on after frames that nobody heard: what is open stays open, and its silence counts anew."""
        self._recent.clear()
        self._endpointer.skip_to(frame.start)
        if self._take is not None:
            self._take.skip(frame.start - self._tell.now)
        self._tell.now = frame.start

    def hear(self, frame: Frame) -> None:
        """Take one frame; what breaks costs an utterance, never the ear."""
        if frame.start > self._tell.now:
            self._bridge(frame)
        self._tell.now = frame.start
        while self._commands:
            self._guarded(self._commands.popleft())
        self._tell.now = frame.end
        self._clock.tick(frame.end)
        if self._take is None:
            self._between()
        self._guarded(lambda: self._listen(frame))

    def _between(self) -> None:
        """Nobody speaks: see to what had to wait for that."""
        if self._wanted is not None and self._endpointer.idle:
            wanted, self._wanted = self._wanted, None
            self._guarded(lambda: self._adapt(wanted))
        if self._alarm is not None and self._tell.now >= self._alarm:
            self._alarm = None
            self._tell.time_up()

    def _adapt(self, listening: Listening) -> None:
        self._endpointer.tune(listening.silence_ms, listening.longest_ms)
        self._rewind()
        self._longest_ms = listening.longest_ms or self._settings.endpoint.longest_ms
        self._recognizer.expect(listening.phrase)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except PipitError as error:
            self._fail(error.code, str(error))
        except Exception as error:
            self._fail("internal", f"{type(error).__name__}: {error}")

    def _fail(self, code: str, message: str) -> None:
        take, self._take = self._take, None
        self._held, self._release_in = False, None
        with suppress(Exception):  # what has just failed may fail again
            self._recognizer.reset()
        self._rewind(wait_for_silence=take is not None)
        self._tell.failed(take, code, message)

    def _listen(self, frame: Frame) -> None:
        self._recent.append(frame)
        speech = self._activity.is_speech(frame)
        if self._held:
            self._hear_held(frame, speech)
        elif self._settings.open_mic and not self._gated and frame.start >= self._deaf_until:
            self._hear_open(frame, speech)
        take = self._take
        if take is not None:
            take.note(frame, speech)
            if take.silent == self._bet_after and take.spoken is not None:
                self._pause(take)

    def _pause(self, take: Take) -> None:
        """Tell that the person may have finished, with all the words so far."""
        if rest := take.rest():
            self._recognizer.feed(rest)
        take.partial = self._recognizer.partial()
        self._tell.paused(take)

    def _hear_open(self, frame: Frame, speech: bool) -> None:
        mark = self._endpointer.feed(speech)
        if mark is None or mark.kind is not MarkKind.STARTED:
            self._feed(frame)
        if mark is None:
            return
        match mark.kind:
            case MarkKind.STARTED:
                self._unsettled = 0
                self._open("", mark.start, (mark.start, mark.end))
            case MarkKind.ENDED:
                self._unsettled = self._count
                self._finish(mark)
            case MarkKind.SETTLED:
                self._settled(self._count)
            case MarkKind.TOO_LONG:
                self._too_long(mark.start, mark.end)

    def _hear_held(self, frame: Frame, speech: bool) -> None:
        take = self._take
        if take is None:
            self._held = False
            return
        self._feed(frame)
        if frame.end - take.opened - take.skipped >= self._longest_ms * (RATE // 1000):
            self._held, self._release_in = False, None
            self._too_long(take.opened, frame.end)
            self._rewind(wait_for_silence=True)
        elif self._release_in is not None:
            self._release_in -= 1
            if self._release_in <= 0 or not speech:
                self._finish_held(take)

    def _finish_held(self, take: Take) -> None:
        self._held, self._release_in = False, None
        start, end = take.spoken or (self._tell.now, self._tell.now)
        utterance = self._count
        self._finish(Mark(MarkKind.ENDED, start, end))
        self._settled(utterance)
        self._rewind()

    # ---- one utterance -------------------------------------------------------------------------------

    def _open(self, turn: str, start: int, spoken: tuple[int, int] | None = None) -> None:
        preroll = self._settings.endpoint.preroll_ms * (RATE // 1000)
        self._count += 1
        self._take = Take(self._count, turn, start, self._settings.feed_ms)
        self._take.spoken = spoken
        self._tell.started(self._take)
        first = max(start - preroll, self._taken_until)  # words of the utterance before are not said twice
        for frame in self._recent:
            if frame.end > first:
                self._feed(frame)

    def _feed(self, frame: Frame) -> None:
        take = self._take
        if take is None:
            return
        chunk = take.add(frame)
        if chunk is None:
            return
        self._recognizer.feed(chunk)
        text = self._recognizer.partial()
        if text and text != take.partial:
            take.partial = text
            self._tell.partial(take)

    def _finish(self, mark: Mark) -> None:
        take = self._take
        if take is None:
            return
        self._taken_until = mark.end
        self._tell.ended(take, mark.start, mark.end)
        rest = take.rest()
        if rest:
            self._recognizer.feed(rest)
        text, pcm = self._recognizer.final(), bytes(take.pcm)
        self._take = None
        self._tell.words(take, text, pcm)

    def _settled(self, utterance: int) -> None:
        self._unsettled = 0
        self._tell.settled(utterance)

    def _too_long(self, start: int, end: int) -> None:
        take, self._take = self._take, None
        if take is not None:
            self._recognizer.reset()
            self._tell.too_long(take, start, end)

    # ---- commands, in its own thread -----------------------------------------------------------------

    def _hold(self, turn: str) -> None:
        if self._take is not None and (self._held or self._take.turn == turn):
            # pressed again before its words were taken: it goes on
            self._held, self._release_in, self._take.turn = True, None, turn
            self._tell.started(self._take)
            return
        self._drop()
        self._held, self._release_in = True, None
        self._open(turn, self._tell.now)

    def _release(self) -> None:
        if self._held:
            self._release_in = frames_for(self._settings.release_tail_ms)
        elif self._take is not None:
            # speech opened it, a button ends it
            self._held, self._release_in = True, 0

    def _drop(self, utterance: int | None = None) -> None:
        if utterance is None or (self._take is not None and self._take.utterance == utterance):
            open_one = self._take is not None
            self._forget()
            self._rewind(wait_for_silence=open_one)

    def _gate(self, closed: bool) -> None:
        if closed == self._gated:
            return
        self._gated = closed
        if closed and not self._held:
            self._forget()
        if not closed:
            # what was heard meanwhile is the assistant itself
            self._recent.clear()
            self._deaf_until = self._tell.now + self._settings.gate_tail_ms * (RATE // 1000)
        self._rewind()

    def _forget(self) -> None:
        """Be as before the utterance; who still waits for its words learns that there are none."""
        take, self._take = self._take, None
        if take is None:
            return
        self._held, self._release_in = False, None
        start, end = take.spoken or (self._tell.now, self._tell.now)
        self._tell.ended(take, start, end)
        self._tell.words(take, "", b"")
        self._settled(take.utterance)
        self._recognizer.reset()

    def _rewind(self, wait_for_silence: bool = False) -> None:
        """Let the endpointer count from the next frame that it will be fed; a hold-off ends with that."""
        if self._unsettled:
            self._settled(self._unsettled)
        self._endpointer.reset(max(self._tell.now, self._deaf_until), wait_for_silence=wait_for_silence)
