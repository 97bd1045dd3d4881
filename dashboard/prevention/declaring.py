"""What the doctor says of a patient and an act: recorded beside the data when they are his, else for this session only."""

import os
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import streamlit as st
from pydantic import ValidationError

from calculators import french
from calculators.errors import UserError
from calculators.prevention import declarations
from calculators.prevention.declarations import Declaration
from dashboard import address, data, tabular, widgets
from dashboard.data import Place
from dashboard.widgets import Choice


def everything(place: Place) -> list[Declaration]:
    """All declarations on these data, oldest first."""
    return data.declared(place).known + unwritten(place, "declarations")


def unwritten(place: Place, what: str) -> list[Any]:
    """What was said of data that cannot be written beside: until the server stops, or the visit ends."""
    if place.uploaded:
        return list(st.session_state.get(what, {}).get(place.path, []))
    return address.said(place.path, what)


def keep_unwritten(place: Place, what: str, one: Any) -> None:
    if place.uploaded:
        st.session_state.setdefault(what, {}).setdefault(place.path, []).append(one)
    else:
        address.say(place.path, what, one)


def said(choice: Choice) -> tuple[str, ...]:
    """Declarations that hold, as JSON. What was said up to now counts whatever the day judged: data always end earlier."""
    known = declarations.holding(everything(choice.place), max(choice.as_of, datetime.now().date()))
    return tuple(one.model_dump_json() for one in known.values())


def is_kept(place: Place) -> bool:
    """Can the declarations be written beside the data? Never for the sample, nor for a file imported in this session."""
    return not data.is_sample(place) and not place.uploaded and os.access(place.path, os.W_OK)


def declare(place: Place, declaration: Declaration) -> None:
    """Keep one declaration. Raises UserError (French)."""
    if is_kept(place):
        declarations.declare(Path(place.path), declaration)
    else:
        keep_unwritten(place, "declarations", declaration)


KINDS = {
    "fait_ailleurs": "Fait ailleurs le…",
    "refus": "Refusé",
    "non_applicable": "Ne s’applique pas parce que…",
    "concerne": "Concerné : l’exclusion possible ne s’applique pas",
    "retrait": "Retirer ce que j’ai déclaré",
}


def counted(place: Place) -> Counter[tuple[str, str]]:
    """How many times something was said of each (patient, indicator)."""
    return Counter((one.patient_id, one.indicator) for one in everything(place))


def form(choice: Choice, patient: str, indicator: str, times: int, already: bool, doubtful: bool) -> None:
    """Say something of one act of one patient, of which something was said `times` before and holds `already`; whether he
    is concerned, where an exclusion makes it `doubtful`."""
    key = f"{patient}_{indicator}_{times}"  # another one, closed and empty, once something was declared
    with st.popover("Corriger", icon=":material/edit:", key=f"corriger_{key}"):
        if st.button("Refusé, sans motif", key=f"refuse_{key}", icon=":material/block:"):
            at = datetime.now().replace(microsecond=0)
            known = {"patient_id": patient, "indicator": indicator, "by": choice.doctor, "at": at}
            _record(choice, known | {"kind": "refus"})
        _fields(choice, patient, indicator, key, already, doubtful)


def _fields(choice: Choice, patient: str, indicator: str, key: str, already: bool, doubtful: bool) -> None:
    """All that can be said."""
    with st.form(f"declarer_{key}", border=False):
        kinds = [kind for kind in KINDS if {"retrait": already, "concerne": doubtful}.get(kind, True)]
        kind = st.radio("Ce que vous savez", kinds, format_func=KINDS.__getitem__, key=f"quoi_{key}")
        on = st.date_input("Fait le", value=None, format="DD/MM/YYYY", max_value=datetime.now().date(), key=f"le_{key}")
        reason = st.text_input("Parce que", max_chars=500, key=f"raison_{key}")
        if st.form_submit_button("Enregistrer"):
            _record(choice, {
                "patient_id": patient, "indicator": indicator, "kind": kind, "reason": reason or "", "by": choice.doctor,
                "on": on if kind == "fait_ailleurs" else None, "at": datetime.now().replace(microsecond=0),
            })  # fmt: skip


def _record(choice: Choice, given: dict[str, Any]) -> None:
    if _declared(choice, given):
        st.rerun()


def say(choice: Choice, patient: str, indicators: list[str], kind: str, on: date | None) -> bool:
    """The same of several acts at once, all or none of what is incomplete; false when it was refused, which is told."""
    at = datetime.now().replace(microsecond=0)
    known = {"patient_id": patient, "kind": kind, "by": choice.doctor, "on": on, "at": at}
    return all(_declared(choice, known | {"indicator": one}) for one in indicators)


def _declared(choice: Choice, given: dict[str, Any]) -> bool:
    """Keep one; false when it was refused, which is told."""
    try:
        declare(choice.place, Declaration.model_validate(given))
    except ValidationError as faults:
        causes = [fault.get("ctx", {}).get("error", fault["msg"]) for fault in faults.errors()]
        st.error("Rien n’a été enregistré : " + " ; ".join(map(str, causes)) + ".")
    except UserError as reason:
        st.error(str(reason))
    else:
        return True
    return False


def where(place: Place) -> str:
    """Where what is declared is kept, for the doctor."""
    if is_kept(place):
        return f"Ce que vous déclarez est ajouté à « {declarations.FILE} », à côté des données, qui ne changent pas."
    until = "la fermeture de la page" if place.uploaded else "l’arrêt du programme"
    return (
        f"Ce que vous déclarez ici est gardé jusqu’à {until} seulement : ces données sont fictives, "
        "importées ou protégées en écriture. Exportez vos déclarations pour les garder."
    )


def panel(choice: Choice) -> None:
    """Everything declared on these data, and its export."""
    st.caption(where(choice.place))
    known = everything(choice.place)
    if not known:
        return
    with st.expander(french.count(len(known), "déclaration")):
        shown = table(known, data.labels(choice.place))
        tabular.grid(shown, "Déclarations", "declarations_liste", offered=True, placeholder="")
        widgets.export_buttons(shown, f"declarations-{choice.as_of}", key="export_declarations")


def table(known: list[Declaration], labels: dict[str, str]) -> pa.Table:
    """Declarations in words, oldest first."""
    return pa.table(
        {
            "Patient": [one.patient_id for one in known],
            "Indicateur": [labels.get(one.indicator, one.indicator) for one in known],
            "Déclaration": [KINDS[one.kind].removesuffix("…") for one in known],
            "Fait le": pa.array([one.on for one in known], pa.date32()),
            "Raison": [one.reason for one in known],
            "Déclaré par": [one.by for one in known],
            "Déclaré le": pa.array([one.at.date() for one in known], pa.date32()),
            "À": [f"{one.at:%H:%M}" for one in known],
        }
    )
