from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from pipit.models.fetch import Patience
from pipit.models.fetch import files as files_module

from .erring_server import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as made:
        yield made


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name == "PIPIT_MODELS_MIRROR":
            monkeypatch.delenv(name)
    monkeypatch.setattr(files_module, "RESERVE", 0)


@pytest.fixture
def hurried() -> Patience:
    """Nobody waits in tests."""
    return Patience(connect_s=2, read_s=0.3, tries=4, connect_tries=2, first_wait_s=0.01, longest_wait_s=0.02)
