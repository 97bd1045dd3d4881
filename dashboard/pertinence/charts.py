"""Charts of relevance: the funnel of a measure among the doctors of the reference."""

from functools import cache

import altair as alt

from dashboard.charts import BLUE, GREY, INK, Spec, french_spec, no_rows

CHANCE, POINTS, YOU = "limites du hasard (99,8 %)", "confrères", "vous"


@cache
def funnel() -> Spec:
    """Rows: kind, side (low, high), expected, ratio; two lines of limits, doctors as points, then oneself."""
    x = alt.X("expected:Q", title="Attendu pour les patients du médecin", scale=alt.Scale(nice=False, zero=False),
              axis=alt.Axis(format=",.0f", tickCount=5, grid=False))  # fmt: skip
    y = alt.Y(
        "ratio:Q", title="Observé / attendu", scale=alt.Scale(zero=False, clamp=True), axis=alt.Axis(format=".1f")
    )
    colour = alt.Color("kind:N", scale=alt.Scale(domain=[CHANCE, POINTS, YOU], range=[BLUE, GREY, INK]),
                       legend=alt.Legend(title=None, orient="top", labelLimit=300))  # fmt: skip
    base = alt.Chart(no_rows(), height=280).encode(x=x, y=y, color=colour)
    lines = base.transform_filter(f"datum.kind == '{CHANCE}'").mark_line().encode(detail="side:N")
    points = base.transform_filter(f"datum.kind == '{POINTS}'").mark_circle(size=30, opacity=0.6)
    you = base.transform_filter(f"datum.kind == '{YOU}'").mark_point(filled=True, size=220, shape="diamond")
    return french_spec(alt.layer(lines, points, you))


BUILT = (funnel,)
"""Built when the server starts."""
