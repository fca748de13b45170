"""Fields for the test only: training never names them."""

from __future__ import annotations

from . import fillings
from .fields import Field, one_of
from .spoken import number

HELD_FIELDS: dict[str, Field] = {
    "shoe": Field("your shoe size", ("what is your shoe size",), lambda choose: number(choose.between(36, 46))),
    "season": Field(
        "your favourite season", ("which season do you like best",), one_of("spring", "summer", "autumn", "winter")
    ),
    "language": Field(
        "the language you speak",
        ("which languages do you speak",),
        one_of("english", "german", "french", "spanish", "polish"),
    ),
    "breakfast": Field(
        "what you had for breakfast",
        ("what did you have for breakfast",),
        lambda choose: f"{choose.filling(fillings.FOODS)} and {fillings.word(choose)}",
    ),
}
