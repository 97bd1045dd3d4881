"""The two pages a doctor takes away: what the screen says on a day, with its source, its date and its limits; no patient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from calculators import french
from calculators.records.folder import Dataset
from dashboard import pictures, typeset
from dashboard.charts import GREY, Spec

WIDTH = 620
PLACES = ("prevention", "ratio", "pay")
"""Charts that a template has room for."""
PALE = "#e6ebef"
"""On paper, in black and white, what is unknown is told apart from what is due by being nearly white."""
METHOD = (
    "Prévention : états calculés au jour dit, d’après les actes et délivrances du dossier ; « inconnu » quand les données "
    "ne permettent pas de savoir, ce qui n’est pas « non fait ».",
    "Sobriété : dépense observée / attendue selon l’âge, le sexe, l’ALD et la C2S ; une dépense n’est pas une qualité, et "
    "un ratio bas peut aussi traduire un sous-traitement.",
    "Forfait : calculé ligne par ligne d’après l’accord ; ce n’est pas un relevé de l’Assurance maladie. Règles, sources "
    "et hypothèses : page Méthode du programme.",
)


@dataclass(frozen=True)
class Rates:
    """Rates of the indicators as text: headings of the figures, then a label and its figures per row."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Content:
    """What the pages say, in sentences already."""

    doctor: str
    as_of: date
    dataset: Dataset
    standing: str
    actions: Sequence[str]
    rates: Rates
    ratio: str
    pay: str
    pay_limits: str


@dataclass(frozen=True)
class Chart:
    """A chart of the screen; `says`: what it shows, for those who cannot see it."""

    spec: Spec
    rows: pa.Table
    says: str


def pdf(
    content: Content, whose: str, parts: Sequence[tuple[str, int]], charts: Mapping[str, Chart], day: date
) -> bytes:
    """`whose`: how the doctor signs; `parts`: name and cents of each part of the pay; `charts`: by their place in the
    template, `prevention`, `ratio`, `pay`, those there are; `day`: on which it is made."""
    return typeset.pdf("two_pages.typ", _said(content, whose, parts, day) | {"charts": told(charts)}, drawn(charts))


def told(charts: Mapping[str, Chart]) -> dict[str, object]:
    """What a template reads of the charts; None for those there are not."""
    return dict.fromkeys(PLACES) | {
        name: {"file": f"{name}.svg", "says": one.says} for name, one in charts.items()
    }  # fmt: skip


def drawn(charts: Mapping[str, Chart]) -> dict[str, str]:
    """The charts as pictures for paper, by file name."""
    return {
        f"{name}.svg": pictures.svg(pictures.recoloured(one.spec, {GREY: PALE}), one.rows, WIDTH)
        for name, one in charts.items()
    }


def _said(content: Content, whose: str, parts: Sequence[tuple[str, int]], day: date) -> dict[str, object]:
    about = content.dataset
    period = f"Données du {french.day(about.covers_from)} au {french.day(about.covers_to)}"
    late = " Les données s’arrêtent avant ce jour : tout est calculé comme si elles étaient complètes."
    return {
        "title": f"Bilan au {french.day(content.as_of)}", "whose": typeset.plain(whose), "fictive": about.synthetic,
        "about": f"{typeset.plain(about.title)}. {period}, extraites le {french.day(about.extracted_on)}."
        + (late if content.as_of > about.covers_to else ""),
        "source": f"Source : tableau-mt, d’après ces données ; fait le {french.day(day)}. Aucun patient n’est nommé.",
        "standing": typeset.runs(content.standing), "actions": [typeset.runs(one) for one in content.actions],
        "columns": list(content.rates.columns),
        "rates": [(label, list(figures)) for label, figures in content.rates.rows],
        "ratio": typeset.runs(content.ratio), "pay": typeset.runs(content.pay), "pay_limits": content.pay_limits,
        "parts": [(name, french.euros(cents)) for name, cents in parts], "method": METHOD,
    }  # fmt: skip
