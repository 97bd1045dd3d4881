"""On a dark page: charts are seen on its ground, and the light ones are left as they are. The pages: `test_words.py`."""

import tomllib
from collections.abc import Callable

import pytest

from dashboard.charts import IN_THE_DARK, STATUS_COLOURS, Spec, bars, on
from dashboard.launch import CONFIG
from dashboard.pertinence import charts as pertinence_charts
from dashboard.prevention import charts
from dashboard.sobriety import charts as sobriety_charts

THEMES = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
LEAST = 3.0
"""Contrast that WCAG 2.1 asks of what is no text (1.4.11)."""


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_chart_changes_its_colours_in_the_dark_and_nothing_else():
    spec = charts.statuses()
    assert on("light", spec) is on(None, spec) is spec
    drawn = str(on("dark", spec))
    assert not any(light in drawn for light in IN_THE_DARK if light != "white")
    for light, dark in IN_THE_DARK.items():
        drawn = drawn.replace(f"'{dark}'", f"'{light}'")
    assert drawn == str(spec)


@pytest.mark.parametrize("colour", [*IN_THE_DARK, *STATUS_COLOURS.values()])
def test_what_is_drawn_is_seen_on_a_dark_page(colour: str):
    ground, drawn = THEMES["dark"]["backgroundColor"], IN_THE_DARK.get(colour, colour)
    assert drawn == ground if colour == "white" else contrast(drawn, ground) >= LEAST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_links_are_read_in_both_themes(theme: str):
    said = THEMES[theme]
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        for text in ("textColor", "linkColor", "primaryColor"):
            assert contrast(said[text], said[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("build", [*charts.BUILT, *sobriety_charts.BUILT, *pertinence_charts.BUILT, lambda: bars({})])
def test_words_of_a_chart_are_read_in_both_themes(build: Callable[[], Spec], theme: str):
    said = on(theme, build())["config"]
    for words in (said["axis"], said["legend"]):
        assert contrast(words["labelColor"], THEMES[theme]["backgroundColor"]) >= 4.5
        assert contrast(words["titleColor"], THEMES[theme]["backgroundColor"]) >= 4.5
        assert min(words["labelFontSize"], words["titleFontSize"]) >= 13
