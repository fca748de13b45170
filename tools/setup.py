"""Sets up `.venv` from the lock: what is missing and nothing else. Standard library only: it runs before all else.

    python3 tools/setup.py            what `make run` and `make check` call first
    python3 tools/setup.py --tests    what `make test` calls: also what the tests need of the system
    python3 tools/setup.py --figures  what `make pocket-eval` calls: also the synthesisers that it compares with

Three steps: system packages (apt, when root or sudo is there; otherwise it says which), the locked packages
by their digests, and llama.cpp, which no index has ready-made and which is built for this very processor.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
LOG = VENV / "setup.log"
MARK = VENV / ".complete"
BUILT_HERE = ("srt", "pyaudio")
"""Packages that come as source; they are built with the locked tools, after those are there."""
LLAMA, PINS = "llama-cpp-python", "lgpio"
LLAMA_FLAGS = ("-DLLAVA_BUILD=OFF", f"-DCMAKE_PROJECT_llama_cpp_INCLUDE={ROOT / 'tools' / 'llama.cmake'}")
"""No multimodal tools, and nothing else that Pipit does not call: 83 steps instead of 140 and more."""
DEBIAN = {"g++": "build-essential", "make": "build-essential"}
"""Programs that are needed, and the packages that bring them."""
HEADERS = {"/usr/include/portaudio.h": "portaudio19-dev"}
FOR_TESTS = {
    "pulseaudio": "pulseaudio",
    "pactl": "pulseaudio-utils",
    "aplay": "alsa-utils",
    "systemd-analyze": "systemd",
    "systemd-nspawn": "systemd-container",
}
PLUGINS = "libasound2-plugins"
FOR_FIGURES = {
    "bin/flite": "flite",
    "include/flite/flite.h": "flite1-dev",
    "lib/*/libespeak-ng.so.1": "libespeak-ng1",
    "bin/fstconvert": "libfst-tools",
    "lib/*/fst/**/olabel_lookahead-fst.so": "libfst22-plugins-base",
}
"""Files under /usr that taking the pocket set's figures needs, and the packages that bring them."""


def main() -> None:
    """Do what is missing."""
    if "--tests" in sys.argv:
        packages_for_tests()
    if "--figures" in sys.argv:
        packages_for_figures()
    state = fingerprint()
    if MARK.is_file() and MARK.read_text() == state:
        return
    check_python()
    system_packages()
    say(f"setting up {VENV.name} with Python {sys.version.split()[0]}; log: {LOG.relative_to(ROOT)}")
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, clear=VENV.exists(), with_pip=True, symlinks=True)
    LOG.write_text("")
    blocks = locked()
    later = (*BUILT_HERE, LLAMA, *([PINS] if builds_pins() else []))
    ready = [text for name, text in blocks.items() if name not in later]
    install("locked packages", ready, "--no-deps")
    install(", ".join(BUILT_HERE), [blocks[name] for name in BUILT_HERE], "--no-deps", "--no-build-isolation")
    build_llama(blocks[LLAMA])
    if builds_pins():
        build_pins(blocks[PINS])
    pip("Pipit itself", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    MARK.write_text(state)
    say("ready")


def fingerprint() -> str:
    """Return what the environment was made from; another value means that it must be made again."""
    facts = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + Path(__file__).read_bytes()
    return f"{hashlib.sha256(facts).hexdigest()} {sys.version.split()[0]}\n"


def builds_pins() -> bool:
    """Whether this is a board and a Python for which no index has the pins' library ready-made."""
    board = platform.system() == "Linux" and platform.machine() == "aarch64"
    return board and sys.version_info >= (3, 13)


def check_python() -> None:
    """Stop with one line when this Python is none of ours."""
    # the processor's name would not tell: under a 32-bit Raspberry Pi OS runs a 64-bit kernel, which says aarch64
    if sys.maxsize < 2**32:
        fail("this system is a 32-bit one, for which there is no onnxruntime: take Raspberry Pi OS (64-bit)")
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        fail(f"Python {sys.version.split()[0]} is too old or too new: make PYTHON=python3.11 run (3.11 to 3.13)")


def system_packages() -> None:
    """Install the compiler and the headers, or say what to install and stop."""
    wanted = {package for program, package in DEBIAN.items() if not shutil.which(program)}
    wanted |= {package for header, package in HEADERS.items() if not Path(header).exists()}
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        wanted.add("python3-dev")
    if builds_pins() and not shutil.which("swig"):
        wanted.add("swig")
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode:
        wanted.add("python3-venv")
    if wanted and (trouble := apt(wanted)):
        fail(trouble)


def packages_for_tests() -> None:
    """Install the virtual sound server and systemd's checker; without them their tests say why they are skipped."""
    wanted = {package for program, package in FOR_TESTS.items() if not shutil.which(program)}
    if not any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")):
        wanted.add(PLUGINS)
    if wanted and (trouble := apt(wanted)):
        say(f"some tests will be skipped: {trouble}")


def packages_for_figures() -> None:
    """Install what speaks, and builds graphs, while the pocket set is measured."""
    wanted = {package for file, package in FOR_FIGURES.items() if not any(Path("/usr").glob(file))}
    if wanted and (trouble := apt(wanted)):
        fail(trouble)


def apt(packages: set[str]) -> str:
    """Install packages; returns what is in the way, or nothing."""
    names = sorted(packages)
    by_hand = f"sudo apt-get install {' '.join(names)}"
    root = becoming_root()
    if root is None or not shutil.which("apt-get"):
        return f"missing system packages: {by_hand}"
    say(f"installing system packages: {' '.join(names)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *names]):
        if subprocess.run([*root, "apt-get", *command], stdout=subprocess.DEVNULL, env=quiet).returncode:
            return f"apt-get {command[0]} failed: {by_hand}"
    return ""


def becoming_root() -> list[str] | None:
    """Return what to write before a command that needs root, or None when there is no way without a password."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and not subprocess.run([sudo, "-n", "true"], capture_output=True).returncode:
        return [sudo, "-n"]
    return None


def locked() -> dict[str, str]:
    """Return every package's lines of the lock, digests included, by name."""
    blocks: dict[str, list[str]] = {}
    name = ""
    for line in LOCK.read_text().splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)(\[[^]]*\])?==", line):
            name = match.group(1)
        if name and not line.lstrip().startswith("#"):
            blocks.setdefault(name, []).append(line)
    return {key: "\n".join(lines) + "\n" for key, lines in blocks.items()}


def install(what: str, requirements: list[str], *options: str) -> None:
    """Install lines of the lock; every file must have one of its digests."""
    listing = VENV / "wanted.txt"
    listing.write_text("".join(requirements))
    pip(what, "--require-hashes", *options, "-r", str(listing))
    listing.unlink()


def build_llama(requirement: str) -> None:
    """Build llama.cpp, with a word on how long, and how far it is."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    say(f"building llama.cpp for this processor: once, about {max(1, round(8 / cores))} minutes on {cores} cores")
    os.environ["CMAKE_ARGS"] = f"{shlex.join(LLAMA_FLAGS)} {os.environ.get('CMAKE_ARGS', '')}".strip()
    os.environ.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(cores))
    install("llama.cpp", [requirement], "--no-deps", "--no-build-isolation", "-v")


def build_pins(requirement: str) -> None:
    """Build lgpio whole, C library included, which it does when told that this is for PyPI.

    Tried with SWIG 4.1 to 4.4, so with Debian's; 4.5 no longer has the names of Python 2 that it uses.
    """
    os.environ["PYPI"] = "1"
    install("the pins' library", [requirement], "--no-deps", "--no-build-isolation")


def pip(what: str, *arguments: str) -> None:
    """Run pip, its words into the log, its progress onto the screen."""
    command = [VENV / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    began, told = time.monotonic(), 0.0
    path = f"{VENV / 'bin'}:{os.environ.get('PATH', '')}"
    with LOG.open("a") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PATH": path}
        )
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            step = re.search(r"\[(\d+)/(\d+)\]", line) or re.match(r"\s*Collecting (\S+)", line)
            seconds = time.monotonic() - began
            if step and seconds - told > (0.2 if sys.stdout.isatty() else 15):
                told = seconds
                progress(what, step, seconds)
    if process.wait():
        tail = "".join(LOG.read_text().splitlines(keepends=True)[-15:])
        fail(f"{what} could not be installed; the end of {LOG.relative_to(ROOT)}:\n{tail}")
    clear()
    say(f"{what}: done in {time.monotonic() - began:.0f} s")


def progress(what: str, step: re.Match[str], seconds: float) -> None:
    """Say how far it is: a bar that moves on a terminal, a line now and then in a log."""
    if len(step.groups()) == 1:
        text = f"{what}: {step.group(1)[:40]}"
    else:
        done, whole = int(step.group(1)), int(step.group(2))
        bar = "█" * (24 * done // whole) + "·" * (24 - 24 * done // whole)
        left = seconds * (whole - done) / max(done, 1)
        text = f"{what}: {bar} {done}/{whole}, about {left / 60:.0f} min left"
    if sys.stdout.isatty():
        print(f"\r\033[K  {text}", end="", flush=True)
    else:
        say(text)


def clear() -> None:
    """Remove the moving bar."""
    if sys.stdout.isatty():
        print("\r\033[K", end="")


def say(text: str) -> None:
    """Print one line."""
    print(f"  {text}", flush=True)


def fail(text: str) -> None:
    """Stop with one message."""
    sys.exit(f"setup: {text}")


if __name__ == "__main__":
    main()
