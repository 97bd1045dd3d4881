"""Charts of the sobriety page: the funnel among peers, and the ratio before and after a change. No Streamlit here."""

from functools import cache

import altair as alt

from dashboard.charts import BLUE, GREY, INK, ORANGE, SKY, Spec, _rows, _spec

CHANCE, PEERS, POINTS, YOU = "limites du hasard", "limites habituelles des confrères", "confrères", "vous"
LIMITS = ("low_95", "high_95", "low_998", "high_998")


@cache
def funnel() -> Spec:
    """Rows: kind, level, expected (euros), ratio; limits (a line per kind and level), doctors as points, then oneself."""
    x = alt.X("expected:Q", title="Dépense attendue, en euros", scale=alt.Scale(type="log", nice=False),
              axis=alt.Axis(format=",.0f", tickCount=5, labelOverlap=True, grid=False))  # fmt: skip
    y = alt.Y("ratio:Q", title="Observé / attendu", scale=alt.Scale(zero=False, clamp=True, domain=[0.4, 1.8]),
              axis=alt.Axis(format=".1f", tickCount=7))  # fmt: skip
    kinds = [CHANCE, PEERS, POINTS, YOU]
    colour = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[BLUE, ORANGE, GREY, INK]),
                       legend=alt.Legend(title=None, orient="top", columns=2, labelLimit=300))  # fmt: skip
    base = alt.Chart(_rows(), height=340).encode(x=x, y=y, color=colour)
    points = base.transform_filter(f"datum.kind == '{POINTS}'").mark_circle(size=14, opacity=0.45)
    lines = base.transform_filter(f"datum.kind == '{CHANCE}' || datum.kind == '{PEERS}'").mark_line().encode(
        detail="level:N",
        strokeDash=alt.StrokeDash("kind:N", legend=None, scale=alt.Scale(domain=kinds[:2], range=[[1, 0], [6, 4]])),
        strokeWidth=alt.condition("indexof(datum.level, '998') > 0", alt.value(1.2), alt.value(2.2)),
    )  # fmt: skip
    you = base.transform_filter(f"datum.kind == '{YOU}'").mark_point(filled=True, size=220, shape="diamond").encode(
        tooltip=[alt.Tooltip("ratio:Q", title="Votre ratio", format=".2f"),
                 alt.Tooltip("expected:Q", title="Attendu, en euros", format=",.0f")],
    )  # fmt: skip
    return _spec(alt.layer(points, lines, you))


@cache
def before_and_after() -> Spec:
    """Two rows: label, ratio, low_95, high_95, expected (1). The ratio now and after the change."""
    axis = alt.Axis(format=".2f", tickCount=8, grid=False)

    def at(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=alt.Scale(zero=False, nice=True), title="Observé / attendu", axis=axis)

    base = alt.Chart(_rows(), height=150).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=200, ticks=False, domain=False))
    )
    bars = base.mark_rule(strokeWidth=8, color=SKY).encode(x=at("low_95"), x2="high_95:Q")
    point = base.mark_point(filled=True, size=180, color=INK, opacity=1).encode(
        x=at("ratio"), tooltip=[alt.Tooltip("ratio:Q", title="Ratio", format=".2f")]
    )
    one = base.mark_tick(thickness=3, size=34, color=ORANGE).encode(x=at("expected"))
    return _spec(alt.layer(bars, one, point))
