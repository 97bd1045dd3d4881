"""A draft of the scenario lab: a version, changes to it, and the controls that make them.

A control is one thing a user may move; an age that separates two lines moves both of them, so that no patient is left
without a line. Changes that no control shows (from a file or a link) are kept.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from calculators import rules
from calculators.forfait.scenario import decode_changes, encode_changes
from calculators.forfait.values import MOST_FACTOR, MOST_PER_DOCTOR
from calculators.forfait.version import FOLDER, Change, Scenario, Version, canonical, paths
from calculators.rules import RuleError
from dashboard.words import labels

Kind = Literal["euros", "percent", "whole", "choice"]
MOST: Mapping[Kind, int] = {"euros": MOST_PER_DOCTOR, "percent": 100 * MOST_FACTOR, "whole": 120}
"""The largest value a control takes; what an agreement takes is its own matter."""


SECTIONS = ("Par patient", "Âges charnières", "C2S et prévention", "Majorations", "À côté du forfait", "Règles", "Tout")


@dataclass(frozen=True)
class Control:
    """One thing to move: its present value, and the paths that follow, each with what is added to the value."""

    section: str
    key: str
    label: str
    kind: Kind
    value: float
    targets: tuple[tuple[str, int], ...] = ()
    options: tuple[str, ...] = ()
    effects: tuple[Mapping[str, Change], ...] = ()

    def changes(self, value: float) -> dict[str, Change]:
        """What a value changes; nothing when it is the version's own."""
        if self.kind == "choice":
            return dict(self.effects[int(value)])
        if value == self.value:
            return {}
        if self.kind == "percent":
            return {path: _plain(Decimal(str(value)) / 100) for path, _ in self.targets}
        return {path: _plain(Decimal(str(value + added))) for path, added in self.targets}

    def shown(self, changes: Mapping[str, Change]) -> float:
        """The value these changes give it; its own when they are none that it can take."""
        if self.kind == "choice":
            held = [n for n, effect in enumerate(self.effects) if effect and effect.items() <= changes.items()]
            return held[0] if held else 0
        path, added = self.targets[0]
        given = changes.get(path)
        if isinstance(given, bool) or not isinstance(given, int | float):
            return self.value
        exact = Decimal(str(given))
        shown = exact * 100 if self.kind == "percent" else exact - added
        whole = self.kind != "whole" or shown == shown.to_integral_value()
        return float(shown) if whole and 0 <= shown <= MOST[self.kind] else self.value

    def says(self, changes: Mapping[str, Change]) -> set[str]:
        """Paths of these changes that the value shown stands for."""
        made = self.changes(self.shown(changes))
        return {path for path, value in made.items() if path in changes and _is_same(changes[path], value)}

    @property
    def paths(self) -> set[str]:
        return {path for path, _ in self.targets} | {path for effect in self.effects for path in effect}


@dataclass(frozen=True)
class Draft:
    """A version and what is changed of it."""

    base: str
    changes: Mapping[str, Change] = field(default_factory=dict)

    @property
    def link(self) -> str:
        """Short and readable, for a link: no data of anyone, only what the rules become."""
        return "~".join([self.base, *([encode_changes(self.changes)] if self.changes else [])])

    @classmethod
    def read(cls, link: str, known: Sequence[str]) -> "Draft":
        """The inverse of `link`. Raises RuleError in French."""
        base, _, changes = link.partition("~")
        if base not in known:
            raise RuleError(f"Le lien nomme un accord inconnu, « {base} » ; {rules.suggest(base, list(known))}")
        return cls(base, decode_changes(changes))


def _is_same(given: Change, value: Change) -> bool:
    if isinstance(given, bool | str) or isinstance(value, bool | str):
        return type(given) is type(value) and given == value
    return math.isclose(given, value, rel_tol=0, abs_tol=1e-9)


def _plain(number: Decimal) -> float:
    """A whole number without its decimals, as one would write it."""
    return int(number) if number == number.to_integral_value() else float(number)


def controls(version: Version, indicators: Mapping[str, str], general: float | None = None) -> list[Control]:
    """Everything to move, in the order of the screen; `indicators`: labels of those that may have their own amount, at
    first the `general` one."""
    return [
        *_amounts(version),
        *_ages(version),
        *_c2s_and_prevention(version, indicators, general),
        *_majorations(version),
        *_beside(version),
        *_rules(version),
        *_scales(version),
    ]


def _amounts(version: Version) -> Iterator[Control]:
    for key, line in version.socle.items():
        yield _euros("Par patient", f"socle.{key}", line.label, line.amount)


def _ages(version: Version) -> Iterator[Control]:
    """Ages at which the line of a patient changes, then the ages of the majorations."""
    lines = version.socle.items()
    for age in sorted({line.age.min for _, line in lines if line.age.min}):
        starts = tuple((f"socle.{key}.age.min", 0) for key, line in lines if line.age.min == age)
        ends = tuple((f"socle.{key}.age.max", -1) for key, line in lines if line.age.max == age - 1)
        yield Control("Âges charnières", f"age.{age}", f"à partir de {age} ans", "whole", age, starts + ends)
    for name, majoration in version.majoration.items():
        if majoration.age.min:
            target = ((f"majoration.{name}.age.min", 0),)
            yield Control("Âges charnières", f"m.{name}", majoration.label, "whole", majoration.age.min, target)


def _c2s_and_prevention(version: Version, indicators: Mapping[str, str], general: float | None) -> Iterator[Control]:
    section = "C2S et prévention"
    if patient := version.c2s.par_patient:
        yield _euros(section, "c2s.par_patient", patient.label, patient.amount)
    if share := version.c2s.au_dela_du_seuil:
        path = "c2s.au_dela_du_seuil.threshold"
        yield Control(
            section, path, "seuil de la part de C2S (%)", "percent", float(share.threshold * 100), ((path, 0),)
        )
    if version.prevention:
        yield _euros(section, "prevention.amount", version.prevention.label, version.prevention.amount)
        first = version.prevention.amount if general is None else Decimal(str(general))
        for name, label in indicators.items():
            yield _euros(section, f"prevention.amounts.{name}", label, version.prevention.amounts.get(name, first))


def _majorations(version: Version) -> Iterator[Control]:
    for key, line in version.majoration.items():
        path = f"majoration.{key}"
        yield Control("Majorations", path, f"{line.label} (%)", "percent", float(line.rate * 100), ((path, 0),))


def _beside(version: Version) -> Iterator[Control]:
    for part, mean in version.means.items():
        is_ceiling = mean.kind == "maximum"
        words = f"{labels.PART[part]}, plafond" if is_ceiling else labels.PART[part]
        yield _euros("À côté du forfait", f"means.{part}", words, mean.amount)
        if is_ceiling:
            path = f"means.{part}.share"
            label = f"{labels.PART[part]} : part du plafond (%)"
            yield Control("À côté du forfait", path, label, "percent", float(mean.share * 100), ((path, 0),))
    for key, aid in version.aide.items():
        yield _euros("À côté du forfait", f"aide.{key}", aid.label, aid.amount)


def _rules(version: Version) -> Iterator[Control]:
    """Open points as choices, then the window of the last contact."""
    for point in version.open_point:
        options = (point.default, *(one.label for one in point.alternative))
        effects: tuple[Mapping[str, Change], ...] = ({}, *(one.change for one in point.alternative))
        yield Control("Règles", point.id, point.label, "choice", 0, options=options, effects=effects)
    yield Control(
        "Règles", "who.sector_2", "Secteur 2 sans OPTAM", "choice", 0,
        options=("non payé", "payé comme l’OPTAM"), effects=({}, {"who.sector_2": True}),
    )  # fmt: skip
    months = (("seen.months", 0),)
    yield Control("Règles", "seen.months", "« vu » depuis moins de (mois)", "whole", version.seen.months, months)


def _scales(version: Version) -> Iterator[Control]:
    for part in ("socle", "c2s", "prevention"):
        value, path = float(getattr(version.scale, part) * 100), f"scale.{part}"
        yield Control("Tout", path, f"{labels.PART[part]} : tous les montants à (%)", "percent", value, ((path, 0),))


def _euros(section: str, path: str, label: str, amount: Decimal) -> Control:
    return Control(section, path, label, "euros", float(amount), ((path, 0),))


def collected(given: Sequence[Control], values: Mapping[str, float], before: Mapping[str, Change]) -> dict[str, Change]:
    """Changes that the values of the controls make. What nobody moved stays as it was, even what no control shows."""
    changes, moved = dict(before), [one for one in given if values.get(one.key, one.shown(before)) != one.shown(before)]
    for control in moved:
        for path in control.paths:
            changes.pop(path, None)
        changes |= control.changes(values[control.key])
    return changes


def unsaid(given: Sequence[Control], version: Version, changes: Mapping[str, Change]) -> dict[str, Change]:
    """Changes that no control shows: kept all the same."""
    said = {path for one in given for path in one.says(changes)}
    now = {canonical(path): value for path, value in paths(version).items()}
    return {path: value for path, value in changes.items() if path not in said and now.get(path, version) != value}


def with_preset(draft: Draft, given: Scenario, applicable: Mapping[str, Change]) -> Draft:
    """The draft once a scenario is laid on it: what it changes takes the place of what was changed there, and below."""
    if given.alone:
        return Draft(given.base, given.changes)
    below = tuple(f"{path}s." for path in applicable if path.endswith(".amount"))  # the amounts of each indicator
    kept = {path: value for path, value in draft.changes.items() if not path.startswith(below)}
    return Draft(draft.base, {**kept, **applicable})


def is_offered(given: Scenario, applicable: Mapping[str, Change], known: Sequence[str]) -> bool:
    """Can the agreement be changed as the scenario says? What it lacks is no matter where the scenario takes it away."""
    if given.alone:
        return given.base in known
    return bool(applicable) and all(value == 0 for path, value in given.changes.items() if path not in applicable)


def inflation() -> tuple[float, int]:
    """Yearly rate and number of years to begin with: a hypothesis of `country.toml`."""
    given = rules.read_toml(Path(FOLDER / "country.toml"))["inflation"]
    return float(given["rate"]), int(given["years"])
