"""Writes the list of the pocket set's files, models/pocket/MANIFEST.json, or checks it.

    python tools/pocket/manifest.py           writes it from the files that are there
    python tools/pocket/manifest.py --check   exit code 1 when a file is wrong, missing or not listed

Run it after every change of the weights: `pipit models verify pocket` and `pipit doctor` compare with this list.
"""

import argparse
import sys
from pathlib import Path

from pipit.errors import PipitError
from pipit.models.load import pocket_weights
from pipit.models.manifest import MANIFEST_NAME, Manifest, make_manifest, read_manifest, verify, write_manifest


def weights(folder: Path) -> Manifest:
    """Return the facts of all files but the cards: prose may be bettered without new weights."""
    files = make_manifest(folder).files
    return Manifest(files={name: facts for name, facts in files.items() if not name.endswith(".md")})


def check(folder: Path) -> list[str]:
    """Return what is wrong, a line for each file."""
    listed = read_manifest(folder / MANIFEST_NAME)
    there = weights(folder).files
    wrong = [
        f"{verdict.name}: {verdict.state} {verdict.detail}" for verdict in verify(folder, listed) if not verdict.ok
    ]
    return wrong + [f"{name}: not listed" for name in there if name not in listed.files]


def write(folder: Path) -> str:
    """Write the list and return what to say about it."""
    manifest = weights(folder)
    if not manifest.files:
        raise SystemExit(f"{folder}: no files to list")
    write_manifest(folder, manifest)
    total = sum(facts.bytes for facts in manifest.files.values())
    return f"{folder / MANIFEST_NAME}: {len(manifest.files)} files, {total / 1e6:.1f} MB"


def main(arguments: list[str] | None = None) -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=pocket_weights().recognizer.parent)
    parser.add_argument("--check", action="store_true", help="write nothing; say what is wrong")
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            print(write(options.folder))
            return 0
        wrong = check(options.folder)
    except (PipitError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print("\n".join(wrong) or f"{options.folder}: as listed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
