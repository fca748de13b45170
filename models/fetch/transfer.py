"""One file: fetched in as many goes as it takes, then proved."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass

import httpx

from pipit.errors import Failure, WeightsError
from pipit.models.fetch.files import MiB, disk_errors, require_space
from pipit.models.fetch.http import Again, opened
from pipit.models.fetch.part import Part, Version
from pipit.models.fetch.patience import Patience
from pipit.models.fetch.watch import Watch
from pipit.models.manifest import digest

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_LOOK_EVERY = 32 * MiB


class Stopped(Exception):
    """Somebody asked to stop; what came is kept."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch; without size and digest it is taken as it comes."""

    name: str
    url: str
    bytes: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A file to fetch and all it takes."""

    client: httpx.Client
    wanted: Wanted
    part: Part
    watch: Watch
    stop: threading.Event
    patience: Patience


def fetch(job: Job) -> str:
    """Fetch the file into its part and return its SHA-256.

    Raises ``Failure`` that says what is in the way, ``WeightsError`` for another file than the listed, ``Stopped``.
    """
    tries, furthest, wrong = 0, job.part.size, 0
    while True:
        try:
            with disk_errors(job.part.path.parent.parent):
                _go_on(job)
                found = _digest(job)
            if job.wanted.sha256 in (None, found):
                return found
            wrong += 1
            _discard(job, found, wrong)
        except Again as again:
            came = job.part.size > furthest
            tries, furthest = 1 if came else tries + 1, max(furthest, job.part.size)
            _wait(job, again, tries)


def _discard(job: Job, found: str, wrong: int) -> None:
    """What was gone on with may be of two versions, and lines err: one more try, from the start."""
    job.part.clear()
    if wrong > 1:
        what = f"{job.wanted.url} is another file than the listed (SHA-256 {found[:12]}…)"
        hint = "it was thrown away; fetch from elsewhere with PIPIT_MODELS_MIRROR, or report it"
        raise WeightsError("download-digest", what, hint)
    job.watch.say(f"{job.wanted.name}: not what is listed (SHA-256 {found[:12]}…); once more from the start")


def _wait(job: Job, again: Again, tries: int) -> None:
    limit = job.patience.connect_tries if again.connecting else job.patience.tries
    if tries >= limit:
        kept = f"; {job.part.size / MiB:,.1f} MiB are kept, pulling again goes on from there" if job.part.size else ""
        code = "no-network" if again.connecting else "download-cut"
        raise Failure(code, f"{job.wanted.name}: {again.reason}, {tries} times", (again.hint or "try later") + kept)
    seconds = max(again.wait_s, job.patience.wait_s(tries) * random.uniform(0.75, 1.25))  # noqa: S311
    job.watch.say(f"{job.wanted.name}: {again.reason}; going on in {seconds:.0f} s")
    if job.stop.wait(seconds):
        raise Stopped


def _go_on(job: Job) -> None:
    """Fetch what is missing; returns when the file is complete."""
    at, version = job.part.size, job.part.version
    total = job.wanted.bytes or (version.total if version.url == job.wanted.url else None)
    if total is not None and at > total:
        job.part.clear()
        at = 0
    if at and at == total:
        return
    with opened(job.client, job.wanted.url, _asking(job, at), job.patience) as response:
        at, total = _begin(job, response, at)
        came = _take(job, response, at, total)
    if total is not None and came < total:
        raise Again(f"it ended after {came:,} of {total:,} bytes")


def _asking(job: Job, at: int) -> dict[str, str]:
    """Return the headers that ask for the rest, if it can be known to be the rest of the same file."""
    validator = job.part.version.validator(job.wanted.url)
    if not at or not (validator or job.wanted.sha256):
        return {}
    return {"Range": f"bytes={at}-"} | ({"If-Range": validator} if validator else {})


def _begin(job: Job, response: httpx.Response, at: int) -> tuple[int, int | None]:
    """Return from where the answer goes on, and where the file ends; the part is cut back to where it goes on."""
    if response.status_code == 206:
        start, total = _range(response)
    else:
        start, total = 0, _length(response)
    if response.status_code == 416 or start not in (0, at) or (start and job.wanted.bytes not in (None, total)):
        job.part.clear()
        raise Again("the server has another version now: from the start")
    if job.wanted.bytes is not None and total not in (None, job.wanted.bytes):
        raise _other_size(job.wanted, response, total)
    if start == 0 and at:
        job.part.clear()
        job.watch.say(f"{job.wanted.name}: the server cannot go on, or the file changed; from the start")
    end = job.wanted.bytes if job.wanted.bytes is not None else total
    require_space(job.part.path.parent.parent, (end or 0) - start)
    headers = response.headers
    job.part.remember(Version(job.wanted.url, headers.get("etag", ""), headers.get("last-modified", ""), end))
    return start, end


def _range(response: httpx.Response) -> tuple[int, int | None]:
    found = _RANGE.fullmatch(response.headers.get("content-range", "").strip())
    if found is None:
        return -1, None
    return int(found[1]), None if found[3] == "*" else int(found[3])


def _length(response: httpx.Response) -> int | None:
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


def _other_size(wanted: Wanted, response: httpx.Response, total: int | None) -> Failure:
    kind = response.headers.get("content-type", "").split(";")[0]
    if kind == "text/html":
        what = f"{response.url.host} gives a web page instead of {wanted.name}"
        return Failure("download-page", what, "does the network want a log-in first? Or the mirror lacks the file")
    what = f"{wanted.url} has {total:,} bytes there, not {wanted.bytes:,}"
    return WeightsError("download-size", what, "another file: fetch from elsewhere with PIPIT_MODELS_MIRROR")


def _take(job: Job, response: httpx.Response, at: int, total: int | None) -> int:
    """Append what comes; returns how far the part reaches."""
    looked = at
    with job.part.appending() as file:
        job.watch.at(job.wanted.name, "fetching", at, total)
        for piece in response.iter_raw():
            if job.stop.is_set():
                raise Stopped
            room = len(piece) if total is None else total - at
            file.write(piece[:room])
            at += min(room, len(piece))
            job.watch.at(job.wanted.name, "fetching", at, total)
            if len(piece) > room:
                break  # more than was announced: the digest tells whether the beginning was right
            if at - looked > _LOOK_EVERY:
                require_space(job.part.path.parent.parent, 0)
                looked = at
    return at


def _digest(job: Job) -> str:
    size, done = job.part.size, 0

    def advance(count: int) -> None:
        nonlocal done
        if job.stop.is_set():
            raise Stopped
        done += count
        job.watch.at(job.wanted.name, "checking", done, size)

    return digest(job.part.path, advance)
