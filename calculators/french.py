"""Numbers, days, amounts and lists as a French reader expects them: the one copy."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

EXACT = 9
"""Decimals beyond which a number is no more than the trace of its computation."""
THIN, NBSP = "\u202f", "\u00a0"
TYPED = re.compile(r"[+-]?[0-9]{1,12}(?:[.,][0-9]{1,4})?")

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)


def number(value: float, decimals: int = 0) -> str:
    """1 234,5 with narrow no-break spaces; halves are rounded up, as on paper."""
    shown = rounded(value, decimals)
    sign = "−" if shown < 0 else ""
    return sign + f"{abs(shown):,}".replace(",", THIN).replace(".", ",")


def rounded(value: float, decimals: int = 0) -> Decimal:
    """Halves away from zero, as on paper; Python's own rounding takes them to the even one. A share times a hundred is
    taken to nine decimals: 28.499999999999996 is a half."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-EXACT), ROUND_HALF_UP)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def whole(value: float) -> int:
    """The nearest whole number, as `number` writes it."""
    return int(rounded(value))


def read_number(text: str) -> float:
    """A number as a French reader types it: « 1 234,5 », « 120,5 € », « 12.5 », « −3 ». Raises ValueError (French)."""
    bare = re.sub(r"[\s\u00a0\u202f€%]", "", text).replace("−", "-")
    if not TYPED.fullmatch(bare):
        raise ValueError(f"« {text.strip()} » n’est pas un nombre ; exemple : 120,5")
    return float(bare.replace(",", ".")) + 0.0  # no minus before a zero


def typed(value: float) -> str:
    """A number as it would be typed in a field: no thousands apart, a comma, no useless zero."""
    return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", ",")


def euros(cents: float, decimals: int = 0) -> str:
    """Amount in euros from cents."""
    return f"{number(Decimal(str(cents)) / 100, decimals)}{NBSP}€"  # type: ignore[arg-type]


def signed_euros(cents: float, decimals: int = 0) -> str:
    """A difference: +120 €, −45 €."""
    return ("+" if cents > 0 else "") + euros(cents, decimals)


ROUNDED_APART = "Chaque chiffre est arrondi à part : un écart peut différer de la soustraction des deux autres."
"""Beside figures that are each told to the digit their interval justifies."""
BY_ONE_EURO = "Chaque montant est arrondi à part : un écart diffère d’un euro de la soustraction."


def rounded_apart(pairs: Iterable[tuple[float, float]]) -> str:
    """Said beside amounts (before, after, in cents) and their difference, all written in whole euros, when some of them do
    not subtract as they are written; else empty. The difference is the true one, rounded once."""
    return BY_ONE_EURO if any(whole(b / 100) - whole(a / 100) != whole((b - a) / 100) for a, b in pairs) else ""


def about_euros(cents: float) -> str:
    """An estimated amount, to two significant figures: no more than the data carry."""
    known = whole(abs(cents) / 100)
    unit = 10 ** max(0, len(str(known)) - 2)
    told = (known + unit // 2) // unit * unit
    return euros((-told if cents < 0 else told) * 100)


def two_figures(value: float) -> float:
    """A value to two significant figures, halves away from zero: what a simulated country can tell."""
    return figures(value, 2)


def figures(value: float, significant: int) -> float:
    """A value to so many significant figures, halves away from zero."""
    exact = Decimal(str(value))
    unit = Decimal(1).scaleb(exact.adjusted() - significant + 1) if exact else Decimal(1)
    return float(exact.quantize(unit, ROUND_HALF_UP))


def about_millions(cents: float) -> str:
    """An amount of the country to two significant figures: 1 300 M€, 94 M€, 3,2 M€."""
    amount = two_figures(cents / 1e8)
    return f"{number(amount, 0 if abs(amount) >= 10 or not amount else 1 if abs(amount) >= 1 else 2)}{NBSP}M€"


def last_place(low: float, high: float) -> int:
    """The last digit an interval justifies, as a power of ten: the largest of which half the interval holds one.

    1 110 to 1 140 -> 1 (tens): a value in its middle never reads as one of its ends.
    An interval of one point: three figures.
    """
    half = (Decimal(str(high)) - Decimal(str(low))) / 2
    return half.adjusted() if half else Decimal(str(high)).adjusted() - 2 if high else 0


def at_place(value: float, place: int) -> str:
    """A number rounded at that digit: 1 130 from 1 127.4 at 1, 3,2 from 3.24 at -1."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(place), ROUND_HALF_UP)
    return number(float(rounded), max(0, -place))


def percent(share: float, decimals: int = 0) -> str:
    """61 % from 0.61."""
    return f"{number(100 * share, decimals)}{THIN}%"


def signed_percent(share: float, decimals: int = 0) -> str:
    """+12 % from 0.12."""
    return ("+" if share > 0 else "") + percent(share, decimals)


def day(when: date) -> str:
    """2 mai 2025, 1er mai 2025."""
    return f"{'1er' if when.day == 1 else when.day}{NBSP}{MONTHS[when.month - 1]} {when.year}"


def plain_day(when: date) -> str:
    """The same with ordinary spaces."""
    return plain(day(when))


def plain(text: str) -> str:
    """With ordinary spaces only, for a terminal and for the reasons of a result table."""
    return text.replace(NBSP, " ").replace(THIN, " ")


def month(when: date) -> str:
    """avr. 2026."""
    return f"{SHORT_MONTHS[when.month - 1]} {when.year}"


def short_day(when: date | None) -> str:
    """02/05/2025, or nothing."""
    return f"{when:%d/%m/%Y}" if when else ""


def ages(first: int, last: int | None) -> str:
    """moins de 2 ans, 2 à 6 ans, 80 ans et plus; both ends included."""
    if last is None:
        return f"{first} ans et plus" if first else "tous les âges"
    if first == 0:
        return f"moins de {last + 1} an{'s' if last else ''}"
    if first == last:
        return f"{first} an{'s' if first > 1 else ''}"
    return f"{first} à {last} ans"


def count(how_many: int, noun: str, plural: str | None = None) -> str:
    """1 patient, 1 203 patients, 0 patient."""
    return f"{number(how_many)}{NBSP}{noun if how_many < 2 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """a, b et c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}"


def upper_first(text: str) -> str:
    """The beginning of a sentence; the rest keeps its capitals."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """A label inside a sentence; acronyms, and words like « HbA1c », keep their capitals."""
    rest = text.partition(" ")[0][1:].removeprefix("’")  # « L’indication » is one, « L’IPP » is not
    return text[:1].lower() + text[1:] if rest[:1].islower() and rest.islower() else text
