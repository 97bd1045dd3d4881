"""Sections of the sobriety page beyond the ratio itself: among peers, over time, what if, boxes, particular patients."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from calculators import french, rows
from calculators.errors import UserError
from calculators.sobriety import openings as calculated
from calculators.sobriety import peers
from calculators.sobriety.bonus import LOWEST, Route, bonus
from calculators.sobriety.change import RatioChange
from calculators.sobriety.openings import Capped, ClassGap, DoctorYear, PatientGap, Share, StratumGap
from calculators.sobriety.peers import Among, Position
from calculators.sobriety.ratio import Ratio, without_self_first
from calculators.sobriety.what_if import Case, Less, what_if
from dashboard import address, data, fields, tabular, widgets
from dashboard.charts import sized
from dashboard.sobriety import charts, in_words, openings, tables
from dashboard.widgets import Choice
from dashboard.words.drugs import drug_class

FACTORS = {0.0: "Supprimer", 0.5: "Réduire de moitié"}
KINDS = {"duree": "Un cas de durée", "classe": "Une classe de médicaments", "patient": "Un patient"}


MOST_POINTS = 3000
"""Doctors drawn in the funnel; of more, one in so many, by expected spend."""
DEAREST = 40
"""Classes and patients offered in the lists."""
LARGEST = 10
"""Lines shown; the table has them all."""
COLUMNS = {
    "label": "Groupe",
    "patients": "Patients",
    "observed": "Observé (€)",
    "expected": "Attendu (€)",
    "euros": "Écart (€)",
}
FUNNEL = {"kind": "Quoi", "level": "Limite", "expected": "Dépense attendue (€)", "ratio": "Ratio"}
BEFORE_AND_AFTER = {"label": "Cas", "ratio": "Ratio", "low_95": "De (95\u00a0%)", "high_95": "À (95\u00a0%)"}
PARTS = {"groupe": "groupe de patients", "classe": "classe de médicaments", "patient": "patient"}


def mix(opened: DoctorYear) -> None:
    """How the patients differ from those of the reference."""
    st.subheader("Vos patients et ceux de la référence")
    traits = tables.traits(rows.read(calculated.mix(opened), Share))
    says = in_words.mix(traits, opened.patients.num_rows, opened.definition)
    st.markdown(says)
    spec = sized(charts.mix(), len(traits), 34)
    widgets.chart(
        tables.trait_rows(traits), spec, says, {"trait": "Groupe", "whose": "Qui", "share": "Part"}, key="composition"
    )


def contributions(choice: Choice, row: Ratio, opened: DoctorYear) -> None:
    """What makes the difference: the parts sum to observed minus expected, to the cent."""
    st.subheader("D’où vient l’écart à l’attendu")
    if without_self_first(row, opened.definition):
        st.caption(in_words.OFFICIAL)
    address.among("ecart_par", list(PARTS))
    by = st.segmented_control("Par", list(PARTS), required=True, format_func=PARTS.__getitem__, key="ecart_par")
    gaps = _gaps(str(by), opened, data.products(choice.place))
    says, found = in_words.contributions(gaps, LARGEST), tables.gap_rows(gaps)
    st.markdown(says)
    priced(row)
    spec, drawn = sized(charts.contributions(), min(LARGEST, len(gaps)), 26), found.slice(0, LARGEST)
    opens = openings.of(str(by), choice, gaps)
    if mark := widgets.picked(drawn, widgets.pickable(spec, "label"), says, f"ecarts_{by}"):
        st.session_state[opens.key] = opens.named(mark["label"])
        st.rerun()
    columns = COLUMNS | ({"family": "Famille"} if by == "classe" else {})
    widgets.figures(drawn, spec, says, columns, "ecarts", every=found)
    openings.show(choice, opened, opens)


def _gaps(by: str, opened: DoctorYear, products: Mapping[str, str]) -> list[tables.Gap]:
    if by == "groupe":
        return tables.by_stratum(rows.read(calculated.by_stratum(opened), StratumGap))
    if by == "classe":
        return tables.by_class(rows.read(calculated.by_class(opened), ClassGap), products)
    return tables.by_patient(rows.read(calculated.by_patient(opened), PatientGap))


def among_peers(choice: Choice, row: Ratio, opened: DoctorYear) -> None:
    """The funnel with both limits, then the quartiles of groups of five or more."""
    reference, definition = opened.reference, opened.definition
    limits = peers.funnel(reference, definition, row.expected_cents)
    everyone = peers.points(reference)
    department = data.department(choice.place, choice.doctor)
    place = rows.read(peers.position(row, department, reference, definition), Position)
    step = -(-everyone.num_rows // MOST_POINTS) or 1
    drawn_rows = tables.funnel_rows(limits, everyone.take(np.arange(0, everyone.num_rows, step)), row)
    says = in_words.funnel(drawn_rows, row, place[0])
    st.markdown(says)
    widgets.chart(drawn_rows, charts.funnel(), says, FUNNEL, "entonnoir", every=tables.funnel_told(drawn_rows))
    st.markdown(in_words.cautious(row))
    drawn = "Un point par confrère" if step == 1 else f"Un confrère sur {step}"
    drawn = "Une copie publiée ne montre aucun confrère" if reference.published else f"{drawn}, jamais nommé"
    known = in_words.spread(reference.spread(definition), reference.size, definition)
    st.caption(
        f"{drawn}. Trait plein : le hasard seul (95 % et 99,8 %). Tirets : avec la variété habituelle des confrères, "
        f"{known}. {in_words.POLARITY}"
    )
    tabular.table(in_words.peers_table(place), "Place parmi les confrères", "place_parmi_les_confreres")
    if department:
        members = reference.doctors.filter(pc.equal(reference.doctors["department"], department))
        near = rows.only(peers.among(opened, members["doctor_id"].to_pylist()), Among)
        st.caption(in_words.among(near, department))
    target(place)


def target(place: Sequence[Position]) -> None:
    """The doctor's own mark: never under the median of his peers, so that it is not a race downwards."""
    medians = [row.median for row in place if row.median]
    if not medians:
        return
    floor = round(max(medians), 2)
    mark = fields.optional("Mon repère", "repere", min(floor, 1.0), 3, placeholder="aucun", width=260,
                           help="Pas sous la médiane des confrères.")  # fmt: skip
    if mark:
        st.caption(f"Repère gardé jusqu’à la fermeture de la page : {french.number(mark, 2)}.")


def over_time(row: Ratio, opened: DoctorYear, found: RatioChange | str) -> None:
    """The change from the year before, then what both routes of the bonus are worth, as probabilities."""
    st.markdown(found if isinstance(found, str) else in_words.change(found))
    st.markdown("**Bonus sobriété, en probabilités**")
    before = None if isinstance(found, str) else found
    routes = rows.read(bonus(row, opened.reference, opened.definition, before), Route)
    st.markdown(in_words.bonus(routes, opened.definition))
    st.caption(
        f"{french.euros(100 * opened.definition.bonus.amount_euros)} si une des deux voies est remplie. Les deux voies et "
        "leurs seuils viennent de la presse et restent des hypothèses ; une probabilité n’est ni oui ni non."
    )


@widgets.fragment
def try_changes(choice: Choice, row: Ratio, opened: DoctorYear) -> None:
    """Remove or halve something: the ratio, the interval and the probability move at once."""
    left, right = st.columns([2, 1])
    address.among("et_si_quoi", list(KINDS))
    address.among("et_si_combien", list(FACTORS), 0.0)
    kind = left.segmented_control(
        "Que changer ?", list(KINDS), required=True, format_func=KINDS.__getitem__, key="et_si_quoi"
    )
    factor = right.segmented_control(
        "Comment ?", list(FACTORS), required=True, format_func=FACTORS.__getitem__, key="et_si_combien"
    )
    change = _asked(str(kind), float(factor or 0), opened, data.products(choice.place))
    if change is None:
        return
    cases = rows.read(what_if(opened, [change]), Case)
    chances = [
        _chance(replace(row, ratio=one.ratio, se=one.se, shrunk_ratio=one.shrunk_ratio), opened) for one in cases
    ]
    says = in_words.changed(cases, chances)
    st.markdown(says)
    if all(one.low_95 is not None for one in cases):
        shown = tables.changed_rows(cases)
        widgets.chart(shown, charts.before_and_after(), says, BEFORE_AND_AFTER, "et_si_graphique")
    st.caption("La référence ne bouge pas. Ce calcul ne dit pas ce qu’il faut prescrire à un patient.")


def _asked(kind: str, factor: float, opened: DoctorYear, products: Mapping[str, str]) -> Less | None:
    """The change chosen."""
    if kind == "duree":
        cases = {case.id: case.label for case in opened.definition.what_if}
        address.among("et_si_cas", list(cases))
        case = st.selectbox("Cas", list(cases), format_func=cases.__getitem__, key="et_si_cas")
        return Less(factor, long_use=str(case)) if case else None
    if kind == "classe":
        classes = rows.read(calculated.by_class(opened), ClassGap)
        spent = sorted((r for r in classes if r.observed_cents > 0), key=lambda r: -r.observed_cents)[:DEAREST]
        names = {r.atc: f"{drug_class(r.atc, products)} · {french.euros(r.observed_cents)}" for r in spent}
        address.among("et_si_classe", list(names))
        atc = st.selectbox("Classe de médicaments", list(names), format_func=names.__getitem__, key="et_si_classe")
        return Less(factor, atc=str(atc)) if atc else None
    patients = rows.read(calculated.by_patient(opened).slice(0, DEAREST), PatientGap)
    names = {r.patient_id: f"{r.patient_id} · {french.euros(r.observed_cents)}" for r in patients}
    patient = st.selectbox("Patient", list(names), format_func=names.__getitem__, key="et_si_patient")
    return Less(factor, patient_id=str(patient)) if patient else None


def _chance(row: Ratio, opened: DoctorYear) -> float | None:
    routes = rows.read(bonus(row, opened.reference, opened.definition), Route)
    return next(one.probability for one in routes if one.route == LOWEST)


def weigh(opened: DoctorYear) -> None:
    """The patients who move the ratio most, and the ratio with each patient capped beside the official one."""
    heaviest = rows.read(calculated.movers(opened), PatientGap)
    st.markdown(
        f"**Les {len(heaviest)} patients qui pèsent le plus**, sur {french.number(opened.patients.num_rows)} examinés"
    )
    capped = rows.only(calculated.capped(opened), Capped)
    table = {
        "Patient": [one.patient_id for one in heaviest],
        "Dépense": [french.euros(one.observed_cents) for one in heaviest],
        "Attendu": [french.about_euros(one.expected_cents) for one in heaviest],
        "Ratio sans ce patient": [in_words.moved(one.ratio_without, capped.ratio) for one in heaviest],
    }
    tabular.table(table, "Patients qui déplacent le plus le ratio", "pesent_le_plus")
    if said := in_words.capped(capped, opened.definition):
        st.caption(said)


@widgets.fragment
def priced(row: Ratio) -> None:
    """Under every amount: how many lines have one, and from which prices."""
    if said := in_words.priced(row):
        st.caption(said)


def particular(choice: Choice, row: Ratio, opened: DoctorYear) -> None:
    """Patients set aside with a reason: the ratio with and without, the official one untouched, and who said what when."""
    priced(row)
    kept: list[dict[str, str]] = st.session_state.setdefault("particularites", {}).setdefault(
        _year_key(choice, opened), []
    )
    aside = {one["Patient"] for one in kept}
    with st.form("particularite", border=False, clear_on_submit=True):
        known = [patient for patient in opened.patients["patient_id"].to_pylist() if patient not in aside]
        patient = st.selectbox("Patient à mettre à part", known, index=None, key="part_patient", placeholder="aucun")
        reason = st.text_input(
            "Raison", key="part_raison", max_chars=300, placeholder="par exemple : EHPAD, soins palliatifs"
        )
        if st.form_submit_button("Mettre à part"):
            if not (patient and reason and reason.strip()):
                raise UserError("Choisissez un patient et dites pourquoi : rien n’a été mis à part.")
            kept.append({"Patient": patient, "Raison": reason.strip(), "Par": choice.doctor,
                         "Le": f"{datetime.now():%d/%m/%Y %H:%M}"})  # fmt: skip
            aside.add(patient)
    if not kept:
        st.caption("Rien n’est mis à part. Le ratio officiel compte tous les patients fidèles.")
        return
    now, then = rows.read(what_if(opened, [Less(0.0, patient_id=one) for one in sorted(aside)]), Case)
    st.markdown(
        f"Ratio officiel, avec tous les patients : **{_ratio(now)}**. "
        f"Sans {french.count(len(aside), 'patient mis', 'patients mis')} à part : **"
        f"{_ratio(then)}**. Le ratio officiel ne change pas."
    )
    trace = pa.Table.from_pylist(kept)
    tabular.grid(trace, "Patients mis à part et raisons", "part_trace", offered=True)
    widgets.export_buttons(trace, f"particularites-{opened.year}", key="part_export")
    if st.button("Tout reprendre", key="part_reprendre"):
        kept.clear()
        st.rerun()


def pooled(opened: DoctorYear) -> None:
    """The ratio of a doctor some of whose strata the reference lacks, flagged."""
    st.warning(in_words.pooled(calculated.pooled(opened)), icon=":material/merge:")


def _ratio(case: Case) -> str:
    return "–" if case.ratio is None else french.number(case.ratio, 2)


def _year_key(choice: Choice, opened: DoctorYear) -> tuple[str, str, int]:
    return choice.place.path, choice.doctor, opened.year
