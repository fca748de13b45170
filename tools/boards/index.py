"""Hands the package index on to an emulated board unencrypted: its handshakes take longer than servers wait for them.

What comes through is still held against the digests of requirements.lock, by the board's own pip.

    python tools/boards/index.py PORT

Only this machine can ask it.
"""

from __future__ import annotations

import shutil
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pip._internal.models.index import PyPI

INDEX = PyPI.url.rstrip("/")
FILES = f"https://{PyPI.file_storage_domain}"
WAIT = 120  # seconds without a byte


class Handler(BaseHTTPRequestHandler):
    """Answers for the index, and for its files under /files."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        is_file = self.path.startswith("/files/")
        address = FILES + self.path.removeprefix("/files") if is_file else INDEX + self.path
        try:
            with urllib.request.urlopen(address, timeout=WAIT) as answer:
                kind, length = answer.headers["Content-Type"], answer.headers["Content-Length"]
                page = b"" if is_file else answer.read().replace(FILES.encode(), b"/files")
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", length if is_file else str(len(page)))
                self.end_headers()
                self.wfile.write(page)
                shutil.copyfileobj(answer, self.wfile)
        except urllib.error.HTTPError as error:
            self.send_error(error.code)
        except OSError as error:  # pip asks again
            self.send_error(502, str(error))

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
