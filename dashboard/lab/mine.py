"""« Et moi ? »: three numbers, and what every agreement would pay, with what they leave open."""

import pyarrow as pa
import streamlit as st

from calculators import french
from calculators.forfait.alike import PaidAlike, entries
from calculators.forfait.version import Version
from dashboard import data, fields, widgets
from dashboard.charts import sized
from dashboard.lab import charts, controls, figures, in_words
from dashboard.lab.slides import FICTIVE
from dashboard.widgets import Choice

OPEN = (
    "La fourchette est ce que trois nombres ne disent pas : les autres âges, la C2S, les patients non vus, la prévention, "
    "la zone, l’ancienneté."
)


def show(choice: Choice, other: Version, with_means: bool) -> None:
    asked = ask()
    if asked is None:
        return
    found = data.paid_alike(choice.place, *asked, other.id, with_means)
    if not found:
        st.info("La population de référence ne permet de calculer aucun accord.")
        return
    st.markdown(in_words.alike(found[-1], other))
    figures.table(*told(found, other))
    share, simulated = entries().high - entries().low, found[0].pay.simulated
    st.caption(
        f"Sous chaque montant, où sont {share}{french.THIN}% des {french.number(simulated)} listes simulées, ramenées à ces "
        f"trois nombres. {french.ROUNDED_APART} {OPEN} {FICTIVE}"
    )
    widgets.export_buttons(exported(found, other), "et-moi", "export_moi")
    columns = {"version": "Accord", "low": "Au moins (€)", "middle": "Autour de (€)", "high": "Au plus (€)"}
    rows = pa.Table.from_pylist(
        [{"version": one.version.name, "low": one.pay.low / 100, "middle": one.pay.middle / 100,
          "high": one.pay.high / 100} for one in found]
    )  # fmt: skip
    says = "Pour chaque accord, la fourchette de ce qu’il paierait et son milieu."
    controls.chart(rows, sized(charts.ranges(), len(found), 30), says, columns, "moi")


def ask() -> tuple[int, int, int] | None:
    """The three numbers; nothing, and why, when they cannot be those of a list."""
    bounds = entries()
    one, two, three = st.columns(3)
    with one:
        patients = fields.number("Mes patients", "moi_patients", 1_000, bounds.least, bounds.most, whole=True)
    with two:
        ald = fields.number("dont en ALD", "moi_ald", 230, 0, bounds.most, whole=True)
    with three:
        old = fields.number(f"dont {bounds.old_from} ans et plus", "moi_ages", 80, 0, bounds.most, whole=True)
    for part, what in ((ald, "en ALD"), (old, f"de {bounds.old_from} ans et plus")):
        if part > patients:
            st.error(
                f"{french.number(part)} patients {what} sur une liste de {french.number(patients)} : corrigez l’un des deux."
            )
            return None
    return int(patients), int(ald), int(old)


def told(found: list[PaidAlike], other: Version) -> tuple[list[str], list[list[in_words.Figure]]]:
    """Headings, and a row per agreement."""
    heads = ["Accord", "Payé par an", f"Écart avec {other.name}"]
    return heads, [
        [(one.version.name, ""), in_words.spread(one.pay),
         ("comparaison", "") if one.version.id == other.id else in_words.spread(one.gap, signed=True)]
        for one in found
    ]  # fmt: skip


def exported(found: list[PaidAlike], other: Version) -> pa.Table:
    """For a spreadsheet."""
    ends = (("low", "au moins"), ("middle", "autour de"), ("high", "au plus"))
    return pa.Table.from_pylist(
        [
            {"Accord": one.version.label, "Listes simulées": one.pay.simulated,
             **{f"Payé, {words} (€)": getattr(one.pay, end) / 100 for end, words in ends},
             **{f"Écart avec {other.name}, {words} (€)": getattr(one.gap, end) / 100 for end, words in ends}}
            for one in found
        ]
    )  # fmt: skip
