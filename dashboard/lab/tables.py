"""Outcomes of a scenario ready for the charts."""

import pyarrow as pa

from calculators.forfait import who_gains
from dashboard.lab.outcomes import Outcome


def bars_of_gains(found: Outcome) -> pa.Table:
    """Rows of charts.gains."""
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
    """Rows of charts.groups."""
    rows = who_gains.by_group(found.before, found.after).to_pylist()
    return pa.Table.from_pylist(
        [
            {"trait": r["trait"], "group": r["group"], "doctors": r["doctors"], "share": r["share_losers"],
             "mean": r["mean_cents"] / 100}
            for r in rows
        ]
    )  # fmt: skip
