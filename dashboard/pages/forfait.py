"""What am I paid for the year, line by line, and what would another agreement pay?"""

import streamlit as st

from calculators.forfait.version import Version
from dashboard import charts, data, pay, sentences, widgets, wording
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Forfait médecin traitant")
    year, version = pick(choice)
    lines = data.forfait(choice.place, choice.doctor, year, version.id)
    if not lines.num_rows:
        st.info(sentences.pay({}, 0), icon=":material/info:")
        widgets.method_link(choice, "forfait")
        return
    total, table = pay.total(lines), pay.by_line(lines, version, indicator_labels(version))
    left, right = st.columns([1, 2.2], gap="large", vertical_alignment="center")
    left.metric(f"Total {year}", wording.euros(total))
    right.markdown(sentences.pay(pay.by_part(lines), total))
    right.caption(sentences.pay_limits(year, data.dataset(choice.place).covers_to))
    stakes(choice, year, version)
    st.subheader("Ligne par ligne")
    st.table(
        pay.printed(table), hide_index=True, border="horizontal", alt="Lignes du forfait, dont la somme est le total"
    )
    widgets.export_button(
        pay.exported(table, choice.doctor, year, version), f"forfait-{year}-{version.id}", "export_forfait"
    )
    hypotheses(version)
    versions(choice, year)
    widgets.method_link(choice, "forfait")


def pick(choice: Choice) -> tuple[int, Version]:
    """The year paid and the agreement; by default the one in force."""
    last, first = choice.as_of.year, data.dataset(choice.place).covers_from.year
    years = list(range(last, max(first, last - 3), -1)) or [last]
    one, other = st.columns([1, 3], gap="medium")
    year = int(one.selectbox("Année payée", years, key="annee_forfait") or last)
    known = {version.id: version for version in data.versions()}
    names = list(known)
    start = names.index(data.version_in_force(year))
    name = other.selectbox("Accord", names, index=start, format_func=lambda n: known[n].label, key=f"accord_{year}")
    return year, known[str(name)]


def indicator_labels(version: Version) -> dict[str, str]:
    if version.indicator_set is None:
        return {}
    return {indicator.id: indicator.label for indicator in data.indicator_set(version.indicator_set).indicators}


def stakes(choice: Choice, year: int, version: Version) -> None:
    """Patients whose rights or last contact are unknown, and what that is worth."""
    rows = data.at_stake(choice.place, choice.doctor, year, version.id).to_pylist()
    if said := sentences.at_stake(rows):
        st.info(said, icon=":material/help:")


def hypotheses(version: Version) -> None:
    """What the agreement leaves open, and what was chosen."""
    if not version.open_point:
        return
    with st.expander(
        f"{wording.count(len(version.open_point), 'point ouvert', 'points ouverts')} : ce qui est supposé ici"
    ):
        for point in version.open_point:
            others = " ; ".join(alternative.label for alternative in point.alternative)
            st.markdown(f"**{point.label}** — retenu : {point.default}. Autre lecture : {others}.")


def versions(choice: Choice, year: int) -> None:
    """The same list under every agreement."""
    st.subheader("La même liste sous chaque accord")
    known = data.versions()
    lines = {v.label: data.forfait(choice.place, choice.doctor, year, v.id) for v in known}
    rows = pay.compared(lines)
    says = sentences.versions(lines)
    st.markdown(says)
    st.vega_lite_chart(rows, charts.sized(charts.parts(), len(lines), 36), width="stretch", alt=says, key="accords")
    st.table(pay.side_by_side(lines), hide_index=True, border="horizontal", alt=says)
    st.caption(
        "Hors ROSP, forfait structure, DONUM et aide à l’installation : ces montants ne se déduisent pas de la liste. "
        "Les accords qui ne paient pas la prévention au forfait la payaient par la ROSP."
    )


widgets.page(show)
