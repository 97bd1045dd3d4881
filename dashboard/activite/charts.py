"""Charts of the activity: the list by age beside the median of others."""

from dashboard.charts import BLUE, GREY, Spec, bars, labels, quantitative, tips

MINE, THEIRS = "Votre liste", "Médiane fictive"


def by_age(with_others: bool) -> Spec:
    """Rows: age, whose, patients."""
    names, colours = ([MINE, THEIRS], [BLUE, GREY]) if with_others else ([MINE], [BLUE])
    whose = {"field": "whose", "type": "nominal", "sort": names}
    return bars(
        {
            "y": labels("age"),
            "yOffset": whose,
            "x": quantitative("patients", "Patients"),
            "color": whose | {"scale": {"domain": names, "range": colours}, "legend": {"title": None, "orient": "top"}},
            "tooltip": tips(("age", "Âge", None), ("whose", "De qui", None), ("patients", "Patients", ",.0f")),
        }
    )
