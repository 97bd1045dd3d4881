"""Whom to call first, and for what? The worklist: one row per patient, with all that is due."""

from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calculators import french, rows
from calculators.prevention.assess import Verdict
from dashboard import address, data, deck, tabular, widgets
from dashboard.pages import _raisons
from dashboard.prevention import calling, declaring, filters, follow_up, in_words, letters, listing, screens, tables
from dashboard.prevention import worklist_table as table
from dashboard.prevention.listing import AT_ONCE, Listing
from dashboard.widgets import Choice
from dashboard.words import labels, plain

STYLE = """<style>
[data-testid=stMainBlockContainer] {padding: 1.5rem min(2rem, 5vw)}
[data-testid=stMain] [data-testid=stVerticalBlock] {gap: .5rem}
[data-testid=stMain] .st-key-bandeau {row-gap: 0}
[data-testid=stMain] h1 {padding: 0; font-size: 1.75rem}
</style>"""
"""The list begins as high as it can: five patients are in sight of a small screen."""


def show(choice: Choice) -> None:
    if deck.is_asked():
        widgets.present(choice, screens.screens(choice))
        return
    st.html(STYLE)
    if said := st.session_state.pop("dit_sur_la_liste", ""):
        st.info(said, icon=":material/info:")
    patients(choice)
    widgets.method_link(choice, "prevention")


@widgets.fragment
def patients(choice: Choice) -> None:
    """The list, its filters, its exports; what is done in it reruns this part alone."""
    if deck.is_asked():
        st.rerun()  # the whole page gives way to the screens
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with bar, st.container(width="content"):
        st.title("Prévention")
    told = bar.container(width="content")
    *first, last = filters.in_a_row(st.container(key=f"filtres_{tabular.CONTROLS}_{tabular.TOLD}"))
    more = last.popover("Autres filtres, ordre", icon=":material/tune:", key="autres_filtres")
    asked = table.asked()
    if asked.opened:
        address.open_patient(choice.place.path, asked.opened)
    if asked.page:
        st.session_state["page_liste"] = asked.page
    with more:
        set_name = widgets.indicator_set()
    rules = data.indicator_set(choice.place, set_name)
    filters.main_filters(filters.side_by_side(more) if listing.session(choice) else first, rules)
    filters.other_filters(more, choice.named)
    with more:
        calling.ask_caller(choice)
    if asked.state:
        follow_up.note(choice, *asked.state)
    found = listing.current(choice, set_name)
    heading(choice, found, told, bar)
    if late := in_words.late_doses(rules, choice.as_of):
        st.info(late, icon=":material/info:")
    follow_up.panel(choice, found)
    one_page(choice, found, set_name)
    st.caption(in_words.ORDER)
    widgets.export_buttons(partial(exported, choice, found), f"prevention-{choice.as_of}", key="export_prevention")
    letters.panel(choice, found.calls, rules, found.wanted)


def exported(choice: Choice, found: Listing) -> pa.Table:
    """The whole list, dated."""
    shown = tables.calls_table(found.calls, found.rules, found.wanted)
    return shown.append_column("Au", pa.array([choice.as_of] * shown.num_rows, pa.date32()))


def heading(choice: Choice, found: Listing, told: DeltaGenerator, bar: DeltaGenerator) -> None:
    """How many, out of whom; and the session of calls."""
    with told:
        st.markdown(in_words.heading(len(found.calls), found.everyone, found.begun))
        if others := filters.others_in_words():
            st.caption(f"Seulement : {others} (« Autres filtres, ordre »).")
        if found.picked:
            st.caption(f"Seulement : {plain.text(found.picked)}.")
    with bar.container(horizontal=True, horizontal_alignment="right", gap="small"):
        deck.button()
        if found.picked:
            st.button("Voir toute la liste", key="tous", icon=":material/close:", on_click=listing.everybody)
            return
        if found.begun:
            st.button("Terminer la séance", key="terminer", icon=":material/check:", on_click=listing.end)
            return
        first = listing.to_call(found.calls, calling.standing(choice.place))[:AT_ONCE]
        if first:
            patients = [call.patient_id for call in first]
            st.button(
                f"Commencer : {french.count(len(first), 'patient')}",
                key="commencer",
                type="primary",
                icon=":material/call:",
                on_click=listing.begin,
                args=(choice, patients),
                help="Les premiers de cette liste à appeler aujourd’hui ; ceux dont l’appel est noté s’en vont.",
            )


def one_page(choice: Choice, found: Listing, set_name: str) -> None:
    """Twenty patients, with what is said of each."""
    if not found.calls:
        tabular.line_on_paper(filters.in_words_of(found.rules, choice.as_of))
        st.info(in_words.nobody(found.begun), icon=":material/done_all:" if found.begun else ":material/info:")
        if found.everyone and not found.begun:
            st.button(
                "Montrer tous les patients", key="sans_filtre", icon=":material/close:", on_click=listing.unfiltered
            )
        return
    pages = -(-len(found.calls) // AT_ONCE)
    page = min(max(int(st.session_state.get("page_liste") or 1), 1), pages)
    st.session_state["page_liste"] = page
    calls = found.calls[(page - 1) * AT_ONCE : page * AT_ONCE]
    judged = data.judged(choice.place, choice.doctor, choice.as_of, set_name, declaring.said(choice))
    shown = {call.patient_id for call in calls}
    mine = judged.filter(pc.is_in(judged["patient_id"], pa.array(shown)))
    called, shown_verdicts = widgets.names(choice), rows.read(mine, Verdict)
    with st.container(key=f"liste_{tabular.ON_SCREEN}"):
        table.show(
            tables.lines(
                calls,
                shown_verdicts,
                found.rules,
                found.wanted,
                called,
                calling.latest(choice.place),
                calling.standing(choice.place),
                _raisons.of(choice, shown),
                data.refused(choice.place, choice.doctor, choice.as_of, set_name, shown_verdicts),
            ),
            labels.CALL,
            page,
            pages,
            f"{(page - 1) * AT_ONCE + 1} à {(page - 1) * AT_ONCE + len(calls)} sur {french.number(len(found.calls))}",
        )
    first = found.calls[: tabular.PRINTED]
    shown_on_paper = tables.called_on_paper(first, found.rules, found.wanted, called)
    tabular.on_paper(shown_on_paper, len(found.calls), filters.in_words_of(found.rules, choice.as_of))


widgets.page(show, "prevention")
