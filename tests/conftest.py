"""What holds for every test: nothing is kept in the folders of who runs them, and none is judged by its pace."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

# a machine that does something else as well is slow for a while, and nothing is wrong
settings.register_profile("any pace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any pace")

_COUNT = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder of its own, for the programs that tests start too."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPIT_CACHE_DIR", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def own_state(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal of its own for every test: who was talked to before must not change what is said."""
    monkeypatch.setenv("XDG_STATE_HOME", str(own_cache / f"state-{next(_COUNT)}"))


@pytest.fixture(autouse=True)
def own_log() -> None:
    """The log as it is before anybody sets it up: an earlier test may have sent it elsewhere."""
    structlog.reset_defaults()
