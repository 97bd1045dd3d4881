"""What a doctor takes away, put together from every subject: his two pages, the one for a group of peers, and the buttons
that make them. A page asks for them with `button` and `for_the_group`."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pyarrow as pa
import streamlit as st

from calculators import rows
from calculators.errors import UserError
from calculators.forfait import pay
from calculators.prevention.rates import Rate
from calculators.sobriety.definition import load_definition
from calculators.sobriety.ratio import read_limits
from dashboard import data, group_sheet, two_pages
from dashboard.charts import sized
from dashboard.forfait import charts as forfait_charts
from dashboard.forfait import in_words as forfait_words
from dashboard.forfait import tables as forfait_tables
from dashboard.forfait import views as forfait
from dashboard.prevention import charts as prevention_charts
from dashboard.prevention import in_words as prevention_words
from dashboard.prevention import tables as prevention_tables
from dashboard.prevention.board import board
from dashboard.sobriety import charts as sobriety_charts
from dashboard.sobriety import in_words as sobriety_words
from dashboard.sobriety import standing
from dashboard.two_pages import Chart, Content
from dashboard.widgets import Choice
from dashboard.words import labels

TALL = 260
"""Pixels of what opens: it is placed before its content is there, which could grow out of the screen."""


def button(choice: Choice) -> None:
    """The way to the two pages; what they say is put together once it is opened."""
    asked = st.popover("Imprimer", icon=":material/print:", key="imprimer", on_change="rerun")
    inside = asked.container(height=TALL, border=False)
    if not asked.open:
        return
    with inside:
        st.caption(
            "Prévention, sobriété et forfait, avec leurs graphiques, leurs sources et leurs limites. Aucun patient."
        )
        _offer("Bilan de deux pages (PDF)", setting(choice), f"bilan-{choice.doctor}-{choice.as_of}.pdf", "bilan_pdf")
        st.caption("Le même, sans nom ni effectif de 1 à 10 patients, pour un groupe de pairs :")
        for_the_group(choice)


def for_the_group(choice: Choice) -> None:
    """The page for a group of peers; nothing in its name says whose it is."""
    _offer("Fiche pour le groupe de pairs (PDF)", sheet(choice), f"groupe-de-pairs-{choice.as_of}.pdf", "fiche_groupe")


def _offer(label: str, made: Callable[[], bytes], name: str, key: str) -> None:
    st.download_button(
        label, data=made, file_name=name, mime="application/pdf", key=key, icon=":material/picture_as_pdf:",
        on_click="ignore",
    )  # fmt: skip


def setting(choice: Choice) -> Callable[[], bytes]:
    """All that the two pages say, computed; what is left is to set them."""
    year = choice.as_of.year
    version = data.version(choice.place, data.version_in_force(choice.place, year))
    found = board(choice)
    rates = found.rates
    parts = _parts(choice, year, version.id) if not forfait.why_not(choice, year, version) else {}
    content = Content(
        doctor=choice.doctor,
        as_of=choice.as_of,
        dataset=data.dataset(choice.place),
        standing=prevention_words.standing(found.patients, rates),
        actions=[prevention_words.action(action) for action in found.actions]
        or [prevention_words.nothing_to_do(rates)],
        rates=prevention_tables.reported(rates),
        ratio=standing.sentence(choice),
        pay=forfait.pay_sentence(choice, year, version),
        pay_limits=forfait_words.pay_limits(version, year, data.dataset(choice.place).covers_to),
    )
    named = [(labels.PART[part], cents) for part, cents in parts.items()]
    total = [("Total", sum(parts.values()))] if parts else []
    drawn = {**_prevention(rates), **_ratio(choice), **_pay(parts)}
    whose = data.signature(choice.place, choice.doctor)
    return partial(two_pages.pdf, content, whose, [*named, *total], drawn, date.today())


def sheet(choice: Choice) -> Callable[[], bytes]:
    """All that the page for a group says, computed."""
    rates = board(choice).rates
    shown, ratio = prevention_tables.shareable(rates), _ratio(choice)
    questions = prevention_words.to_talk_about(shown) + ([sobriety_words.TO_TALK_ABOUT] if ratio else [])
    content = group_sheet.Content(
        as_of=choice.as_of,
        dataset=data.dataset(choice.place),
        standing=prevention_words.rates_in_words(shown),
        rates=prevention_tables.grouped(rates),
        ratio=standing.for_the_group(choice),
        questions=questions or [prevention_words.NOTHING_TO_TALK_ABOUT],
    )
    return partial(group_sheet.pdf, content, {**_prevention(shown), **ratio}, date.today())


def _parts(choice: Choice, year: int, version: str) -> dict[str, int]:
    return pay.lines_by_part(data.forfait(choice.place, choice.doctor, year, version))


def _prevention(rates: list[Rate]) -> dict[str, Chart]:
    if not any(rate.concerned for rate in rates):
        return {}
    says = prevention_words.rates_in_words(rates).replace("**", "")
    spec = sized(prevention_charts.statuses(), len(rates), 17)
    return {"prevention": Chart(spec, rows.table(rates, Rate), says)}


def _ratio(choice: Choice) -> dict[str, Chart]:
    try:
        row = data.sobriety(choice.place, choice.doctor, data.sobriety_years(choice.place)[0])
    except UserError:  # told in its sentence
        return {}
    definition = load_definition(row.year)
    limits = read_limits(row, definition)
    if limits is None:
        return {}
    drawn = pa.Table.from_pylist([limits._asdict() | {"expected": 1.0}])
    return {"ratio": Chart(sobriety_charts.interval(), drawn, sobriety_words.interval(row, definition))}


def _pay(parts: dict[str, int]) -> dict[str, Chart]:
    if not parts:
        return {}
    drawn = forfait_tables.waterfall(parts)
    says = forfait_words.pay(parts, sum(parts.values())).replace("**", "")
    return {"pay": Chart(sized(forfait_charts.waterfall(), drawn.num_rows, 26), drawn, says)}
