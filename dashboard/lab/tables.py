"""Outcomes of a scenario ready for the charts."""

from collections.abc import Iterator, Sequence
from html import escape

import pyarrow as pa

from calculators import french, rows
from calculators.forfait import who_gains
from calculators.forfait.compare import Beside
from calculators.forfait.shares import Mean, Share
from calculators.forfait.version import Version
from calculators.forfait.who_gains import Bar, Group
from dashboard.lab import in_words
from dashboard.lab.charts import GAIN, LOSE
from dashboard.lab.outcomes import Outcome, Practice, Told
from dashboard.words import pay_lines

GAINS_TOLD = {"start": "De (€)", "end": "À (€)", "doctors": "Médecins", "side": "Côté"}
GROUPS_TOLD = {
    **{"trait": "Selon", "group": "Groupe", "doctors": "Médecins", "simulated": "Médecins simulés"},
    **{"share": "Part qui perd", "low": "Au moins", "high": "Au plus", "mean": "Écart moyen (€)"},
}
"""Headings of the figures of two charts."""


def bars_of_gains(found: Outcome) -> pa.Table:
    """Rows of charts.gains."""
    return pa.Table.from_pylist(
        [
            {"start": bar.from_cents / 100, "end": bar.to_cents / 100, "doctors": bar.doctors,
             "side": LOSE if bar.from_cents < 0 else GAIN}
            for bar in rows.read(who_gains.histogram(found.before, found.after), Bar)
        ]
    )  # fmt: skip


def groups(found: Outcome) -> list[Group]:
    """Who loses, group by group."""
    return rows.read(who_gains.by_group(found.before, found.after, found.told.beyond_cents), Group)


def bars_of_groups(groups: Sequence[Group]) -> pa.Table:
    """Rows of charts.groups, without the groups that too few simulated doctors stand for."""
    return pa.Table.from_pylist(
        [
            {"trait": one.trait, "group": one.group, "doctors": one.doctors, "simulated": one.simulated,
             "share": one.share_losers, "low": one.low, "high": one.high, "mean": french.two_figures(one.mean_cents / 100)}
            for one in groups
            if one.mean_cents is not None
        ],
        schema=GROUPS,
    )  # fmt: skip


GROUPS = pa.schema(
    [
        *((name, pa.string()) for name in ("trait", "group")),
        *((name, pa.int64()) for name in ("doctors", "simulated")),
        *((name, pa.float64()) for name in ("share", "low", "high", "mean")),
    ]
)


def agreements(found: Sequence[Beside], told: Told) -> pa.Table:
    """Agreements over the country, for a spreadsheet: values and both ends of each interval."""
    beyond = french.euros(told.beyond_cents)
    return pa.Table.from_pylist(
        [
            {"Accord": one.version.label, "Médecins simulés": one.pay.simulated,
             **_ends("Coût (M€)", one.pay, told.scale.doctors / 1e8), **_ends("Par médecin (€)", one.pay, 1 / 100),
             **_ends("Écart par médecin (€)", one.gap, 1 / 100), **_ends(f"Gagnent plus de {beyond} (%)", one.gain, 100),
             **_ends(f"Perdent plus de {beyond} (%)", one.lose, 100)}
            for one in found
        ]
    )  # fmt: skip


def _ends(name: str, one: Mean | Share, unit: float) -> dict[str, float | None]:
    values = {"": one.value, ", au moins": one.low, ", au plus": one.high}
    return {name + end: None if value is None else french.figures(value * unit, 3) for end, value in values.items()}


def agreements_told(
    found: Sequence[Beside], other: Version, told: Told
) -> tuple[list[str], list[list[in_words.Figure]]]:
    """The same for a screen: headings, then rows of figures with their interval."""
    beyond = french.euros(told.beyond_cents)
    heads = ["Accord", "Coût par an", "Par médecin", f"Écart avec {other.name}",
             f"Gagnent plus de {beyond}", f"Perdent plus de {beyond}"]  # fmt: skip
    return heads, [_agreement(one, one.version.id == other.id, told) for one in found]


def _agreement(one: Beside, is_other: bool, told: Told) -> list[in_words.Figure]:
    pays = [(one.version.name, ""), in_words.cost(one, told), in_words.mean(one.pay)]
    if is_other:
        return [*pays, ("comparaison", ""), ("–", ""), ("–", "")]
    return [*pays, in_words.mean(one.gap, signed=True), in_words.share(one.gain), in_words.share(one.lose)]


def as_page(heads: Sequence[str], rows: Sequence[Sequence[in_words.Figure]]) -> str:
    """A table of the page: each figure, and its interval under it."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in rows)
    return f'<table class="chiffres"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cells(row: Sequence[in_words.Figure]) -> Iterator[str]:
    (name, _), *figures = row
    yield f'<th scope="row">{escape(name)}</th>'
    for value, ends in figures:
        yield f"<td><b>{escape(value)}</b><span>{escape(ends)}</span></td>"


def bars_of_practices(practices: Sequence[Practice]) -> pa.Table:
    """Rows of charts.moves, one per practice."""
    return pa.Table.from_pylist(
        [
            {"label": one.name, "euros": one.gap_cents / 100, "before": one.before_cents / 100,
             "after": one.after_cents / 100, "side": pay_lines.side(one.gap_cents)}
            for one in practices
        ]
    )  # fmt: skip
