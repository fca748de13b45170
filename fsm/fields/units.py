"""Units: how they are said, and what may be turned into what without loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipit.fsm.fields.hearing import plain


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit; those of one ``kind`` are multiples of each other by ``factor``."""

    symbol: str
    kind: str
    factor: Fraction
    one: str
    many: str
    also: tuple[str, ...] = ()
    """Other ways to say it."""


def _unit(symbol: str, kind: str, factor: str, one: str, many: str, also: str = "") -> Unit:
    return Unit(symbol, kind, Fraction(factor), one, many, tuple(also.split(", ")) if also else ())


UNITS = (
    _unit("s", "time", "1", "second", "seconds", "sec, secs"),
    _unit("min", "time", "60", "minute", "minutes", "min, mins"),
    _unit("h", "time", "3600", "hour", "hours", "hr, hrs"),
    _unit("d", "time", "86400", "day", "days"),
    _unit("wk", "time", "604800", "week", "weeks"),
    _unit("mg", "mass", "0.001", "milligram", "milligrams", "milligramme, milligrammes"),
    _unit("g", "mass", "1", "gram", "grams", "gramme, grammes"),
    _unit("kg", "mass", "1000", "kilogram", "kilograms", "kilo, kilos, kilogramme, kilogrammes"),
    _unit("t", "mass", "1000000", "tonne", "tonnes", "ton, tons, metric tons"),
    _unit("lb", "pounds", "1", "pound", "pounds"),
    _unit("ml", "volume", "1", "millilitre", "millilitres", "milliliter, milliliters, mil, mils"),
    _unit("cl", "volume", "10", "centilitre", "centilitres", "centiliter, centiliters"),
    _unit("l", "volume", "1000", "litre", "litres", "liter, liters"),
    _unit("mm", "length", "0.001", "millimetre", "millimetres", "millimeter, millimeters"),
    _unit("cm", "length", "0.01", "centimetre", "centimetres", "centimeter, centimeters"),
    _unit("m", "length", "1", "metre", "metres", "meter, meters"),
    _unit("km", "length", "1000", "kilometre", "kilometres", "kilometer, kilometers"),
    _unit("in", "inches", "1", "inch", "inches"),
    _unit("ft", "inches", "12", "foot", "feet"),
    _unit("mi", "miles", "1", "mile", "miles"),
    _unit("km/h", "speed", "1", "kilometre per hour", "kilometres per hour", "kilometers per hour, kilometres an hour"),
    _unit("mph", "miles per hour", "1", "mile per hour", "miles per hour", "miles an hour"),
    _unit("°C", "celsius", "1", "degree", "degrees", "degrees celsius, degree celsius, celsius, centigrade, degrees c"),
    _unit("°F", "fahrenheit", "1", "degree", "degrees", "degrees fahrenheit, degree fahrenheit, fahrenheit, degrees f"),
    _unit("°", "angle", "1", "degree", "degrees"),
    _unit("%", "percent", "1", "percent", "percent", "per cent, percents"),
    _unit("bar", "bar", "1", "bar", "bar", "bars"),
    _unit("psi", "psi", "1", "psi", "psi", "p s i, pounds per square inch"),
    _unit("kPa", "pascal", "1", "kilopascal", "kilopascals"),
    _unit("V", "voltage", "1", "volt", "volts"),
    _unit("mV", "voltage", "0.001", "millivolt", "millivolts"),
    _unit("A", "current", "1", "amp", "amps", "ampere, amperes"),
    _unit("mA", "current", "0.001", "milliamp", "milliamps", "milliampere, milliamperes"),
    _unit("W", "power", "1", "watt", "watts"),
    _unit("kW", "power", "1000", "kilowatt", "kilowatts"),
    _unit("kWh", "energy", "1", "kilowatt hour", "kilowatt hours"),
    _unit("rpm", "rpm", "1", "rpm", "rpm", "r p m, revs, revs per minute, revolutions per minute"),
    _unit("€", "euro", "1", "euro", "euros"),
    _unit("ct", "euro", "0.01", "cent", "cents"),
    _unit("$", "dollar", "1", "dollar", "dollars", "buck, bucks"),
    _unit("¢", "dollar", "0.01", "cent", "cents"),
    _unit("£", "sterling", "1", "pound", "pounds", "quid"),
    _unit("p", "sterling", "0.01", "penny", "pence", "p"),
)
_MINOR = {"h": "min", "min": "s", "m": "cm", "km": "m", "kg": "g", "l": "ml", "ft": "in", "€": "ct", "$": "¢", "£": "p"}
_HISSING = frozenset({"ss", "ch", "sh", "ax", "ex", "ix", "ox", "ux"})
_CODES = {"EUR": "€", "USD": "$", "GBP": "£", "C": "°C", "F": "°F", "percent": "%", "L": "l", "mL": "ml", "sec": "s"}


def ways(unit: Unit) -> tuple[str, ...]:
    """Return all that may be said for a unit."""
    return (unit.one, unit.many, *unit.also)


_SAID: dict[str, tuple[Unit, ...]] = {}
for _each in UNITS:
    for _way in dict.fromkeys(ways(_each)):
        _SAID[_way] = (*_SAID.get(_way, ()), _each)
_BY_SYMBOL = {unit.symbol: unit for unit in UNITS}
_LONGEST = max(way.count(" ") for way in _SAID) + 1


def unit_named(name: str) -> Unit:
    """Return the unit that a flow names, by symbol or word; one that is not known is a kind of its own."""
    symbol = _CODES.get(name, name)
    if symbol in _BY_SYMBOL:
        return _BY_SYMBOL[symbol]
    said = plain(name)
    if said in _SAID:
        return _SAID[said][0]
    one = _singular(said)
    return Unit(name, f"of its own: {said}", Fraction(1), one, said if one != said else _plural(said), (said,))


def _singular(many: str) -> str:
    if many.endswith(("xes", "ches", "shes", "sses")):
        return many.removesuffix("es")
    return many.removesuffix("s") if len(many) > 3 and not many.endswith("ss") else many


def _plural(one: str) -> str:
    return one if one.endswith("s") and not one.endswith("ss") else f"{one}{'es' if one[-2:] in _HISSING else 's'}"


def minor(unit: Unit) -> Unit | None:
    """Return what a bare number after it counts: the minutes of ``two hours thirty``."""
    return _BY_SYMBOL.get(_MINOR.get(unit.symbol, ""))


def unit_at(words: Sequence[str], at: int, home: Unit | None, typed: bool = False) -> tuple[Unit, int] | None:
    """Read a unit; where a word means several, one that fits ``home`` is meant; symbols count only after digits."""
    for size in range(min(_LONGEST, len(words) - at), 0, -1):
        said = " ".join(words[at : at + size])
        known = _SAID.get(said, ())
        if home is not None and (said in ways(home) or (typed and said == plain(home.symbol))):
            return home, at + size
        if known:
            return next((unit for unit in known if home and unit.kind == home.kind), known[0]), at + size
        symbol = next((unit for unit in UNITS if typed and said == unit.symbol.lower()), None)
        if symbol:
            return symbol, at + size
    return None
