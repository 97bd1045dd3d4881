"""The whole state of the lab, in the session and in the address: what a link opens, another browser shows.

Values of the controls are kept beside them (`lab_shown`), for a control that is not drawn forgets its own. The address
always carries the state that is on screen: a refresh, the back button and a copied link find it again.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.forfait.country import scales
from dashboard import data
from dashboard.lab import controls, link, national, outcomes, slides, views
from dashboard.lab.drafts import Draft, inflation
from dashboard.lab.link import Shown
from dashboard.widgets import Choice
from dashboard.words import plain

VIEWS = {
    "accords": "Accords",
    "moi": "Et moi ?",
    "liste": "Cette liste",
    "cabinets": "Cabinets",
    "pays": "Pays",
    "perdants": "Qui perd",
    "budget": "Budget",
    "trois": "Les trois",
    "variantes": "Variantes",
    "partager": "Partager",
}
WIDE = ("accords", "moi", "variantes")
"""Views in which no scenario is edited."""
ASKED = "lien"
OLDER = ("s1", "s2", "s3")
"""What the address carried before: the scenarios alone."""
JUST_NOW = 1.5
"""Seconds during which the browser may still send the address that was just replaced."""
KEYS = {
    "active": "scenario_actif", "compared": "compare_a", "means": "avec_moyennes", "view": "vue",
    "beyond": "perd_au_dela", "scale": "montants_pour", "envelope": "enveloppe", "rise": "hausse",
    "inflation": "inflation", "years": "annees_inflation", "constant": "euros_constants", "trait": "selon",
    "slides": "ecrans", "detail": "en_detail", "grouped": "regrouper", "variant": "variante",
    "patients": "moi_patients", "ald": "moi_ald", "old": "moi_ages",
}  # fmt: skip
"""Field of `link.Shown`: key of its control."""
NOT_HERE = "Il vient peut-être d’une autre version du programme : demandez le fichier du scénario (TOML)."
CHANGED = (
    "Depuis que ce lien a été fait, un accord qu’il nomme ou la population de référence a changé : les chiffres ne sont "
    "plus ceux d’alors."
)
OLD_LINK = (
    "Ce lien est d’une forme ancienne : il ne dit que les scénarios, le reste est comme à l’ouverture de la page."
)


def open_address() -> None:
    """Take the link of the address, or the one that was pasted, unless it is what is on screen; then give every control
    the value it had. To call before any control of the lab is drawn."""
    state = st.session_state
    controls.kept()
    state.setdefault("lab_shown", _at_first())
    given = state.pop("lab_asked", None) or _of_address()
    state["lab_opened"] = bool(given)
    taken = _tried(given) if given else {}
    _take_older()
    for field, key in KEYS.items():
        state[key] = taken[field] if field in taken else state.get(key, state["lab_shown"][field])
    if state["compare_a"] not in controls.agreements():  # it lay beside other data
        state["compare_a"] = _at_first()["compared"]


def _of_address() -> str | None:
    """The word of the address when this session did not write it: a link, the back button."""
    asked = st.query_params.get(ASKED)
    now, before, since = st.session_state.get("lab_written", ("", "", 0.0))
    if asked in (None, now, st.session_state.get("lab_refused_link")):  # sent again before the address was written anew
        return None
    if asked == before and time.monotonic() - since < JUST_NOW:
        return None
    return str(asked)


def ask(word: str) -> None:
    """Open a link at the next run."""
    st.session_state["lab_asked"] = word


def _at_first() -> dict[str, Any]:
    """What is shown until somebody chooses."""
    told, known, usual = outcomes.told_at_first(), list(controls.agreements()), defaults().forfait.compared_with
    rate, years = inflation()
    return {
        "active": 0, "compared": usual if usual in known else known[0], "means": True, "view": "liste",
        "beyond": told.beyond_cents / 100, "scale": told.scale.id, "envelope": "constante", "rise": 5.0,
        "inflation": 100 * rate, "years": float(years), "constant": False, "trait": "", "slides": list(slides.NAMES),
        "grouped": "cabinets", "variant": "", "detail": defaults().forfait.affirmed,
        "patients": 1_000, "ald": 230, "old": 80,
    }  # fmt: skip


def _tried(word: str) -> dict[str, Any]:
    """What a link says; nothing when it cannot be shown here, and then why is kept."""
    st.session_state["lab_said"] = ""
    try:
        taken = _taken(link.decode(word))
    except UserError as mistake:
        st.session_state["lab_refused"], st.session_state["lab_refused_link"] = str(mistake), word
        return {}
    for kept in ("lab_refused", "lab_refused_link"):
        st.session_state.pop(kept, None)
    return taken


def _taken(asked: Shown) -> dict[str, Any]:
    """The values of the controls a link asks for, its scenarios taken, once all of it is known here. Raises UserError."""
    known = list(controls.agreements())
    drafts = [_draft(text, known) for text in asked.drafts]
    _demand(asked.compared, known)
    _demand_known(asked)
    controls.start_with(drafts)
    if asked.digest and asked.digest != _digest(drafts, asked.compared):
        st.session_state["lab_said"] = CHANGED
    return {**asked.model_dump(exclude={"drafts", "digest"}), "slides": list(asked.slides) or list(slides.NAMES)}


def _demand_known(asked: Shown) -> None:
    populations, variants = [one.id for one in scales()], data.variants(controls.here())
    pairs: list[tuple[str, Collection[str]]] = [
        (asked.view, VIEWS), (asked.scale, populations), (asked.trait, ["", *national.traits()]),
        (asked.envelope, national.ENVELOPES), (asked.grouped, views.GROUPED), (asked.variant, ["", *variants]),
        (asked.detail, ["", *controls.agreements()]), *((one, slides.names()) for one in asked.slides),
    ]  # fmt: skip
    for given, among in pairs:
        if given not in among:
            raise UserError(f"Ce lien demande ce que ce programme n’a pas, « {given} ». {NOT_HERE}")


def _draft(text: str, known: Sequence[str]) -> Draft:
    _demand(text.partition("~")[0], known)
    return Draft.read(text, known)


def _demand(agreement: str, known: Sequence[str]) -> None:
    if agreement not in known:
        raise UserError(
            f"Ce lien porte sur un accord dont le fichier n’est pas ici, « {agreement} ». Demandez ce fichier à qui vous a "
            "donné le lien et mettez-le dans le dossier « versions » de vos données, puis rouvrez le lien."
        )


def _take_older() -> None:
    """Scenarios of an address as it was written before; what is wrong in one of them is told, and the others are taken."""
    given = {place: text for place, slot in enumerate(OLDER) if (text := st.query_params.get(slot))}
    if not given:
        return
    drafts, known = controls.kept(), list(controls.agreements())
    st.session_state["lab_said"], st.session_state["lab_opened"] = OLD_LINK, True
    for place, text in given.items():
        try:
            drafts[place] = Draft.read(text, known)
        except UserError as mistake:
            st.session_state["lab_refused"] = str(mistake)
    controls.start_with(drafts)
    for slot in OLDER:
        st.query_params.pop(slot, None)


def told() -> None:
    """What there is to know of the link that was opened, and the way out of one that cannot be."""
    state = st.session_state
    if said := state.get("lab_said"):
        st.info(said, icon=":material/link:")
    if refused := state.get("lab_refused"):
        st.error(plain.text(refused), icon=":material/link_off:")
        st.button("Continuer sans ce lien", key="lien_refuse", on_click=_forget_refused)


def _forget_refused() -> None:
    st.session_state.pop("lab_refused", None)


def view() -> str:
    """What is looked at."""
    asked = st.segmented_control(
        "Voir",
        list(VIEWS),
        required=True,
        format_func=VIEWS.__getitem__,
        key=KEYS["view"],
        wrap=True,
        label_visibility="collapsed",
    )
    return str(asked)


def write() -> None:
    """Keep what is on screen, and put it in the address. To call once the scenarios are known."""
    state = st.session_state
    state["lab_shown"] = {field: state.get(key, state["lab_shown"][field]) for field, key in KEYS.items()}
    word = link.encode(_shown(state["lab_shown"]))
    now = state.get("lab_written", ("",))[0]
    if word != now:
        state["lab_written"] = word, now, time.monotonic()
        if not state["lab_opened"]:  # something was changed since
            state["lab_said"] = ""
    if st.query_params.get(ASKED) != word:
        st.query_params[ASKED] = word


def _shown(values: Mapping[str, Any]) -> Shown:
    drafts, usual = controls.kept(), list(slides.NAMES)
    chosen = () if values["slides"] == usual else tuple(values["slides"])
    links, digest = tuple(draft.link for draft in drafts), _digest(drafts, values["compared"])
    return Shown.model_validate({**values, "slides": chosen, "drafts": links, "digest": digest})


def _digest(drafts: Sequence[Draft], compared: str) -> str:
    known = controls.agreements()
    return link.digest((known[name] for name in {compared, *(draft.base for draft in drafts)}), data.country_digest())


def address(choice: Choice) -> str:
    """The link of what is on screen. The doctor and the day are in it for the fictitious practices alone."""
    page = str(st.context.url or "http://127.0.0.1:8501/scenarios").split("?")[0]
    whose = {"medecin": choice.doctor, "date": choice.as_of.isoformat()} if data.is_sample(choice.place) else {}
    return f"{page}?{urlencode({**whose, ASKED: link.encode(_shown(st.session_state['lab_shown']))})}"
