"""The commands as a person gives them, each a process of its own, with a copy of the pocket set on a local server."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from pipit.models.load import pocket_weights
from pipit.models.manifest import digest

from .erring_server import Request, Site, cut, stall, status

POCKET = pocket_weights()
DRIVER = """
import os, sys
from pathlib import Path
from pipit.models import catalogue as module
from pipit.models.fetch import files
read = module.read_catalogue
module.read_catalogue = lambda _: read(Path(os.environ["TEST_CATALOGUE"]))
files.RESERVE = 0
from pipit.device.cli import main
sys.argv = ["pipit", *sys.argv[1:]]
main()
"""


class Pipit:
    """The command line in a world of its own."""

    def __init__(self, home: Path, site: Site) -> None:
        self.home, self.site = home, site
        self.models = home / "models"
        self.config = home / "config" / "pipit" / "pipit.toml"
        own = {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "PIPIT_MODELS_DIR": str(self.models),
            "PIPIT_MODELS_MIRROR": site.url,
            "TEST_CATALOGUE": str(home / "catalogue.toml"),
            "COLUMNS": "200",
        }
        kept = {
            name: value for name, value in os.environ.items() if "proxy" not in name.lower() and "PIPIT" not in name
        }
        self.environment = kept | own

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-P", "-c", DRIVER, *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command,
            env=self.environment | more,
            stdout=pipe,
            stderr=pipe,
            text=True,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL
            ),  # ignored where tests run in the background
        )

    def __call__(self, *arguments: str, code: int = 0, **more: str) -> str:
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=90)
        assert process.returncode == code, (out, err)
        assert "Traceback" not in err
        return out + err

    def part(self, ending: str) -> int:
        return sum(path.stat().st_size for path in self.models.glob(f".fetch/*{ending}.part"))


def zipped(folder: Path, name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{name}/{path.relative_to(folder)}")
    return packed.getvalue()


@pytest.fixture
def pipit(tmp_path: Path, site: Site) -> Pipit:
    """A catalogue whose board set is a copy of the pocket set, recogniser packed."""
    data = {
        "vosk-test.zip": zipped(POCKET.recognizer, "vosk-test"),
        "test.gguf": POCKET.model.read_bytes(),
        "test.onnx": POCKET.voice.read_bytes(),
        "test.onnx.json": POCKET.voice.with_name(POCKET.voice.name + ".json").read_bytes(),
    }
    lines = ['[sets.pocket]\nships=true\nlanguage="en-US"\ngood_for="tests"']
    lines.append('[sets.board]\ndefault=true\nrecognizer="ears"\nmodel="brain"\nvoice="mouth"\ngood_for="tests"')
    for name, kind, path, files in (
        ("ears", "recognizer", "vosk-test", ["vosk-test.zip"]),
        ("brain", "model", "test.gguf", ["test.gguf"]),
        ("mouth", "voice", "test.onnx", ["test.onnx", "test.onnx.json"]),
    ):
        unpack = "true" if kind == "recognizer" else "false"
        lines.append(f'[entries.{name}]\nkind="{kind}"\npath="{path}"\nunpack={unpack}\nlicence="none"')
        lines.append('language="en-US"\nram_mib=60\ngood_for="tests"')
        for file in files:
            wanted = site.put(f"/w/{file}", data[file])
            lines.append(f'[[entries.{name}.files]]\nname="{file}"\nurl="https://weights.invalid/w/{file}"')
            lines.append(f'bytes={wanted.bytes}\nsha256="{wanted.sha256}"')
    (tmp_path / "catalogue.toml").write_text("\n".join(lines))
    return Pipit(tmp_path, site)


def test_pulled_verified_used_and_asked(pipit: Pipit) -> None:
    assert "pipit models pull board" in pipit("models", "use", "board", code=1)
    pulled = pipit("models", "pull")
    assert "board: all 4 files as listed" in pulled
    assert "test.gguf: whole" in pulled
    assert "nothing to fetch" in pipit("models", "pull", "pocket")
    told = json.loads(pipit("models", "pull", "board", "--json"))
    assert {file["state"] for file in told["files"]} == {"here"}
    assert "as listed" in pipit("models", "verify", "board")
    pipit.config.parent.mkdir(parents=True)
    pipit.config.write_text(
        "# mine\n[engines]  # which\nseed = 9\nvoice = '/nowhere.onnx'  # old\n\n[log]\nlevel = 'error'\n"
    )
    assert "SIGHUP" in pipit("models", "use", "board")
    text = pipit.config.read_text()
    assert text == "# mine\n[engines]  # which\nseed = 9\nweights = \"board\"\n\n[log]\nlevel = 'error'\n"
    assert json.loads(pipit("ask", "tell me a joke", "--json"))["model"] == "llama.cpp test"
    assert "say.wav" in pipit("say", "Hello.", "--out", str(pipit.home / "say.wav"))
    assert "recogniser" not in pipit("listen", str(pipit.home / "say.wav"))
    assert "board" in pipit("models", "list")
    pipit("models", "use", "pocket")
    assert 'weights = "pocket"' in pipit.config.read_text()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_pull_that_dies_is_gone_on_with(how: signal.Signals, pipit: Pipit) -> None:
    whole = pipit.site.files["/w/test.gguf"]
    pipit.site.errs["/w/test.gguf"] = [stall(3_000_000)]
    pipit.site.errs["/w/test.onnx"] = [stall(1_000_000)]
    process = pipit.start("models", "pull", "board")
    until = time.monotonic() + 30
    while pipit.part("gguf") < 3_000_000 or pipit.part("onnx") < 1_000_000 or not (pipit.models / "vosk-test").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    begun = time.monotonic()
    process.send_signal(how)
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - begun < 5, "it waited for silent servers"
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert "Traceback" not in err
    assert ("what came is kept" in err) == (how == signal.SIGINT)
    assert not (pipit.models / "test.gguf").exists()
    assert not (pipit.models / "test.onnx").exists()
    pipit.site.asked.clear()
    pipit("models", "pull", "board")
    assert (pipit.models / "test.gguf").read_bytes() == whole
    asked = dict(pipit.site.asked)
    assert asked == {"/w/test.gguf": "bytes=3000000-", "/w/test.onnx": "bytes=1000000-"}
    assert [path.name for path in (pipit.models / ".fetch").iterdir()] == ["lock"]


def test_two_pulls_at_once(pipit: Pipit) -> None:
    pipit.site.errs["/w/test.gguf"] = [slowly]
    first = pipit.start("models", "pull", "board")
    second = pipit.start("models", "pull", "board")
    ends = [process.communicate(timeout=60) for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], ends
    assert sum("another pull is at work" in err for _, err in ends) == 1
    assert sorted(path for path, _ in pipit.site.asked) == sorted(pipit.site.files)
    pipit("models", "verify", "board")


def slowly(request: Request) -> bool:
    time.sleep(1.5)
    return False


def test_what_was_damaged_here_is_not_used_and_fetched_again(pipit: Pipit) -> None:
    pipit("models", "pull", "board")
    for name in ("test.gguf", "vosk-test/am/final.mdl"):
        path = pipit.models / name
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    (pipit.models / "test.onnx.json").unlink()
    assert "not as listed" in pipit("models", "use", "board", code=1)
    assert not pipit.config.exists()
    assert "3 files" not in pipit("models", "verify", "board", code=1)
    pipit("models", "pull", "board")
    assert "as listed" in pipit("models", "verify", "board")
    assert digest(pipit.models / "vosk-test/am/final.mdl") == digest(POCKET.recognizer / "am/final.mdl")


def test_what_stands_in_the_way_is_one_line(pipit: Pipit) -> None:
    pipit.site.files.clear()
    said = pipit("models", "pull", "board", code=1)
    assert "is not there (404) (and 3 more of the files)" in said
    assert "\nTraceback" not in said
    assert "no address" in pipit("models", "pull", "board", code=2, PIPIT_MODELS_MIRROR="mirror")
    assert "did you mean 'board'" in pipit("models", "pull", "bord", code=2)
    assert "Not a directory" in pipit("models", "pull", code=2, PIPIT_MODELS_DIR=str(pipit.home / "catalogue.toml"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a small disk")
def test_a_disk_that_is_too_small(pipit: Pipit) -> None:
    pipit.models.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(pipit.models)], check=True)
    try:
        said = pipit("models", "pull", "board", code=1)
        assert "no room" in said
        assert "MiB needed" in said
        assert not pipit.site.asked
    finally:
        subprocess.run(["umount", str(pipit.models)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a small disk")
def test_a_disk_that_fills_up_on_the_way(pipit: Pipit) -> None:
    """Something else takes the room after it was asked for."""

    def greedy(request: Request) -> bool:
        (pipit.models / "other").write_bytes(bytes(3 << 20))
        return False

    pipit.models.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(pipit.models)], check=True)
    try:
        pipit.site.errs["/w/test.gguf"] = [greedy]
        assert "no room" in pipit("models", "pull", "brain", code=1)
        assert not (pipit.models / "test.gguf").exists()
        (pipit.models / "other").unlink()
        pipit("models", "pull", "brain")
    finally:
        subprocess.run(["umount", str(pipit.models)], check=True)


# ---- one's own ---------------------------------------------------------------------------------------------


def test_weights_of_ones_own(pipit: Pipit) -> None:
    german = pipit.home / "vosk-model-small-de-0.15"
    german.symlink_to(POCKET.recognizer)
    assert "in de; added" in pipit("models", "add", str(german))
    site, settings = pipit.site, json.loads(pipit.site.files["/w/test.onnx.json"])
    site.put("/v/de_DE-anna.onnx", site.files["/w/test.onnx"], cut(500_000), status(500))
    site.put("/v/de_DE-anna.onnx.json", json.dumps(settings | {"language": {"code": "de_DE"}}).encode())
    said = pipit("models", "add", "https://voices.invalid/v/de_DE-anna.onnx")
    assert "a voice in de-DE" in said
    assert "its digest was not known" in said
    assert "was here already" in pipit("models", "add", str(german))
    assert "de_DE-anna" in pipit("models", "list")
    # a German voice asks for a German recogniser, and gets the one that is here; the pocket model writes English
    said = pipit("models", "use", "de_DE-anna", code=2)
    assert "the model writes en-US (pocket)" in said
    many = pipit.home / "many.gguf"
    many.write_bytes(POCKET.model.read_bytes() + b"\0")
    assert "recorded in" in pipit("models", "add", str(many), "--language", "de,en")
    told = json.loads(pipit("models", "use", "de_DE-anna", "many", "--json"))
    assert told["engines"]["language"] == "de-DE"
    assert told["weights"]["recognizer"].endswith("vosk-model-small-de-0.15")
    assert told["weights"]["voice"].endswith("de_DE-anna.onnx")
    assert "what is in use: all 12 files" in pipit("models", "verify")
    assert json.loads(pipit("ask", "hello", "--json"))["model"] == "llama.cpp many"
    added = {part["name"]: part["in_use"] for part in json.loads(pipit("models", "list", "--json"))["added"]}
    assert added == {"de_DE-anna": True, "many": True, "vosk-model-small-de-0.15": False}
    (pipit.models / "many.gguf").write_bytes(b"GGUF")
    assert "wrong size" in pipit("models", "verify", code=1)
    pipit("models", "use", "pocket")
    assert pipit.config.read_text().strip() == '[engines]\nweights = "pocket"'


def test_a_digest_that_is_given_must_be_right(pipit: Pipit) -> None:
    model = pipit.site.files["/w/test.gguf"]
    url = "https://weights.invalid/w/test.gguf"
    assert "another file than the listed" in pipit("models", "add", url, "--name", "own", "--sha256", "0" * 64, code=1)
    assert "no SHA-256" in pipit("models", "add", url, "--name", "own", "--sha256", "0", code=2)
    right = hashlib.sha256(model).hexdigest()
    assert "not known: SHA" not in pipit("models", "add", url, "--name", "own", "--sha256", right)
