"""Sections of the page « Forfait »: range, months, the other agreements, open points, what one more point is worth."""

import pyarrow as pa
import streamlit as st

from calculators import french, results
from calculators.defaults import defaults
from calculators.forfait.pay import lines_by_part
from calculators.forfait.version import Version
from dashboard import data, widgets
from dashboard.charts import by_part, moves, sized
from dashboard.forfait import charts, in_words, tables
from dashboard.widgets import Choice
from dashboard.words import pay_lines


def labels(choice: Choice, version: Version) -> dict[str, str]:
    """Names of the prevention lines of a version."""
    paid = data.rules(choice.place).set_of(version)
    return {one.id: one.label for one in paid.indicators} if paid else {}


def range_(choice: Choice, year: int, version: Version, total: int) -> None:
    """The total under each assumption on the indicators."""
    levels = data.levels(choice.place, choice.doctor, year, version.id)
    if levels is None:
        st.caption("Cet accord ne paie pas d’indicateur : le total ne dépend pas de la prévention.")
        return
    totals = tables.range_of(total, levels)
    st.markdown(in_words.range_in_words(totals))
    with st.expander("Trois hypothèses sur les indicateurs"):
        base = total - sum(one.today_cents for one in levels)
        shown = {name: cents - base for name, cents in totals.items()}
        st.table(tables.range_table(totals, shown), hide_index=True, border="horizontal", alt="Trois hypothèses")
        st.caption("Taux nationaux : diaporama du 14 mars 2024. Cibles : hypothèse de ce programme.")


def parts(lines_by_part: dict[str, int], says: str) -> None:
    """The total as steps."""
    rows = tables.waterfall(lines_by_part)
    spec = sized(charts.waterfall(), rows.num_rows, 34)
    widgets.chart(rows, spec, says, {"label": "Part", "euros": "Euros"}, "cascade")


def calendar(choice: Choice, year: int, version: Version, own: dict[str, int]) -> None:
    """When it is paid, month by month, with what is paid beside the forfait."""
    paid = data.calendar(choice.place, choice.doctor, year, version.id, tuple(own.items()))
    if not paid:
        st.write("Rien n’est payé.")
        return
    rows, says = tables.months(paid), in_words.months_in_words(paid)
    st.markdown(says)
    widgets.chart(rows, {**charts.months(), "height": 260}, says,
                  {"month": "Mois", "part": "Part", "euros": "Euros"}, "mois")  # fmt: skip
    widgets.export_button(rows, f"calendrier-{year}-{version.id}", "export_mois")


def entered() -> dict[str, int]:
    """Cents really paid, by part; empty where the mean is kept. Kept in this session alone."""
    one, other = st.columns(2)
    fields = {"rosp": ("ROSP reçue (€)", one), "structure": ("Forfait structure reçu (€)", other)}
    found = {}
    for part, (label, column) in fields.items():
        given = column.number_input(label, min_value=0, max_value=100_000, value=None, step=100, key=f"saisi_{part}",
                                    placeholder="vide : la moyenne")  # fmt: skip
        if given is not None:
            found[part] = round(given * 100)
    return found


def side_by_side(choice: Choice, year: int, version: Version) -> dict[str, int]:
    """The same list under every agreement, what each replaces included; then what moved."""
    own = entered()
    known = {one.label: one for one in data.versions(choice.place)}
    lines = {
        name: data.paid(choice.place, choice.doctor, year, one.id, "", tuple(own.items()))
        for name, one in known.items()
    }
    says = in_words.totals_in_words(lines, version.label)
    st.markdown(says)
    bars = pay_lines.bars({name: lines_by_part(table) for name, table in lines.items()})
    spec = sized(by_part(), len(lines), 34)
    st.vega_lite_chart(bars, spec, width="stretch", alt=says, key="accords")
    st.table(tables.side_by_side(lines), hide_index=True, border="horizontal", alt=says)
    st.caption(
        "ROSP et forfait structure : moyennes par médecin en 2024, ou ce que vous avez saisi. DONUM : plafond, la moyenne "
        "n’est pas connue. Les accords qui ne paient pas la prévention au forfait la payaient par la ROSP."
    )
    what_moved(choice, version, known, lines)
    return own


def what_moved(choice: Choice, version: Version, known: dict[str, Version], lines: dict[str, pa.Table]) -> None:
    """Line by line, from another agreement to this one."""
    others = [name for name in known if name != version.label]
    usual = data.version(choice.place, defaults().forfait.compared_with).label
    start = others.index(usual) if usual in others else 0
    other = str(st.selectbox("Ce qui change depuis", others, index=start, key="depuis"))
    found = results.across({known[other].id: lines[other], version.id: lines[version.label]})
    changes = tables.moved(found, (known[other], version), labels(choice, version) | labels(choice, known[other]))
    if not changes:
        st.write("Aucune ligne ne change.")
        return
    st.table(pay_lines.printed(changes), hide_index=True, border="horizontal", alt=f"Ce qui change depuis {other}")
    widgets.export_button(pay_lines.exported(changes), f"ecarts-{version.id}", "export_ecarts")


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
        st.vega_lite_chart(bars, spec, width="stretch", alt=says, key="tornade")
    st.table(tables.open_points(rows), hide_index=True, border="horizontal", alt=says)
    st.caption("Chaque autre lecture est essayée seule. La page Scénarios permet de les choisir.")


def one_more_point(choice: Choice, year: int, version: Version) -> None:
    """What one more point of each indicator is worth for this list."""
    levels = data.levels(choice.place, choice.doctor, year, version.id)
    if levels is None:
        st.write("Cet accord ne paie pas d’indicateur.")
        return
    st.markdown(in_words.points_in_words(levels, labels(choice, version)))
    table = tables.points(levels, labels(choice, version))
    st.table(tables.printed_points(table), hide_index=True, border="horizontal", alt="Valeur de chaque indicateur")
    widgets.export_button(table, f"indicateurs-{year}-{version.id}", "export_points")


def soon_unseen(choice: Choice, version: Version) -> None:
    """Patients not seen for 20 to 24 months: a number here, names on the worklist."""
    day = min(choice.as_of, data.dataset(choice.place).covers_to)
    st.info(
        in_words.unseen_in_words(data.soon_unseen(choice.place, choice.doctor, day, version.id)),
        icon=":material/event_busy:",
    )
