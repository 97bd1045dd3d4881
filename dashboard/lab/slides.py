"""Slides of a scenario: one idea each, no name and no patient. What they say, whoever shows it: screen, PDF or PPTX."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from calculators import french
from calculators.forfait.claims import Claim, claims, put_to_the_test
from calculators.forfait.compare import Beside
from calculators.forfait.country import Country
from calculators.forfait.version import Version
from dashboard.charts import Spec
from dashboard.lab import charts, in_words, tables
from dashboard.lab import claims as claims_in_words
from dashboard.lab.drafts import Draft
from dashboard.lab.in_words import Figure
from dashboard.lab.outcomes import Outcome, Told

FICTIVE = "Population de référence fictive, tirée d’après des statistiques publiées : des ordres de grandeur."
NAMES = {
    "scenario": "Le scénario",
    "cout": "Ce que cela coûte",
    "medecin": "Pour un médecin, en moyenne",
    "gains": "Qui gagne, qui perd",
    "perdants": "Où sont ceux qui perdent",
    "lien": "Ce scénario, chez vous",
    "suppose": "Ce qui est supposé",
}
"""Slides shown unless others are chosen, in order."""
ASKED = {"accords": "Les accords, un par ligne"}
"""Slides shown only when they are chosen, as those of the statements."""


@dataclass(frozen=True)
class Drawn:
    """A chart, its rows, what it says to those who cannot see it, and the heading of each column of its figures."""

    name: str
    spec: Spec
    rows: pa.Table
    says: str
    columns: Mapping[str, str]

    @property
    def figures(self) -> pa.Table:
        return self.rows.select(list(self.columns)).rename_columns(list(self.columns.values()))


@dataclass(frozen=True)
class Table:
    """Headings, then rows of figures, each with its interval (empty when it has none); the first cell names the row."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Figure]]


@dataclass(frozen=True)
class Slide:
    """`figure`: the one thing to keep, very large; `says`: sentences, their bold between `**`; `points`: a list; `link`: an
    address to open, drawn as a QR code too; `note`: what to know of the figures, smaller."""

    title: str
    figure: str = ""
    says: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    chart: Drawn | None = None
    table: Table | None = None
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class Subject:
    """What the slides are about. `link`: finds it again; `old`: what the statements put to the test compare with; `found`:
    None when the country cannot be priced under one of the two; `agreements`: beside the one compared, with the same."""

    draft: Draft
    base: Version
    version: Version
    before: Version
    old: Version
    indicators: dict[str, str]
    country: Country | None
    found: Outcome | None
    told: Told
    agreements: Sequence[Beside] = ()
    link: str = ""


def names() -> dict[str, str]:
    """Every slide there may be: those of the scenario, then one for each statement put to the test."""
    return NAMES | ASKED | {f"affirmation-{one.id}": one.label for one in claims()}


def slides(asked: Sequence[str], subject: Subject) -> list[Slide]:
    """Those asked for, in order, the usual ones when none is; those of the country only when it can be priced."""
    known, every = names(), _builders(subject)
    wanted = [name for name in asked if name in known] or list(NAMES)
    shown = [name for name in wanted if name in every] or ["scenario"]
    return [every[name](known[name]) for name in shown]


def _builders(subject: Subject) -> dict[str, Callable[[str], Slide]]:
    found, country = subject.found, subject.country
    every: dict[str, Callable[[str], Slide]] = {
        "scenario": partial(_what, subject),
        "suppose": partial(_assumed, subject),
        **({"lien": partial(_link, subject)} if subject.link else {}),
    }
    if found:
        national = {"cout": _cost, "medecin": _mean, "gains": _gains, "perdants": _losers}
        every |= {name: partial(build, found) for name, build in national.items()}
    if subject.agreements:
        every["accords"] = partial(_agreements, subject)
    if country:
        every |= {f"affirmation-{one.id}": partial(_claim, one, country, subject) for one in claims()}
    return every


def _what(subject: Subject, title: str) -> Slide:
    words = in_words.changes_in_words(subject.draft, subject.base, subject.indicators)
    paths = in_words.paths_in_words(subject.version, subject.base, subject.draft.changes)
    says = [f"**{subject.base.label}**, comparé à « {subject.before.label} »."]
    points = tuple(words or paths)
    return Slide(title, says=(*says, *([] if points else ["L’accord tel qu’il est, sans changement."])), points=points)


def _cost(found: Outcome, title: str) -> Slide:
    return Slide(title, f"{in_words.cost(found.beside, found.told)[0]} par an", (in_words.cost_in_words(found),))


def _mean(found: Outcome, title: str) -> Slide:
    one, average = found.spread, found.beside.gap
    value, ends = in_words.mean(average, signed=True)
    return Slide(
        title,
        f"{value} par an",
        (
            f"{in_words.standing_in_words(average, ends)}.",
            f"La moitié des médecins : {in_words.about_signed(one.percentiles[50])} ou plus. "
            f"Un sur dix : {in_words.about_signed(one.percentiles[10])} ou moins.",
        ),
    )


def _gains(found: Outcome, title: str) -> Slide:
    says = in_words.losers_in_words(found)
    return Slide(
        title, says=(says,), chart=Drawn("gains", charts.gains(), tables.bars_of_gains(found), says, tables.GAINS_TOLD)
    )


def _losers(found: Outcome, title: str) -> Slide:
    known = [one for one in tables.groups(found) if one.share_losers is not None]
    groups = sorted(known, key=lambda one: -(one.share_losers or 0))[:6]
    says = in_words.groups_in_words(groups).split(f"{french.NBSP};")[0].rstrip(".") + "."
    return Slide(
        title,
        says=(says,),
        chart=Drawn("groupes", charts.groups(), tables.bars_of_groups(groups), says, tables.GROUPS_TOLD),
    )


def _link(subject: Subject, title: str) -> Slide:
    return Slide(
        title,
        says=(in_words.where(subject.link) or "Il s’ouvre dans le programme, avec les mêmes chiffres.",),
        link=subject.link,
    )


def _assumed(subject: Subject, title: str) -> Slide:
    count = french.count(len(subject.version.open_point), "point ouvert", "points ouverts")
    return Slide(
        title,
        says=(
            FICTIVE,
            "ROSP et forfait structure sont des moyennes par médecin ; DONUM est une part de son plafond.",
            f"{count} dans l’accord : chacun a une lecture retenue et une autre, page Forfait.",
        ),
    )


def _agreements(subject: Subject, title: str) -> Slide:
    heads, rows = tables.agreements_told(subject.agreements, subject.before, subject.told)
    return Slide(title, table=Table(heads, rows), note=in_words.standing_on(subject.agreements))


def _claim(one: Claim, country: Country, subject: Subject, title: str) -> Slide:
    """What was said, the verdict, and the figures it rests on."""
    if not (country.knows(subject.version) and country.knows(subject.old)):
        said = "La population de référence ne permet pas de recalculer cette affirmation avec ce scénario."
        return Slide(title, says=(said,))
    tested = put_to_the_test(one, country, subject.version, subject.old)
    return Slide(title, claims_in_words.VERDICT[tested.verdict][1], (claims_in_words.range_in_words(tested),))
