"""What a local server without certificates cannot show: answers made up, over https."""

from __future__ import annotations

import ssl
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest

from pipit.errors import Failure, PipitError
from pipit.models.fetch.http import Again, opened
from pipit.models.fetch.patience import Patience

Answer = Callable[[httpx.Request], httpx.Response]


def ask(answer: Answer, url: str = "https://a.example/x?signature=secret") -> httpx.Response:
    client = httpx.Client(transport=httpx.MockTransport(answer))
    with opened(client, url, {}, Patience()) as response:
        return response


def test_https_never_leads_to_http() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": "http://b.example/x"})

    with pytest.raises(Failure, match="from https to http"):
        ask(answer)
    assert len(asked) == 1
    assert ask(
        lambda r: httpx.Response(200 if r.url.scheme == "https" else 302, headers={"Location": "https://c/"}),
        "http://a/",
    )


def test_what_is_secret_in_an_address_is_not_told() -> None:
    with pytest.raises(Failure) as caught:
        ask(lambda _: httpx.Response(404), "https://name:password@a.example/x?signature=secret")
    assert "secret" not in str(caught.value)
    assert "password" not in str(caught.value)


def _raising(error: Exception) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return answer


def test_a_certificate_that_is_not_right_may_be_the_clock() -> None:
    error = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate is not yet valid")
    error.__cause__ = ssl.SSLCertVerificationError("not yet valid")
    with pytest.raises(Failure, match=r"is the clock right \(date\)"):
        ask(_raising(error))


@pytest.mark.parametrize(
    ("error", "connecting"),
    [
        (httpx.ConnectTimeout("timed out"), True),
        (httpx.ProxyError("403 Forbidden"), True),
        (httpx.ReadTimeout(""), False),
        (httpx.RemoteProtocolError("peer closed connection"), False),
        (httpx.ReadError(""), False),
    ],
)
def test_what_may_pass(error: Exception, connecting: bool) -> None:
    with pytest.raises(Again) as caught:
        ask(_raising(error))
    assert caught.value.connecting == connecting
    assert "a.example" in caught.value.reason


@pytest.mark.parametrize(("asked", "wait"), [("7", 7), ("86400", 120), ("soon", 0), ("-1", 0)])
def test_a_server_says_when_to_come_again(asked: str, wait: float) -> None:
    with pytest.raises(Again) as caught:
        ask(lambda _: httpx.Response(503, headers={"Retry-After": asked}))
    assert caught.value.wait_s == wait


@pytest.mark.parametrize("url", ["https://", "what://a/b", "https://a.example:port/"])
def test_an_address_that_is_none(url: str) -> None:
    client = httpx.Client(trust_env=False)
    with pytest.raises((PipitError, Again)) as caught, opened(client, url, {}, Patience()):
        pass
    assert not isinstance(caught.value, Again), caught.value


def test_an_assistant_that_runs_loads_nothing_that_fetches() -> None:
    code = "import sys, pipit.device.config, pipit.device.engines, pipit.device.live; print('httpx' in sys.modules)"
    run = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "False\n"
