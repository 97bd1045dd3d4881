"""Charts of the economy of a practice: the income block by block, an amount a patient beside the acts."""

from functools import cache

from dashboard.charts import BLUE, ORANGE, Spec, bars, labels, quantitative, sides, tips


@cache
def blocks() -> Spec:
    """Rows: label, euros. One bar per block."""
    return bars(
        {
            "x": quantitative("euros", "Euros"),
            "y": labels("label"),
            "tooltip": tips(("label", "Bloc", None), ("euros", "Euros", ",.2f")),
        }
    )


@cache
def gaps() -> Spec:
    """Rows: label, euros, side. One bar per stratum or indicator: what the other way adds or takes off."""
    return bars(
        {
            "x": quantitative("euros", "Euros par an"),
            "y": labels("label"),
            "color": sides(["en plus", "en moins"], [BLUE, ORANGE]),
            "tooltip": tips(("label", "Ligne", None), ("euros", "Euros", ",.2f")),
        }
    )
