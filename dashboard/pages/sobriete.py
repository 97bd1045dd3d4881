"""Where do my prescriptions stand against what my patients lead one to expect, chance allowed for?"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from calculators.errors import UserError
from calculators.results import NoReferenceError
from calculators.sobriety.openings import DoctorYear
from calculators.sobriety.ratio import Ratio
from calculators.sobriety.reasons import Reason
from dashboard import address, data, deck, widgets
from dashboard.sobriety import in_words, screens, standing, views
from dashboard.widgets import Choice

TABS = ("D’où vient l’écart", "Parmi les confrères", "D’une année à l’autre", "Et si…", "En boîtes")


def show(choice: Choice) -> None:
    if deck.is_asked():
        widgets.present(choice, screens.screens(choice))
        return
    st.title("Sobriété des prescriptions")
    deck.button()
    years = data.sobriety_years(choice.place)
    address.among("annee_sobriete", years)
    year = int(st.selectbox("Année", years, key="annee_sobriete", width=160) or years[0])
    reference, before = standing.own_references(choice, year)
    accept, other_year = (bool(st.session_state.get(key)) for key in ("accepter", "autre_annee"))
    try:
        row, opened = data.doctor_year(choice.place, choice.doctor, year, reference, accept, other_year)
    except NoReferenceError as reason:
        standing.cannot(choice, str(reason), year, reason.code)
        return
    except UserError as reason:
        standing.cannot(choice, str(reason), year)
        return
    in_use = data.sobriety_reference(choice.place, year, reference)
    if opened is None or row.ratio is None:
        standing.cannot(choice, row.reason, year, Reason(row.reason_code))
        if opened:
            views.pooled(opened)
            standing.which_reference(row, in_use)
        standing.ask_to_accept(row)
        return
    standing.ratio(choice, row)
    standing.which_reference(row, in_use)
    standing.ask_to_accept(row)
    drawn: tuple[Callable[[], object], ...] = (
        partial(gaps, choice, row, opened),
        partial(views.among_peers, choice, row, opened),
        lambda: views.over_time(row, opened, data.change(choice.place, choice.doctor, year, reference, before, accept)),
        partial(changes, choice, row, opened),
        lambda: st.markdown(in_words.boxes(row, opened.definition)),
    )
    address.among("onglet_sobriete", TABS)
    for tab, draw in zip(st.tabs(TABS, on_change="rerun", key="onglet_sobriete"), drawn, strict=True):
        if tab.open:  # the others are not computed
            with tab:
                draw()
    widgets.method_link(choice, "sobriete")


def gaps(choice: Choice, row: Ratio, opened: DoctorYear) -> None:
    """What makes the difference: the patients, then groups, classes and patients that weigh."""
    views.mix(opened)
    views.contributions(choice, row, opened)
    views.weigh(opened)


def changes(choice: Choice, row: Ratio, opened: DoctorYear) -> None:
    """What would move the ratio."""
    views.try_changes(choice, row, opened)
    st.subheader("Patients à mettre à part")
    views.particular(choice, row, opened)


widgets.page(show)
