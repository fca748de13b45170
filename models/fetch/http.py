"""Asking a server for a file: redirects, refusals and broken connections in plain words."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from pipit import __version__
from pipit.errors import BadConfig, Failure
from pipit.models.fetch.patience import Patience

_NETWORK = "check the network; a proxy is taken from HTTPS_PROXY, another source from PIPIT_MODELS_MIRROR"
_LATER = (408, 425, 429)
_LONGEST_ASKED_S = 120


class Again(Exception):
    """It may work on another try; ``connecting`` when there was not even a connection."""

    def __init__(self, reason: str, hint: str = "", wait_s: float = 0, connecting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.wait_s = wait_s
        self.connecting = connecting


def new_client(patience: Patience) -> httpx.Client:
    """Return a client that takes proxies and certificates from the environment, and content as it is stored."""
    timeout = httpx.Timeout(patience.read_s, connect=patience.connect_s, pool=None)
    headers = {"User-Agent": f"pipit/{__version__}", "Accept-Encoding": "identity"}
    try:
        return httpx.Client(timeout=timeout, headers=headers)
    except (ValueError, httpx.InvalidURL, ImportError) as error:
        hint = "correct HTTP_PROXY, HTTPS_PROXY or ALL_PROXY"
        raise BadConfig("proxy", f"the proxy of the environment cannot be used ({error})", hint) from error
    except OSError as error:
        raise BadConfig("certificates", f"SSL_CERT_FILE cannot be used ({error})", "correct or unset it") from error


@contextmanager
def opened(client: httpx.Client, url: str, headers: Mapping[str, str], patience: Patience) -> Iterator[httpx.Response]:
    """Open ``url`` and give its answer, 200, 206 or 416.

    Raises ``Again`` for what may pass, also while the answer is read, and ``Failure`` for what will not.
    """
    try:
        response = _followed(client, client.build_request("GET", url, headers=headers), patience)
        try:
            _require_fine(response)
            yield response
        finally:
            response.close()
    except httpx.TransportError as error:
        raise _broken(error, url) from error
    except httpx.InvalidURL as error:
        raise Failure("download-address", f"{url} is no address ({error})", "correct it") from error


def _followed(client: httpx.Client, request: httpx.Request, patience: Patience) -> httpx.Response:
    first = request.url
    for _ in range(patience.redirects + 1):
        response = client.send(request, stream=True)
        if response.next_request is None:
            return response
        response.close()
        if request.url.scheme == "https" and response.next_request.url.scheme != "https":
            what = f"{request.url.host} leads from https to {response.next_request.url.scheme}"
            raise Failure("download-redirect", what, "refused: what comes there could be anybody's")
        request = response.next_request
    hint = "try again later, or another source with PIPIT_MODELS_MIRROR"
    raise Failure("download-redirect", f"{first} leads in circles ({patience.redirects} redirects)", hint)


def _require_fine(response: httpx.Response) -> None:
    code, url = response.status_code, _short(response.request.url)
    if code in (200, 206, 416):
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Failure("download-encoded", f"{url} comes re-encoded", "a proxy changes it: go around it")
        return
    if code >= 500 or code in _LATER:
        raise Again(f"{response.url.host} answers {code}", "try again later", _asked_wait(response))
    if code in (404, 410):
        hint = "a mirror may lack it; otherwise a newer Pipit may know where it is now"
        raise Failure("download-missing", f"{url} is not there ({code})", hint)
    hint = "the proxy wants a name and a password" if code == 407 else "it cannot be fetched from there"
    raise Failure("download-refused", f"{url} is refused ({code})", hint)


def _asked_wait(response: httpx.Response) -> float:
    asked = response.headers.get("retry-after", "")
    return float(min(int(asked), _LONGEST_ASKED_S)) if asked.isdecimal() else 0.0


def _short(url: httpx.URL) -> str:
    """Return an address without what may be secret in it: name, password, signature."""
    return f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}{url.path}"


def _broken(error: httpx.TransportError, url: str) -> Exception:
    host = httpx.URL(url).host
    said = str(error).strip() or type(error).__name__
    if isinstance(error, httpx.UnsupportedProtocol):
        return Failure("download-address", f"{url}: {said}", "only http and https addresses are fetched")
    if "CERTIFICATE" in said.upper() or isinstance(error.__cause__, ssl.SSLCertVerificationError):
        hint = "is the clock right (date)? A certificate of your own is named by SSL_CERT_FILE"
        return Failure("download-certificate", f"{host} cannot prove who it is ({said})", hint)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return Again(f"no connection to {host} ({said})", _NETWORK, connecting=True)
    if isinstance(error, httpx.TimeoutException):
        return Again(f"{host} sends nothing any more", _NETWORK)
    return Again(f"the connection to {host} broke ({said})", _NETWORK)
