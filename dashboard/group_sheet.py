"""The page a doctor brings to a group of peers: his rates and his ratio, without a name nor a number of 1 to 10 patients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from calculators import french
from calculators.records.folder import Dataset
from dashboard import two_pages, typeset
from dashboard.two_pages import Chart, Rates

MASKED = (
    "Ni médecin ni patient n’est nommé. Les effectifs de 1 à 10 patients, et ceux qui permettraient de les retrouver, ne "
    "sont pas donnés : la case dit alors « masqué ». Un taux n’est donné qu’avec ses deux effectifs."
)


@dataclass(frozen=True)
class Content:
    """What the page says, in sentences already. `questions`: what there is to talk about."""

    as_of: date
    dataset: Dataset
    standing: str
    rates: Rates
    ratio: str
    questions: Sequence[str]


def pdf(content: Content, charts: Mapping[str, Chart], day: date) -> bytes:
    """`charts`: `prevention` and `ratio`, those there are; `day`: on which it is made."""
    said = _said(content, day) | {"charts": two_pages.told(charts)}
    return typeset.pdf("group_sheet.typ", said, two_pages.drawn(charts))


def _said(content: Content, day: date) -> dict[str, object]:
    about = content.dataset
    return {
        "title": f"Pour un groupe de pairs, au {french.day(content.as_of)}", "fictive": about.synthetic,
        "about": f"Données du {french.day(about.covers_from)} au {french.day(about.covers_to)}, extraites le "
        f"{french.day(about.extracted_on)}. {MASKED}",
        "source": f"Source : tableau-mt, fait le {french.day(day)}.",
        "standing": typeset.runs(content.standing), "columns": list(content.rates.columns),
        "rates": [(label, list(figures)) for label, figures in content.rates.rows],
        "ratio": typeset.runs(content.ratio), "questions": [typeset.runs(one) for one in content.questions],
        "method": two_pages.METHOD[:2],
    }  # fmt: skip
