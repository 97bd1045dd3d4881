"""The sections of the page *Données* that speak of the folder: what it is made of, what is asked of it, what it allows."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import streamlit as st

from calculators import french, given
from calculators.errors import UserError
from calculators.records import erasing, folder, practice, recents
from calculators.records import sources as source_rows
from calculators.records.readers.shape import Unmapped
from calculators.records.sources import Source
from dashboard import data, shipped, tabular, widgets
from dashboard.donnees import in_words, tables
from dashboard.serving import visits
from dashboard.widgets import Choice
from dashboard.words import plain

SHOWN_PAIRS = 10
SHOWN_REASONS = 12
MOST_ROWS = 12
"""Documents above which their table scrolls."""
WIDTHS = {
    "Document": 130, "Nature": 175, "Patients": 80, "Période couverte": 185, "Lues": 60, "Reprises": 80, "Écartées": 80,
    "Importé le": 100, "Daté du": 100, "État": 90,
}  # fmt: skip
WHY = {
    "Lues": "Lignes du document", "Reprises": "Lignes qui sont dans le dossier",
    "Écartées": "Lignes qui n’ont pas pu être reprises ; leurs raisons sont dessous",
}  # fmt: skip


def with_names(key: str) -> bool:
    """Are names shown? Off until asked, and again for each visit."""
    return st.toggle("Afficher les noms", key=key)


def in_short(choice: Choice) -> None:
    """The folder that is open: what it is, and from which documents."""
    about, found = data.dataset(choice.place), data.sources(choice.place)
    where = "dossier fourni avec le programme" if data.is_sample(choice.place) else choice.place.path
    if choice.place.uploaded:
        where = "pour cette visite seulement : tout s’efface quand vous partez"
    st.markdown(f"**{plain.text(about.title)}** · {plain.text(where)}")
    patients = french.count(data.store(choice.place).rows["patients"], "patient")
    made = f"Fait de {in_words.kinds(found)}." if found else "Fait de tables, sans documents importés."
    st.markdown(f"{patients}. {plain.text(made)}")


def allowed(choice: Choice, cautions: Sequence[str]) -> None:
    """What each of the results can do with these data. `cautions`: what the pay says before its figures."""
    found = data.allowed(choice.place, choice.doctor, choice.as_of)
    st.markdown(
        f"{in_words.unbroken(in_words.rights(found))} Au {french.day(choice.as_of)}, médecin {plain.text(choice.doctor)} :"
    )
    for name, is_had, said in in_words.results(found, cautions):
        st.markdown(
            f"{in_words.ALLOWED if is_had else in_words.NOT_ALLOWED} **{name}** : {plain.text(in_words.unbroken(said))}"
        )


def checks(sentences: Sequence[str]) -> None:
    """What the check of the records says, in one line each; nothing when it has nothing to say."""
    for one in sentences:
        st.warning(plain.text(one), icon=":material/report:")


def sources(choice: Choice) -> None:
    """The documents one by one, what was left, and the way to withdraw one."""
    found = data.sources(choice.place)
    tabular.grid(
        tables.sources(found), "Documents du dossier, avec leur période et leurs lignes", "sources",
        column_config=widgets.columns(tables.SOURCES, WIDTHS, WHY),
        height="content" if len(found) < MOST_ROWS else 420, placeholder="",
    )  # fmt: skip
    left(in_words.left(found), "remarques")
    withdraw(choice, found)


def left(reasons: Sequence[Unmapped], key: str) -> None:
    """Lines that were set aside or are to be looked at, each reason once."""
    if not reasons:
        st.caption("Aucune ligne écartée, rien à signaler.")
        return
    with st.expander(f"Lignes écartées et remarques ({len(reasons)})", key=key):
        tabular.table(
            {
                "Quoi": [plain.text(one.what) for one in reasons[:SHOWN_REASONS]],
                "Combien": [french.number(one.number) for one in reasons[:SHOWN_REASONS]],
                "Pourquoi": [plain.text(one.reason) for one in reasons[:SHOWN_REASONS]],
                "Exemple": [plain.text(one.example) for one in reasons[:SHOWN_REASONS]],
            },
            "Lignes écartées et remarques",
            f"{key}_lignes",
        )
        if (more := len(reasons) - SHOWN_REASONS) > 0:
            st.caption(f"Et {french.count(more, 'autre raison', 'autres raisons')}.")


def withdraw(choice: Choice, found: Sequence[Source]) -> None:
    """One document less, once it is confirmed."""
    with st.expander("Retirer un document", key="retirer"):
        names = {one.source_id: f"{one.name} ({in_words.kind(one.kind)}, {one.source_id[:8]})" for one in found}
        picked = st.selectbox("Document", list(names), format_func=lambda one: names[one], index=None,
                              placeholder="Choisir un document", key="document_retire")  # fmt: skip
        if not picked:
            return
        one = next(one for one in found if one.source_id == picked)
        st.markdown(f"{in_words.lines(one)} ; {in_words.period(one)}. Ce que vous avez déclaré des patients reste.")
        if st.button("Retirer ce document du dossier", key="confirmer_retrait", icon=":material/delete:"):
            with st.spinner("Le dossier est refait sans ce document"):
                done = practice.remove(Path(choice.place.path), picked)
            patients = french.count(done.patients, "patient")
            say(f"« {one.name} » est retiré ; il reste {patients} dans le dossier.")


def pairs(choice: Choice) -> None:
    """« Deux fiches, un seul patient ? »"""
    found, answers = data.questions(choice.place), practice.answered(Path(choice.place.path))
    if not (found or answers):
        return
    st.subheader("Deux fiches, un seul patient ?")
    if found:
        st.markdown("Ces fiches se ressemblent sans certitude. Votre réponse vaudra aussi pour les imports suivants.")
    shown = with_names("noms_des_paires") if found else False
    for place, one in enumerate(found[:SHOWN_PAIRS]):
        with st.container(border=True):
            for card in (one.one, one.other):
                st.markdown(plain_card(in_words.card(card, shown)))
            st.caption(plain.text(in_words.unique_patient(one)))
            with st.container(horizontal=True):
                st.button("Un seul patient", key=f"meme_{place}", on_click=_answer, args=(choice, one.pair, True))
                st.button("Deux patients", key=f"autre_{place}", on_click=_answer, args=(choice, one.pair, False))
    if len(found) > SHOWN_PAIRS:
        st.caption(f"Et {french.count(len(found) - SHOWN_PAIRS, 'autre paire', 'autres paires')} ensuite.")
    if answers:
        with st.expander(french.count(len(answers), "réponse donnée", "réponses données"), key="reponses"):
            for place, said in enumerate(answers):
                which = "un seul patient" if said.same else "deux patients"
                st.markdown(f"{said.one} et {said.other} : {which} (le {french.day(said.said_on)})")
                st.button("Revenir sur cette réponse", key=f"revenir_{place}", on_click=_answer,
                          args=(choice, said.pair, None))  # fmt: skip


def plain_card(sentence: str) -> str:
    """Its own bold stays, the rest is text."""
    bold, mark, rest = sentence.partition("**, ")
    return f"**{plain.text(bold.removeprefix('**'))}**, {plain.text(rest)}" if mark else plain.text(sentence)


def _answer(choice: Choice, pair: tuple[str, str], same: bool | None) -> None:
    try:
        practice.answer(Path(choice.place.path), pair, same, date.today())
    except UserError as mistake:
        st.session_state["dit_erreur"] = str(mistake)


def say(sentence: str) -> None:
    """Say it above the page once the folder is shown anew."""
    st.session_state["dit"] = sentence
    st.rerun()


def said() -> None:
    """What the last action did."""
    if sentence := st.session_state.pop("dit", ""):
        st.success(plain.text(sentence), icon=":material/check:")
    if mistake := st.session_state.pop("dit_erreur", ""):
        st.error(plain.text(mistake), icon=":material/info:")


def switch(choice: Choice | None) -> None:
    """Another folder: one that is known here, or one whose path is typed."""
    here = choice.place.path if choice else ""
    known = [one for one in _known() if str(one.resolve()) != here]
    if known:
        picked = st.selectbox("Dossiers connus", known, format_func=_named, index=None, key="dossier_connu",
                              placeholder="Choisir un dossier")  # fmt: skip
        st.button("Ouvrir ce dossier", disabled=picked is None, key="ouvrir_connu", on_click=_open_known)
    with st.form("ouvrir", border=False):
        typed = st.text_input("Dossier de données", placeholder="chemin d’un dossier de cet ordinateur", key="chemin",
                              help="Un dossier qui contient dataset.toml.")  # fmt: skip
        asked = st.form_submit_button("Ouvrir")
    if asked and typed.strip():
        path = given.path(typed)
        data.place(path)  # a sentence when it is none, and the one that is open stays
        if not visits.of(path):
            recents.remember(path)
        _open(path)
        st.rerun()


def _open_known() -> None:
    """The one that is chosen now, were the page not drawn since."""
    _open(st.session_state.get("dossier_connu"))


def _open(picked: Path | None) -> None:
    if picked is not None:
        widgets.open_folder(picked)


def _known() -> list[Path]:
    """The folder the server was started on, the sample practices, those opened here or before."""
    every = [data.default_folder(), shipped.PRACTICES, *map(Path, data.opened_folders()), *recents.recents()]
    found = [one for one in every if given.exists(one / "dataset.toml")]
    return list({one.resolve(): one for one in found}.values())


def _named(one: Path) -> str:
    if one == shipped.PRACTICES:
        return "Cabinets fictifs, fournis avec le programme"
    return "Ouvert pour cette visite" if visits.of(one) else str(one)


def erase(choice: Choice) -> None:
    """Everything, once its name is typed; of what is not ours, why not."""
    path = Path(choice.place.path)
    if choice.place.uploaded:
        st.button(
            "Fermer et effacer ce qui a été ouvert pour cette visite", key="fermer", on_click=_close, args=(path,)
        )
        return
    if data.is_sample(choice.place) or not folder.made_here(path):
        st.caption("Ce dossier n’a pas été écrit par ce programme : il ne l’efface pas.")
        return
    with st.form("effacer", border=False):
        st.markdown(
            f"Tout ce que contient « {plain.text(path)} » sera perdu : documents importés, identités, déclarations. "
            "Les fichiers que vous avez donnés restent où ils sont."
        )
        typed = st.text_input(f"Pour confirmer, tapez le nom du dossier : {path.name}", key="nom_efface")
        asked = st.form_submit_button("Effacer tout le dossier", icon=":material/delete_forever:")
    if asked:
        erasing.erase(path, typed)
        recents.drop(path)
        data.closed_here(str(path))
        widgets.open_folder(None)
        say(f"« {path} » est effacé : données, identités, déclarations et copies.")


def _close(path: Path) -> None:
    if visit := visits.of(path):
        visits.end(visit)
    data.closed_here(str(path))
    widgets.open_folder(None)


def doctor_of(choice: Choice | None) -> str:
    """Whose patients the documents of the folder are, when it was said."""
    return source_rows.doctor(Path(choice.place.path)) if choice else ""
