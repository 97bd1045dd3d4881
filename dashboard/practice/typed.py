"""What a doctor types of his practice, as a French reader writes it, and how it is kept (`records/facts.toml`)."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from calculators import french
from calculators.errors import UserError
from calculators.records.facts import Kind

HELP: dict[Kind, str] = {
    "number": "Un nombre, comme 0,5.",
    "cents": "Une somme en euros, comme 25 000.",
    "day": "Une date, comme 31/01/2026.",
    "share": "Oui, non, ou une part, comme 65 %.",
    "rate": "Une part, comme 32 %.",
    "text": "Un texte.",
}
MONTH_HELP = "Un mois, comme 04/2026."
YES_NO = {"oui": "true", "non": "false"}
DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
MONTH = re.compile(r"(?:(?P<month>\d{1,2})/(?P<year>\d{4})|(?P<year_>\d{4})-(?P<month_>\d{1,2}))")


def kept(kind: Kind, label: str, text: str) -> str:
    """The value that is kept. Raises UserError (French) with what would be right."""
    text = text.strip()
    if not text or kind not in _KEPT:
        return text
    try:
        return _KEPT[kind](text)
    except ValueError:
        raise _unread(text, label, HELP[kind]) from None


def month(label: str, text: str) -> str:
    """« 04/2026 » or « 2026-04 » as `2026-04`. Raises UserError (French)."""
    found = MONTH.fullmatch(text.strip())
    number = int(found["month"] or found["month_"]) if found else 0
    if found is None or not 1 <= number <= 12:
        raise _unread(text.strip(), label, MONTH_HELP)
    return f"{found['year'] or found['year_']}-{number:02}"


def _unread(text: str, label: str, wanted: str) -> UserError:
    return UserError(f"« {text} » pour « {label} » ne se lit pas. Attendu : {french.lower_first(wanted)}")


def shown(kind: Kind, value: str) -> str:
    """A value that is kept, as it is typed; one that cannot be read, as it is."""
    try:
        return _SHOWN[kind](value) if value and kind in _SHOWN else value
    except ValueError:
        return value


def _number(text: str) -> str:
    return french.typed(_positive(text)).replace(",", ".")


def _cents(text: str) -> str:
    cents = Decimal(str(_positive(text))) * 100
    if cents != cents.to_integral_value():  # « 12,345 »: twelve thousand, or a slip?
        raise ValueError(text)
    return str(int(cents))


def _positive(text: str) -> float:
    found = french.read_number(text)
    if found < 0:
        raise ValueError(text)
    return found


def _share(text: str) -> str:
    return YES_NO.get(text.lower()) or _rate(text)


def _rate(text: str) -> str:
    """« 65 % », « 65 » or « 0,65 ». A bare 1 could be 1 % or 100 %: it is refused."""
    share, is_percent = _positive(text), "%" in text
    if share == 1 and not is_percent:
        raise ValueError(text)
    share = share / 100 if is_percent or share > 1 else share
    if share > 1:
        raise ValueError(text)
    return french.typed(share).replace(",", ".")


def _day(text: str) -> str:
    if found := DAY.fullmatch(text):
        text = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
    return datetime.strptime(text, "%Y-%m-%d").date().isoformat()


def _share_shown(value: str) -> str:
    words = {kept: said for said, kept in YES_NO.items()}
    return words.get(value) or f"{french.typed(100 * float(value))} %"


_KEPT: dict[Kind, Callable[[str], str]] = {
    "number": _number, "cents": _cents, "share": _share, "rate": _rate, "day": _day
}  # fmt: skip
_SHOWN: dict[Kind, Callable[[str], str]] = {
    "number": lambda value: french.typed(float(value)),
    "cents": lambda value: french.typed(float(value) / 100),
    "share": _share_shown,
    "rate": _share_shown,
    "day": lambda value: datetime.strptime(value, "%Y-%m-%d").strftime("%d/%m/%Y"),
}
