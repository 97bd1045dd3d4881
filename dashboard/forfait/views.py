"""Sections of the page « Forfait »: range, months, the other agreements, open points, what one more point is worth."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st

from calculators import french, results
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.forfait import donum
from calculators.forfait.pay import STATES, PayLine, State, lines_by_part, total_cents
from calculators.forfait.version import Version
from dashboard import address, data, fields, tabular, widgets
from dashboard.charts import by_part, moves, sized
from dashboard.forfait import charts, in_words, tables
from dashboard.widgets import Choice
from dashboard.words import labels as words
from dashboard.words import pay_lines

PARTS = {"version": "Accord", "part": "Part", "euros": "Euros par an"}
OWN = "forfait_saisi"
"""Cents really paid, by part, kept in the session for the tabs that are not open."""
AS_IF_IN_OPTAM = "who.sector_2-oui"
"""The change, as in a link."""


def labels(choice: Choice, version: Version) -> dict[str, str]:
    """Names of the prevention lines of a version."""
    paid = data.rules(choice.place).set_of(version)
    return {one.id: one.label for one in paid.indicators} if paid else {}


def may_be_drawn(choice: Choice, year: int, version: Version) -> bool:
    """Say what to know before any figure; false when there is no pay to draw: a list of one, a doctor who is not paid."""
    for one in data.cautions(choice.place, choice.doctor, year, version.id):
        if one.code != "un_seul_patient":
            st.warning(in_words.capital(in_words.caution(one)), icon=":material/event_note:")
    said = why_not(choice, year, version)
    if said:
        st.info(said, icon=":material/block:")
        as_if(choice, year, version, said)
    return not said


def as_if(choice: Choice, year: int, version: Version, why: str) -> None:
    """What a doctor of sector 2 would be paid in OPTAM, one click away."""
    if in_words.capital(version.who.unpaid.secteur_2) not in why:
        return
    if not st.toggle("Simuler : comme si j’étais adhérent à l’OPTAM", key="comme_si_optam"):
        return
    lines = data.forfait(choice.place, choice.doctor, year, version.id, "acquis", AS_IF_IN_OPTAM)
    by_part, sum_ = lines_by_part(lines), total_cents(lines)
    st.metric(f"Simulation {year}", french.euros(sum_))
    parts(by_part, in_words.pay(by_part, sum_))


def state(choice: Choice, year: int, version: Version) -> State:
    """The three figures of a year that is not finished, and which of them is detailed below."""
    if data.is_finished(choice.place, year) or version.prevention is None:
        return "acquis"
    cents = data.figures(choice.place, choice.doctor, year, version.id)
    for column, name in zip(st.columns(3), STATES, strict=True):
        column.metric(f"{in_words.STATE[name]} {year}", french.euros(cents[name]), help=in_words.STATE_HELP[name])
    address.among("chiffre", STATES)
    picked = st.segmented_control(
        "Détailler", list(STATES), required=True, format_func=in_words.STATE.__getitem__, key="chiffre"
    )
    return next(name for name in STATES if name == picked)


def total(choice: Choice, year: int, version: Version, state: State, says: str) -> None:
    """The total of the year and what it is made of."""
    cents = total_cents(data.forfait(choice.place, choice.doctor, year, version.id, state))
    left, right = st.columns([1, 2.2], gap="large")
    left.metric(f"Total {year}", french.euros(cents))
    with right:
        st.markdown(says)
        range_(choice, year, version)
        st.caption(in_words.pay_limits(version, year, data.dataset(choice.place).covers_to))


def range_(choice: Choice, year: int, version: Version) -> None:
    """The total under each assumption on the indicators."""
    total = total_cents(data.forfait(choice.place, choice.doctor, year, version.id))
    levels = data.levels(choice.place, choice.doctor, year, version.id)
    if levels is None:
        st.caption("Cet accord ne paie pas d’indicateur : le total ne dépend pas de la prévention.")
        return
    totals = tables.range_of(total, levels)
    said = [in_words.range_in_words(totals)]
    if not data.is_finished(choice.place, year):
        possible = data.figures(choice.place, choice.doctor, year, version.id)["plein"]
        said.append(in_words.beyond_targets(possible, totals))
    st.markdown(" ".join(said))

    def draw() -> None:
        base = total - sum(one.today_cents for one in levels)
        shown = {name: cents - base for name, cents in totals.items()}
        tabular.table(tables.range_table(totals, shown), "Trois hypothèses", "trois_hypotheses")
        st.caption("Taux nationaux : diaporama du 14 mars 2024. Cibles : hypothèse de ce programme.")

    widgets.folded("Trois hypothèses sur les indicateurs", "hypotheses_indicateurs", draw)


def parts(lines_by_part: dict[str, int], says: str) -> None:
    """The total as steps; a click on one opens its lines."""
    rows = tables.waterfall(lines_by_part)
    spec = widgets.pickable(sized(charts.waterfall(), rows.num_rows, 34), "label")
    if mark := widgets.picked(rows, spec, says, "cascade"):
        part = next((part for part in lines_by_part if words.PART[part] == mark["label"]), "")
        st.session_state["ligne_ouverte"], st.session_state["onglet_forfait"] = part, None
        st.rerun()
    widgets.figures(rows, spec, says, {"label": "Part", "euros": "Euros"}, "cascade")


def patients_of_line(choice: Choice, lines: Sequence[PayLine], named: Mapping[str, str]) -> None:
    """A part or a line opens to the patients it is paid for: who they are, never what each of them brings."""
    found: dict[str, tuple[str, list[str]]] = {}
    for one in lines:
        if one.patient_id:
            whole = words.PART[one.part]
            line = f"{whole} : {named.get(one.line, one.label)}"
            for key, said in ((one.part, whole), (f"{one.part} {one.line}", line)):
                found.setdefault(key, (said, []))[1].append(one.patient_id)
    widgets.open_patients(choice, "Ouvrir une ligne à ses patients", "ligne_ouverte", found)


def calendar(choice: Choice, year: int, version: Version, state: State) -> None:
    """When it is paid, month by month, with what is paid beside the forfait."""
    own = tuple(st.session_state.get(OWN, {}).items())
    paid = data.calendar(choice.place, choice.doctor, year, version.id, own, state)
    if not paid:
        st.write("Rien n’est payé.")
        return
    rows, says = tables.months(paid), in_words.months_in_words(paid)
    st.markdown(says)
    widgets.chart(rows, {**charts.months(), "height": 260}, says,
                  {"month": "Mois", "part": "Part", "euros": "Euros"}, "mois")  # fmt: skip


def entered(choice: Choice) -> dict[str, int]:
    """Cents really paid, by part; empty where the mean is kept. Kept in this session alone."""
    one, other = st.columns(2)
    boxes = {"rosp": ("ROSP reçue (€)", one), "structure": ("Forfait structure reçu (€)", other)}
    found = {}
    for part, (label, column) in boxes.items():
        with column:
            given = fields.optional(label, f"saisi_{part}", 0, 100_000, placeholder="vide : la moyenne")
        if given is not None:
            found[part] = round(given * 100)
    if (cents := donum_had(choice)) is not None:
        found["donum"] = cents
    st.session_state[OWN] = found
    return found


def donum_had(choice: Choice) -> int | None:
    """Cents of the items of DONUM that the doctor ticks; None when he ticks none: a share of the ceiling is then counted."""
    known = donum.dotation()
    with st.expander("DONUM : cochez ce que vous avez"):
        had = [name for name, item in known.item.items() if _ticked(name, item.label)]
        if not had:
            st.caption("Rien n’est coché : une part du plafond est comptée, faute de savoir.")
            return None
        points = donum.points(dict.fromkeys(had, "true"), 0)
        st.caption(f"{points} points sur {known.all_points}. Sans les trois premiers, le reste ne compte pas.")
    ceilings = [one.means["donum"].amount for one in data.versions(choice.place) if "donum" in one.means]
    return donum.cents(points, ceilings[-1]) if ceilings else None


def _ticked(name: str, label: str) -> bool:
    """It stays ticked while another tab is open."""
    return st.checkbox(label, key=f"donum_{name}", persist_state="session")


def side_by_side(choice: Choice, year: int, version: Version, state: State) -> None:
    """The same list under every agreement, what each replaces included; then what moved."""
    own = entered(choice)
    known = {one.label: one for one in data.versions(choice.place)}
    lines = {
        name: data.paid(choice.place, choice.doctor, year, one.id, "", tuple(own.items()), state)
        for name, one in known.items()
    }
    says = in_words.totals_in_words(lines, version.label)
    st.markdown(says)
    bars = pay_lines.bars({name: lines_by_part(table) for name, table in lines.items()})
    spec = sized(by_part(), len(lines), 34)
    widgets.chart(bars, spec, says, PARTS, "accords")
    tabular.table(tables.side_by_side(lines), says, "accords_cote_a_cote")
    st.caption(
        "ROSP et forfait structure : moyennes par médecin en 2024, ou ce que vous avez saisi. DONUM : ce que vous avez "
        "coché, sinon une part du plafond, car la moyenne n’est pas connue. Les accords qui ne paient pas la prévention "
        "au forfait la payaient par la ROSP."
    )
    what_moved(choice, version, known, lines)


def what_moved(choice: Choice, version: Version, known: dict[str, Version], lines: dict[str, pa.Table]) -> None:
    """Line by line, from another agreement to this one."""
    others = {one.id: name for name, one in known.items() if name != version.label}
    usual = defaults().forfait.compared_with
    address.among("depuis", list(others), usual if usual in others else None)
    other = others[
        str(st.selectbox("Ce qui change depuis", list(others), format_func=others.__getitem__, key="depuis"))
    ]
    found = results.across({known[other].id: lines[other], version.id: lines[version.label]})
    changes = tables.moved(found, (known[other], version), labels(choice, version) | labels(choice, known[other]))
    if not changes:
        st.write("Aucune ligne ne change.")
        return
    tabular.table(pay_lines.printed(changes), f"Ce qui change depuis {other}", None)
    widgets.export_buttons(pay_lines.exported(changes), f"ecarts-{version.id}", "export_ecarts")


def open_points(choice: Choice, year: int, version: Version) -> None:
    """What the agreement leaves open, what was chosen, and what the other reading moves."""
    if not version.open_point:
        st.write("Cet accord ne laisse pas de point ouvert.")
        return
    rows = data.tornado(choice.place, choice.doctor, year, version.id)
    says = in_words.tornado_in_words(rows)
    st.markdown(f"{french.count(len(version.open_point), 'point ouvert', 'points ouverts')}. {says}")
    bars = tables.tornado(rows)
    if bars.num_rows:
        spec = sized(moves(), bars.num_rows)
        widgets.chart(bars, spec, says, {"label": "Point ouvert", "euros": "Euros par an"}, "tornade")
    tabular.table(tables.open_points(rows), says, "points_ouverts")
    st.caption("Chaque autre lecture est essayée seule. La page Scénarios permet de les choisir.")


def one_more_point(choice: Choice, year: int, version: Version) -> None:
    """What one more point of each indicator is worth for this list."""
    levels = data.levels(choice.place, choice.doctor, year, version.id)
    if levels is None:
        st.write("Cet accord ne paie pas d’indicateur.")
        return
    st.markdown(in_words.points_in_words(levels, labels(choice, version)))
    if not data.is_finished(choice.place, year):
        st.caption(in_words.rates_to_come(year))
    table = tables.points(levels, labels(choice, version))
    tabular.table(tables.printed_points(table), "Valeur de chaque indicateur", None)
    widgets.export_buttons(table, f"indicateurs-{year}-{version.id}", "export_points")


def soon_unseen(choice: Choice, version: Version) -> None:
    """Patients not seen for 20 to 24 months: a number here, names on the worklist."""
    day = min(choice.as_of, data.dataset(choice.place).covers_to)
    st.info(
        in_words.unseen_in_words(data.soon_unseen(choice.place, choice.doctor, day, version.id)),
        icon=":material/event_busy:",
    )


def of_the_year(choice: Choice) -> None:
    """The year's pay on the first page: its total, or the three figures of a year that is not finished; why none."""
    year = choice.as_of.year
    st.markdown(f"#### Forfait {year}")
    try:
        version = data.version(choice.place, data.version_in_force(choice.place, year))
        said = why_not(choice, year, version)
    except UserError as reason:
        st.markdown(str(reason))
        return
    if said:
        st.markdown(said)
    else:
        st.caption(version.label)
        in_figures(data.figures(choice.place, choice.doctor, year, version.id), data.is_finished(choice.place, year))
        st.caption(in_words.pay_limits(version, year, data.dataset(choice.place).covers_to))
    st.page_link("pages/forfait.py", label="Ouvrir le forfait", icon=":material/arrow_forward:",
                 query_params=widgets.url_of(choice))  # fmt: skip


def in_figures(cents: Mapping[State, int], finished: bool) -> None:
    """The total; of a year that is not finished, what is acquired, the trend and what is possible, to two figures."""
    if finished:
        st.metric("Total", french.euros(cents["acquis"]))
        return
    with st.container(horizontal=True):  # on a narrow card they go to the line rather than be cut
        for name in STATES:
            about = french.about_euros(cents[name])
            st.metric(in_words.STATE[name], about, help=in_words.STATE_HELP[name], width="content")
    st.caption(in_words.WHAT_THEY_ARE)


def why_not(choice: Choice, year: int, version: Version) -> str:
    """Why there is no pay to draw; empty when there is one."""
    cautions = data.cautions(choice.place, choice.doctor, year, version.id)
    if alone := [one for one in cautions if one.code == "un_seul_patient"]:
        return in_words.capital(in_words.caution(alone[0]))
    lines = data.pay_lines(choice.place, choice.doctor, year, version.id)
    return in_words.unpaid(lines) or ("" if lines else in_words.pay({}, 0))


def sentence(choice: Choice, year: int, version: Version) -> str:
    """What the figure is, or why there is none."""
    if said := why_not(choice, year, version):
        return said
    if data.is_finished(choice.place, year):
        return ""
    return in_words.figures(data.figures(choice.place, choice.doctor, year, version.id))


def pay_sentence(choice: Choice, year: int, version: Version) -> str:
    """The year's pay in one sentence for the printed page, or why there is none."""
    try:
        if said := why_not(choice, year, version):
            return said
        parts = lines_by_part(data.forfait(choice.place, choice.doctor, year, version.id))
        said = f"{version.label}, {year} : {in_words.pay(parts, sum(parts.values()))}"
        return said if data.is_finished(choice.place, year) else f"{said} {sentence(choice, year, version)}"
    except UserError as reason:
        return str(reason)
