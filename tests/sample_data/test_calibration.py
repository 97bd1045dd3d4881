"""The report sets every published figure beside the generated one."""

from pathlib import Path

import pytest

from sample_data import model
from sample_data.calibration import Figure, markdown, report
from sample_data.generate import generate

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> list[Figure]:
    folder: Path = tmp_path_factory.mktemp("calibration") / "population"
    generate(6, 9, folder)  # lists near the mean
    return report(folder)


def test_every_published_figure_and_every_rate_is_there(figures: list[Figure]) -> None:
    raw = model.load().raw
    indicators = [name for name, rule in raw["prevention"].items() if isinstance(rule, dict)]
    assert len(indicators) == 15
    assert len(figures) == len(raw["published"]) + len(indicators)
    assert all(figure.generated == figure.generated for figure in figures), "a figure is not a number"


def test_even_a_few_doctors_are_of_the_right_size(figures: list[Figure]) -> None:
    """Wide limits: six doctors are few; the shipped reference is held to the published figures."""
    found = {figure.label: figure for figure in figures}
    for label in ("dépense suivie par patient fidèle", "boîtes par femme de 60 ans et plus", "FPMT 2024 moyen"):
        assert found[label].generated == pytest.approx(found[label].published, rel=0.4), label


def test_a_rate_differs_by_points_and_an_amount_by_percent() -> None:
    assert Figure("", 55, 56.2, "%", "").difference == "+1.2 pt"
    assert Figure("", 200, 180, "€", "").difference == "-10 %"


def test_the_table_has_a_line_per_figure_and_its_source(figures: list[Figure]) -> None:
    lines = markdown(figures).splitlines()
    assert len(lines) == len(figures) + 2
    assert all(line.count("|") == 6 and "| |" not in line[-4:] for line in lines)
    assert any("diaporama" in line for line in lines)
