"""Tables -> Vega-Lite specifications: built once as dicts, the rows are given apart. French, and never red on green.

Altair takes 20 ms to validate a chart: each builder runs once, and `st.vega_lite_chart(rows, spec)` does the rest.
"""

from functools import cache
from typing import Any

import altair as alt

from dashboard.wording import MONTHS, STATUS, THIN

Spec = dict[str, Any]
BLUE, ORANGE, SKY, GREY, INK = "#12507b", "#e69f00", "#56b4e9", "#a9b4bc", "#1c2b36"
STATUS_COLOURS = {"up_to_date": BLUE, "due": ORANGE, "unknown": GREY}
DAYS = ("dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")
SHORT_MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)
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
NARROW = alt.ExprRef("containerSize()[0] < 500 ? 175 : 280")
FEW = alt.ExprRef("containerSize()[0] < 500 ? 1 : 4")
"""Room for labels and columns of a legend, on a telephone and elsewhere."""


def warm_up() -> None:
    """Build every specification."""
    for build in (statuses, monthly, timeline, interval, mix, contributions, parts):
        build()


def _spec(chart: Any) -> Spec:
    """A French specification without its rows."""
    drawn = chart.configure(locale=alt.Locale(number=NUMBERS, time=TIMES), font="Source Sans")
    spec: Spec = drawn.configure_view(stroke=None).to_dict()
    spec.pop("data", None)
    spec.pop("datasets", None)
    return spec


def sized(spec: Spec, lines: int, step: int) -> Spec:
    """The specification with `step` pixels per line, and room for the axis and the legend."""
    return {**spec, "height": max(lines, 1) * step + 100}


def _rows() -> Any:
    return alt.Data(name="rows")


@cache
def statuses() -> Spec:
    """Rows: label, up_to_date, unknown, due. One bar per indicator, the patients it concerns by status."""
    order = ["up_to_date", "unknown", "due"]
    words = [STATUS[name] for name in order]
    colours = alt.Scale(domain=words, range=[STATUS_COLOURS[name] for name in order])
    named = " : ".join(f"datum.status == '{name}' ? '{STATUS[name]}'" for name in order[:-1])
    chart = (
        alt.Chart(_rows())
        .transform_fold([*order], as_=["status", "patients"])
        .transform_calculate(status_label=f"{named} : '{STATUS[order[-1]]}'", rank=f"indexof({order}, datum.status)")
        .mark_bar(height=18)
        .encode(
            y=alt.Y(
                "label:N",
                sort=None,
                title=None,
                axis=alt.Axis(labelLimit=NARROW, labelOverlap=False, ticks=False, domain=False),
            ),
            x=alt.X(
                "patients:Q", title="Patients concernés", axis=alt.Axis(format=",d", tickMinStep=1, labelFlush=True)
            ),
            color=alt.Color("status_label:N", scale=colours, legend=alt.Legend(title=None, orient="top", columns=FEW)),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("label:N", title="Indicateur"),
                alt.Tooltip("status_label:N", title="État"),
                alt.Tooltip("patients:Q", title="Patients", format=",d"),
            ],
        )
    )
    return _spec(chart)


@cache
def monthly() -> Spec:
    """Rows: month, rate, national_rate (percent). A rate at the end of each month, beside the national one."""
    base = alt.Chart(_rows())
    axis = alt.Axis(format="%b %Y", labelOverlap=True, labelAngle=0, grid=False)
    month = alt.X("yearmonth(month):O", title=None, axis=axis)
    percent = alt.Scale(domain=[0, 100])
    line = base.mark_line(point=True, strokeWidth=3, color=BLUE).encode(
        x=month,
        y=alt.Y("rate:Q", title="À jour, en %", scale=percent, axis=alt.Axis(format="d", tickCount=5)),
        tooltip=[
            alt.Tooltip("month:T", title="Au", format="%d/%m/%Y"),
            alt.Tooltip("rate:Q", title="À jour, en %", format=".1f"),
        ],
    )
    country = base.mark_line(strokeDash=[5, 4], color=INK).encode(x=month, y=alt.Y("national_rate:Q", scale=percent))
    return _spec(alt.layer(country, line, height=240))


@cache
def timeline() -> Spec:
    """Rows: date, lane, rank (of the lane), kind, label, code. Each line of care on its day, one lane per kind."""
    chart = (
        alt.Chart(_rows())
        .mark_point(filled=True, size=70, opacity=0.75)
        .encode(
            x=alt.X("date:T", title=None, axis=alt.Axis(format="%b %Y", tickCount=8, labelFlush=True, grid=True)),
            y=alt.Y(
                "lane:N",
                sort=alt.EncodingSortField("rank", op="min"),
                title=None,
                axis=alt.Axis(labelLimit=300, grid=True, ticks=False),
            ),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=["Suivi par un indicateur", "Autre"], range=[BLUE, GREY]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[
                alt.Tooltip("date:T", title="Date", format="%d/%m/%Y"),
                alt.Tooltip("label:N", title="Soin"),
                alt.Tooltip("code:N", title="Code"),
            ],
        )
    )
    return _spec(chart)


@cache
def interval() -> Spec:
    """One row: ratio, low_95, high_95, low_998, high_998. The ratio, its intervals, and 1 = what was expected."""
    axis = alt.Axis(format=".2f", tickCount=8, grid=False)
    scale, title = alt.Scale(zero=False, nice=True), "Dépense observée / attendue"

    def at(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, title=title, axis=axis)

    base = alt.Chart(_rows(), height=150)
    wide = base.mark_rule(strokeWidth=3, color=SKY).encode(x=at("low_998"), x2="high_998:Q")
    narrow = base.mark_rule(strokeWidth=10, color=BLUE).encode(x=at("low_95"), x2="high_95:Q")
    point = base.mark_point(filled=True, size=260, color="white", stroke=INK, strokeWidth=3, opacity=1).encode(
        x=at("ratio"),
        tooltip=[
            alt.Tooltip("ratio:Q", title="Ratio", format=".2f"),
            alt.Tooltip("low_95:Q", title="De (95 %)", format=".2f"),
            alt.Tooltip("high_95:Q", title="À (95 %)", format=".2f"),
            alt.Tooltip("low_998:Q", title="De (99,8 %)", format=".2f"),
            alt.Tooltip("high_998:Q", title="À (99,8 %)", format=".2f"),
        ],
    )
    one = base.mark_rule(strokeDash=[5, 4], strokeWidth=2, color=ORANGE).encode(x=at("expected"))
    return _spec(alt.layer(wide, narrow, one, point))


@cache
def mix() -> Spec:
    """Rows: trait, whose, share. The doctor's patients beside those of the reference."""
    colours = alt.Scale(domain=["Votre patientèle", "Référence"], range=[BLUE, GREY])
    chart = (
        alt.Chart(_rows())
        .mark_bar()
        .encode(
            y=alt.Y("trait:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False)),
            yOffset=alt.YOffset("whose:N", sort=["Votre patientèle", "Référence"]),
            x=alt.X("share:Q", title="Part des patients", axis=alt.Axis(format=".0%", tickCount=5)),
            color=alt.Color("whose:N", scale=colours, legend=alt.Legend(title=None, orient="top")),
            tooltip=[
                alt.Tooltip("trait:N", title="Groupe"),
                alt.Tooltip("whose:N", title="Qui"),
                alt.Tooltip("share:Q", title="Part", format=".1%"),
            ],
        )
    )
    return _spec(chart)


@cache
def contributions() -> Spec:
    """Rows: label, euros, side. What moves the observed spend away from the expected one."""
    colours = alt.Scale(domain=["au-dessus de l’attendu", "en dessous de l’attendu"], range=[ORANGE, SKY])
    chart = (
        alt.Chart(_rows())
        .mark_bar(height=16)
        .encode(
            y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=320, ticks=False, domain=False)),
            x=alt.X(
                "euros:Q",
                title="Écart à l’attendu, en euros",
                axis=alt.Axis(format=",.0f", tickCount=6, labelFlush=True),
            ),
            color=alt.Color("side:N", scale=colours, legend=alt.Legend(title=None, orient="top")),
            tooltip=[
                alt.Tooltip("label:N", title="Groupe"),
                alt.Tooltip("euros:Q", title="Écart en euros", format=",.0f"),
            ],
        )
    )
    return _spec(chart)


@cache
def parts() -> Spec:
    """Rows: part, version, euros. What each part of the pay weighs, one bar per version."""
    names = ["Socle", "Majorations", "C2S", "Prévention", "Aide à l’installation"]
    colours = alt.Scale(domain=names, range=[BLUE, "#cc79a7", ORANGE, SKY, GREY])
    chart = (
        alt.Chart(_rows())
        .mark_bar(height=22)
        .encode(
            y=alt.Y("version:N", sort=None, title=None, axis=alt.Axis(labelLimit=320, ticks=False, domain=False)),
            x=alt.X("euros:Q", title="Euros par an", axis=alt.Axis(format=",.0f", tickCount=6, labelFlush=True)),
            color=alt.Color("part:N", scale=colours, sort=names, legend=alt.Legend(title=None, orient="top")),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("version:N", title="Accord"),
                alt.Tooltip("part:N", title="Part"),
                alt.Tooltip("euros:Q", title="Euros", format=",.2f"),
            ],
        )
    )
    return _spec(chart)
