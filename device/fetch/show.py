"""What ``pipit models pull``, ``add`` and ``use`` print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape

from pipit.device.fetch.run import Used
from pipit.models.added import LOCK_NAME
from pipit.models.catalogue import models_folder
from pipit.models.fetch import Fetched, Taken
from pipit.models.memory import MiB


def fetched_as_json(name: str, fetched: Sequence[Fetched]) -> dict[str, Any]:
    """Return what was fetched for programs; ``state`` is here or fetched."""
    files = [asdict(file) for file in fetched]
    return {"version": 1, "set": name, "folder": str(models_folder()), "files": files}


def show_fetched(name: str, fetched: Sequence[Fetched]) -> None:
    """Print what came of a pull, and what is next."""
    console = Console(highlight=False, soft_wrap=True)
    if not fetched:
        console.print(f"{escape(name)}: it is here already, nothing to fetch")
        return
    new = [file for file in fetched if file.state == "fetched"]
    size = f", {sum(file.bytes for file in new) / MiB:,.1f} MiB fetched" if new else ""
    console.print(f"[green]{escape(name)}: all {len(fetched)} files as listed[/]{size}")
    console.print(f"put it to use: [cyan]pipit models use {escape(name)}[/]")


def show_taken(taken: Taken) -> None:
    """Print what came of an addition."""
    console = Console(highlight=False, soft_wrap=True)
    added = taken.added
    what = {"recognizer": "a recogniser", "model": "a language model", "voice": "a voice"}[added.kind]
    language = f" in {added.language}" if added.language else ", language not known (--language)"
    here = "was here already" if taken.already else f"added, {added.bytes / MiB:,.1f} MiB"
    console.print(f"[green]{escape(taken.name)}[/]: {what}{language}; {here}")
    if not taken.proved:
        digests = ", ".join(f"{facts.sha256[:12]}…" for facts in list(added.files.values())[:2])
        more = " and others" if len(added.files) > 2 else ""
        console.print(f"its digest was not known: SHA-256 {digests}{more} recorded in {models_folder() / LOCK_NAME}")
    console.print(f"put it to use: [cyan]pipit models use {escape(taken.name)}[/]")


def taken_as_json(taken: Taken) -> dict[str, Any]:
    """Return an addition for programs."""
    told = taken.added.model_dump(mode="json")
    return {"version": 1, "name": taken.name, "proved": taken.proved, "already": taken.already, **told}


def show_used(used: Used) -> None:
    """Print what is used from now on."""
    console = Console(highlight=False, soft_wrap=True)
    for kind, name in (("recognizer", "recogniser"), ("model", "model"), ("voice", "voice")):
        console.print(f"{name:10} [green]{escape(str(getattr(used.weights, kind)))}[/]")
    for warning in used.warnings:
        console.print(f"[yellow]{escape(warning)}[/]")
    console.print(
        f"written to {escape(str(used.config))}; a running assistant takes it over with SIGHUP, a service with"
    )
    console.print("[cyan]systemctl reload pipit[/]")
