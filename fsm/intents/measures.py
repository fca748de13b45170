"""Units and what one is in another, exactly: the fields' own, with those of kitchens and roads beside them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pipit.fsm.fields.quantity import Amount, amount
from pipit.fsm.fields.units import UNITS, Unit, ways


def _unit(kind: str, factor: str, one: str, many: str, *also: str) -> Unit:
    return Unit(one, kind, Fraction(factor), one, many, also)


MORE = (
    _unit("mass", "28.349523125", "ounce", "ounces"),
    _unit("mass", "6350.29318", "stone", "stone", "stones"),
    _unit("length", "0.9144", "yard", "yards"),
    _unit("length", "0.1", "decimetre", "decimetres", "decimeter", "decimeters"),
    _unit("length", "1852", "nautical mile", "nautical miles"),
    _unit("time", "1209600", "fortnight", "fortnights"),
    _unit("time", "0.001", "millisecond", "milliseconds"),
    _unit("volume", "100", "decilitre", "decilitres", "deciliter", "deciliters"),
    _unit("volume", "5", "teaspoon", "teaspoons", "teaspoonful", "teaspoonfuls"),
    _unit("volume", "15", "tablespoon", "tablespoons", "tablespoonful", "tablespoonfuls"),
    _unit("volume", "250", "metric cup", "metric cups", "cup", "cups"),
    _unit("volume", "236.5882365", "american cup", "american cups", "us cup", "us cups", "u s cup", "u s cups"),
    _unit("volume", "568.26125", "imperial pint", "imperial pints", "pint", "pints", "british pint", "british pints"),
    _unit("volume", "473.176473", "american pint", "american pints", "us pint", "us pints", "u s pint", "u s pints"),
    _unit("volume", "4546.09", "imperial gallon", "imperial gallons", "gallon", "gallons", "british gallons"),
    _unit("volume", "3785.411784", "american gallon", "american gallons", "us gallon", "us gallons", "u s gallons"),
    _unit("volume", "28.4130625", "imperial fluid ounce", "imperial fluid ounces", "fluid ounce", "fluid ounces"),
    _unit("volume", "29.5735295625", "american fluid ounce", "american fluid ounces", "us fluid ounces"),
    _unit("speed", "3.6", "metre per second", "metres per second", "meters per second", "metres a second"),
    _unit("speed", "1.852", "knot", "knots"),
    _unit("kelvin", "1", "kelvin", "kelvin", "kelvins", "degrees kelvin"),
    _unit("months", "1", "month", "months"),
    _unit("months", "12", "year", "years"),
    _unit("months", "120", "decade", "decades"),
    _unit("months", "1200", "century", "centuries"),
    _unit("months", "12000", "millennium", "millennia"),
)
_BASES = {
    "pounds": ("mass", Fraction("453.59237")),
    "inches": ("length", Fraction("0.0254")),
    "miles": ("length", Fraction("1609.344")),
    "miles per hour": ("speed", Fraction("1.609344")),
    "bar": ("pascal", Fraction(100)),
    "psi": ("pascal", Fraction("4.4482216152605") / Fraction("0.64516")),
}
"""What the fields keep apart, because no flow should turn one into the other, in the base unit of another kind."""
_ZERO_OF = {
    "celsius": (Fraction(1), Fraction("273.15")),
    "fahrenheit": (Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
    "kelvin": (Fraction(1), Fraction(0)),
}
MEANT = {
    name: unit.many if name == unit.also[1] else unit.one
    for unit in MORE
    if unit.one.startswith(("metric", "imperial"))
    for name in unit.also[:2]
} | {"ton": "metric ton", "tons": "metric tons"}
"""Words that mean something else in another country, and what they mean here."""
_DEGREES = frozenset({"degree", "degrees"})

_NAMED: dict[str, tuple[Unit, ...]] = {}
for _each in (*UNITS, *MORE):
    for _way in dict.fromkeys(ways(_each)):
        _NAMED[_way] = (*_NAMED.get(_way, ()), _each)
LONGEST = max(name.count(" ") for name in _NAMED) + 1


def named(words: Sequence[str]) -> tuple[Unit, ...]:
    """Return the units that words may mean."""
    return _NAMED.get(" ".join(words), ())


def converted(value: Fraction, source: Unit, target: Unit) -> Fraction | None:
    """Return an amount in another unit; None where the two measure different things."""
    if source.kind in _ZERO_OF and target.kind in _ZERO_OF:
        (up, offset), (down, back) = _ZERO_OF[source.kind], _ZERO_OF[target.kind]
        return (value * up + offset - back) / down
    (kind, factor), (wanted, by) = _base(source), _base(target)
    return value * factor / by if kind == wanted else None


def amounts(words: Sequence[str], typed: Sequence[bool], target: Unit) -> list[Amount]:
    """Return what words may mean as an amount, the one that suits the target first."""
    text = f" {' '.join(words)} "
    homes = [target, *(unit for unit in MORE if any(f" {way} " in text for way in ways(unit)))]
    found = [amount(words, typed, 0, _other_degrees(words, home)) for home in homes]
    return [each for each in found if each is not None and each.unit is not None and each.end == len(words)]


def _other_degrees(words: Sequence[str], home: Unit) -> Unit:
    """``Seventy degrees in celsius`` are degrees Fahrenheit."""
    if words[-1] not in _DEGREES or home.kind not in _ZERO_OF:
        return home
    return next(unit for unit in UNITS if unit.kind == ("fahrenheit" if home.kind == "celsius" else "celsius"))


def _base(unit: Unit) -> tuple[str, Fraction]:
    kind, factor = _BASES.get(unit.kind, (unit.kind, Fraction(1)))
    return kind, factor * unit.factor
