"""Another place to fetch from: an address whose host is replaced."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipit.errors import BadConfig


def mirrored(url: str, mirrors: str) -> str:
    """Return ``url`` at its mirror.

    ``mirrors`` is an address that takes the place of every host, or ``HOST=ADDRESS`` for one host; several are divided
    by commas. Paths stay as they are. Raises ``BadConfig`` for one that is no address.
    """
    parts = urlsplit(url)
    rest = url.removeprefix(f"{parts.scheme}://{parts.netloc}")
    for mirror in filter(None, (text.strip() for text in mirrors.split(","))):
        host, only, base = mirror.partition("=") if "://" not in mirror.split("=", 1)[0] else ("", "", mirror)
        place = urlsplit(base.strip())
        if place.scheme not in ("http", "https") or not place.netloc:
            raise BadConfig("mirror", f"the mirror '{mirror}' is no address", "such as https://mirror.example/weights")
        if not only or host.strip() == parts.netloc:
            return base.strip().rstrip("/") + rest
    return url
