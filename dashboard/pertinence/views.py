"""Sections of the page of relevance: an objective, a measure opened to its patients, peers, intéressement, what to avoid."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from calculators import french, results, rows
from calculators.pertinence import avoid, statistics
from calculators.pertinence.avoid import ToAvoid
from calculators.pertinence.interessement import PaidScheme, schemes, total
from calculators.pertinence.measure import Measure
from calculators.pertinence.openings import Opened
from calculators.pertinence.rates import MeasureRow
from calculators.pertinence.reference import MeasureReference
from calculators.pertinence.settings import settings
from dashboard import added_references, address, data, tabular, widgets
from dashboard.pertinence import charts, in_words
from dashboard.serving import ways
from dashboard.widgets import Choice
from dashboard.words import plain, recorded, rule_texts

POINTS = 80
HIGHEST = 1.5
"""The limits are drawn from where they are not far above every doctor: of very few, chance allows all."""
NAMES = {"patient_id": "Patient", "numerator": "", "detail": "Lignes"}
LEGEND = {"kind": "Qui", "expected": "Attendu", "ratio": "Observé / attendu"}
SHOWN_FROM = 5
CENTS = 100.0


def measure(choice: Choice, row: MeasureRow, one: Measure, reference: MeasureReference | None) -> None:
    """A measure: its figures in words, what the record cannot say, then its patients and its peers."""
    st.markdown(f"**{one.label}** · {in_words.SCOPE[row.scope]}")
    st.markdown(in_words.rate(row, one))
    if row.rate is not None:
        st.markdown(
            " ".join(filter(None, (in_words.expected(row, one), in_words.change(row, one), in_words.target(row, one))))
        )
    st.caption(f"{one.why} {rule_texts.cannot_say(one)} {in_words.MEANING[one.polarity]}")
    if not row.numerator:
        return
    with (lines := address.unfolded(address.MEASURES, row.measure, "Les patients et les lignes")):
        if lines.open:  # the others are not computed
            patients(choice, row, one)
    if reference and reference.doctors.num_rows and row.ratio is not None and row.expected:
        known = partial(peers, row, one, reference)
        widgets.folded("Parmi les confrères de la référence", f"confreres_{row.measure}", known)


def patients(choice: Choice, row: MeasureRow, one: Measure) -> None:
    """Whom the figure is made of, with the lines behind each."""
    found = data.measure_patients(choice.place, choice.doctor, row.year, row.measure)
    table, heading = rows.table(found, Opened).select(list(NAMES)), in_words.of_a_patient(one)
    if one.numerator.in_cents:
        euros = pc.divide(pc.cast(table["numerator"], pa.float64()), CENTS)
        table = table.set_column(1, "numerator", euros)
    names = NAMES | {"numerator": heading}
    if not pc.any(pc.not_equal(table["detail"], "")).as_py():  # of amounts by ground of exoneration no line is kept
        names["detail"] = ""
    table = table.select([name for name in NAMES if names[name]])  # a patient who is counted once needs no number
    table = table.rename_columns([names[name] for name in table.column_names])
    event = tabular.grid(
        table,
        "Patients de la mesure",
        f"ouverts_{row.measure}",
        offered=True,
        on_select="rerun",
        selection_mode="single-row",
    )
    if chosen := event["selection"]["rows"]:  # a row opens its patient
        shown = table["Patient"].to_pylist()
        among = (f"{one.label}, {row.year}", *widgets.listed(choice, set(shown)))
        address.open_patient(choice.place.path, shown[chosen[0]], among)
    widgets.export_buttons(table, f"pertinence-{row.measure}-{row.year}", f"export_{row.measure}")


def peers(row: MeasureRow, one: Measure, reference: MeasureReference) -> None:
    """The funnel: never a rank, and nobody named."""
    points = reference.peers(row.measure)
    expected, numerator = (points[name].to_numpy().astype(float) for name in ("expected", "numerator"))
    usable = expected > 0
    if usable.sum() < SHOWN_FROM:
        st.caption("Trop peu de confrères pour les montrer.")
        return
    found = _funnel(row, expected[usable], numerator[usable])
    if one.numerator.in_cents:
        found = found.set_column(2, "expected", pc.divide(found["expected"], CENTS))
    says = (
        f"{french.count(int(usable.sum()), 'médecin')} de la référence, jamais nommés ni classés ; entre les lignes, le "
        "hasard suffit à expliquer l’écart."
    )
    widgets.chart(found, charts.funnel(), says, LEGEND, key=f"entonnoir_{row.measure}")
    st.caption(says)


def _funnel(row: MeasureRow, expected: np.ndarray, numerator: np.ndarray) -> pa.Table:
    phi, z = row.phi or 1.0, settings().statistics.z_998
    grid = np.geomspace(max(expected.min(), 1.0), max(expected.max(), row.expected or 1.0), POINTS)
    highest = HIGHEST * max(1.0, row.ratio or 0.0, float((numerator / expected).max()))
    drawn = [(size, statistics.of_count(1.0, float(size), phi, z)) for size in grid]
    drawn = [(size, one) for size, one in drawn if one.high <= highest] or drawn
    sizes, limits = [size for size, _ in drawn], [one for _, one in drawn]
    kinds = [charts.CHANCE] * 2 * len(sizes) + [charts.POINTS] * len(expected) + [charts.YOU]
    sides = ["low"] * len(sizes) + ["high"] * len(sizes) + [""] * (len(expected) + 1)
    return pa.table(
        {
            "kind": kinds, "side": sides, "expected": [*sizes, *sizes, *expected, row.expected],
            "ratio": [*(one.low for one in limits), *(one.high for one in limits), *(numerator / expected), row.ratio],
        }
    )  # fmt: skip


def provenance(choice: Choice, reference: MeasureReference | None, why: str) -> None:
    """Which reference the expected values come from, or why there is none; for real data, where one is added."""
    if reference is None:
        st.info(why, icon=":material/info:")
    else:
        st.caption(plain.text(in_words.provenance(reference)))
    if not data.dataset(choice.place).synthetic:
        added_references.ask_for_one(choice)


def picked_reference(choice: Choice, year: int) -> str | None:
    """Folder of the reference picked among those added for the year that have measures; None: the one in use when nobody
    chooses, if any. On a server others reach nobody picks."""
    first, every = data.chosen_with_measures(choice.place, year), results.with_measures(year)
    if not (every and ways.is_alone()):
        return first
    with st.expander("Référence", expanded=not data.dataset(choice.place).synthetic):
        return added_references.picked(choice, every, first, f"reference_des_mesures_{year}")


def schemes_paid(found: Sequence[PaidScheme], measures: Mapping[str, Measure]) -> None:
    """What each intéressement would pay, by reading, and what is not known of it."""
    for name, scheme in schemes().items():
        mine = [one for one in found if one.scheme == name]
        st.markdown(f"**{scheme.label}**")
        if limits := total(mine, name):
            low, high = (french.euros(one) for one in limits)
            st.markdown(f"De {low} à {high} selon la lecture." if low != high else f"{low}.")
        tabular.table(
            {
                "Ligne": [in_words.scheme_line(one.line, measures) for one in mine],
                "Nombre": [in_words.scheme_count(one.count, scheme) for one in mine],
                "Montant": [in_words.scheme_amount(one.amount_cents) for one in mine],
                "Remarque": [recorded.named(one.reason) for one in mine],
            },
            scheme.label,
            f"interessement_{name}",
        )
        if all(one.reason != scheme.unknown for one in mine):  # else the table has said it
            st.caption(f"Ce qui n’est pas connu : {french.lower_first(scheme.unknown)}")


def to_avoid(choice: Choice, found: Sequence[ToAvoid], key: str) -> None:
    """« À ne pas faire », unless there is an indication."""
    st.markdown(in_words.to_avoid(found, choice.as_of))
    known = avoid.rules()
    table = pa.table(
        {
            "Patient": [one.patient_id for one in found],
            "À ne pas faire, sauf indication": [known[one.rule].label for one in found],
            "Dernière fois": pa.array([one.last_on for one in found], pa.date32()),
            "Plutôt": [known[one.rule].advice for one in found],
            "Source": [known[one.rule].reference.title for one in found],
        }
    )
    title = "À ne pas faire au prochain rendez-vous, sauf indication"
    event = tabular.grid(table, title, key, offered=True, on_select="rerun", selection_mode="single-row")
    if chosen := event["selection"]["rows"]:
        address.open_patient(choice.place.path, found[chosen[0]].patient_id)
    widgets.export_buttons(table, "a-ne-pas-faire", f"{key}_export")
