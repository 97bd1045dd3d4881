"""The scenario lab without its screen: controls of a version, drafts as links, outcomes as tables and sentences.

A draft is a version and changes to it. A control is one thing a user may move; an age that separates two lines moves both
of them, so that no patient is left without a line. Changes that no control shows (from a file or a link) are kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from calculators import rules
from calculators.forfait import compare, who_gains
from calculators.forfait.compare import Distribution
from calculators.forfait.population import Population, Priced, price, reading
from calculators.forfait.scenario import decode_changes, encode_changes
from calculators.forfait.version import FOLDER, PARTS, Change, Scenario, Version, read_scenario
from calculators.rules import RuleError
from dashboard import wording

Kind = Literal["euros", "percent", "whole", "choice"]
SECTIONS = ("Par patient", "Âges charnières", "C2S et prévention", "Majorations", "À côté du forfait", "Règles", "Tout")
PRESETS = FOLDER / "scenarios"


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
        """The value these changes give it."""
        if self.kind == "choice":
            held = [n for n, effect in enumerate(self.effects) if effect and effect.items() <= changes.items()]
            return held[0] if held else 0
        path, added = self.targets[0]
        if path not in changes:
            return self.value
        given = Decimal(str(changes[path]))
        return float(given * 100 if self.kind == "percent" else given - added)

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
        yield _euros("À côté du forfait", f"means.{part}", wording.PART[part], mean.amount)
    for key, aid in version.aide.items():
        yield _euros("À côté du forfait", f"aide.{key}", aid.label, aid.amount)


def _rules(version: Version) -> Iterator[Control]:
    """Open points as choices, then the window of the last contact."""
    for point in version.open_point:
        options = (point.default, *(one.label for one in point.alternative))
        effects: tuple[Mapping[str, Change], ...] = ({}, *(one.change for one in point.alternative))
        yield Control("Règles", point.id, point.label, "choice", 0, options=options, effects=effects)
    months = (("seen.months", 0),)
    yield Control("Règles", "seen.months", "« vu » depuis moins de (mois)", "whole", version.seen.months, months)


def _scales(version: Version) -> Iterator[Control]:
    for part in ("socle", "c2s", "prevention"):
        value, path = float(getattr(version.scale, part) * 100), f"scale.{part}"
        yield Control("Tout", path, f"{wording.PART[part]} : tous les montants à (%)", "percent", value, ((path, 0),))


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


def changes_in_words(draft: Draft, version: Version, indicators: Mapping[str, str]) -> list[str]:
    """« 80 ans et plus, en ALD : 100 → 120 € », one line per control moved."""
    said = []
    for one in controls(version, indicators):
        now = one.shown(draft.changes)
        if one.kind == "choice" and now:
            said.append(f"{one.label} : {one.options[int(now)]}")
        elif now != one.value:
            unit = {"euros": f"{wording.NBSP}€", "percent": f"{wording.THIN}%"}.get(one.kind, "")
            label = one.label.removesuffix(" (%)")
            said.append(f"{label} : {_short(one.value)} → **{_short(now)}{unit}**")
    return said


def _short(value: float) -> str:
    return wording.number(value, 2).removesuffix(",00")


def presets() -> dict[str, Scenario]:
    """Scenarios that ship, by the name of their file."""
    return {path.stem: read_scenario(path) for path in sorted(PRESETS.glob("*.toml"))}


def inflation() -> tuple[float, int]:
    """Yearly rate and number of years to begin with: a hypothesis of `country.toml`."""
    given = rules.read_toml(Path(FOLDER / "country.toml"))["inflation"]
    return float(given["rate"]), int(given["years"])


@dataclass(frozen=True)
class Outcome:
    """Two priced populations."""

    before: Priced
    after: Priced

    @property
    def spread(self) -> Distribution:
        return compare.distribution(self.before, self.after)


def outcome(people: Population, before: Version, after: Version, with_means: bool) -> Outcome | None:
    """Both versions on a population; None when one of them reads lists otherwise than they were counted."""
    if {reading(before), reading(after)} != {people.reading}:
        return None
    return Outcome(*(price(people, version, with_means=with_means) for version in (before, after)))


def to_envelope(people: Population, version: Version, target_cents: int, with_means: bool) -> dict[str, Change]:
    """Factors of base, C2S and prevention that make the version cost the target, means unchanged."""
    beside = price(people, version, with_means=with_means).cost_cents - price(people, version).cost_cents
    scaled = compare.scale_to_cost(people, version, max(target_cents - beside, 0))
    return {f"scale.{part}": float(getattr(scaled.scale, part)) for part in ("socle", "c2s", "prevention")}


def bars_of_gains(found: Outcome) -> pa.Table:
    """Rows of charts_forfait.gains."""
    bars = who_gains.histogram(found.before, found.after).to_pylist()
    rows = [
        {
            "start": bar["from_cents"] / 100, "end": bar["to_cents"] / 100, "doctors": bar["doctors"],
            "side": "perdent" if bar["from_cents"] < 0 else "gagnent ou inchangés",
        }
        for bar in bars
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def bars_of_groups(found: Outcome) -> pa.Table:
    """Rows of charts_forfait.groups."""
    rows = who_gains.by_group(found.before, found.after).to_pylist()
    return pa.Table.from_pylist(
        [
            {"trait": r["trait"], "group": r["group"], "doctors": r["doctors"], "share": r["share_losers"],
             "mean": r["mean_cents"] / 100}
            for r in rows
        ]
    )  # fmt: skip


def bars_of_parts(named: Mapping[str, Priced]) -> pa.Table:
    """Rows of charts_forfait.by_part, in euros per doctor on average."""
    rows = []
    for name, priced in named.items():
        doctors, sums = max(int(priced.population.weight.sum()), 1), parts(priced)
        rows += [
            {
                "version": name,
                "part": wording.PART[part],
                "part_rank": PARTS.index(part),
                "euros": cents / 100 / doctors,
            }
            for part, cents in sums.items()
        ]
    return pa.Table.from_pylist(rows)


def parts(priced: Priced) -> dict[str, int]:
    """Weighted cents of each part, in the usual order."""
    sums: dict[str, int] = {}
    for (part, _), cents in zip(priced.lines, (priced.population.weight @ priced.cents).tolist(), strict=True):
        sums[part] = sums.get(part, 0) + cents
    return {part: sums[part] for part in PARTS if sums.get(part)}


def practices(before: Priced, after: Priced, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """doctor, name, before, after, difference (cents) of each doctor of both populations, by doctor."""
    then = dict(zip(after.population.doctors.doctor_id.tolist(), after.totals.tolist(), strict=True))
    now = dict(zip(before.population.doctors.doctor_id.tolist(), before.totals.tolist(), strict=True))
    return [
        {
            "doctor": one, "name": names.get(one, one), "before": now.get(one, 0), "after": then.get(one, 0),
            "difference": then.get(one, 0) - now.get(one, 0),
        }
        for one in sorted({*now, *then})
    ]  # fmt: skip


def millions(cents: float) -> str:
    """An amount of the country."""
    return f"{wording.number(cents / 1e8, 1)}{wording.NBSP}M€"


def spread_in_words(found: Outcome) -> str:
    """Cost, mean, median and who loses."""
    one = found.spread
    low, middle, high = (wording.signed_euros(one.percentiles[percent]) for percent in (10, 50, 90))
    return (
        f"**{millions(found.after.cost_cents)}** par an pour {wording.count(one.doctors, 'médecin')}, "
        f"soit {_signed_millions(one.total_cents)} par rapport à « {found.before.version.label} ». "
        f"Écart moyen par médecin : **{wording.signed_euros(one.mean_cents)}** ; médiane {middle} ; un médecin sur dix "
        f"est en dessous de {low}, un sur dix au-dessus de {high}. "
        f"**{wording.percent(one.share_losers, 1)}** perdent."
    )


def _signed_millions(cents: float) -> str:
    return ("+" if cents > 0 else "") + millions(cents)


def balance_in_words(found: Outcome) -> str:
    """The amount per indicator at which nothing changes for the country."""
    one = who_gains.balance(found.before, found.after)
    if not one.validated:
        return "Cet accord ne paie pas d’indicateur : il n’y a pas de montant d’équilibre à chercher."
    if one.cents is None:
        return "Point mort : même sans payer la prévention, le scénario coûte plus que la comparaison."
    return (
        f"Point mort : le coût serait le même si chacun des {wording.number(one.validated)} indicateurs validés "
        f"valait **{wording.euros(one.cents, 2)}**."
    )


def budget_in_words(cost: float, envelope: float) -> str:
    """Where the cost stands against the envelope."""
    gap, share = cost - envelope, (cost - envelope) / envelope if envelope else 0.0
    side = "au-dessus de" if gap > 0 else "en dessous de"
    if abs(share) < 0.0005:
        return f"Le scénario coûte {millions(cost)} : l’enveloppe de {millions(envelope)}, à moins de 0,05 % près."
    return (
        f"Le scénario coûte **{millions(cost)}**, {millions(abs(gap))} {side} l’enveloppe de {millions(envelope)} "
        f"({wording.percent(abs(share), 1)})."
    )


def groups_in_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """The groups in which most and fewest doctors lose."""
    known = [row for row in rows if row["doctors"]]
    if not known:
        return "Aucun groupe ne peut être compté."
    most, least = max(known, key=lambda row: row["share"]), min(known, key=lambda row: row["share"])
    if most["share"] == 0:
        return "Personne ne perd, dans aucun groupe."
    return (
        f"Le plus de médecins qui perdent : **{most['group']}** ({wording.percent(most['share'])}) ; "
        f"le moins : **{least['group']}** ({wording.percent(least['share'])})."
    )


def lines_of(before: Priced, after: Priced, doctor: str) -> list[dict[str, Any]]:
    """Lines of one doctor that differ: part, line, patients and cents before and after, difference."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for name, priced in (("before", before), ("after", after)):
        for row in priced.table().to_pylist():
            if row["doctor_id"] == doctor:
                key = (row["part"], row["line"])
                held = found.setdefault(key, {"part": key[0], "line": key[1], **EMPTY})
                held[f"patients_{name}"], held[f"{name}_cents"] = row["patients"], row["amount_cents"]
    rows = sorted(found.values(), key=lambda row: line_place(row["part"], row["line"], after.version))
    return [row for row in rows if row["before_cents"] != row["after_cents"]]


def line_place(part: str, line: str, version: Version) -> tuple[int, int, str]:
    """Order of the lines: parts, then as in the version's file."""
    keys = [*version.socle, *version.majoration]
    return PARTS.index(part), keys.index(line) if line in keys else len(keys), line


EMPTY = {"patients_before": 0, "patients_after": 0, "before_cents": 0, "after_cents": 0}


def line_in_words(
    row: Mapping[str, Any], before: Version, after: Version, indicators: Mapping[str, str]
) -> dict[str, Any]:
    """The same for a reader and a spreadsheet: words and euros."""
    label = line_label(row["part"], row["line"], after) or line_label(row["part"], row["line"], before)
    return {
        "Part": wording.PART[row["part"]],
        "Ligne": indicators.get(row["line"]) or label or wording.PART[row["part"]],
        "Patients avant": row["patients_before"] or None,
        "Patients après": row["patients_after"] or None,
        "Avant (€)": row["before_cents"] / 100,
        "Après (€)": row["after_cents"] / 100,
        "Écart (€)": (row["after_cents"] - row["before_cents"]) / 100,
    }


def line_label(part: str, line: str, version: Version) -> str | None:
    """A line in the words of its version."""
    means: dict[str, Any] = {str(key): mean for key, mean in version.means.items()}
    held: dict[str, Mapping[str, Any]] = {
        "socle": version.socle,
        "majoration": version.majoration,
        "aide": version.aide,
        "c2s": {"par_patient": version.c2s.par_patient, "au_dela_du_seuil": version.c2s.au_dela_du_seuil},
        "rosp": means,
        "structure": means,
        "donum": means,
    }
    found = held.get(part, {}).get(line)
    return found.label if found else None


def printed_lines(table: pa.Table) -> dict[str, list[str]]:
    """A table of `line_in_words` as text, the indicators on one line, with its total."""
    rows = [row for row in table.to_pylist() if row["Part"] != wording.PART["prevention"]]
    indicators = [row for row in table.to_pylist() if row["Part"] == wording.PART["prevention"]]
    if indicators:
        place = next((n for n, row in enumerate(rows) if row["Part"] in AFTER_PREVENTION), len(rows))
        rows.insert(place, _together(indicators))
    total = sum(round(row["Écart (€)"] * 100) for row in rows)
    return {
        "Ligne": [row["Ligne"] for row in rows] + ["**Total**"],
        "Patients": [_arrow(row["Patients avant"], row["Patients après"]) for row in rows] + [""],
        "Avant": [wording.euros(round(row["Avant (€)"] * 100), 2) for row in rows] + [""],
        "Après": [wording.euros(round(row["Après (€)"] * 100), 2) for row in rows] + [""],
        "Écart": [*(signed(round(row["Écart (€)"] * 100)) for row in rows), f"**{signed(total)}**"],
    }


AFTER_PREVENTION = [wording.PART[part] for part in PARTS[PARTS.index("prevention") + 1 :]]


def _together(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The lines of the indicators as one."""
    names = ("Patients avant", "Patients après", "Avant (€)", "Après (€)", "Écart (€)")
    return {"Part": rows[0]["Part"], "Ligne": "indicateurs de prévention validés"} | {
        name: sum(row[name] or 0 for row in rows) or None for name in names[:2]
    } | {name: round(sum(round(row[name] * 100) for row in rows)) / 100 for name in names[2:]}  # fmt: skip


def _arrow(before: int | None, after: int | None) -> str:
    """« 259 → 255 », one number when it did not change, nothing for a line of the doctor himself."""
    if before == after:
        return "" if before is None else wording.number(before)
    return f"{wording.NBSP}→{wording.NBSP}".join(
        "0" if count is None else wording.number(count) for count in (before, after)
    )


def signed(cents: int) -> str:
    return ("+" if cents > 0 else "") + wording.euros(cents, 2)


def summary(name: str, version: Version, draft: Draft, found: Outcome, mine: int) -> dict[str, str]:
    """One row of the comparison of scenarios; `mine`: cents of the list on screen."""
    one = found.spread
    changed = f", {wording.count(len(draft.changes), 'changement')}" if draft.changes else ""
    return {
        "Scénario": name,
        "Accord": version.label + changed,
        "Coût": millions(found.after.cost_cents),
        "Écart": _signed_millions(one.total_cents),
        "Par médecin": wording.signed_euros(one.mean_cents),
        "Perdent": wording.percent(one.share_losers, 1),
        "Cette liste": wording.euros(mine),
    }


def bars_of_lines(lines: Mapping[str, pa.Table]) -> pa.Table:
    """Rows of charts_forfait.by_part from the pay lines of one doctor, by name."""
    rows = []
    for name, table in lines.items():
        sums: dict[str, int] = {}
        for part, cents in zip(table["part"].to_pylist(), table["amount_cents"].to_pylist(), strict=True):
            sums[part] = sums.get(part, 0) + cents
        rows += [
            {"version": name, "part": wording.PART[part], "part_rank": PARTS.index(part), "euros": sums[part] / 100}
            for part in PARTS
            if sums.get(part)
        ]
    return pa.Table.from_pylist(rows)
