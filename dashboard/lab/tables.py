"""Outcomes of a scenario ready for the charts."""

from collections.abc import Sequence

import pyarrow as pa

from calculators import french, rows
from calculators.forfait import who_gains
from calculators.forfait.who_gains import Bar, Group
from dashboard.lab.charts import GAIN, LOSE
from dashboard.lab.outcomes import Outcome, Practice
from dashboard.words import pay_lines


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


def bars_of_practices(practices: Sequence[Practice]) -> pa.Table:
    """Rows of charts.moves, one per practice."""
    return pa.Table.from_pylist(
        [
            {"label": one.name, "euros": one.gap_cents / 100, "before": one.before_cents / 100,
             "after": one.after_cents / 100, "side": pay_lines.side(one.gap_cents)}
            for one in practices
        ]
    )  # fmt: skip
