"""Pieces that charts are made of, and the charts several subjects share. French, and never red on green.

Altair takes 20 ms to validate a chart: each builder runs once, and `st.vega_lite_chart(rows, spec)` does the rest.
"""

import json
from functools import cache, lru_cache
from typing import Any

import altair as alt

from calculators.french import MONTHS, SHORT_MONTHS, THIN
from dashboard.words.labels import PART
from dashboard.words.pay_lines import ADDED, TAKEN

Spec = dict[str, Any]
BLUE, ORANGE, SKY, GREY, INK = "#12507b", "#e69f00", "#56b4e9", "#a9b4bc", "#1c2b36"
IN_THE_DARK = {BLUE: "#4f9fd6", SKY: "#b9def5", GREY: "#8d9aa4", INK: "#e8eef2", "white": "#10191f"}
"""What these colours are on a dark page, where the others are seen as well."""
STATUS_COLOURS = {"up_to_date": BLUE, "due": ORANGE, "unknown": GREY}
DAYS = ("dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")
NUMBERS = {
    "decimal": ",",
    "thousands": THIN,
    "grouping": [3],
    "currency": ["", "\u00a0€"],
    "percent": f"{THIN}%",
    "minus": "−",
}
TIMES = {
    "dateTime": "%A %e %B %Y à %X",
    "date": "%d/%m/%Y",
    "time": "%H:%M:%S",
    "periods": ["", ""],
    "days": list(DAYS),
    "shortDays": [name[:3] + "." for name in DAYS],
    "months": list(MONTHS),
    "shortMonths": list(SHORT_MONTHS),
}
NARROW = alt.ExprRef("containerSize()[0] < 500 ? 180 : 285")
FEW = alt.ExprRef("containerSize()[0] < 500 ? 1 : 4")
"""Room for labels and columns of a legend, on a telephone and elsewhere."""
PART_COLOURS = [BLUE, "#cc79a7", ORANGE, SKY, GREY, "#009e73", "#f0e442", "#d55e00"]
READABLE = {"labelColor": INK, "titleColor": INK, "labelFontSize": 13, "titleFontSize": 13}
WORDS = {"axis": READABLE, "legend": READABLE, "header": READABLE}
"""Words of a chart; those of Streamlit are in a grey of 3.7:1, a little under 13 pixels."""
LABELS = {"labelLimit": 340, "ticks": False, "domain": False, "labelOverlap": False}


def french_spec(chart: Any) -> Spec:
    """A French specification without its rows."""
    # what a mark is is said by the words beside it: Vega would read out its columns, under their own names, in English
    drawn = chart.configure(locale=alt.Locale(number=NUMBERS, time=TIMES), font="Source Sans", aria=False)
    spec: Spec = drawn.configure_view(stroke=None).to_dict()
    spec["config"] = WORDS | spec["config"]
    spec.pop("data", None)
    spec.pop("datasets", None)
    return spec


def on(theme: str | None, spec: Spec) -> Spec:
    """The specification on a page of this theme; files and paper have the light one."""
    return _dark(json.dumps(spec)) if theme == "dark" else spec


@lru_cache(64)
def _dark(spec: str) -> Spec:
    for light, dark in IN_THE_DARK.items():
        spec = spec.replace(f'"{light}"', f'"{dark}"')
    drawn: Spec = json.loads(spec)
    return drawn


def sized(spec: Spec, lines: int, step: int = 30) -> Spec:
    """The specification with `step` pixels per line, and room for the axis and the legend."""
    return {**spec, "height": max(lines, 1) * step + 100}


def no_rows() -> Any:
    return alt.NamedData(name="rows")


@cache
def by_part() -> Spec:
    """Rows: version, part, part_rank, euros. One bar per agreement or scenario."""
    return bars(
        {
            "y": labels("version"),
            "x": quantitative("euros", "Euros par an"),
            "color": part_colours(),
            "order": {"field": "part_rank"},
            "tooltip": tips(("version", "Accord", None), ("part", "Part", None), ("euros", "Euros", ",.2f")),
        }
    )


@cache
def moves() -> Spec:
    """Rows: label, euros, side. What each other reading alone changes, the largest first."""
    return bars(
        {
            "y": labels("label"),
            "x": quantitative("euros", "Ce que l’autre lecture change, en euros par an"),
            "color": sides([ADDED, TAKEN], [BLUE, ORANGE]),
            "tooltip": tips(("label", "Point ouvert", None), ("euros", "Euros", ",.2f")),
        }
    )


def titled(spec: Spec, title: str) -> Spec:
    """The specification with another title on its axis of euros."""
    encoding = spec["encoding"]
    return {**spec, "encoding": {**encoding, "x": {**encoding["x"], "title": title}}}


def large(spec: Spec) -> Spec:
    """The same for a room: larger words."""
    config = spec["config"] | {
        "axis": READABLE | {"labelFontSize": 18, "titleFontSize": 18},
        "legend": READABLE | {"labelFontSize": 18, "labelLimit": 400},
    }
    return {**spec, "config": config, "height": 380}


def bars(encoding: Spec) -> Spec:
    config = WORDS | {
        "aria": False,
        "locale": {"number": NUMBERS, "time": TIMES},
        "font": "Source Sans",
        "view": {"stroke": None},
    }
    return {"mark": "bar", "encoding": encoding, "config": config}


def labels(field: str) -> Spec:
    return {"field": field, "type": "nominal", "sort": None, "title": None, "axis": LABELS}


def quantitative(field: str, title: str) -> Spec:
    axis = {"format": ",.0f", "tickCount": 6, "labelFlush": True}
    return {"field": field, "type": "quantitative", "title": title, "axis": axis}


def sides(names: list[str], colours: list[str]) -> Spec:
    return {
        "field": "side", "type": "nominal", "scale": {"domain": names, "range": colours},
        "legend": {"title": None, "orient": "top"},
    }  # fmt: skip


def part_colours() -> Spec:
    names = list(PART.values())
    return {
        "field": "part", "type": "nominal", "sort": names, "scale": {"domain": names, "range": PART_COLOURS},
        "legend": {"title": None, "orient": "top", "columns": 4},
    }  # fmt: skip


def tips(*fields: tuple[str, str, str | None]) -> list[Spec]:
    return [
        {
            "field": name,
            "title": title,
            **({"format": how} if how else {}),
            "type": "quantitative" if how else "nominal",
        }
        for name, title, how in fields
    ]
