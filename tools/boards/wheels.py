"""Asks the package index what an arm64 board gets of every locked package, and writes it into docs/boards.md.

    .venv/bin/python tools/boards/wheels.py            the table anew
    .venv/bin/python tools/boards/wheels.py --check    only say whether the table is still true

Nothing is installed: pip fetches each package as it would on the board, for its processor, C library and Python, and
holds it against the lock's digests.
"""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = ROOT / "requirements.lock"
PAGE = ROOT / "docs" / "boards.md"
BEGIN, END = "<!-- wheels -->", "<!-- /wheels -->"
PYTHONS = ("3.11", "3.13")
"""What Raspberry Pi OS and Debian bring: bookworm and trixie."""
GLIBC = 36
"""Minor version of the oldest C library that comes with one of these Pythons: 2.36, bookworm's."""
PAGES = 16 * 1024
LOADED = 1
"""PT_LOAD: a segment that is mapped into memory."""
SOURCE = "source"
PURE = "pure"


@dataclass(frozen=True)
class Locked:
    """One package of the lock, as it is on a board."""

    name: str
    version: str
    lines: str


def main() -> None:
    """Write the table, or compare it."""
    page = PAGE.read_text()
    fresh = with_table(page, table({python: answers(python) for python in PYTHONS}))
    if "--check" not in sys.argv:
        PAGE.write_text(fresh)
    elif fresh != page:
        sys.exit(f"{PAGE.relative_to(ROOT)} is no longer true: run tools/boards/wheels.py")


def locked(text: str, python: str) -> Iterator[Locked]:
    """Find what of the lock is installed on a board with this Python; the lines come without their condition."""
    board = {
        "implementation_name": "cpython",
        "platform_machine": "aarch64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
    for head, rest in re.findall(r"^(\S+==[^\\\n]+)\\\n((?:    --hash.+\n)+)", text, re.MULTILINE):
        wanted = Requirement(head)
        if wanted.marker is None or wanted.marker.evaluate(board):
            version = str(wanted.specifier).removeprefix("==")
            yield Locked(canonicalize_name(wanted.name), version, f"{wanted.name}=={version} \\\n{rest}")


def answers(python: str) -> dict[Locked, str]:
    """Return for each package what the index has for a board with this Python."""
    packages = list(locked(LOCK.read_text(), python))
    found = wheels(packages, python)
    return {package: found.get(package.name, SOURCE) for package in packages}


def wheels(packages: list[Locked], python: str) -> dict[str, str]:
    """Return what sort of wheel fits, by package; pip stops at the first that has none, so what fails is halved."""
    found = ask(packages, python)
    if found is not None or len(packages) == 1:
        return found or {}
    half = len(packages) // 2
    return wheels(packages[:half], python) | wheels(packages[half:], python)


def ask(packages: list[Locked], python: str) -> dict[str, str] | None:
    """Have pip fetch what fits and say what sort each is; None when a package has no wheel that fits."""
    platforms = [f"--platform=manylinux_2_{minor}_aarch64" for minor in range(GLIBC, 16, -1)]
    platforms += ["--platform=manylinux2014_aarch64", "--platform=linux_aarch64"]
    with tempfile.TemporaryDirectory() as folder:
        listing, files = Path(folder, "wanted.txt"), Path(folder, "files")
        listing.write_text("".join(package.lines for package in packages))
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary=:all:", "--require-hashes", *platforms, "--implementation=cp"]
        command += [f"--python-version={python}", f"--dest={files}", f"--requirement={listing}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode and "No matching distribution found" in done.stderr:
            return None
        if done.returncode:
            sys.exit(done.stderr)
        return {parse_wheel_filename(file.name)[0]: kind(file.name) + warning(file) for file in files.iterdir()}


def kind(name: str) -> str:
    """Say what sort of wheel a file is, by its name."""
    tags = parse_wheel_filename(name)[3]
    platforms = {tag.platform for tag in tags}
    if "any" in platforms:
        return PURE
    oldest = [int(found[1]) for name in platforms if (found := re.match(r"manylinux_2_(\d+)_", name))]
    return f"wheel, glibc 2.{min([*oldest, *(17 for name in platforms if '2014' in name)])}"


def warning(wheel: Path) -> str:
    """Return what to add where a program or library in it would not load: a Raspberry Pi 5 has pages of 16 KiB."""
    with zipfile.ZipFile(wheel) as archive:
        alignments = [found for name in archive.namelist() if (found := alignment(archive, name))]
    return f", **pages of {min(alignments) // 1024} KiB only**" if alignments and min(alignments) < PAGES else ""


def alignment(archive: zipfile.ZipFile, name: str) -> int:
    """Return to how many bytes the segments of a 64-bit ELF file are aligned, the least of them; 0 for other files."""
    with archive.open(name) as file:
        if file.read(5) != b"\x7fELF\x02":
            return 0
        file.seek(0)
        content = file.read()
    (first,) = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    segments = [struct.unpack_from("<II6Q", content, first + size * at) for at in range(count)]
    return min((segment[7] for segment in segments if segment[0] == LOADED), default=0)


def table(found: dict[str, dict[Locked, str]]) -> str:
    """Return what the page shows: a row for each package that is made for a processor, the others in one paragraph."""
    rows: dict[str, list[tuple[str, str]]] = {}
    for packages in found.values():
        for package, answer in packages.items():
            rows.setdefault(package.name, []).append((package.version, answer))
    pure = {name: row[0][0] for name, row in rows.items() if {answer for _, answer in row} == {PURE}}
    lines = [f"| package | {' | '.join(f'Python {python}' for python in found)} |", f"| --- |{' --- |' * len(found)}"]
    lines += [f"| {name} | {' | '.join(map(cell, row))} |" for name, row in rows.items() if name not in pure]
    names = ", ".join(f"{name} {version}" for name, version in pure.items())
    words = textwrap.wrap(f"Pure Python, the same wheel for every processor: {names}.", 120, break_on_hyphens=False)
    return "\n".join([*lines, "", *words]) + "\n"


def cell(entry: tuple[str, str]) -> str:
    """Return a version and what there is of it; what must be built stands out."""
    version, answer = entry
    return f"{version}, {f'**{answer}**' if answer == SOURCE else answer}"


def with_table(page: str, made: str) -> str:
    """Return the page with the table between its markers."""
    block = f"{BEGIN}\n{made}{END}"
    return re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: block, page, flags=re.DOTALL)


if __name__ == "__main__":
    main()
