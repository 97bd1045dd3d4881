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
    "rate": "Un pourcentage, comme 11 %.",
    "share": "Oui, non, ou une part, comme 65 %.",
    "text": "Un texte.",
}
YES_NO = {"oui": "true", "non": "false"}
DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def kept(kind: Kind, label: str, text: str) -> str:
    """The value that is kept. Raises UserError (French) with what would be right."""
    text = text.strip()
    if not text or kind not in _KEPT:
        return text
    try:
        return _KEPT[kind](text)
    except ValueError:
        raise UserError(
            f"« {text} » pour « {label} » ne se lit pas. Attendu : {HELP[kind][0].lower()}{HELP[kind][1:]}"
        ) from None


def shown(kind: Kind, value: str) -> str:
    """A value that is kept, as it is typed; one that cannot be read, as it is."""
    try:
        return _SHOWN[kind](value) if value and kind in _SHOWN else value
    except ValueError:
        return value


def _number(text: str) -> str:
    return french.typed(french.read_number(text)).replace(",", ".")


def _cents(text: str) -> str:
    return str(round(Decimal(str(french.read_number(text))) * 100))


def _share(text: str) -> str:
    if said := YES_NO.get(text.lower()):
        return said
    return _rate(text)


def _rate(text: str) -> str:
    share = french.read_number(text)
    share = share / 100 if "%" in text or share > 1 else share
    if not 0 <= share <= 1:
        raise ValueError(text)
    return french.typed(share).replace(",", ".")


def _day(text: str) -> str:
    if found := DAY.fullmatch(text):
        text = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
    return datetime.strptime(text, "%Y-%m-%d").date().isoformat()


def _share_shown(value: str) -> str:
    words = {kept: said for said, kept in YES_NO.items()}
    return words.get(value) or _rate_shown(value)


def _rate_shown(value: str) -> str:
    return f"{french.typed(100 * float(value))} %"


_KEPT: dict[Kind, Callable[[str], str]] = {
    "number": _number,
    "cents": _cents,
    "share": _share,
    "rate": _rate,
    "day": _day,
}
_SHOWN: dict[Kind, Callable[[str], str]] = {
    "number": lambda value: french.typed(float(value)),
    "cents": lambda value: french.typed(float(value) / 100),
    "share": _share_shown,
    "rate": _rate_shown,
    "day": lambda value: datetime.strptime(value, "%Y-%m-%d").strftime("%d/%m/%Y"),
}
