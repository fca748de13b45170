"""A server on this machine that errs on purpose, as one is told it should."""

from __future__ import annotations

import hashlib
import http.server
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pipit.models.fetch.transfer import Wanted

Behave = Callable[["Request"], bool]
"""Answers by itself and returns True, or leaves it to the plain answer."""


class Request(http.server.BaseHTTPRequestHandler):
    """One request; ``server.site`` says what lies where, and how it is to err."""

    protocol_version = "HTTP/1.1"
    timeout = 20
    server: Any

    def do_GET(self) -> None:
        site: Site = self.server.site
        path = re.sub(r"^http://[^/]+", "", self.path)  # asked as a proxy
        with site.lock:
            site.asked.append((self.path, self.headers.get("Range", "")))
            behave = site.errs[path].pop(0) if site.errs.get(path) else site.always
        if behave is not None and behave(self):
            return
        self.plain(path)

    def plain(self, path: str, ranges: bool = True, cut: int | None = None, length: int | None = None) -> None:
        """Answer as a good server would, but for what is asked; ``cut`` closes after so many bytes."""
        site: Site = self.server.site
        data = site.files.get(path)
        if data is None:
            self.nothing(404)
            return
        begin = self._begin(data, ranges)
        rest = data[begin:]
        if ranges and "Range" in self.headers and begin >= len(data):
            self.nothing(416, {"Content-Range": f"bytes */{len(data)}"})
            return
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(rest) if length is None else length))
        if site.tags:
            self.send_header("ETag", site.tag(data))
        self.end_headers()
        self.wfile.write(rest if cut is None else rest[:cut])
        if cut is not None:
            self.close_connection = True

    def _begin(self, data: bytes, ranges: bool) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range") in (None, self.server.site.tag(data))
        return int(asked[1]) if asked and ranges and same else 0

    def nothing(self, code: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@dataclass
class Site:
    """What the server has, how it errs (a list for each path, used up in turn), and what it was asked."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    errs: dict[str, list[Behave]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    tags: bool = True
    always: Behave | None = None
    """What it does when its list is used up; None: it answers well."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    free: threading.Event = field(default_factory=threading.Event)
    """Set at the end: whoever stalls lets go."""

    @staticmethod
    def tag(data: bytes) -> str:
        return f'"{hashlib.md5(data).hexdigest()}"'  # noqa: S324

    def put(self, path: str, data: bytes, *errs: Behave) -> Wanted:
        """Have a file there; return how it is wanted."""
        self.files[path] = data
        self.errs[path] = list(errs)
        return Wanted(path.lstrip("/"), self.url + path, len(data), hashlib.sha256(data).hexdigest())

    def ranges(self) -> list[str]:
        return [asked for _, asked in self.asked]


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what many of the tests are about."""


@contextmanager
def serving() -> Iterator[Site]:
    """Run the server for a while."""
    server = _Server(("127.0.0.1", 0), Request)
    made = Site(url=f"http://127.0.0.1:{server.server_address[1]}")
    server.site = made  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.free.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


# ---- ways to err -------------------------------------------------------------------------------------------


def cut(after: int) -> Behave:
    def behave(request: Request) -> bool:
        request.plain(request.path, cut=after)
        return True

    return behave


def cut_without_ranges(after: int) -> Behave:
    def behave(request: Request) -> bool:
        request.plain(request.path, ranges=False, cut=after)
        return True

    return behave


def whole_without_ranges(request: Request) -> bool:
    request.plain(request.path, ranges=False)
    return True


def status(code: int, **headers: str) -> Behave:
    def behave(request: Request) -> bool:
        request.nothing(code, {name.replace("_", "-"): value for name, value in headers.items()})
        return True

    return behave


def stall(after: int) -> Behave:
    def behave(request: Request) -> bool:
        request.plain(request.path, cut=after)
        request.server.site.free.wait(60)
        return True

    return behave


def corrupt(request: Request) -> bool:
    """The right length, one byte wrong."""
    site: Site = request.server.site
    right = site.files[request.path]
    site.files[request.path] = right[:-3] + bytes([right[-3] ^ 1]) + right[-2:]
    try:
        request.plain(request.path)
    finally:
        site.files[request.path] = right
    return True


def page(request: Request) -> bool:
    request.nothing(200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>log in first</html>")
    return True
