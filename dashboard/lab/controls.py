"""The scenario lab on screen: three drafts kept in the session and in the link, and the controls of one."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calculators import french
from calculators.defaults import defaults
from calculators.forfait.scenario import encode_changes, scenario_from_toml, scenario_toml
from calculators.forfait.version import Change, Scenario, Version
from dashboard import data, fields, widgets
from dashboard.data import Place
from dashboard.lab import drafts, in_words
from dashboard.lab.drafts import SECTIONS, Control, Draft
from dashboard.lab.history import History

STYLE = """<style>
[data-testid=stElementToolbar] {opacity: 1 !important; z-index: 9 !important}
.st-key-vue button {padding-inline: .6rem}
[class*="st-key-preset_"] button * {white-space: normal !important; overflow: visible !important}
</style>"""
"""The toolbar of a chart, which saves its image, is otherwise seen only under the pointer; the views stand on one line of a
projector; the name of a scenario goes to the line rather than be cut."""


NOTHING_DONE = (
    "Rien à annuler encore. L’historique part de l’ouverture de la page : la recharger garde le scénario, et oublie ses "
    "étapes."
)
NAMES = ("Scénario 1", "Scénario 2", "Scénario 3")


def here() -> Place:
    """The data folder on screen: its agreements and scenarios are offered beside those that ship."""
    place: Place = st.session_state["choice"].place
    return place


def agreements() -> dict[str, Version]:
    """Agreements to start from, by id."""
    return {version.id: version for version in data.versions(here())}


def short_names(known: Iterable[Version]) -> dict[str, str]:
    """What a narrow list calls them, by id: their short names, whole labels where two would be called alike."""
    given = list(known)
    held = Counter(one.name for one in given)
    return {one.id: one.name if held[one.name] == 1 else one.label for one in given}


def at_first() -> list[Draft]:
    """The drafts the lab opens on; the latest agreement in place of one that cannot be used."""
    known = list(agreements())
    return [Draft(name if name in known else known[-1]) for name in defaults().forfait.drafts]


def kept() -> list[Draft]:
    """The three drafts of this session."""
    state = st.session_state
    if "lab" not in state:
        state["lab"], state["lab_turn"] = at_first(), 0
    known = list(agreements())
    for place, draft in enumerate(state["lab"]):
        if draft.base not in known:  # it lay beside other data
            state["lab"][place] = at_first()[place]
    return list(state["lab"])


def start_with(given: Sequence[Draft]) -> None:
    """The three drafts of a link: a step like another, which can be undone."""
    state = st.session_state
    if list(given) != kept():
        if "lab_written" in state:  # something was on screen
            history().add(state["lab"])
        state["lab"] = list(given)
        state["lab_turn"] += 1


def history() -> History:
    """The steps of this session."""
    known: History = st.session_state.setdefault("lab_history", History())
    return known


def keep(place: int, draft: Draft) -> None:
    """Remember a draft."""
    held = st.session_state["lab"]
    if held[place] != draft:
        history().add(held)
        st.session_state["lab"] = [*held[:place], draft, *held[place + 1 :]]


def replace(place: int, draft: Draft) -> None:
    """Put another draft in a slot: its controls start again from it."""
    keep(place, draft)
    st.session_state["lab_turn"] += 1


def go(step: Callable[[Sequence[Draft]], list[Draft]]) -> None:
    """To the drafts of another step."""
    state = st.session_state
    state["lab"] = step(state["lab"])
    state["lab_turn"] += 1


def steps(above: DeltaGenerator) -> None:
    """Undo, redo, and what was done, the last first."""
    known = history()
    if not (known.past or known.undone):
        above.caption(NOTHING_DONE)
        return
    with above, st.container(horizontal=True, gap="small"):
        st.button("Annuler", key="lab_annuler", type="tertiary", icon=":material/undo:", disabled=not known.past,
                  on_click=go, args=(known.undo,))  # fmt: skip
        st.button("Rétablir", key="lab_retablir", type="tertiary", icon=":material/redo:", disabled=not known.undone,
                  on_click=go, args=(known.redo,))  # fmt: skip
        with st.popover("Historique", icon=":material/history:", type="tertiary", disabled=not known.past):
            st.caption("Revenir à ce qui était avant :")
            seen = [*known.past, tuple(st.session_state["lab"])]
            for step in range(len(known.past) - 1, -1, -1):
                said = in_words.step_in_words(seen[step], seen[step + 1], agreements(), indicators)
                st.button(said, key=f"etape_{step}", width="stretch", on_click=go, args=(partial(known.back_to, step),))


def version_of(draft: Draft) -> Version:
    """The version a draft describes. Raises RuleError in French."""
    return data.scenario(here(), draft.base, encode_changes(draft.changes))


def edit(place: int, draft: Draft) -> Draft:
    """Controls of one draft; what they say becomes the draft."""
    labels = short_names(agreements().values())
    turn = st.session_state["lab_turn"]
    names = list(labels)
    base = st.selectbox(
        "Partir de", names, index=names.index(draft.base), format_func=lambda n: labels[n], key=f"base_{place}_{turn}"
    )
    if base != draft.base:
        draft = Draft(str(base), {})
    one_click(place, draft)
    version = data.version(here(), draft.base)
    general = draft.changes.get("prevention.amount")
    given = drafts.controls(version, indicators(version), None if general is None else float(general))
    values: dict[str, float] = {}
    for section in SECTIONS:
        held = [control for control in given if control.section == section]
        where = f"{place}_{turn}_{draft.base}"
        moved = sum(_now(one, draft.changes, where) != one.value for one in held)
        if held:
            said = section + (f" · {moved} modifié{'s' if moved > 1 else ''}" if moved else "")
            with st.expander(said, key=f"section_{place}_{section}"):
                values |= {one.key: move(one, draft.changes, where) for one in held}
    made = Draft(draft.base, drafts.collected(given, values, draft.changes))
    if left := drafts.unsaid(given, version, made.changes):
        st.caption(in_words.unsaid_in_words(left, version))
    return made


def _key(control: Control, where: str) -> str:
    return f"lab_{where}_{control.key}_{control.value:g}"


def _now(control: Control, changes: Mapping[str, Change], where: str) -> float:
    """What the control says in this run: what was just typed, else the value the draft gives it."""
    return float(st.session_state.get(_key(control, where), control.shown(changes)))


def move(control: Control, changes: Mapping[str, Change], where: str) -> float:
    """One plain control, at the value the draft gives it."""
    key, value = _key(control, where), control.shown(changes)
    if control.kind == "choice":
        options = list(range(len(control.options)))
        picked = st.selectbox(
            control.label, options, index=int(value), format_func=lambda n: control.options[n], key=key
        )
        return float(picked or 0)
    most = drafts.MOST[control.kind]
    return fields.number(control.label, key, value, 0, most, whole=control.kind == "whole")


def one_click(place: int, draft: Draft) -> None:
    """What a button changes at once, and back to the agreement as it is."""
    given = dict(data.rules(here()).scenarios)
    for name in [name for name in defaults().forfait.in_sight if name in given]:
        preset(place, draft, name, given.pop(name))
    with st.container(horizontal=True, gap="small"):
        with st.popover("Autres", icon=":material/list:"):
            for name, other in given.items():
                preset(place, draft, name, other)
        st.button("Revenir à l’accord", key=f"reset_{place}", icon=":material/undo:", on_click=replace,
                  args=(place, Draft(draft.base)))  # fmt: skip


def preset(place: int, draft: Draft, name: str, given: Scenario) -> None:
    """One button; nothing when the agreement cannot be changed as it says."""
    changes = data.rules(here()).applicable(data.version(here(), draft.base), given.changes)
    if drafts.is_offered(given, changes, list(agreements())):
        st.button(
            given.label or name,
            key=f"preset_{place}_{name}",
            help=given.why,
            width="stretch",
            on_click=replace,
            args=(place, drafts.with_preset(draft, given, changes)),
        )


def indicators(version: Version) -> dict[str, str]:
    paid = data.rules(here()).set_of(version)
    return {one.id: one.label for one in paid.indicators} if paid else {}


def on_paper(draft: Draft) -> str:
    """What the scenario changes, in one line; empty of an agreement as it is."""
    version = data.version(here(), draft.base)
    moved = in_words.changes_in_words(draft, version, indicators(version))
    left = drafts.unsaid(drafts.controls(version, indicators(version)), version, draft.changes)
    said = f"{french.NBSP}; ".join(one.replace("**", "") for one in moved)
    parts = [f"{version.name}, changé{french.NBSP}: {said}." if said else ""]
    parts += [in_words.unsaid_in_words(left, version)] if left else []
    return " ".join(filter(None, parts))


def files(place: int, draft: Draft) -> None:
    """The draft as a file; a file opens here too."""
    name = st.text_input("Nom du scénario", value="Mon scénario", key=f"name_{place}")
    st.download_button(
        "Enregistrer (TOML)",
        data=scenario_toml(draft.base, draft.changes, label=name),
        file_name="scenario.toml",
        mime="application/toml",
        key=f"toml_{place}",
        icon=":material/save:",
        on_click="ignore",
    )
    st.html(fields.french_files("ou le déposer ici", "1 Mo"))
    file = st.file_uploader("Ouvrir un scénario (TOML)", type=["toml"], key=f"open_{place}", max_upload_size=1)
    if file and st.session_state.get("lab_file") != file.file_id:
        st.session_state["lab_file"] = file.file_id
        given = scenario_from_toml(file.getvalue().decode("utf-8", "replace"), file.name)
        Draft.read(given.base, list(agreements()))  # an agreement that is known here
        replace(place, Draft(given.base, given.changes))
        st.rerun()


def chart(
    rows: pa.Table, spec: dict[str, Any], says: str, columns: dict[str, str], key: str, of_country: bool = True
) -> None:
    """A chart, its figures, and both as files. `of_country`: is it about the population of reference?"""
    source = in_words.source(data.country(), date.today()) if of_country else ""
    widgets.chart(rows, spec, says.replace("*", ""), columns, key, source)
