"""The section of the page *Données* where files are dropped: what each is, the lists and their columns, the import."""

from datetime import date
from pathlib import Path

import streamlit as st

from calculators import french, given
from calculators.errors import UserError
from calculators.records.readers import spreadsheet
from calculators.records.readers.spreadsheet import ColumnMapping, Confidence
from dashboard import data, fields, widgets
from dashboard.donnees import deposit as deposits
from dashboard.donnees import in_words, views
from dashboard.donnees.deposit import Deposit, List, Step, Target
from dashboard.serving import visits
from dashboard.widgets import Choice
from dashboard.words import plain

HERE, NEW, VISIT = "Dans le dossier ouvert", "Dans un nouveau dossier", "Pour cette visite seulement"
OFTEN = 0.5
"""Seconds between two looks at an import."""
PREVIEWED = 5


def section(choice: Choice | None) -> None:
    """Where the deposit is: nothing dropped, files that wait, an import under way, its outcome."""
    st.html(fields.french_files("ou les déposer ici, 200 Mo au plus", "200 Mo"))
    found = deposits.current()
    if found is None:
        st.markdown(in_words.INTRODUCTION)
        _field(choice, None)
        return
    found.visit.kept_by(widgets.keeper())
    match found.step:
        case Step.LOOKING | Step.IMPORTING:
            _working()
        case Step.WAITING:
            _waiting(choice, found)
        case Step.DONE:
            _done(found, choice)


def _field(choice: Choice | None, found: Deposit | None) -> None:
    """The field empties once its files are kept elsewhere: another key is another field."""
    turn = st.session_state.setdefault("depot_tour", 0)
    label = "Fichiers à importer" if found is None else "Ajouter d’autres fichiers"
    files = st.file_uploader(label, accept_multiple_files=True, key=f"fichiers_{turn}")
    if not files:
        return
    if found is None:
        deposits.drop(files, deposits.saved_of(Path(choice.place.path)) if choice else None)
    else:
        found.more(files)
    st.session_state["depot_tour"] = turn + 1
    st.rerun()


@st.fragment(run_every=OFTEN)
def _working() -> None:
    found = deposits.current()
    if found is None or found.step not in (Step.LOOKING, Step.IMPORTING):
        st.rerun()
        return
    st.progress(found.share, text=f"{plain.text(found.sentence)}…")
    st.caption("Vous pouvez aller sur une autre page ou recharger celle-ci : l’import continue.")


def _waiting(choice: Choice | None, found: Deposit) -> None:
    if found.outcome.fault:
        st.error(plain.text(f"{found.outcome.fault} Rien n’a changé."), icon=":material/info:")
    st.markdown(f"**{french.count(found.count, 'fichier reçu', 'fichiers reçus')}**")
    marks = {True: in_words.ALLOWED, False: in_words.NOT_ALLOWED, None: ":material/remove:"}
    said = [(marks[one.is_read], one.sentence) for one in found.looked.said]
    said += [(in_words.NOT_ALLOWED, sentence) for sentence in found.looked.left]
    st.markdown("  \n".join(f"{mark} {plain.text(found.shown(sentence))}" for mark, sentence in said))
    if found.looked.is_something_read:
        doctor = _ask_doctor(choice)
        if found.lists:
            _lists(found, found.lists)
        _ask_where(choice, found, doctor)
    else:
        st.info("Aucun de ces fichiers ne peut être lu. Ajoutez-en d’autres, ou abandonnez.", icon=":material/info:")
    _field(choice, found)
    st.button("Abandonner ces fichiers", key="abandonner", on_click=_forget)


def _forget() -> None:
    try:
        deposits.forget()
    except UserError as mistake:
        st.session_state["dit_erreur"] = str(mistake)


def _lists(found: Deposit, lists: list[List]) -> None:
    st.markdown("#### Les listes : ce que contient chaque colonne")
    shown = views.with_names("noms_des_listes")
    for place, one in enumerate(lists):
        with st.container(border=True):
            _list(found, one, place, shown)


def _list(found: Deposit, one: List, place: int, with_names: bool) -> None:
    columns = one.columns
    st.markdown(f"**{plain.text(one.shown)}** : {in_words.list_kind(columns)}")
    st.caption(plain.text(in_words.sheet(columns)))
    if not columns.is_dated:
        _ask_day(found, one, place)
    if columns.asked:
        st.markdown("À préciser : ces colonnes ne seront pas lues sans votre réponse.")
    for column in columns.asked:
        _ask_column(found, one, column, f"colonne_{place}_{column.position}")
    if columns.period and columns.kind != "liste_patients":
        first, last = columns.period.first, columns.period.last
        st.checkbox(
            f"La liste est complète pour ces patients, du {french.short_day(first)} au {french.short_day(last)}",
            value=columns.complete, key=f"complete_{place}", on_change=_complete, args=(found, one, f"complete_{place}"),
        )  # fmt: skip
    _preview(found, one, with_names)
    with st.expander("Vérifier ou corriger les colonnes", key=f"colonnes_{place}"):
        _shape(found, one, place)
        for column in columns.columns:
            if column.confidence is not Confidence.ASKED:
                _ask_column(found, one, column, f"colonne_{place}_{column.position}")
            if column.is_read and column.form in spreadsheet.DATE_FORMS:
                _ask_form(found, one, column, f"forme_{place}_{column.position}")


def _ask_day(found: Deposit, one: List, place: int) -> None:
    key = f"jour_{place}"
    st.date_input(
        "Cette liste ne dit pas sa date. Elle a été éditée le", value=one.columns.as_of, format="DD/MM/YYYY", key=key,
        max_value=date.today(), on_change=lambda: found.tell(one.place, as_of=st.session_state[key]),
    )  # fmt: skip


def _ask_column(found: Deposit, one: List, column: ColumnMapping, key: str) -> None:
    options = list(dict.fromkeys([*column.proposals, *in_words.choices()]))
    asked = column.confidence is Confidence.ASKED
    now = column.field if column.confidence is Confidence.SURE and column.field in options else ""
    header = plain.text(column.header or f"sans nom, n° {column.position + 1}")
    st.selectbox(
        f"Colonne « {header} »" + (f" : {plain.text(column.why)}" if asked else ""),
        options,
        index=None if asked else options.index(now),
        format_func=in_words.field,
        placeholder="Choisir ce qu’elle contient",
        key=f"{key}_{column.confidence.value}_{column.field}",
        on_change=_column_told,
        args=(found, one, column.position, f"{key}_{column.confidence.value}_{column.field}"),
    )


def _column_told(found: Deposit, one: List, position: int, key: str) -> None:
    picked = st.session_state[key]
    if picked is None:
        return
    try:
        found.tell(one.place, columns=one.columns.answered({position: picked}))
    except UserError as mistake:
        st.session_state["dit_erreur"] = str(mistake)


def _ask_form(found: Deposit, one: List, column: ColumnMapping, key: str) -> None:
    forms = spreadsheet.DATE_FORMS
    st.selectbox(
        f"Dates de « {plain.text(column.header)} »", list(forms), index=list(forms).index(column.form),
        format_func=lambda form: forms[form], key=key,
        on_change=lambda: found.tell(one.place, columns=one.columns.dated(column.position, st.session_state[key])),
    )  # fmt: skip


def _complete(found: Deposit, one: List, key: str) -> None:
    found.tell(one.place, columns=one.columns.said_complete(st.session_state[key]))


def _shape(found: Deposit, one: List, place: int) -> None:
    """The row of the header, and of a text the separator."""
    columns, key, cut = one.columns, f"entete_{place}", f"separateur_{place}"
    st.number_input(
        "Ligne de l’en-tête (0 : il n’y en a pas)", min_value=0, max_value=400, step=1, key=key,
        value=columns.header_rows[-1] if columns.header_rows else 0,
        on_change=lambda: _reshape(found, one, header_row=st.session_state[key]),
    )  # fmt: skip
    if columns.encoding:
        signs = list(in_words.SEPARATORS)
        st.selectbox(
            "Colonnes séparées par", signs, index=signs.index(columns.separator) if columns.separator in signs else 0,
            format_func=lambda sign: in_words.SEPARATORS[sign], key=cut,
            on_change=lambda: _reshape(found, one, separator=st.session_state[cut]),
        )  # fmt: skip


def _reshape(found: Deposit, one: List, **said: int | str) -> None:
    try:
        found.tell(one.place, **said)
    except UserError as mistake:
        st.session_state["dit_erreur"] = found.shown(str(mistake))


def _preview(found: Deposit, one: List, with_names: bool) -> None:
    """The first lines as they will be read; who they are stays hidden until asked."""
    read = [(place, column) for place, column in enumerate(one.columns.columns) if column.is_read]
    if not read:
        return
    lines = found.preview(one)[:PREVIEWED]
    shown = {
        in_words.heading(column.header or f"n° {column.position + 1}", column.field): [
            line.read[place] if with_names or column.field not in in_words.NAMED or not line.read[place]
            else in_words.HIDDEN
            for line in lines
        ]
        for place, column in read
    }  # fmt: skip
    st.caption("Premières lignes, telles qu’elles seront lues :")
    st.dataframe(shown, hide_index=True, height="content", alt="Premières lignes de la liste, telles que lues")


def _ask_doctor(choice: Choice | None) -> str:
    st.markdown("#### De qui sont ces patients")
    return st.text_input(
        "Médecin traitant (numéro RPPS ou nom court)", value=views.doctor_of(choice), key="import_medecin", max_chars=40,
        help=in_words.UNSETTLED_DOCTOR,
    )  # fmt: skip


def _ask_where(choice: Choice | None, found: Deposit, doctor: str) -> None:
    st.markdown("#### Où garder ces données")
    own = choice is not None and not data.is_sample(choice.place)
    options = [*([HERE] if own else []), NEW, VISIT]
    where = st.radio("Où garder ces données", options, key="import_ou", label_visibility="collapsed",
                     format_func=lambda one: _where(choice, one))  # fmt: skip
    typed = st.text_input("Chemin du dossier", value=str(_proposed()), key="import_chemin") if where == NEW else ""
    if where == VISIT:
        st.caption(in_words.VISIT)
    if st.button("Importer", type="primary", key="importer", icon=":material/download:"):
        widgets.safely(lambda: _import(found, _folder(choice, str(where), typed), doctor))


def _import(found: Deposit, folder: Path, doctor: str) -> None:
    found.to(Target(folder, doctor.strip(), date.today()))
    st.rerun()


def _where(choice: Choice | None, one: str) -> str:
    return f"{one} : {choice.place.path}" if one == HERE and choice and not choice.place.uploaded else one


def _proposed() -> Path:
    """The folder the server was started on when it is still to be made, else one among the user's documents."""
    asked = data.default_folder()
    if not given.exists(asked / "dataset.toml"):
        return asked
    documents = Path.home() / "Documents"
    return (documents if documents.is_dir() else Path.home()) / "tableau-mt"


def _folder(choice: Choice | None, where: str, typed: str) -> Path:
    if where == HERE and choice is not None:
        return Path(choice.place.path)
    if where == VISIT:
        visit = visits.begin()
        visit.kept_by(widgets.keeper())
        return visit.path / "donnees"
    if not typed.strip():
        raise UserError("Dites dans quel dossier garder ces données : son chemin est vide.")
    path = given.path(typed.strip())
    if not path.is_absolute():
        raise UserError(f"« {path} » : donnez un chemin complet, par exemple « {_proposed()} ».")
    return path


def _done(found: Deposit, choice: Choice | None) -> None:
    """What the import did; the folder is opened by the first page that shows it."""
    outcome = found.outcome
    if not found.is_opened:
        found.is_opened = True
        widgets.open_folder(outcome.folder)
        st.session_state["import_fini"] = True
        st.rerun()
    if st.session_state.pop("import_fini", False):  # seen wherever the page is scrolled
        st.toast("Import terminé : le résultat est en haut de la page.", icon=":material/check:")
    for sentence in in_words.changed(outcome.changed):
        st.success(plain.text(sentence), icon=":material/check:")
    for sentence in outcome.left:
        st.warning(plain.text(sentence), icon=":material/block:")
    if outcome.changed.added:
        views.left(in_words.left(outcome.changed.added), "remarques_import")
    if outcome.converted:
        st.success(in_words.converted(outcome.converted), icon=":material/check:")
        views.left(outcome.converted.unmapped, "remarques_import")
    with st.container(horizontal=True, vertical_alignment="center"):
        if choice and widgets.is_one_patient(choice):
            widgets.patient_link(choice)
        else:
            st.page_link("pages/prevention.py", label="Voir mes patients", icon=":material/arrow_forward:")
        st.button("Ajouter d’autres fichiers", key="encore", on_click=_forget)
