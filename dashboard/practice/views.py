"""Sections of the pages of the economy of a practice."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import streamlit as st

from calculators import french
from calculators.dates import add_months
from calculators.economy import KEY_AGES
from calculators.practice import assistant as assistants
from calculators.practice.assistant import Wanted, added_patients, aid_ahead, assistant, brought, yearly_cost
from calculators.practice.capitation import capitation
from calculators.practice.income import IncomeLine
from calculators.practice.lists import OnList
from dashboard import address, data, fields, tabular, widgets
from dashboard.charts import sized
from dashboard.practice import cabinet, charts, in_words, tables
from dashboard.practice.opened import of_decisions, of_income, of_prevention
from dashboard.practice.opened.in_rows import patients_in_rows
from dashboard.widgets import Choice


def year(choice: Choice, key: str, begun: bool = False) -> int:
    """A year that the data cover; `begun`: or the one that they begin, after those that they cover to their end."""
    years, last = data.full_years(choice.place), data.dataset(choice.place).covers_to.year
    years += [last] if begun and last not in years else []
    address.among(key, years)
    return int(st.selectbox("Année", years, key=key, width=160) or years[0])


def income(choice: Choice, when: int) -> None:
    """The year block by block, then line by line."""
    now, before = (data.income(choice.place, choice.doctor, one) for one in (when, when - 1))
    says = in_words.income(now, before, when)
    st.markdown(says)
    blocks(now, says.replace("**", ""))
    of_income.income(choice, when, now)
    tabular.table(tables.income(now), "Lignes du revenu", "revenu_lignes")
    to_say(choice, now)
    st.caption("Hors de ce calcul : dépassements absents des données, charges, impayés.".replace(" :", "\u00a0:"))


def to_say(choice: Choice, lines: Sequence[IncomeLine]) -> None:
    """The way to say what the lines without an amount lack, where the doctor knows it."""
    sections = dict.fromkeys(in_words.section_of(one) for one in lines if one.amount_cents is None)
    for section in filter(None, sections):
        widgets.cabinet_link(choice, section, in_words.SECTION[section])


def blocks(lines: Sequence[IncomeLine], says: str) -> None:
    """A bar for each block; a click on one opens it."""
    rows = tables.blocks(lines)
    if not rows.num_rows:
        return
    spec = widgets.pickable(sized(charts.blocks(), rows.num_rows), "label")
    if mark := widgets.picked(rows, spec, says, "revenu"):
        block = next((one.block for one in lines if in_words.BLOCK[one.block] == mark["label"]), None)
        st.session_state["ligne_revenu"] = of_income.whole(block)
    widgets.figures(rows, spec, says, {"label": "Bloc", "euros": "Euros"}, "revenu")


def savings(choice: Choice, when: int) -> None:
    """The intéressements, alone to be computed when they are asked for: as long as all the rest."""
    found = data.shared_savings(choice.place, choice.doctor, when)
    if not found:
        st.markdown(f"Il n’y a pas d’intéressement en {when}.")
        return
    st.markdown(in_words.savings(found, data.income(choice.place, choice.doctor, when)))
    tabular.table(tables.income(found), "Intéressement", "revenu_interessement")
    to_say(choice, found)
    of_income.to_savings(choice)


def what_if(choice: Choice, when: int) -> None:
    """What acts and missions more would bring, never added to the income."""
    st.markdown(
        "Ce que rapporterait un acte de plus par patient de chaque liste, ou une mission que vous n’avez pas. Rien de "
        "cela n’est dans le revenu."
    )
    tabular.table(tables.income(data.what_if(choice.place, choice.doctor, when)), "Ce qui est possible", "revenu_si")
    of_income.what_if(choice, when)


def received(choice: Choice, when: int) -> None:
    """Instalments typed beside those computed."""
    st.markdown("Vos versements se saisissent sur la page Mon cabinet. Un écart est dit, avec d’où il peut venir.")
    widgets.cabinet_link(choice, cabinet.RECEIVED)
    rows = data.really_paid(choice.place, choice.doctor, when)
    tabular.table(tables.received(rows), "Versements", "revenu_verses")
    of_income.received(choice, when, rows)


def rosp(choice: Choice, when: int) -> None:
    """The old scheme from its indicators, beside the amount typed."""
    rows = data.rosp(choice.place, choice.doctor, when)
    paid = data.typed_instalments(choice.place, choice.doctor, "rosp", when)
    known = sum(one.amount_cents or 0 for one in rows)
    st.markdown(
        f"Ce que ces données permettent de calculer{french.NBSP}: **{french.euros(known)}**. Versé{french.NBSP}: "
        + (french.euros(sum(paid)) if paid else "non saisi")
        + "."
    )
    labels = data.labels(choice.place)
    tabular.table(tables.rosp(rows, labels), "ROSP, indicateur par indicateur", "revenu_rosp")
    for section in ("rosp", cabinet.RECEIVED):
        widgets.cabinet_link(choice, section, in_words.SECTION[section])
    of_prevention.rosp(choice, when, rows, labels)


def one_list(choice: Choice, found: list[OnList], name: str) -> None:
    """Who is on a list, and the way to call them."""
    labels = data.list_labels(choice.place)
    st.markdown(in_words.lists(found, labels, name))
    mine = [one for one in found if one.list == name]
    if not mine:
        return
    if name == KEY_AGES:
        soon(choice, mine)
    patients = [one.patient_id for one in mine]
    st.page_link(
        "pages/prevention.py",
        label=f"Appeler ces patients : {french.number(len(mine))}".replace(" :", f"{french.NBSP}:"),
        icon=":material/call:",
        query_params=widgets.list_link(choice, f"liste « {labels[name]} »", patients),
    )
    patients_in_rows(choice, lambda names: tables.lists(mine, names, labels), patients, f"liste_{name}", labels[name])


def soon(choice: Choice, mine: list[OnList]) -> None:
    """Those who leave their band within six months."""
    last = sum(one.until is not None and one.until < add_months(choice.as_of, 6) for one in mine)
    if last:
        patients = french.count(last, "patient")
        st.caption(f"Dernière chance pour {patients}\u00a0: la tranche d’âge finit dans les six mois.")


def contract(choice: Choice, when: int) -> None:
    """Stay in a demographic contract, or leave it."""
    rows = data.decided(choice.place, choice.doctor, when + 1, "contract")
    st.markdown(in_words.contract(rows, when + 1))
    if moving := [one for one in rows if one.amount_cents]:  # where the zone brings nothing, no line of nought says it
        by_month = sorted(moving, key=lambda one: (one.month is None, one.month or date.min))
        tabular.table(tables.decided(by_month), "Mois par mois", "decision_contrat")
    of_decisions.contract(choice, when + 1, rows)
    st.caption("Les clauses de chaque contrat ne sont pas connues. Le vôtre se saisit sur la page Mon cabinet.")
    widgets.cabinet_link(choice, "contrat")


def assistant_tab(choice: Choice, when: int) -> None:
    """An assistant, whole or shared, on one's own assumptions."""
    rows = data.decided(choice.place, choice.doctor, when, "assistant")
    if any(one.month for one in rows):
        mine = data.cabinet(choice.place, choice.doctor, when)
        st.markdown(f"{in_words.assistant(rows)} {in_words.assistant_since(mine.there, when)}")
        if kept := in_words.assistant_kept(mine):
            st.info(kept, icon=":material/info:")
        tabular.table(tables.by_year(rows), "Année par année", "decision_assistant")
        share(mine, when, data.assistant_option(choice.place, choice.doctor, when))
    else:
        st.markdown(in_words.assistant(rows))
    of_decisions.assistant(choice, when, rows)
    known = assistant().percentiles
    st.caption(
        f"Seuils que personne ne publie{french.NBSP}: {french.listed(list(known.unknown))}. Au-delà du P90 de "
        "votre caisse, l’aide de la troisième année est plus forte."
    )
    widgets.cabinet_link(choice, "assistant")


def share(one: assistants.Cabinet, when: int, option: str) -> None:
    """What is left with another salary, an assistant shared between doctors, and other patients more. `option`: that of the
    contract."""
    net = fields.number(
        "Salaire net par mois à temps plein, en euros", "assistant_net", float(assistant().cost.net_month), 0, 10_000
    )
    part = fields.number("Votre part de l’assistant, en pourcentage", "assistant_part", 100, 1, 100)
    p90 = fields.optional("P90 de votre caisse, en patients", "assistant_p90", 1, 10_000, whole=True)
    more = fields.number(
        "Objectif de patients en plus, en pourcentage de la liste", "assistant_objectif",
        float(assistant().added.share * 100), 0, 100,
    )  # fmt: skip
    percentiles = {"P90": int(p90)} if p90 else None
    net_month, shared, added = Decimal(str(net)), Decimal(str(part)) / 100, Decimal(str(more)) / 100
    wanted = Wanted(option, net_month, added, shared, percentiles)
    cost = yearly_cost(wanted)
    left = [french.signed_euros(aid - cost) for aid in aid_ahead(one, when, wanted)]
    st.markdown(f"Aide moins coût, de {when + 1} à {when + 3}{french.NBSP}: {french.listed(left)}.")
    st.markdown(in_words.added(added_patients(one, wanted), *brought(one, wanted)))


def capitated(choice: Choice, when: int) -> None:
    """The fees of the list beside an amount a patient."""
    group = data.capitation_group(choice.place, choice.doctor, when)
    amount = fields.number("Montant par patient et par an, en euros", "capitation_montant", 90, 1, 1000)
    st.markdown(in_words.capitated(group, choice.doctor, round(amount * 100)))
    if group.of(choice.doctor):
        tabular.table(
            tables.capitation(group, choice.doctor, round(amount * 100)),
            "Capitation face à l’acte",
            "decision_capitation",
        )
        st.caption(in_words.capitation_sources(len(group.doctors) > 1))
        rows = data.decided(choice.place, choice.doctor, when, "capitation")
        st.markdown(in_words.risk(rows, group.off_list_cents.get(choice.doctor, 0)))
        of_decisions.capitated(choice, when, group)
    st.markdown("À vérifier par le groupe, car rien de cela ne se calcule\u00a0:")
    st.markdown("\n".join(f"- {one.text}".replace(" :", "\u00a0:") for one in capitation().guard_rail))
