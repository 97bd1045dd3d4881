"""Charts of the pay, as Vega-Lite dicts written out: waterfall, months, gains and losses, groups, what moves the result.

Blue for what is added or gained, orange for what is taken off or lost: told apart by everyone, and never red on green.
"""

from functools import cache
from typing import Any

from dashboard.charts import BLUE, GREY, NUMBERS, ORANGE, SKY, TIMES
from dashboard.wording import PART

Spec = dict[str, Any]
PART_COLOURS = [BLUE, "#cc79a7", ORANGE, SKY, GREY, "#009e73", "#f0e442", "#d55e00"]
LABELS = {"labelLimit": 340, "ticks": False, "domain": False, "labelOverlap": False}


@cache
def waterfall() -> Spec:
    """Rows: label, start, end, euros, side. Each bar starts where the one before ends; the last one is the total."""
    return _bars(
        {
            "x": _quantitative("start", "Euros"),
            "x2": {"field": "end"},
            "y": _labels("label"),
            "color": _sides(["s’ajoute", "se retire", "total"], [SKY, ORANGE, BLUE]),
            "tooltip": _tips(("label", "Part", None), ("euros", "Euros", ",.2f")),
        }
    )


@cache
def months() -> Spec:
    """Rows: month (text), rank, part, part_rank, euros. One column per month of payment."""
    return _bars(
        {
            "x": {"field": "month", "type": "nominal", "sort": None, "title": None, "axis": {"labelAngle": 0}},
            "y": _quantitative("euros", "Euros"),
            "color": _part_colours(),
            "order": {"field": "part_rank"},
            "tooltip": _tips(("month", "Mois", None), ("part", "Part", None), ("euros", "Euros", ",.2f")),
        }
    )


@cache
def by_part() -> Spec:
    """Rows: version, part, part_rank, euros. One bar per agreement or scenario."""
    return _bars(
        {
            "y": _labels("version"),
            "x": _quantitative("euros", "Euros par an"),
            "color": _part_colours(),
            "order": {"field": "part_rank"},
            "tooltip": _tips(("version", "Accord", None), ("part", "Part", None), ("euros", "Euros", ",.2f")),
        }
    )


@cache
def gains() -> Spec:
    """Rows: start, end (euros), doctors, side. How many doctors gain or lose how much."""
    spec = _bars(
        {
            "x": {**_quantitative("start", "Écart par médecin et par an, en euros"), "bin": {"binned": True}},
            "x2": {"field": "end"},
            "y": _quantitative("doctors", "Médecins"),
            "color": _sides(["perdent", "gagnent ou inchangés"], [ORANGE, BLUE]),
            "tooltip": _tips(("start", "De", ",.0f"), ("end", "À", ",.0f"), ("doctors", "Médecins", ",d")),
        }
    )
    return {**spec, "height": 280}


@cache
def groups() -> Spec:
    """Rows: group, trait, share, mean. Share of doctors who lose, group by group."""
    spec = _bars(
        {
            "y": _labels("group"),
            "x": {
                **_quantitative("share", "Part de médecins qui perdent"),
                "axis": {"format": ".0%", "tickCount": 5, "labelFlush": True},
                "scale": {"domainMin": 0, "nice": True},
            },
            "color": {"value": ORANGE},
            "tooltip": _tips(
                ("trait", "Selon", None), ("group", "Groupe", None), ("share", "Perdent", ".1%"),
                ("mean", "Écart moyen en euros", ",.0f"),
            ),
        }
    )  # fmt: skip
    return {**spec, "padding": {"top": 45}}  # the toolbar lies where a legend would be


@cache
def moves() -> Spec:
    """Rows: label, euros, side. What each other reading alone changes, the largest first."""
    return _bars(
        {
            "y": _labels("label"),
            "x": _quantitative("euros", "Ce que l’autre lecture change, en euros par an"),
            "color": _sides(["s’ajoute", "se retire"], [BLUE, ORANGE]),
            "tooltip": _tips(("label", "Point ouvert", None), ("euros", "Euros", ",.2f")),
        }
    )


def sized(spec: Spec, lines: int, step: int = 30) -> Spec:
    """The specification with `step` pixels per line, and room for the axis and the legend."""
    return {**spec, "height": max(lines, 1) * step + 90}


def titled(spec: Spec, title: str) -> Spec:
    """The specification with another title on its axis of euros."""
    encoding = spec["encoding"]
    return {**spec, "encoding": {**encoding, "x": {**encoding["x"], "title": title}}}


def large(spec: Spec) -> Spec:
    """The same for a room: larger words."""
    config = spec["config"] | {
        "axis": {"labelFontSize": 18, "titleFontSize": 18},
        "legend": {"labelFontSize": 18, "labelLimit": 400},
    }
    return {**spec, "config": config, "height": 380}


def _bars(encoding: Spec) -> Spec:
    config = {"locale": {"number": NUMBERS, "time": TIMES}, "font": "Source Sans", "view": {"stroke": None}}
    return {"mark": "bar", "encoding": encoding, "config": config}


def _labels(field: str) -> Spec:
    return {"field": field, "type": "nominal", "sort": None, "title": None, "axis": LABELS}


def _quantitative(field: str, title: str) -> Spec:
    axis = {"format": ",.0f", "tickCount": 6, "labelFlush": True}
    return {"field": field, "type": "quantitative", "title": title, "axis": axis}


def _sides(names: list[str], colours: list[str]) -> Spec:
    return {
        "field": "side", "type": "nominal", "scale": {"domain": names, "range": colours},
        "legend": {"title": None, "orient": "top"},
    }  # fmt: skip


def _part_colours() -> Spec:
    names = list(PART.values())
    return {
        "field": "part", "type": "nominal", "sort": names, "scale": {"domain": names, "range": PART_COLOURS},
        "legend": {"title": None, "orient": "top", "columns": 4},
    }  # fmt: skip


def _tips(*fields: tuple[str, str, str | None]) -> list[Spec]:
    return [
        {
            "field": name,
            "title": title,
            **({"format": how} if how else {}),
            "type": "quantitative" if how else "nominal",
        }
        for name, title, how in fields
    ]
