from __future__ import annotations

import contextlib
import itertools
import json
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.models import CancelToken, voice_parts
from pipit.models.frame_decoder import LEAD, LONGEST, FrameDecoder, Grain, find_grain, pieces
from pipit.models.load import Weights
from pipit.models.onnx_cut import cut
from pipit.models.onnx_session import Session, Stop
from pipit.models.piper_engine import PiperEngine
from pipit.models.voice_parts import inputs_of, open_parts, speaker_of

from .random_voice import CHANNELS, HOP, Shape, copy_voice, write_voice

CLAUSE = "The kettle is on and the tea will be ready soon"
QUIET = (0.0, 1.0, 0.0)
SHAPES = {"plain": Shape(), "old": Shape(old_names=True), "speakers": Shape(speakers=3), "loop": Shape(loop=True)}


@pytest.fixture(params=SHAPES)
def voice_file(request: pytest.FixtureRequest, weights: Weights, tmp_path: Path) -> Path:
    return write_voice(tmp_path / "random.onnx", Path(f"{weights.voice}.json"), SHAPES[request.param])


@pytest.fixture
def plain_file(weights: Weights, tmp_path: Path) -> Path:
    return write_voice(tmp_path / "random.onnx", Path(f"{weights.voice}.json"))


def said(voice: PiperEngine, text: str = CLAUSE) -> np.ndarray:
    return np.concatenate(list(voice.synthesize(text, CancelToken())))


def settle(path: Path) -> None:
    """Take the noise out, so that every synthesis is the same."""
    settings = path.with_name(path.name + ".json")
    values = json.loads(settings.read_text("utf-8"))
    values["inference"] |= {"noise_scale": 0.0, "noise_w": 0.0}
    settings.write_text(json.dumps(values), "utf-8")


@pytest.mark.parametrize("symbols", [1, 5, 8, 40, 200])
def test_the_parts_make_the_sound_of_the_whole(voice_file: Path, symbols: int) -> None:
    whole, parts = Session(voice_file, 1), open_parts(voice_file, 1, None)
    assert parts
    ids = list(range(1, 1 + symbols))
    expected = whole.run(None, inputs_of(whole, ids, QUIET, 2))[0].reshape(-1)
    frames = parts.encoder.run(None, inputs_of(parts.encoder, ids, QUIET, 2))[0]
    sound = np.concatenate(list(parts.decoder.sound(frames, speaker_of(parts.network, 2))))
    assert len(sound) == len(expected) == frames.shape[2] * HOP
    assert np.abs(expected).max() > 0.01
    assert np.abs(sound - expected).max() <= 1e-5


def test_a_clause_comes_in_growing_pieces_that_join_to_what_piper_makes(
    voice_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(voice_file)
    ours = PiperEngine(voice_file, threads=1)
    monkeypatch.setattr("pipit.models.piper_engine.open_parts", lambda *_: None)
    whole = PiperEngine(voice_file, threads=1)
    assert (ours.streams, whole.streams) == (True, False)
    chunks = list(ours.synthesize(CLAUSE, CancelToken()))
    assert len(chunks) > 2
    assert len(chunks[0]) == 12 * HOP < len(chunks[1])
    assert {(chunk.dtype, chunk.ndim) for chunk in chunks} == {(np.dtype(np.int16), 1)}
    joined, expected = np.concatenate(chunks).astype(int), said(whole).astype(int)
    assert len(joined) == len(expected)
    assert np.abs(joined - expected).max() <= 1, "more than rounding"


@given(st.integers(0, 3000), st.sampled_from([12, 16, 24]))
def test_pieces_cover_all_frames_and_each_is_made_while_the_one_before_plays(frames: int, overlap: int) -> None:
    spans = list(pieces(frames, overlap))
    assert [start for start, _ in spans] == [0, *(end for _, end in spans)][: len(spans)]
    sizes = [end - start for start, end in spans]
    assert sum(sizes) == frames
    assert all(0 < size <= LONGEST + overlap for size in sizes)
    assert not spans or spans[0][1] <= 2 * overlap
    for before, after in itertools.pairwise(sizes[:-1]):
        assert after + 2 * overlap <= LEAD * (before + 1)
    if len(sizes) > 1:
        assert min(LONGEST, sizes[-1]) + overlap <= LEAD * (sizes[-2] + 1), "the last has nothing to its right"


@pytest.mark.parametrize("shape", [Shape(whole_sentence=True), Shape(far=True)], ids=["whole", "far"])
def test_a_decoder_that_cannot_be_cut_speaks_in_one(weights: Weights, tmp_path: Path, shape: Shape) -> None:
    path = write_voice(tmp_path / "odd.onnx", Path(f"{weights.voice}.json"), shape)
    for _ in range(2):  # made, then known
        voice = PiperEngine(path, threads=1)
        assert not voice.streams
        assert len(list(voice.synthesize(CLAUSE, CancelToken()))) == 1


def test_the_pocket_voice_is_of_one_piece(weights: Weights, tmp_path: Path) -> None:
    copy = copy_voice(weights.voice, tmp_path / "copy")
    assert not PiperEngine(copy).streams
    assert sorted(entry.name for entry in copy.parent.iterdir()) == [copy.name, f"{copy.name}.json"]


def test_parts_are_made_once_and_kept_beside_the_voice(plain_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = said_settled(plain_file)
    (folder,) = (plain_file.parent / ".pipit").iterdir()
    assert sorted(file.name for file in folder.iterdir()) == ["decoder.onnx", "encoder.onnx", "facts.json"]
    monkeypatch.setattr(voice_parts, "cut", lambda _: pytest.fail("cut again"))
    assert np.array_equal(first, said_settled(plain_file))


def said_settled(path: Path) -> np.ndarray:
    settle(path)
    return said(PiperEngine(path, threads=1))


def test_a_changed_voice_gets_new_parts_and_the_old_ones_go(plain_file: Path, weights: Weights) -> None:
    assert open_parts(plain_file, 1, None)
    (before,) = (plain_file.parent / ".pipit").iterdir()
    write_voice(plain_file, Path(f"{weights.voice}.json"), Shape(speakers=2))
    parts = open_parts(plain_file, 1, None)
    assert parts
    assert "sid" in parts.network.inputs
    (after,) = (plain_file.parent / ".pipit").iterdir()
    assert before.name != after.name


@pytest.mark.parametrize("name", ["encoder.onnx", "decoder.onnx", "facts.json"])
@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_damaged_parts_are_made_anew_with_a_line_in_the_log(
    plain_file: Path, name: str, damage: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    first = said_settled(plain_file)
    (folder,) = (plain_file.parent / ".pipit").iterdir()
    if damage is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(damage)
    assert np.array_equal(first, said_settled(plain_file))
    output = capsys.readouterr()
    lines = (output.out + output.err).splitlines()
    assert len(lines) == (0 if (name, damage) == ("facts.json", None) else 1)
    assert all("voice-parts-ignored" in line for line in lines)
    assert open_parts(plain_file, 1, None)


def test_where_the_voice_cannot_be_written_beside_the_cache_is_used(plain_file: Path, tmp_path: Path) -> None:
    (plain_file.parent / ".pipit").write_text("in the way")
    assert PiperEngine(plain_file, cache=tmp_path / "cache").streams
    (folder,) = (tmp_path / "cache" / "voices").iterdir()
    assert (folder / "facts.json").is_file()
    assert PiperEngine(plain_file, cache=tmp_path / "cache").streams


def test_where_nothing_can_be_written_it_still_speaks_in_pieces(plain_file: Path) -> None:
    (plain_file.parent / ".pipit").write_text("in the way")
    assert PiperEngine(plain_file).streams
    assert sorted(file.name for file in plain_file.parent.iterdir()) == [".pipit", "random.onnx", "random.onnx.json"]


def test_a_disk_without_room_keeps_nothing(plain_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda _: Full)
    assert PiperEngine(plain_file).streams
    assert list((plain_file.parent / ".pipit").iterdir()) == []


def test_cancel_between_pieces_ends_it(plain_file: Path) -> None:
    voice, token = PiperEngine(plain_file, threads=1), CancelToken()
    chunks = voice.synthesize(CLAUSE, token)
    next(chunks)
    token.cancel()
    assert list(chunks) == []
    assert len(said(voice))


@pytest.mark.parametrize("part", ["encoder", "network"])
def test_cancel_stops_a_running_part(plain_file: Path, part: str) -> None:
    """Terminated within the run: the next operation of the network does not begin."""
    parts = open_parts(plain_file, 1, None)
    assert parts
    stop = Stop()
    parts.under(stop)
    stop.stop()
    frames = np.zeros((1, CHANNELS, 20), np.float32)
    runs: dict[str, Callable[[], object]] = {
        "encoder": lambda: parts.encoder.run(None, inputs_of(parts.encoder, [1, 2], QUIET, 0)),
        "network": lambda: list(parts.decoder.sound(frames, {})),
    }
    with pytest.raises(Exception, match=r"(?i)terminat"):
        runs[part]()
    parts.under(Stop())
    assert runs[part]() is not None


def test_cancel_from_another_thread_stops_a_long_clause(plain_file: Path) -> None:
    voice, token, begun = PiperEngine(plain_file, threads=1), CancelToken(), threading.Event()
    chunks: list[np.ndarray] = []

    def speak() -> None:
        for chunk in voice.synthesize("and the kettle is on " * 3000, token):
            chunks.append(chunk)
            begun.set()

    working = threading.Thread(target=speak)
    working.start()
    assert begun.wait(60)
    token.cancel()
    working.join(10)
    assert not working.is_alive()
    assert sum(map(len, chunks)) < 3000 * 20 * 2 * HOP


class Smear:
    """A decoder whose samples look ``reach`` frames to each side."""

    def __init__(self, reach: int) -> None:
        self.reach = reach

    def run(self, _: object, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        frames = inputs["z"][0, 0]
        kernel = np.ones(2 * self.reach + 1, np.float32)
        return [np.repeat(np.convolve(np.pad(frames, self.reach), kernel, "valid") / 9, 4)]


@pytest.mark.parametrize(("reach", "overlap"), [(2, 12), (12, 12), (13, 16), (24, 24), (25, None)])
def test_the_overlap_is_what_the_decoder_needs(reach: int, overlap: int | None) -> None:
    grain = find_grain(Smear(reach), "z", 3, {})
    assert grain == (overlap and Grain(overlap, 4))


def test_one_frame_less_of_overlap_would_be_heard() -> None:
    drawn = np.random.default_rng(0).standard_normal((1, 1, 100)).astype(np.float32)
    (whole,) = Smear(12).run(None, {"z": drawn})
    joined = {n: np.concatenate(list(FrameDecoder(Smear(12), "z", Grain(n, 4)).sound(drawn, {}))) for n in (11, 12)}
    assert np.abs(joined[12] - whole).max() < 1e-5 < np.abs(joined[11] - whole).max()


@given(st.binary(max_size=200))
def test_no_file_crashes_the_knife(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert cut(memoryview(data)) is None


def test_a_file_cut_off_anywhere_is_no_voice(plain_file: Path) -> None:
    data = plain_file.read_bytes()
    for end in range(0, len(data), 997):
        with pytest.raises(ValueError, match="past the end") if end else pytest.raises(AssertionError):
            assert cut(memoryview(data[:end]))


def test_it_tells_the_length_of_the_clause_with_its_first_piece(plain_file: Path) -> None:
    told: list[int] = []
    chunks = PiperEngine(plain_file).synthesize(CLAUSE, CancelToken(), told.append)
    first = next(chunks)
    assert told == [len(first) + sum(map(len, chunks))]
