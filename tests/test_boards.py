"""What docs/boards.md says of the packages is what the lock and the set-up do."""

from __future__ import annotations

import importlib.util
import struct
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "boards.md").read_text()


def _load(path: str) -> ModuleType:
    name = Path(path).stem
    spec = importlib.util.spec_from_file_location(f"tool_{name}", ROOT / "tools" / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


wheels, setup = _load("boards/wheels.py"), _load("setup.py")
TABLE = PAGE.partition(wheels.BEGIN)[2].partition(wheels.END)[0]
CELLS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in TABLE.splitlines() if line.startswith("|")]
COLUMNS = {python: {row[0]: row[1 + at] for row in CELLS} for at, python in enumerate(wheels.PYTHONS)}
PURE = " ".join(TABLE.split())


@pytest.mark.parametrize("python", wheels.PYTHONS)
def test_page_has_every_locked_package_of_a_board(python: str) -> None:
    packages = list(wheels.locked((ROOT / "requirements.lock").read_text(), python))
    stale = [
        package.name
        for package in packages
        if f"{package.name} {package.version}" not in PURE
        and not COLUMNS[python].get(package.name, "").startswith(f"{package.version}, ")
    ]
    assert packages
    assert not stale, "run tools/boards/wheels.py"


@pytest.mark.parametrize("python", wheels.PYTHONS)
def test_set_up_builds_just_what_has_no_wheel(python: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as board:
        board.setattr(setup.platform, "system", lambda: "Linux")
        board.setattr(setup.platform, "machine", lambda: "aarch64")
        board.setattr(setup.sys, "version_info", tuple(map(int, python.split("."))))
        pins = [setup.PINS] if setup.builds_pins() else []
    without = {name for name, answer in COLUMNS[python].items() if wheels.SOURCE in answer}
    assert without == {*setup.BUILT_HERE, setup.LLAMA, *pins}


def test_a_32_bit_system_is_told_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as board:
        board.setattr(setup.sys, "maxsize", 2**31 - 1)
        with pytest.raises(SystemExit, match="64-bit"):
            setup.check_python()


@pytest.mark.parametrize(("aligned", "told"), [(4096, ", **pages of 4 KiB only**"), (65536, "")])
def test_a_library_that_a_raspberry_pi_5_cannot_load_is_found(tmp_path: Path, aligned: int, told: str) -> None:
    header = (
        b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 183, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    )
    segments = [struct.pack("<II6Q", sort, 4, 0, 0, 0, 0, 0, least) for sort, least in ((1, aligned), (6, 8))]
    with zipfile.ZipFile(tmp_path / "some.whl", "w") as archive:
        archive.writestr("some/lib.so", header + b"".join(segments))
        archive.writestr("some/text.py", "")
    assert wheels.warning(tmp_path / "some.whl") == told
