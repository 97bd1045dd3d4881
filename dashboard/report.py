"""The printable report: one page with its date, its method and its limits, and no named patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from calculators.records.folder import Dataset
from dashboard.templates import render


@dataclass(frozen=True)
class Rates:
    """Rates of the indicators as text: headings of the figures, then a label and its figures per row."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Content:
    """What the page says, in sentences already."""

    doctor: str
    as_of: date
    dataset: Dataset
    standing: str
    actions: Sequence[str]
    rates: Rates
    ratio: str
    pay: str
    pay_limits: str


def page(content: Content) -> bytes:
    """A whole HTML document, to open and print."""
    return render("report.html", **vars(content))
