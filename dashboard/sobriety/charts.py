"""Charts of the ratio: its intervals, the mix, the gaps, the funnel among peers, before and after a change."""

from functools import cache

import altair as alt

from dashboard.charts import BLUE, GREY, INK, ORANGE, SKY, Spec, french_spec, no_rows

CHANCE, PEERS, POINTS, YOU = "limites du hasard", "limites habituelles des confrères", "confrères", "vous"
LIMITS = ("low_95", "high_95", "low_998", "high_998")
MINE, THEIRS = "Votre patientèle", "Référence"
ABOVE, BELOW = "au-dessus de l’attendu", "en dessous de l’attendu"
"""What the legends call things: the tables use the same words."""


@cache
def interval() -> Spec:
    """One row: ratio, low_95, high_95, low_998, high_998. The ratio, its intervals, and 1 = what was expected."""
    axis = alt.Axis(format=".2f", tickCount=8, grid=False)
    scale, title = alt.Scale(zero=False, nice=True), "Dépense observée / attendue"

    def at(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, title=title, axis=axis)

    base = alt.Chart(no_rows(), height=150)
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
    return french_spec(alt.layer(wide, narrow, one, point))


@cache
def mix() -> Spec:
    """Rows: trait, whose, share. The doctor's patients beside those of the reference."""
    colours = alt.Scale(domain=[MINE, THEIRS], range=[BLUE, GREY])
    chart = (
        alt.Chart(no_rows())
        .mark_bar()
        .encode(
            y=alt.Y("trait:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False)),
            yOffset=alt.YOffset("whose:N", sort=[MINE, THEIRS]),
            x=alt.X("share:Q", title="Part des patients", axis=alt.Axis(format=".0%", tickCount=5)),
            color=alt.Color("whose:N", scale=colours, legend=alt.Legend(title=None, orient="top")),
            tooltip=[
                alt.Tooltip("trait:N", title="Groupe"),
                alt.Tooltip("whose:N", title="Qui"),
                alt.Tooltip("share:Q", title="Part", format=".1%"),
            ],
        )
    )
    return french_spec(chart)


@cache
def contributions() -> Spec:
    """Rows: label, euros, side. What moves the observed spend away from the expected one."""
    colours = alt.Scale(domain=[ABOVE, BELOW], range=[ORANGE, SKY])
    chart = (
        alt.Chart(no_rows())
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
    return french_spec(chart)


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
    base = alt.Chart(no_rows(), height=340).encode(x=x, y=y, color=colour)
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
    return french_spec(alt.layer(points, lines, you))


@cache
def before_and_after() -> Spec:
    """Two rows: label, ratio, low_95, high_95, expected (1). The ratio now and after the change."""
    axis = alt.Axis(format=".2f", tickCount=8, grid=False)

    def at(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=alt.Scale(zero=False, nice=True), title="Observé / attendu", axis=axis)

    base = alt.Chart(no_rows(), height=150).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=200, ticks=False, domain=False))
    )
    bars = base.mark_rule(strokeWidth=8, color=SKY).encode(x=at("low_95"), x2="high_95:Q")
    point = base.mark_point(filled=True, size=180, color=INK, opacity=1).encode(
        x=at("ratio"), tooltip=[alt.Tooltip("ratio:Q", title="Ratio", format=".2f")]
    )
    one = base.mark_tick(thickness=3, size=34, color=ORANGE).encode(x=at("expected"))
    return french_spec(alt.layer(bars, one, point))


BUILT = (interval, mix, contributions, funnel, before_and_after)
"""Built when the server starts."""
