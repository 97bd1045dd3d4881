"""What the address says: a page is found again by the menu, the back button, a refresh or a link, with its filters.

`adopt` takes the address before a page is drawn, `write` puts there what was chosen once it is. What is not understood is as
if it were not there. Each part is a value of the session that widgets share by its key; only what is not as usual is
written. A patient never stands there: a number does (`serving/cards.py`).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from calculators.defaults import defaults
from dashboard import data
from dashboard.serving import cards, ways
from dashboard.serving import said as kept_said
from dashboard.serving.gate import cookie_name
from dashboard.serving.logins import COOKIE
from dashboard.serving.ways import Way

LIST = "liste"
EVERY_AGE = (0, 110)
PATIENT_PAGE, CARD = "patient", "fiche"
WRITTEN, HERE, MOVED, HELD = "adresse_ecrite", "page_montree", "page_nouvelle", "adresse_tenue"
"""Where the session keeps what was last written, on which page, whether this run has just come to it, and the values."""
MOST_LETTERS = 120
USUAL = "valeurs_usuelles"
"""Where the session keeps the usual value of widgets whose options are known to their page alone."""
YES = "oui"
RULES, MEASURES = "regles_ouvertes", "mesures_ouvertes"
"""Where the session keeps what is unfolded: rules on the page of the method, measures."""
Given = Sequence[str]


@dataclass(frozen=True)
class Part:
    """One part: its name in the address, its key in the session, its usual value. `read` raises ValueError; `group`: parts
    that a link gives together, so that what it leaves out is as usual; `always`: no usual value, always written."""

    name: str
    key: str
    usual: Any = ""
    read: Callable[[Given], Any] = lambda given: word(given)
    write: Callable[[Any], list[str]] = lambda value: [str(value)]
    group: str = ""
    always: bool = False


def word(given: Given) -> str:
    """The only value, short and printable."""
    (one,) = given
    if not one.isprintable() or len(one) > MOST_LETTERS:
        raise ValueError
    return one


def _words(given: Given) -> list[str]:
    return list(dict.fromkeys(word([one]) for one in given))


def _whole(given: Given) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", word(given)):
        raise ValueError
    return int(given[0])


def _share(given: Given) -> float:
    return _whole([word(given).removesuffix("%")]) / 100


def _number(given: Given) -> str:
    if not re.fullmatch("[0-9a-f]{16}", word(given)):
        raise ValueError
    return given[0]


def _ages(given: Given) -> tuple[int, int]:
    low, high = (_whole([one]) for one in given)
    if not EVERY_AGE[0] <= low <= high <= EVERY_AGE[1]:
        raise ValueError
    return low, high


def _yes(given: Given) -> bool:
    if word(given) != YES:
        raise ValueError
    return True


def _day(given: Given) -> date:
    return date.fromisoformat(word(given))


def _folder(given: Given) -> str:
    if folder := data.opened_under(word(given)):
        return folder
    raise ValueError


def _named(name: str, key: str, words: Mapping[str, str], usual: str, group: str = "") -> Part:
    """A part whose values go by French words in the address."""
    codes = {said: code for code, said in words.items()}

    def read(given: Given) -> str:
        if (said := word(given)) not in codes:
            raise ValueError
        return codes[said]

    return Part(name, key, usual, read, lambda code: [words[code]], group)


def _many(values: Iterable[Any]) -> list[str]:
    return [str(value) for value in values]


STATES = {
    "now_ids": "aujourdhui", "gap_ids": "plus-tard", "unknown_ids": "inconnu", "declined_ids": "refuse", "all": "tous",
}  # fmt: skip
SEEN = {"all": "tous", "recent": "recemment", "leaving": "bientot-deux-ans", "never": "jamais"}
CALLED = {
    "all": "tous", "a_appeler": "a-appeler", "message_laisse": "message-laisse", "rendez_vous": "rendez-vous",
    "refuse": "refuse", "fait_ailleurs": "fait-ailleurs",
}  # fmt: skip
JUDGED = {"due": "a-faire", "unknown": "inconnu", "up_to_date": "a-jour"}
ORDERS = ("appels", "nom", "age", "vu")
PARTS = (
    # kept when an address does not say it: one that an import has just opened is not yet in that of the browser
    Part("dossier", "dossier", None, _folder, lambda one: [token] if (token := data.token_of(one)) else [], always=True),
    Part("medecin", "medecin", None, always=True),
    Part("date", "date", None, _day, lambda day: [day.isoformat()], always=True),
    Part("jeu", "jeu", defaults().prevention.set),
    Part("noms", "noms_montres", False, _yes, lambda _: [YES]),  # they were: a refresh hides them, and then says so
    Part("indicateur", "filtre_indicateurs", [], _words, _many, LIST),
    Part("contact", "filtre_contact", "", group=LIST),
    _named("montrer", "filtre_etat", STATES, "now_ids", LIST),
    Part("age", "filtre_age", EVERY_AGE, _ages, _many, LIST),
    _named("appel", "filtre_appel", CALLED, "all", LIST),
    Part("seance", "seance", "", _number, group=LIST),
    Part("choix", "choix", "", _number, group=LIST),
    _named("tri", "tri_liste", {name: name for name in ORDERS}, "appels", LIST),
    Part("page", "page_liste", 1, _whole, group=LIST),
    _named("vu", "filtre_vu", SEEN, "all", LIST),
    Part("ald", "filtre_ald", False, _yes, lambda _: [YES], LIST),
    Part("volet-forfait", "onglet_forfait", None),
    Part("volet-sobriete", "onglet_sobriete", None),
    Part("volet-revenu", "onglet_revenu", None),
    Part("volet-decisions", "onglet_decisions", None),
    Part("volet-enveloppe", "onglet_enveloppe", None),
    Part("annee", "annee_sobriete", None, _whole),
    Part("ecart", "ecart_par", "groupe"),
    Part("volet-pertinence", "onglet_pertinence", None),
    Part("annee-pertinence", "annee_pertinence", None, _whole),
    Part("objectif", "objectif", None),
    Part("classe", "classe_ouverte", ""),
    Part("groupe", "groupe_ouvert", ""),
    Part("patient-ouvert", "patient_ouvert", "", _number),
    Part("mois", "mois_indicateur", None),
    _named("etat", "patients_etat", JUDGED, "due"),
    Part("mois-de", "mois_grand", None),
    Part("mois-sur", "mois_duree", None, _whole),
    Part("bilan", "bilan", None),
    Part("liste-de", "liste_choisie", None),
    Part("lettre", "listes_lettre", False, _yes, lambda _: [YES]),
    Part("annee-forfait", "annee_forfait", None, _whole),
    Part("accord", "accord_forfait", None),
    Part("chiffre", "chiffre", "acquis"),
    Part("depuis", "depuis", None),
    Part("optam", "comme_si_optam", False, _yes, lambda _: [YES]),
    Part("annee-revenu", "annee_revenu", None, _whole),
    Part("annee-decisions", "annee_decisions", None, _whole),
    Part("annee-enveloppe", "annee_enveloppe", None, _whole),
    Part("annee-regles", "annee_regles", None, _whole),
    Part("volet-comparaison", "onglet_comparaison", None),
    Part("acte", "taux_acte", None),
    Part("droits", "accepter", False, _yes, lambda _: [YES]),
    Part("autre-annee", "autre_annee", False, _yes, lambda _: [YES]),
    Part("et-si", "et_si_quoi", "duree"),
    Part("et-si-part", "et_si_combien", 0.0, _share, lambda part: [f"{part:.0%}"]),
    Part("et-si-cas", "et_si_cas", None),
    Part("et-si-classe", "et_si_classe", None),
    Part("ligne", "ligne_ouverte", ""),
    Part("ligne-revenu", "ligne_revenu", ""),
    Part("ligne-enveloppe", "ligne_enveloppe", ""),
    Part("ligne-si", "ligne_si", ""),
    Part("ligne-rosp", "ligne_rosp", ""),
    Part("ligne-capitation", "ligne_capitation", ""),
    Part("ligne-contrat", "ligne_contrat", ""),
    Part("mois-contrat", "mois_contrat", ""),
    Part("ligne-assistant", "ligne_assistant", ""),
    Part("ligne-patientele", "ligne_patientele", ""),
    Part("ligne-contact", "ligne_contact", ""),
    Part("ligne-verses", "ligne_verses", ""),
    Part("volet-cabinet", "onglet_cabinet", None),
    Part("ligne-regles", "ligne_regles", ""),
    Part("mesure-ouverte", "activite_ouverte", ""),
    Part("sujet", "sujet", "prevention"),
    Part("regle", RULES, [], _words, _many),
    Part("mesure", MEASURES, [], _words, _many),
)  # fmt: skip
MISREAD = {
    "date": "La date « {} » de l’adresse n’est pas lisible ; exemple : 2025-12-31.",
    "dossier": "Cette adresse désigne un dossier qui n’est pas ouvert ici ({}) : un lien n’ouvre jamais un dossier. "
    "Donnez son chemin sur la page Données.",
}
"""What is said of a part that means nothing here; of the others, nothing."""


def adopt(page: str) -> list[str]:
    """Take what the address says, when it is not what we last wrote there: a link was opened, or the back button used.
    `page`: its name in the address. Gives a sentence for what could not be read."""
    state, misread = st.session_state, []
    written: Mapping[str, list[str]] = state.get(WRITTEN, {})
    given = {part.name: st.query_params.get_all(part.name) for part in PARTS}
    whole = {part.group for part in PARTS if part.group and given[part.name]}
    arrives = state.get(HERE) != page
    state[MOVED] = arrives or bool(state.get(MOVED))  # until it is written: a click may come before the page is whole
    if arrives:  # the browser forgets the widgets of the page it leaves; what they held does not
        for key, value in state.get(HELD, {}).items():
            state[key] = value
    held, moved = _held(), state[MOVED]
    for part in PARTS:
        now = given[part.name]
        if part.key in held and now == written.get(part.name, []):
            state[part.key] = held[part.key]  # kept when the page changes, which otherwise forgets its widgets
        elif now:
            misread += _take(part, now)
        elif part.key in held and (part.always or (moved and part.group not in whole)):
            state[part.key] = held[part.key]
        elif not part.always:
            state[part.key] = copy(part.usual)
    state[HERE] = page
    return misread


def _take(part: Part, now: list[str]) -> list[str]:
    state = st.session_state
    try:
        state[part.key] = part.read(now)
        state.get(USUAL, {}).pop(part.key, None)  # asked for, even where it is what the page had as usual
    except ValueError:
        if not part.always:
            state[part.key] = copy(part.usual)
        return [MISREAD[part.name].format(now[-1])] if part.name in MISREAD else []
    state.setdefault("given", set()).add(part.name)
    return []


def adopt_patient(folder: str) -> None:
    """The patient whose number the address carries. One that is not known here is nobody: `lost` then says so."""
    state, given = st.session_state, st.query_params.get(CARD)
    if state[HERE] != PATIENT_PAGE or given == state.get(CARD):
        return
    if given is not None:
        meant = cards.meant(_person(), folder, given)
        state["patient"] = meant if isinstance(meant, str) else None
        state["patient_perdu"] = state["patient"] is None
    elif not state[MOVED]:  # the back button, to the page as it was before a patient
        state["patient"] = None
    state[CARD] = given


def said(folder: str, what: str) -> list[Any]:
    """What this person said on data that cannot be written beside, as long as the server is up."""
    return kept_said.of(_person(), folder, what)


def say(folder: str, what: str, one: Any) -> None:
    kept_said.add(_person(), folder, what, one)


def lost() -> bool:
    """Did the address carry a number that is not known here? Told once."""
    return bool(st.session_state.pop("patient_perdu", False))


def write_folder() -> None:
    """The folder that was just opened, before its page is drawn: a refresh meanwhile would come back to the one before."""
    state, here = st.session_state, st.query_params
    token = data.token_of(state.get("dossier"))
    if token and here.get("dossier") != token:
        here["dossier"] = token
        state.setdefault(WRITTEN, {})["dossier"] = [token]


def announce(folder: str) -> None:
    """On a page that was just come to, before it is drawn: the menu has emptied the address, and a refresh meanwhile would
    lose what was chosen."""
    if st.session_state[MOVED]:
        _put(folder)


def write(folder: str) -> None:
    """Put in the address what is shown, and leave there what others have put."""
    _hold()
    st.session_state[MOVED] = False
    _put(folder)


def _put(folder: str) -> None:
    state, here = st.session_state, st.query_params
    wanted = _wanted()
    state[WRITTEN] = {name: values for name, values in wanted.items() if name != CARD}
    if state[HERE] == PATIENT_PAGE and (patient := state.get("patient")):
        wanted[CARD] = [cards.number(_person(), folder, patient)]
    state[CARD] = wanted.get(CARD, [None])[0]
    ours = {*(part.name for part in PARTS), CARD}
    if wanted != {name: here.get_all(name) for name in here if name in ours}:
        here.from_dict({name: here.get_all(name) for name in here if name not in ours} | wanted)


def leave() -> None:
    """Another folder is opened: the address, which says the one before, is not to be taken any more."""
    state, here = st.session_state, st.query_params
    for name in ("dossier", "medecin", "date", CARD):
        if name in here:
            del here[name]
        state.get(WRITTEN, {}).pop(name, None)
        state.get(HELD, {}).pop(name, None)
    state.pop(CARD, None)


def _wanted() -> dict[str, list[str]]:
    held, usual = _held(), st.session_state.get(USUAL, {})
    given = ((part, held.get(part.key)) for part in PARTS)
    found = {part.name: part.write(value) for part, value in given if _is_unusual(part, value, usual)}
    return {name: values for name, values in found.items() if values}


def _is_unusual(part: Part, value: Any, usual: Mapping[str, Any]) -> bool:
    return value not in (None, part.usual, usual.get(part.key))


def _hold() -> None:
    st.session_state[HELD] = _held()


def _held() -> dict[str, Any]:
    """What the session holds of the parts, by key; to ask it for all that it holds would go through every widget."""
    return {part.key: st.session_state[part.key] for part in PARTS if part.key in st.session_state}


def go(page: str) -> None:
    """Open another page with what is shown here, from the script of a page: links and the menu do it by themselves."""
    _hold()
    st.switch_page(f"pages/{page}.py", query_params=_wanted())


def open_patient(folder: str, patient: str, among: tuple[str, ...] = ()) -> None:
    """Open the page of a patient. `among`: what he was picked for, then the patients to go through with him; else the list
    as it is filtered."""
    st.session_state["patient"] = patient
    _hold()
    query = link(picked(folder, among)) if among else _wanted()
    st.switch_page(f"pages/{PATIENT_PAGE}.py", query_params=query | {CARD: cards.number(_person(), folder, patient)})


def picked(folder: str, among: tuple[str, ...]) -> dict[str, str]:
    """Query parameters of the list held to these patients, whatever is due; the first says what they were picked for."""
    return {"choix": number_of(folder, among), "montrer": STATES["all"]}


def number_of(folder: str, patients: tuple[str, ...]) -> str:
    """The number that stands for several patients in the address."""
    return cards.number(_person(), folder, patients)


def card(folder: str, patient: str) -> str:
    """The number that stands for a patient, for a link to his page."""
    return cards.number(_person(), folder, patient)


def several(folder: str, number: str) -> tuple[str, ...]:
    """The patients it stands for; none when it is not known here."""
    meant = cards.meant(_person(), folder, number)
    return meant if isinstance(meant, tuple) else ()


def link(more: Mapping[str, str | list[str]]) -> dict[str, str | list[str]]:
    """What is shown, as query parameters, with these in place of their like: a link that says something of the list says all
    of it."""
    said = {part.group for part in PARTS if part.group and part.name in more}
    group = {part.name: part.group for part in PARTS}
    return {name: values for name, values in _wanted().items() if group[name] not in said} | dict(more)


def among(key: str, options: Sequence[Any], usual: Any = None) -> None:
    """Before a widget is drawn: what the address or another page left there is one of its options, else as usual (the first
    of them when nothing is said). What was as usual stays so when the usual changes, with the day or the year. A usual that
    is long to find is given as what finds it: it is not asked for while something else is shown."""
    state = st.session_state
    every = state.setdefault(USUAL, {})
    is_as_usual = state.get(key) not in options or state[key] == every.get(key)
    if callable(usual):
        if not is_as_usual:
            return
        usual = usual()
    first = options[0] if usual is None and options else usual
    if is_as_usual:
        state[key] = first
    every[key] = first


def unfolded(key: str, one: str, label: str) -> ExpanderContainer:
    """A part of the page that the address says when it is open, among those that the session keeps under `key`."""
    state, name = st.session_state, f"{key}_{one}"
    state[name] = one in state.setdefault(key, [])
    return st.expander(label, key=name, on_change=_fold, args=(key, one))


def _fold(key: str, one: str) -> None:
    state = st.session_state
    others = [other for other in state[key] if other != one]
    state[key] = [*others, one] if state[f"{key}_{one}"] else others


def all_among(key: str, options: Iterable[Any]) -> None:
    """The same of a widget of several choices: those that are no option go."""
    known = set(options)
    st.session_state[key] = [one for one in st.session_state.get(key) or [] if one in known]


def _person() -> str:
    """The cookie that opens this server."""
    if ways.now() is Way.SERVER:
        return st.context.cookies.get(COOKIE, "")
    return st.context.cookies.get(cookie_name(st.context.headers.get("host") or ""), "")
