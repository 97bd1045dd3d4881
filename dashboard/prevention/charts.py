"""Charts of prevention: states of the indicators, their months, the care of a patient."""

from functools import cache

import altair as alt

from dashboard.charts import BLUE, FEW, GREY, INK, NARROW, STATUS_COLOURS, Spec, french_spec, no_rows
from dashboard.words.labels import STATUS

FOLLOWED, OTHER = "Suivi par un indicateur", "Autre"
"""What the legend of the timeline calls things."""


@cache
def statuses() -> Spec:
    """Rows: label, up_to_date, unknown, due. One bar per indicator, the patients it concerns by status."""
    order = ["up_to_date", "unknown", "due"]
    words = [STATUS[name] for name in order]
    colours = alt.Scale(domain=words, range=[STATUS_COLOURS[name] for name in order])
    named = " : ".join(f"datum.status == '{name}' ? '{STATUS[name]}'" for name in order[:-1])
    chart = (
        alt.Chart(no_rows())
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
    return french_spec(chart)


@cache
def monthly() -> Spec:
    """Rows: month, rate, national_rate (percent). A rate at the end of each month, beside the national one."""
    base = alt.Chart(no_rows())
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
    return french_spec(alt.layer(country, line, height=240))


@cache
def timeline() -> Spec:
    """Rows: date, lane, rank (of the lane), kind, label, who, code. Each line of care on its day, one lane per kind."""
    chart = (
        alt.Chart(no_rows())
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
                scale=alt.Scale(domain=[FOLLOWED, OTHER], range=[BLUE, GREY]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[
                alt.Tooltip("date:T", title="Date", format="%d/%m/%Y"),
                alt.Tooltip("label:N", title="Soin"),
                alt.Tooltip("who:N", title="Par"),
                alt.Tooltip("code:N", title="Code"),
            ],
        )
    )
    return french_spec(chart)


BUILT = (statuses, monthly, timeline)
"""Built when the server starts."""
