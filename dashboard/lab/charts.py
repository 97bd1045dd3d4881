"""Charts of a scenario: gains and losses, groups of doctors.

Blue for what is gained, orange for what is lost: told apart by everyone, and never red on green.
"""

from functools import cache

from dashboard.charts import BLUE, ORANGE, SKY, Spec, bars, labels, quantitative, sides, tips

LOSE, GAIN = "en dessous", "au-dessus ou inchangés"
"""What the legend calls the two sides: a loss is said beyond a sum only."""


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
def ranges() -> Spec:
    """Rows: version, low, middle, high (euros). From the low to the high end, with the middle."""
    tooltip = tips(
        ("version", "Accord", None), ("low", "Au moins", ",.0f"), ("middle", "Autour de", ",.0f"),
        ("high", "Au plus", ",.0f"),
    )  # fmt: skip
    start = {**quantitative("low", "Euros par an"), "scale": {"zero": False}}
    line = bars({"y": labels("version")})
    return {
        "config": line["config"],
        "encoding": {**line["encoding"], "tooltip": tooltip},
        "layer": [
            {"mark": {"type": "bar", "height": 10, "color": SKY}, "encoding": {"x": start, "x2": {"field": "high"}}},
            {"mark": {"type": "tick", "thickness": 4, "size": 20, "color": BLUE},
             "encoding": {"x": {"field": "middle", "type": "quantitative"}}},
        ],
    }  # fmt: skip


@cache
def groups() -> Spec:
    """Rows: group, trait, share, low, high, simulated, mean. Share of doctors who lose, group by group."""
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
                ("trait", "Selon", None), ("group", "Groupe", None), ("share", "Perdent", ".0%"), ("low", "Au moins", ".0%"),
                ("high", "Au plus", ".0%"), ("simulated", "Médecins simulés", ",d"),
                ("mean", "Écart moyen en euros", ",.0f"),
            ),
        }
    )  # fmt: skip
    return {**spec, "padding": {"top": 45}}  # the toolbar lies where a legend would be
