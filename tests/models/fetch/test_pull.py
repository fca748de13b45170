"""Pulling from a server that errs in every way it can; what is visible is always whole."""

from __future__ import annotations

import random
import socket
from pathlib import Path

import pytest

from pipit.errors import BadConfig, Failure, PipitError, WeightsError
from pipit.models.fetch import Order, Patience, mirrored, pull
from pipit.models.fetch.files import STAGE
from pipit.models.fetch.pull import part_of
from pipit.models.fetch.transfer import Wanted

from .erring_server import (
    Behave,
    Request,
    Site,
    corrupt,
    cut,
    cut_without_ranges,
    page,
    stall,
    status,
    whole_without_ranges,
)

DATA = random.Random(6).randbytes(700_000)
PATH = "/weights/a.gguf"
NAME = "weights/a.gguf"


class Listener:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.fetched: list[int] = []

    def at(self, name: str, doing: str, done: int, total: int | None) -> None:
        if doing == "fetching":
            self.fetched.append(done)

    def say(self, line: str) -> None:
        self.lines.append(line)


def order(*wanted: Wanted) -> list[Order]:
    return [Order(wanted[0].name, wanted)]


def nothing_visible(folder: Path) -> bool:
    return [path.name for path in folder.iterdir()] == [STAGE]


def test_a_good_server(site: Site, tmp_path: Path, hurried: Patience) -> None:
    wanted = site.put(PATH, DATA)
    fetched = pull(order(wanted), tmp_path, patience=hurried)
    assert [(file.name, file.state, file.sha256) for file in fetched] == [(NAME, "fetched", wanted.sha256)]
    assert (tmp_path / NAME).read_bytes() == DATA
    assert sorted(path.name for path in (tmp_path / STAGE).iterdir()) == ["lock"]
    assert [file.state for file in pull(order(wanted), tmp_path, patience=hurried)] == ["here"]
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "errs",
    [
        pytest.param([cut(200_000), cut(100_000), cut(0)], id="cut, cut again, cut at once"),
        pytest.param([stall(300_000)], id="stalled"),
        pytest.param([stall(0)], id="stalled before the first byte"),
        pytest.param([cut_without_ranges(400_000), whole_without_ranges], id="refuses ranges"),
        pytest.param([status(503), status(500), status(429, Retry_After="0")], id="busy"),
        pytest.param([cut(300_000), status(502)], id="cut, then busy"),
        pytest.param([cut(300_000), status(416)], id="cut, then says that the range is wrong"),
        pytest.param([corrupt], id="a byte wrong"),
        pytest.param([cut(300_000), corrupt], id="a byte wrong in the second half"),
    ],
)
def test_a_server_that_errs_for_a_while(errs: list[Behave], site: Site, tmp_path: Path, hurried: Patience) -> None:
    wanted = site.put(PATH, DATA, *errs)
    pull(order(wanted), tmp_path, patience=hurried)
    assert (tmp_path / NAME).read_bytes() == DATA


def test_only_the_rest_is_fetched_after_a_cut(site: Site, tmp_path: Path, hurried: Patience) -> None:
    wanted = site.put(PATH, DATA, cut(200_000), cut(100_000))
    listener = Listener()
    pull(order(wanted), tmp_path, listener, hurried)
    assert site.ranges() == ["", "bytes=200000-", "bytes=300000-"]
    assert listener.fetched == sorted(listener.fetched)
    assert len(listener.lines) == 2
    assert "going on" in listener.lines[0]


def test_another_pull_goes_on_where_the_last_one_stopped(site: Site, tmp_path: Path, hurried: Patience) -> None:
    wanted = site.put(PATH, DATA, cut(200_000))
    site.always = status(503)
    with pytest.raises(Failure, match=r"answers 503, 4 times: .* 0\.2 MiB are kept"):
        pull(order(wanted), tmp_path, patience=hurried)
    assert nothing_visible(tmp_path)
    site.always = None
    site.asked.clear()
    pull(order(wanted), tmp_path, patience=hurried)
    assert site.ranges() == ["bytes=200000-"]
    assert (tmp_path / NAME).read_bytes() == DATA


def test_a_file_that_changes_between_two_parts_begins_anew(site: Site, tmp_path: Path, hurried: Patience) -> None:
    old = site.put(PATH, DATA[::-1], cut(200_000))
    site.always = status(503)
    with pytest.raises(Failure):
        pull(order(old), tmp_path, patience=hurried)
    site.always = None
    new = site.put(PATH, DATA)
    listener = Listener()
    pull(order(new), tmp_path, listener, hurried)
    assert (tmp_path / NAME).read_bytes() == DATA
    assert site.asked[-1][1] == "bytes=200000-"
    assert "from the start" in listener.lines[0]


def test_without_tags_the_digest_finds_a_file_of_two_versions(site: Site, tmp_path: Path, hurried: Patience) -> None:
    site.tags = False
    old = site.put(PATH, DATA[::-1], cut(200_000))
    site.always = status(503)
    with pytest.raises(Failure):
        pull(order(old), tmp_path, patience=hurried)
    site.always = None
    listener = Listener()
    pull(order(site.put(PATH, DATA)), tmp_path, listener, hurried)
    assert (tmp_path / NAME).read_bytes() == DATA
    assert "once more from the start" in listener.lines[0]


def test_a_part_that_was_damaged_on_the_disk(site: Site, tmp_path: Path, hurried: Patience) -> None:
    wanted = site.put(PATH, DATA)
    part = part_of(tmp_path, NAME)
    part.path.write_bytes(bytes(300_000))
    part.path.with_name(part.path.name + ".json").write_text('{"url": 3}')
    pull(order(wanted), tmp_path, patience=hurried)
    assert (tmp_path / NAME).read_bytes() == DATA


@pytest.mark.parametrize("size", [len(DATA), len(DATA) + 5])
def test_a_part_that_is_as_long_as_the_file_or_longer(size: int, site: Site, tmp_path: Path, hurried: Patience) -> None:
    wanted = site.put(PATH, DATA)
    part_of(tmp_path, NAME).path.write_bytes((DATA + b"12345")[:size])
    pull(order(wanted), tmp_path, patience=hurried)
    assert (tmp_path / NAME).read_bytes() == DATA
    assert len(site.asked) == (0 if size == len(DATA) else 1)


# ---- what no patience mends --------------------------------------------------------------------------------


def _another_length(length: int) -> Behave:
    def behave(request: Request) -> bool:
        request.plain(request.path, length=length, cut=min(length, len(DATA)))
        return True

    return behave


@pytest.mark.parametrize(
    ("always", "error", "says"),
    [
        (corrupt, WeightsError, "is another file than the listed .* thrown away"),
        (status(404), Failure, r"not there \(404\)"),
        (status(403), Failure, r"refused \(403\)"),
        (status(407), Failure, "the proxy wants a name"),
        (status(500), Failure, "answers 500, 4 times"),
        (status(503), Failure, "answers 503, 4 times"),
        (page, Failure, "a web page instead of .* log-in"),
        (cut_without_ranges(400_000), Failure, "broke .* kept"),
        (stall(0), Failure, "sends nothing any more"),
        (_another_length(900_000), WeightsError, "has 900,000 bytes there, not 700,000"),
        (_another_length(100_000), WeightsError, "has 100,000 bytes there, not 700,000"),
        (status(302, Location=PATH), Failure, "leads in circles"),
        (status(302, Location="ftp://127.0.0.1/x"), Failure, "only http and https"),
        (status(200, Content_Encoding="br"), Failure, "re-encoded"),
    ],
)
def test_one_line_says_what_is_in_the_way(
    always: Behave, error: type[PipitError], says: str, site: Site, tmp_path: Path, hurried: Patience
) -> None:
    wanted = site.put(PATH, DATA)
    site.always = always
    with pytest.raises(error, match=says) as caught:
        pull(order(wanted), tmp_path, patience=hurried)
    assert "\n" not in str(caught.value)
    assert nothing_visible(tmp_path)
    assert len(site.asked) <= 9


def test_more_than_was_announced_is_not_taken(site: Site, tmp_path: Path, hurried: Patience) -> None:
    def endless(request: Request) -> bool:
        request.send_response(200)
        request.send_header("Connection", "close")
        request.end_headers()
        try:
            for _ in range(400):
                request.wfile.write(DATA[:250_000])
        except OSError:
            pass
        request.close_connection = True
        return True

    wanted = site.put(PATH, DATA)
    site.always = endless
    with pytest.raises(WeightsError, match="another file"):
        pull(order(wanted), tmp_path, patience=hurried)
    assert nothing_visible(tmp_path)


def test_no_network(tmp_path: Path, hurried: Patience) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/a"
        with pytest.raises(Failure, match=r"no connection to 127\.0\.0\.1 .* check the network") as caught:
            pull(order(Wanted("a", url, 3, "0" * 64)), tmp_path, patience=hurried)
    assert caught.value.code == "no-network"


def test_a_host_that_does_not_exist(tmp_path: Path, hurried: Patience) -> None:
    with pytest.raises(Failure, match=r"no connection to nowhere\.invalid"):
        pull(order(Wanted("a", "https://nowhere.invalid/a", 3, "0" * 64)), tmp_path, patience=hurried)


def test_a_file_that_fails_does_not_hold_up_the_others(site: Site, tmp_path: Path, hurried: Patience) -> None:
    orders = [Order(f"f{i}", (site.put(f"/f{i}", DATA[i:]),)) for i in range(6)]
    site.files.pop("/f1")
    site.files.pop("/f4")
    with pytest.raises(Failure, match=r"not there \(404\) \(and 1 more of the files\)"):
        pull(orders, tmp_path, patience=hurried)
    assert sorted(path.name for path in tmp_path.iterdir()) == [STAGE, "f0", "f2", "f3", "f5"]


# ---- redirects, proxies, mirrors ---------------------------------------------------------------------------


def test_redirects_are_followed_also_when_going_on(site: Site, tmp_path: Path, hurried: Patience) -> None:
    wanted = site.put(PATH, DATA, cut(250_000))
    for number in range(4):
        site.put(f"/r{number}", b"", *[status(302, Location=f"/r{number + 1}" if number < 3 else PATH)] * 2)
    pull(order(Wanted(NAME, f"{site.url}/r0", wanted.bytes, wanted.sha256)), tmp_path, patience=hurried)
    assert (tmp_path / NAME).read_bytes() == DATA
    assert site.asked[-1] == (PATH, "bytes=250000-")


def test_a_proxy_of_the_environment(
    site: Site, tmp_path: Path, hurried: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = site.put(PATH, DATA)
    monkeypatch.setenv("HTTP_PROXY", site.url)
    pull(order(Wanted(NAME, f"http://weights.invalid{PATH}", wanted.bytes, wanted.sha256)), tmp_path, patience=hurried)
    assert site.asked[0][0] == f"http://weights.invalid{PATH}"


@pytest.mark.parametrize("proxy", ["what://x", "http://host:port"])
def test_a_proxy_that_is_none(proxy: str, tmp_path: Path, hurried: Patience, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(BadConfig, match="the proxy of the environment"):
        pull(order(Wanted("a", "http://weights.invalid/a", 3, "0" * 64)), tmp_path, patience=hurried)


@pytest.mark.parametrize(
    ("mirrors", "becomes"),
    [
        ("", "https://a.example/x/y?z=1"),
        ("http://m.lan", "http://m.lan/x/y?z=1"),
        ("https://m.lan/sub/", "https://m.lan/sub/x/y?z=1"),
        ("b.example=https://m.lan", "https://a.example/x/y?z=1"),
        ("b.example=https://m.lan, a.example=https://n.lan/w", "https://n.lan/w/x/y?z=1"),
    ],
)
def test_mirrors(mirrors: str, becomes: str) -> None:
    assert mirrored("https://a.example/x/y?z=1", mirrors) == becomes


@pytest.mark.parametrize("mirrors", ["m.lan", "ftp://m.lan", "a.example=", "https://"])
def test_a_mirror_that_is_no_address(mirrors: str) -> None:
    with pytest.raises(BadConfig, match="is no address"):
        mirrored("https://a.example/x", mirrors)
