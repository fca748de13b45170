"""Reads code while engines load: they compute outside the interpreter, which would stand idle meanwhile."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def importing(*modules: str) -> Iterator[None]:
    """Import modules in a thread of their own for as long as the block runs, and at its end wait until they are there.

    What goes wrong with one is left for whoever imports it after that, who gets it raised.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="import") as pool:
        pool.submit(_import_all, modules)
        yield


def _import_all(modules: tuple[str, ...]) -> None:
    for module in modules:
        importlib.import_module(module)
