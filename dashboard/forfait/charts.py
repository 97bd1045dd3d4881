"""Charts of the year’s pay: from part to part, month by month.

Blue for what is added, orange for what is taken off: told apart by everyone, and never red on green.
"""

from functools import cache

from dashboard.charts import BLUE, ORANGE, SKY, Spec, bars, labels, part_colours, quantitative, sides, tips
from dashboard.words.pay_lines import ADDED, TAKEN, TOTAL


@cache
def waterfall() -> Spec:
    """Rows: label, start, end, euros, side. Each bar starts where the one before ends; the last one is the total."""
    return bars(
        {
            "x": quantitative("start", "Euros"),
            "x2": {"field": "end"},
            "y": labels("label"),
            "color": sides([ADDED, TAKEN, TOTAL], [SKY, ORANGE, BLUE]),
            "tooltip": tips(("label", "Part", None), ("euros", "Euros", ",.2f")),
        }
    )


@cache
def months() -> Spec:
    """Rows: month (text), rank, part, part_rank, euros. One column per month of payment."""
    return bars(
        {
            "x": {"field": "month", "type": "nominal", "sort": None, "title": None, "axis": {"labelAngle": 0}},
            "y": quantitative("euros", "Euros"),
            "color": part_colours(),
            "order": {"field": "part_rank"},
            "tooltip": tips(("month", "Mois", None), ("part", "Part", None), ("euros", "Euros", ",.2f")),
        }
    )
