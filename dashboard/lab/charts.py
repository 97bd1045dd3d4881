"""Charts of a scenario: gains and losses, groups of doctors.

Blue for what is gained, orange for what is lost: told apart by everyone, and never red on green.
"""

from functools import cache

from dashboard.charts import BLUE, ORANGE, Spec, bars, labels, quantitative, sides, tips

LOSE, GAIN = "perdent", "gagnent ou inchangés"
"""What the legend calls the two sides."""


@cache
def gains() -> Spec:
    """Rows: start, end (euros), doctors, side. How many doctors gain or lose how much."""
    spec = bars(
        {
            "x": {**quantitative("start", "Écart par médecin et par an, en euros"), "bin": {"binned": True}},
            "x2": {"field": "end"},
            "y": quantitative("doctors", "Médecins"),
            "color": sides([LOSE, GAIN], [ORANGE, BLUE]),
            "tooltip": tips(("start", "De", ",.0f"), ("end", "À", ",.0f"), ("doctors", "Médecins", ",d")),
        }
    )
    return {**spec, "height": 280}


@cache
def groups() -> Spec:
    """Rows: group, trait, share, mean. Share of doctors who lose, group by group."""
    spec = bars(
        {
            "y": labels("group"),
            "x": {
                **quantitative("share", "Part de médecins qui perdent"),
                "axis": {"format": ".0%", "tickCount": 5, "labelFlush": True},
                "scale": {"domainMin": 0, "nice": True},
            },
            "color": {"value": ORANGE},
            "tooltip": tips(
                ("trait", "Selon", None), ("group", "Groupe", None), ("share", "Perdent", ".1%"),
                ("mean", "Écart moyen en euros", ",.0f"),
            ),
        }
    )  # fmt: skip
    return {**spec, "padding": {"top": 45}}  # the toolbar lies where a legend would be
