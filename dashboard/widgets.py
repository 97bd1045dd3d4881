"""Shared inputs, each returns a value; and the pieces every page has: banner, chart with its table, export.

The folder, the doctor and the day live in the URL, so that a screen can be found again. A patient never does.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import partial, wraps
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeAlias

import pyarrow as pa
import streamlit as st

from calculators import french, given
from calculators.errors import UserError
from calculators.records.check_rules import Result
from calculators.records.identities import Called
from dashboard import address, data, deck, export, saving, shipped, tabular
from dashboard.charts import on
from dashboard.data import Place
from dashboard.deck import Screen
from dashboard.serving import here, visits, ways
from dashboard.serving.ahead import AHEAD
from dashboard.serving.turns import TURNS
from dashboard.serving.ways import Way
from dashboard.words import days, labels, plain, rule_texts

P = ParamSpec("P")
DATA_PAGE = "pages/donnees.py"
DATA_HELP = "Ajouter des fichiers, ouvrir un autre dossier, voir ce que ces données permettent"
NAMES_SHOWN = (
    "Noms et téléphones, à l’écran seulement : ils ne vont ni dans l’adresse de la page, ni dans les fichiers exportés."
)

NAMES_HIDDEN = "Noms masqués : la page vient d’être ouverte ou rechargée, et un écran peut être vu."


@dataclass(frozen=True)
class Choice:
    """What the sidebar says."""

    place: Place
    doctor: str
    as_of: date
    named: bool = False
    """Are names shown?"""


def sidebar(page: str) -> Choice:
    """Data folder, doctor and day, for a `page` of the address. Raises UserError (French) without a usable folder."""
    for misread in address.adopt(page):
        st.sidebar.warning(plain.text(misread))
    with st.sidebar:
        place = _folder()
        if st.session_state.get("folder") not in (None, place.path):  # a key may be of another patient there
            st.session_state["patient"] = None
        address.write_folder()
        address.adopt_patient(place.path)
        doctor = _doctor(place)
        as_of = _day(place)
        named = _named(place)
    choice = Choice(place, doctor, as_of, named)
    st.session_state["choice"] = choice
    return choice


def frame(show: Callable[[Choice], None], page: str, always: bool = False) -> None:
    """Sidebar, banner, then what is shown; a mistake of the user is a sentence, never a traceback. `page`: its name in the
    address. `always`: shown even where no data folder can be opened (`st.session_state["choice"]` is then None)."""
    with AHEAD.drawing():
        try:
            _framed(show, page, always)
        except UserError as mistake:
            mistaken(mistake)
        finally:
            st.session_state.pop("framed", None)


def _framed(show: Callable[[Choice], None], page: str, always: bool) -> None:
    choice = _chosen(page, always)
    st.session_state["framed"] = True
    if choice is not None:
        address.announce(choice.place.path)
        banner(choice)
    if choice is not None or always:
        with TURNS.first_time((page, choice and (choice.place, choice.doctor, choice.as_of))):
            show(choice)  # type: ignore[arg-type]
    if choice is not None:
        address.write(choice.place.path)


def _chosen(page: str, always: bool) -> Choice | None:
    """What the sidebar says; when no folder can be opened, the reason and the way to the page that opens one."""
    try:
        return sidebar(page)
    except UserError as mistake:
        st.session_state["choice"] = None
        mistaken(mistake)
        if not always and ways.is_alone():
            st.page_link(DATA_PAGE, label="Ouvrir la page Données", icon=":material/folder_open:")
        return None


def mistaken(mistake: UserError) -> None:
    """A mistake of the user, as text: his file may be named like a link."""
    st.error(plain.text(mistake), icon=":material/info:")


def safely(show: Callable[[], None]) -> None:
    """A section whose mistakes leave the others on the page."""
    try:
        show()
    except UserError as mistake:
        mistaken(mistake)


def fragment(show: Callable[P, None]) -> Callable[P, None]:
    """A part of a page that reruns alone; Streamlit would keep its mistakes from the frame, so they are told here."""

    @wraps(show)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            show(*args, **kwargs)
            if "framed" not in st.session_state:  # it runs alone: no frame writes the address after it
                AHEAD.page()
                address.write(st.session_state["choice"].place.path)
        except UserError as mistake:
            mistaken(mistake)

    return st.fragment(told)


def page(show: Callable[..., None], *results: Result, always: bool = False) -> None:
    """Run a page in the frame of app.py, or in one of its own when it is run alone. `results`: those it is made of; data too
    doubtful for one of them are told in its place."""

    def believed(choice: Choice) -> None:
        if said := next(filter(None, (data.doubts(choice.place, result) for result in results)), ""):
            doubtful(choice, said)
        else:
            show(choice)
            if choice:  # a page that is there without data has none
                data.anticipate(choice.place, choice.doctor, choice.as_of)

    if "framed" in st.session_state:
        believed(st.session_state["choice"])
    else:
        frame(believed, Path(show.__code__.co_filename).stem, always)


def doubtful(choice: Choice, said: str) -> None:
    """Why there is no result, and the way to have one all the same, for this session."""
    st.error(plain.text(said), icon=":material/report:")
    st.button("Calculer quand même", key="accepter_doutes", on_click=_accept, args=(choice.place,))
    st.caption(
        "Vaut jusqu’à la fermeture de cette page. Mieux vaut corriger les données : « tableau-mt check » dit où."
    )


def _accept(place: Place) -> None:
    st.session_state.setdefault("doutes_acceptes", set()).add(place.path)


def url_of(choice: Choice, **more: str | list[str]) -> dict[str, str | list[str]]:
    """Query parameters that find this choice again; never the patient."""
    folder = data.token_of(st.session_state.get("dossier"))
    found: dict[str, str | list[str]] = {"dossier": folder} if folder else {}
    return address.link(found | {"medecin": choice.doctor, "date": choice.as_of.isoformat()} | more)


def list_link(choice: Choice, label: str, patients: Iterable[str]) -> dict[str, str | list[str]]:
    """Query parameters that open the list on these patients, and say what they were picked for."""
    return url_of(choice, **address.picked(choice.place.path, (label, *dict.fromkeys(patients))))


def _folder() -> Place:
    """The folder opened here, else the one the server was started on; the page Données opens others."""
    if ways.now() is Way.SERVER:
        who = here.person()
        return data.place_of(who.doctors if who else ())
    if not ways.is_alone():
        return data.place(data.default_folder())
    opened = st.session_state.get("dossier")
    place = data.place(given.path(opened) if opened else data.default_folder())
    if opened:
        data.opened_here(opened)
    if visit := visits.of(Path(place.path)):
        visit.kept_by(keeper())
    about = data.dataset(place)
    name = "Cabinets fictifs" if data.is_sample(place) else "Pour cette visite" if place.uploaded else about.title
    _whose(place)
    if st.session_state.pop("vers_donnees", False):
        st.switch_page(DATA_PAGE)
    st.page_link(DATA_PAGE, label=f"Dossier : {plain.text(name)}", icon=":material/folder_open:", help=DATA_HELP)
    return replace(place, accepted=place.path in st.session_state.get("doutes_acceptes", ()))


MINE, FICTITIOUS = "Les miennes", "Fictives"


def _whose(place: Place) -> None:
    """One's own data or the fictitious ones: never one in place of the other without a word."""
    now = FICTITIOUS if data.is_sample(place) else MINE
    if now == MINE:
        st.session_state["les_miennes"] = place.path
    st.html(SWITCH)
    with st.container(horizontal=True, gap=None):  # buttons: a switch that has a value may come back with an older one
        for name, key in ((MINE, "voir_miennes"), (FICTITIOUS, "voir_fictives")):
            kind: Literal["primary", "secondary"] = "primary" if name == now else "secondary"
            st.button(name, key=key, type=kind, width="stretch", on_click=_switch, args=(name, now))


SWITCH = """<style>
.st-key-voir_fictives button[kind=primary] {background: #8a4b00; border-color: #8a4b00}
html .st-key-voir_fictives button[kind=primary]:not(:disabled),
html .st-key-voir_fictives button[kind=primary]:not(:disabled) * {color: #ffffff}
.st-key-voir_miennes button {border-radius: .4rem 0 0 .4rem}
.st-key-voir_fictives button {border-radius: 0 .4rem .4rem 0}
</style>"""


def _switch(to: str, now: str) -> None:
    """To the other ones; where none of one's own are known, to the page that opens them."""
    if to == now:
        return
    if to == FICTITIOUS:
        open_folder(shipped.PRACTICES)
        return
    mine = st.session_state.get("les_miennes") or next(map(str, data.own_folders()), None)
    if mine:
        open_folder(Path(mine))
    else:
        st.session_state["vers_donnees"] = True


def keeper() -> visits.Keeper:
    """This session, for what is kept as long as it is there."""
    found: visits.Keeper = st.session_state.setdefault("keeper", visits.Keeper())
    return found


def open_folder(folder: Path | None) -> None:
    """Show another folder from the next run on; None: the one the server was started on."""
    for name in ("dossier", "patient"):
        st.session_state.pop(name, None)
    st.session_state.get("given", set()).clear()  # what stands there would be taken for a link that was opened
    address.leave()
    if folder is not None and folder.resolve() != data.default_folder().resolve():
        st.session_state["dossier"] = str(folder)


def _doctor(place: Place) -> str:
    known = data.doctors(place)
    if not known:
        raise UserError("Ce dossier n’a aucun médecin : les tables « doctors » et « registrations » sont vides.")
    asked = st.session_state.get("medecin")
    if asked is not None and asked not in known:
        if "medecin" in st.session_state.get("given", ()):
            st.warning(plain.text(f"Le médecin « {asked} » n’est pas dans ces données ; voici {known[0]}."))
        st.session_state["medecin"] = known[0]  # set, not deleted: the browser would keep showing the other one
    told = data.stories().items() if data.is_sample(place) else ()
    names = {name: f"{story.signed} · {story.name}" for name, story in told}
    picked = st.selectbox(
        "Médecin",
        known,
        key="medecin",
        format_func=lambda one: f"{one} · {names[one]}" if one in names else one,
        placeholder="Choisir un médecin",
    )
    return str(picked)


def _day(place: Place) -> date:
    """The day judged: the last one that is known, unless the user or the URL says otherwise."""
    moved = st.session_state.get("folder") != place.path
    given = "date" in st.session_state.pop("given", ())
    if "date" not in st.session_state or (moved and not given):
        st.session_state["date"] = data.last_day(place)
    st.session_state["folder"] = place.path
    first, last = date(2000, 1, 1), date(2100, 12, 31)
    st.session_state["date"] = min(max(st.session_state["date"], first), last)
    picked: date = st.date_input("Au", key="date", format="DD/MM/YYYY", min_value=first, max_value=last)
    return picked


def _named(place: Place) -> bool:
    """Are names shown? At first those of one's own patients are, and no others: fictitious data are for an audience."""
    if not data.has_names(place):
        return False
    moved = st.session_state.get("noms_de") != place.path
    at_first = not data.dataset(place).synthetic
    if moved:
        st.session_state["noms_caches"] = bool(st.session_state.get("noms_montres")) and not at_first
    st.session_state["noms"] = at_first if moved else st.session_state.get("noms", at_first)
    st.session_state["noms_de"] = place.path
    shown = bool(st.toggle("Afficher les noms", key="noms", help=NAMES_SHOWN))
    st.session_state["noms_caches"] = not shown and st.session_state["noms_caches"]
    st.session_state["noms_montres"] = (shown or st.session_state["noms_caches"]) and not at_first
    return shown


def _hidden_again() -> None:
    """Names were shown, and a refresh has hidden them: why, and the one click that shows them again."""
    if not st.session_state.get("noms_caches"):
        return
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"noms_caches_{tabular.ON_SCREEN}"
    ):
        st.caption(NAMES_HIDDEN, width="content")
        st.button(
            "Afficher les noms", key="noms_revoir", type="tertiary", icon=":material/badge:", on_click=_show_names
        )


def _show_names() -> None:
    st.session_state["noms"] = True


def is_one_patient(choice: Choice) -> bool:
    """Are these the records of one patient, of whom a doctor's own figures would say nothing?"""
    return data.store(choice.place).rows["patients"] == 1


def of_one_patient(choice: Choice, said: str) -> bool:
    """Say why there is no such figure of one patient, and the way to his page; false of a whole list."""
    if alone := is_one_patient(choice):
        st.info(said, icon=":material/info:")
        patient_link(choice)
    return alone


def patient_link(choice: Choice) -> None:
    """To the page of the only patient there is."""
    only = next(iter(data.roster(choice.place, choice.doctor, choice.as_of)), None)
    query = url_of(choice, **({"fiche": address.card(choice.place.path, only.patient_id)} if only else {}))
    st.page_link("pages/patient.py", label="Ouvrir sa fiche", icon=":material/person:", query_params=query)


def open_patients(choice: Choice, label: str, key: str, known: Mapping[str, tuple[str, Iterable[str]]]) -> None:
    """A list of figures, each of which opens to its patients. `known`: the name of each and its patients, by what stands
    under `key` in the session."""
    picked = one_of(label, key, {name: said for name, (said, _) in known.items()}, help=A_BAR_DOES_THE_SAME)
    if picked in known:
        said, patients = known[picked]
        patients_in_list(choice, said, patients)


A_BAR_DOES_THE_SAME = "Un clic sur une barre du graphique fait de même."


def one_of(label: str, key: str, names: Mapping[str, str], none: str = "", help: str | None = None) -> str:
    """The figure of a list that is open; empty when none is. `names`: by what stands under `key` in the session; `none`
    agrees with the label (« Ouvrir une mesure ») unless it is given."""
    named = {"": none or ("aucune" if " une " in label else "aucun")} | dict(names)
    address.among(key, list(named))
    with st.container(key=f"{key}_{tabular.ON_SCREEN}"):  # on paper what is open says so itself
        return str(st.selectbox(label, list(named), format_func=named.__getitem__, key=key, help=help))


def patients_in_list(choice: Choice, said: str, patients: Iterable[str], noun: str = "patient") -> None:
    """The way to these patients in the list to call from, which says what they were picked for."""
    everybody = set(patients)
    found = listed(choice, everybody)
    st.page_link(
        "pages/prevention.py",
        label=f"Voir {french.count(len(found), noun)} dans la liste",
        icon=":material/arrow_forward:",
        query_params=list_link(choice, said, found),
    )
    if gone := len(everybody) - len(found):
        gone_said = french.count(gone, "autre n’est", "autres ne sont")
        st.caption(f"{gone_said} plus sur la liste au {french.day(choice.as_of)}.")


def listed(choice: Choice, patients: Collection[str]) -> list[str]:
    """Those of these patients who are on the list, in its order."""
    everybody = data.roster(choice.place, choice.doctor, choice.as_of)
    return [one.patient_id for one in everybody if one.patient_id in patients]


def cabinet_link(choice: Choice, section: str, titled: str = "") -> None:
    """To where the doctor types what a page asks of his practice. `section`: the tab (`records/facts.toml`); `titled`: what
    it is called, where there is a way to several."""
    st.page_link(
        "pages/cabinet.py",
        label="Renseigner dans Mon cabinet" + (f"{french.NBSP}: {titled}" if titled else ""),
        icon=":material/edit:",
        query_params=url_of(choice, **{"volet-cabinet": section}),
    )


def names(choice: Choice) -> dict[str, Called]:
    """How the patients of the list are called, by key; nobody while names are not shown."""
    return data.names(choice.place, choice.doctor, choice.as_of) if choice.named else {}


def banner(choice: Choice) -> None:
    """Where the figures come from, on every page."""
    about = data.dataset(choice.place)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="bandeau"):
        if about.synthetic:
            st.badge("Données fictives", color="orange", icon=":material/science:")
        st.caption(_provenance(choice.place), width="content")
        _set_aside(choice.place)
        _verified(choice.place)
    _hidden_again()
    for said in (data.store(choice.place).recovered, data.declared(choice.place).sentence()):
        if said:
            st.warning(plain.text(said), icon=":material/report:")
    for one in data.set_aside(choice.place):
        st.warning(plain.text(rule_texts.set_aside(one)), icon=":material/rule:")
    if said := days.outside(about, choice.as_of):
        st.warning(said, icon=":material/schedule:")


def _verified(place: Place) -> None:
    """What the verification found; that it is under way is nothing to print."""
    said = data.verified(place)
    with (
        st.container(width="content", key=f"verification_{tabular.ON_SCREEN}")
        if said == data.UNDER_WAY
        else nullcontext()
    ):
        st.caption(plain.text(said), width="content")


def _provenance(place: Place) -> str:
    """What the data are, cover, and when they were taken."""
    about = data.dataset(place)
    said = [
        f"Données du {french.short_day(about.covers_from)} au {french.short_day(about.covers_to)}",
        f"extraites le {french.short_day(about.extracted_on)}",
        *([] if data.store(place).set_aside else ["aucune ligne écartée"]),
        *([] if data.is_sample(place) else [plain.text(about.title)]),
    ]
    return " · ".join(said)


def _set_aside(place: Place) -> None:
    rows = data.store(place).set_aside
    if not rows:
        return
    with st.popover(f"{french.count(sum(row.rows for row in rows), 'ligne écartée', 'lignes écartées')}"):
        st.write("Ces lignes n’ont pas pu être utilisées (« tableau-mt check » dit lesquelles) :")
        tabular.table({"Table": [labels.TABLE[r.table] for r in rows], "Raison": [r.reason for r in rows],
                       "Lignes": [french.number(r.rows) for r in rows]}, "Lignes écartées", "lignes_ecartees")  # fmt: skip


def chart(
    rows: pa.Table,
    spec: dict[str, Any],
    says: str,
    columns: dict[str, str],
    key: str,
    source: str = "",
    every: pa.Table | None = None,
) -> None:
    """A chart, what it says in words for those who cannot see it, its figures as a table, and all of it as files. `every`:
    the rows of the table, when they are not those drawn."""
    st.vega_lite_chart(rows, on(st.context.theme.type, spec), width="stretch", alt=says, key=key)
    figures(rows, spec, says, columns, key, source, every)


def figures(
    rows: pa.Table,
    spec: dict[str, Any],
    says: str,
    columns: dict[str, str],
    key: str,
    source: str = "",
    every: pa.Table | None = None,
) -> None:
    """The figures of a chart as a table, and all of it as files."""

    def draw() -> None:
        shown = (rows if every is None else every).select(list(columns)).rename_columns(list(columns.values()))
        tabular.grid(shown, says, f"{key}_chiffres", offered=True, height="content" if every is None else "auto")
        saving.chart(rows, spec, shown, key, source or saving.source())

    folded("Les chiffres de ce graphique, et l’enregistrer", f"{key}_en_chiffres", draw)


def folded(label: str, key: str, draw: Callable[[], object], icon: str | None = None) -> None:
    """A section that is drawn once somebody unfolds it: a grid that nobody sees costs the browser as much as another."""
    section = st.expander(label, key=key, icon=icon, on_change="rerun")
    if section.open:
        with section:
            draw()


def present(choice: Choice, screens: Sequence[Screen]) -> None:
    """Screens of a practice before a room, and the key of the next one."""
    known = data.doctors(choice.place)
    story = data.stories().get(choice.doctor) if data.is_sample(choice.place) else None
    fictive = ["données fictives"] if data.dataset(choice.place).synthetic else []
    told = [f"{choice.doctor}, {story.name.lower()}" if story else choice.doctor, *fictive]
    after = known[(known.index(choice.doctor) + 1) % len(known)]
    deck.present(screens, " · ".join(told), partial(_another, after) if len(known) > 1 else None)


def _another(doctor: str) -> None:
    st.session_state["medecin"] = doctor


PICKED = "choisi"


def pickable(spec: dict[str, Any], *fields: str) -> dict[str, Any]:
    """The specification of a chart whose marks can be picked, told apart by these fields."""
    return {**spec, "params": [{"name": PICKED, "select": {"type": "point", "fields": [*fields], "clear": False}}]}


def picked(rows: pa.Table, spec: dict[str, Any], says: str, key: str) -> dict[str, Any] | None:
    """Draw a `pickable` chart; the fields of the mark that was picked, once."""
    turn = f"{key}_tour"
    drawn = st.vega_lite_chart(
        rows, on(st.context.theme.type, spec), width="stretch", alt=says, on_select="rerun", selection_mode=PICKED,
        key=f"{key}_{st.session_state.get(turn, 0)}",
    )  # fmt: skip
    found = drawn["selection"].get(PICKED)
    if not found:
        return None
    st.session_state[turn] = st.session_state.get(turn, 0) + 1  # what is picked cannot be cleared: another chart then
    return dict(found[0])


def columns(schema: pa.Schema, widths: dict[str, int], why: dict[str, str]) -> dict[str, Any]:
    """How a grid shows each column by its type: French days, numbers, lists; the first stays in sight."""
    return {
        field.name: _column(field.type)(
            width=widths.get(field.name, 125), help=why.get(field.name), pinned=field.name == schema.names[0]
        )
        for field in schema
    }


def _column(kind: pa.DataType) -> Callable[..., Any]:
    if pa.types.is_date(kind):
        return partial(st.column_config.DateColumn, format="DD/MM/YYYY")
    if pa.types.is_list(kind):
        return st.column_config.ListColumn
    return st.column_config.NumberColumn if tabular.is_number(kind) else st.column_config.TextColumn


def no_toolbar(key: str) -> None:
    """A grid with names has no toolbar: it would save them to a file."""
    st.html(f"<style>.st-key-{key} [data-testid=stElementToolbar] {{display: none}}</style>")


Exported: TypeAlias = pa.Table | Callable[[], pa.Table]
"""A table that is offered, or what makes it once it is asked for."""


def _made(table: Exported, how: Callable[[pa.Table], bytes]) -> bytes:
    return how(table() if callable(table) else table)


def export_button(table: Exported, name: str, key: str, label: str = "Exporter (CSV pour Excel)") -> None:
    """A CSV that French Excel opens as it is, made when it is asked for."""
    st.download_button(
        label,
        data=partial(_made, table, export.excel_csv),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def export_buttons(table: Exported, name: str, key: str) -> None:
    """The same table as CSV and as a workbook."""
    with st.container(horizontal=True):
        export_button(table, name, key)
        st.download_button(
            "Exporter (XLSX)",
            data=partial(_made, table, partial(export.xlsx, source=saving.source())),
            file_name=f"{name}.xlsx",
            mime=saving.XLSX,
            key=f"{key}_xlsx",
            icon=":material/table:",
            on_click="ignore",
        )


def method_link(choice: Choice, topic: str) -> None:
    """From a figure to the rule behind it."""
    st.page_link(
        "pages/methode.py",
        label="Comment c’est calculé",
        icon=":material/menu_book:",
        query_params=url_of(choice, sujet=topic),
    )


def indicator_set() -> str:
    """Which agreement's indicators are judged, the same on every page."""
    place = st.session_state["choice"].place
    names = data.set_names(place)
    labels = {name: data.indicator_set(place, name).label for name in names}
    address.among("jeu", names, data.preferred_set(place))
    picked = str(st.selectbox("Indicateurs de", names, format_func=lambda name: labels[name], key="jeu"))
    for one in data.not_judged(place, picked):
        if one not in data.set_aside(place):  # the banner has told the others
            st.warning(rule_texts.set_aside(one), icon=":material/rule:")
    return picked
