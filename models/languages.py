"""Languages of weights: ``en-US``, or several: ``en, de, others``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
OTHERS = "others"
"""Weights that speak more languages than they name."""


def in_order(text: str) -> str:
    """Return ``text`` as it is written here; raises ``ValueError`` for what is no list of languages."""
    codes = split(text)
    for code in codes:
        if code != OTHERS and not _CODE.fullmatch(code):
            raise ValueError(f"{code!r} is no language: write en, en-US, or several with commas")
    return ", ".join(codes)


Languages = Annotated[str, AfterValidator(in_order)]


def split(text: str) -> list[str]:
    """Return the codes; ``de_DE`` is taken for ``de-DE``."""
    return [code.strip().replace("_", "-") for code in text.split(",") if code.strip()]


def family(code: str) -> str:
    """Return the language without its country: ``en`` of ``en-US``."""
    return code.replace("_", "-").split("-")[0].lower()


def speaks(languages: str, wanted: str) -> bool:
    """Whether weights of these languages do for ``wanted``; those of unknown ones may, and countries do not matter."""
    codes = split(languages)
    return not codes or not wanted or OTHERS in codes or family(wanted) in {family(code) for code in codes}
