"""What the pages ask: the only place with st.cache_*. Results are read-only and shared; nobody changes them.

A folder of this computer is shared by all sessions. What was opened for a visit is not: its results live and die with the
session.
A folder that changed on disk has another stamp, thus other cache entries.
"""

import functools
import inspect
import os
import secrets
import threading
import tomllib
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from calculators import catalogue, economy, given, results, rows
from calculators.activity import expected
from calculators.activity import measure as activities
from calculators.activity.expected import Standardised
from calculators.activity.measure import Beside
from calculators.catalogue import Board, Catalogue, SetAside
from calculators.comparison import known as references
from calculators.comparison.known import Known
from calculators.dates import add_months
from calculators.defaults import defaults
from calculators.economy import KEY_AGES, Concerned, Contact, Decided, Mixed
from calculators.engine import side_by_side
from calculators.errors import UnusableFolderError, UserError
from calculators.forfait import doctors as practitioners
from calculators.forfait import leaving, pay, sensitivity, stake, unfinished
from calculators.forfait.alike import Lists, PaidAlike, alike, lists, spread
from calculators.forfait.cautions import ENOUGH, Caution, before_the_figures, patients_listed
from calculators.forfait.claims import Claim, Tested, claims, put_to_the_test
from calculators.forfait.country import Country, open_country
from calculators.forfait.instalments import Instalment
from calculators.forfait.leaving import SoonUnseen
from calculators.forfait.pay import STATES, PayLine, State
from calculators.forfait.population import Population, Priced, Reading, as_counted, price, reading
from calculators.forfait.scenario import decode_changes
from calculators.forfait.sensitivity import Level, OpenReading
from calculators.forfait.stake import Stake
from calculators.forfait.terms import Campaign
from calculators.forfait.version import Version
from calculators.pertinence import avoid
from calculators.pertinence.avoid import ToAvoid
from calculators.pertinence.counting import Board as KeptBoard
from calculators.pertinence.environment import Environment
from calculators.pertinence.environment import environment as environment_of
from calculators.pertinence.interessement import PaidScheme, interessement
from calculators.pertinence.measure import Measure
from calculators.pertinence.objectives import objectives
from calculators.pertinence.openings import Opened
from calculators.pertinence.rates import MeasureRow
from calculators.pertinence.reference import MeasureReference
from calculators.practice import behind, capitation, contracts, received
from calculators.practice import envelope as envelopes
from calculators.practice import income as incomes
from calculators.practice.assistant import Cabinet
from calculators.practice.behind import ActBehind
from calculators.practice.capitation import Group
from calculators.practice.envelope import CaseMix, Envelope, Profile
from calculators.practice.income import IncomeLine
from calculators.practice.limits import Limit
from calculators.practice.list_rules import list_rules
from calculators.practice.lists import OnList, in_order
from calculators.practice.received import Received
from calculators.practice.rosp import RospLine
from calculators.prevention import calling, declarations, noting, worklist
from calculators.prevention import group as groups
from calculators.prevention import rates as prevention_rates
from calculators.prevention import reconcile as reconciling
from calculators.prevention import refused as refusals
from calculators.prevention.assess import Verdict, assess
from calculators.prevention.calling import Called
from calculators.prevention.declarations import Declaration
from calculators.prevention.group import GroupRate
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.journal import Kept, Read
from calculators.prevention.noting import Noted
from calculators.prevention.rates import LEAST_PEERS, PeerRate, Rate
from calculators.prevention.reconcile import Proof, Reconciled, Reconciliation
from calculators.prevention.variants import Compared, Variant, compared, variants_of
from calculators.prevention.worklist import Call, Falling
from calculators.records import atc, identities, insurer, practice, recents
from calculators.records import history as histories
from calculators.records import roster as rosters
from calculators.records import sources as source_rows
from calculators.records.answers import Question
from calculators.records.check_rules import Result
from calculators.records.doubts import why_not
from calculators.records.examined import examined, kept
from calculators.records.facts import Facts, facts
from calculators.records.folder import Dataset
from calculators.records.history import Line, Stay
from calculators.records.identities import Called as Named
from calculators.records.insurer import Told
from calculators.records.roster import Care, Listed
from calculators.records.sources import Source
from calculators.records.store import Store, open_store
from calculators.results import Allowed
from calculators.rules import suggest
from calculators.sobriety import typed
from calculators.sobriety.change import RatioChange
from calculators.sobriety.definition import load_definition
from calculators.sobriety.openings import DoctorYear
from calculators.sobriety.ratio import Ratio
from calculators.sobriety.reference_files import Reference, open_reference
from calculators.sobriety.typed import Spending
from dashboard import shipped
from dashboard.serving import cards, verifying, visits, ways
from dashboard.serving.ahead import AHEAD
from dashboard.serving.ways import Way
from dashboard.words import rule_texts

P = ParamSpec("P")
T = TypeVar("T")
PAID_ON = ["patient_id", "doctor_id", "indicator", "status", "validated", "population", "last_on"]
RULES = ("sets", "indicators", "versions", "scenarios", "measures")
"""Folders of rules beside the data."""


SAID = (declarations.FILE, calling.FILE, noting.FILE)
"""What is said of patients beside the data, which it does not change."""


@dataclass(frozen=True)
class Place:
    """A data folder as it is now: its path, its stamp, and whether it was opened for a visit only."""

    path: str
    stamp: str
    uploaded: bool = False
    accepted: bool = False
    """Does this session want results in spite of what is doubtful?"""
    doctors: tuple[str, ...] | None = None
    """Those whose rows may be read, on a server of many; None: all, on one's own computer and in a room."""


Asked = Callable[Concatenate[Place, P], T]


PLAIN = (str, int, float, bool, date, type(None), Place)
"""What is written in full by `repr`, each kind in its own way."""
OF_A_VISIT = 32
"""Answers kept of each question for the data of a visit."""


def _remembered(compute: Asked[P, T], most: int = 64) -> Asked[P, T]:
    """Compute once: for all sessions, or for this one alone when the data are those of a visit. `most`: answers kept."""
    asked = inspect.signature(compute)

    # Streamlit takes apart whatever is asked, argument by argument, at each of fifty questions of a page: one word is
    # enough where all of it is plain, a place first of all
    def by_word(word: str, _given: inspect.BoundArguments) -> T:
        return compute(*_given.args, **_given.kwargs)

    by_word.__module__, by_word.__qualname__ = compute.__module__, f"{compute.__qualname__} by word"
    shared, own = _kept(by_word, most, "global"), _kept(by_word, OF_A_VISIT, "session")
    shared_by_parts, own_by_parts = _kept(compute, most, "global"), _kept(compute, OF_A_VISIT, "session")

    def ask(place: Place, /, *args: P.args, **kwargs: P.kwargs) -> T:
        given = asked.bind(place, *args, **kwargs)
        given.apply_defaults()  # what is said and what goes without saying is one entry
        if all(map(_is_plain, given.arguments.values())):
            return (own if place.uploaded else shared)(repr(given.arguments), given)
        return (own_by_parts if place.uploaded else shared_by_parts)(*given.args, **given.kwargs)

    functools.update_wrapper(ask, compute)
    return ask


def _is_plain(value: object) -> bool:
    return type(value) in PLAIN or (type(value) is tuple and all(map(_is_plain, value)))


def _kept(compute: Callable[..., T], most: int, scope: Literal["global", "session"]) -> Callable[..., T]:
    known_by: dict[str | type[Any], Callable[[Any], Any]] = {Place: repr}
    return st.cache_resource(max_entries=most, show_spinner=False, scope=scope, hash_funcs=known_by)(compute)


def _compact(compute: Asked[P, pa.Table], most: int = 64) -> Asked[P, pa.Table]:
    """`_remembered`, for a table: kept compressed, at a seventh of its size, and read anew in a millisecond."""

    @functools.wraps(compute)
    def compressed(place: Place, /, *args: P.args, **kwargs: P.kwargs) -> pa.Buffer:
        return _pressed(compute(place, *args, **kwargs))

    held = _remembered(compressed, most)

    def ask(place: Place, /, *args: P.args, **kwargs: P.kwargs) -> pa.Table:
        return _unpressed(held(place, *args, **kwargs))

    functools.update_wrapper(ask, compute)
    return ask


EVERY_TOGETHER: "list[_Together[Any]]" = []


class _Together(Generic[P]):
    """`_compact`, for a table about one doctor that can be counted of all those of a folder in one go, which takes two or
    three times as long as one of them. `compute`: of one, or with None of all, with their `doctor_id`.

    What was counted so is kept until somebody asks for his own. Who asks meanwhile waits for it."""

    def __init__(self, compute: Callable[Concatenate[Place, str | None, P], pa.Table], most: int = 64) -> None:
        self._compute = compute
        self._form = inspect.signature(compute)
        self._waiting: dict[tuple[object, ...], dict[str, pa.Buffer]] = {}
        self._counted: dict[tuple[object, ...], threading.Event] = {}
        self._keeping = threading.Lock()
        EVERY_TOGETHER.append(self)
        functools.update_wrapper(self, compute)

        @functools.wraps(compute)
        def part(place: Place, doctor: str, /, *args: P.args, **kwargs: P.kwargs) -> pa.Buffer:
            key = self._key(place, *args, **kwargs)
            if under_way := self._counted.get(key):
                under_way.wait(LONG_ENOUGH)
            mine = self._waiting.get(key, {}).pop(doctor, None)
            return mine or _pressed(self._compute(place, doctor, *args, **kwargs))

        self._held = _remembered(part, most)

    def __call__(self, place: Place, doctor: str | None, /, *args: P.args, **kwargs: P.kwargs) -> pa.Table:
        """Of one; with None, those of all, one after the other."""
        asked = doctors(place) if doctor is None else [doctor]
        return pa.concat_tables([_unpressed(self._held(place, one, *args, **kwargs)) for one in asked])

    def of_all(self, place: Place, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Count of all the doctors of a folder. Of another folder, or of this one as it was, nothing waits any longer."""
        key = self._key(place, *args, **kwargs)
        self._counted[key] = counted = threading.Event()
        try:
            found = self._compute(place, None, *args, **kwargs)
            parts = {doctor: _pressed(_of(found, doctor)) for doctor in doctors(place)}
            with self._keeping:  # several months are counted at a time
                for other in [other for other in self._waiting if other[0] != place]:
                    del self._waiting[other]
                self._waiting[key] = parts
        finally:
            self._counted.pop(key, None)
            counted.set()

    def forget(self) -> None:
        """Nothing of it waits any longer."""
        with self._keeping:
            self._waiting.clear()

    def _key(self, place: Place, /, *args: P.args, **kwargs: P.kwargs) -> tuple[object, ...]:
        given = self._form.bind(place, None, *args, **kwargs)
        given.apply_defaults()
        return given.args


LONG_ENOUGH = 5.0
"""Seconds after which who waits for what is counted of all counts his own."""


def _of(found: pa.Table, doctor: str) -> pa.Table:
    """The rows of one."""
    return found.filter(pc.field("doctor_id") == doctor)


def _together(
    most: int = 64,
) -> Callable[[Callable[Concatenate[Place, str | None, P], pa.Table]], _Together[P]]:
    """`_Together`, of which so many answers are kept."""
    return partial(_Together, most=most)


ONE_THREAD = pa.ipc.IpcReadOptions(use_threads=False)
"""So little is read sooner than others are woken."""


def _unpressed(kept: pa.Buffer) -> pa.Table:
    return pa.ipc.open_stream(kept, options=ONE_THREAD).read_all()


def _pressed(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd", use_threads=False)
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table.combine_chunks())
    return sink.getvalue()


def forget() -> None:
    """Keep no answer: what they were made of, beside the data, is no more what it was."""
    st.cache_resource.clear()
    for one in EVERY_TOGETHER:
        one.forget()


def default_folder() -> Path:
    """The folder the command was started with, else the sample practices."""
    return Path(os.environ.get("TABLEAU_MT_DOSSIER", shipped.PRACTICES))


_opened: dict[str, str] = {}
"""Folders opened since the server started, by a random word that stands for them in the address: a link from elsewhere
opens nothing, and no path is in the history of the browser."""


def opened_here(folder: str) -> None:
    """Remember a folder somebody gave on this server."""
    if folder not in _opened.values():
        _opened[secrets.token_hex(4)] = folder


def opened_folders() -> list[str]:
    """Those that were opened here, the latest first."""
    return list(_opened.values())[::-1]


def own_folders() -> list[Path]:
    """Those of the owner that this computer knows: the one the server was started on, then the last ones opened."""
    known = [default_folder(), *recents.recents()]
    return [one for one in known if one.resolve() != shipped.PRACTICES.resolve() and given.exists(one / "dataset.toml")]


def closed_here(folder: str) -> None:
    """It is no more: nothing stands for it any longer."""
    for token in [token for token, known in _opened.items() if known == folder]:
        del _opened[token]
    cards.forget(folder)


def opened_under(token: str) -> str | None:
    """The folder that a word of the address stands for; None when it is not one of ours."""
    return _opened.get(token)


def token_of(folder: str | None) -> str | None:
    """The word that stands for a folder in the address."""
    return next((token for token, known in _opened.items() if known == folder), None)


def place(folder: Path) -> Place:
    """The folder as it is now. Raises UnusableFolderError (French) when there is none, or when it is on a network:
    a link must not make this computer log on to another one."""
    if str(folder).startswith(("\\\\", "//")):
        raise UnusableFolderError(f"« {folder} » est sur un réseau : copiez le dossier sur cet ordinateur.")
    if not given.exists(folder / "dataset.toml"):
        raise UnusableFolderError(
            f"« {folder} » n’est pas un dossier de données (il n’y a pas de dataset.toml) : la page Données en fait un de "
            "vos fichiers, ou en ouvre un autre."
        )
    read = [path for path in folder.iterdir() if path.name[0] != "." and path.name not in SAID]
    read += [path for room in RULES for path in (folder / room).rglob("*.toml")]
    files = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(read)]
    return Place(str(folder.resolve()), str(hash(tuple(files))), visits.of(folder) is not None)


def place_of(doctors: Iterable[str]) -> Place:
    """The data of a server, for somebody who may see these doctors and nobody else: every page reads through it."""
    return replace(place(default_folder()), doctors=tuple(sorted(doctors)))


@_remembered
def store(place: Place) -> Store:
    """The rows that may be read here."""
    found = open_store(Path(place.path), held=False) if place.doctors is None else _whole(place).of(place.doctors)
    return found.accepting_doubts() if place.accepted else found


def _whole(place: Place) -> Store:
    """The store of a server: one for all, of which each person is given his part."""
    return _opened_once(place.path, place.stamp)


@st.cache_resource(max_entries=2, show_spinner=False)
def _opened_once(path: str, stamp: str) -> Store:
    return open_store(Path(path), held=False)


def doctors_of_all() -> list[str]:
    """Ids of the doctors of a server."""
    return _whole(place(default_folder())).doctors()


@_remembered
def own_patients(place: Place) -> frozenset[str]:
    """Keys of the patients that may be read here."""
    return frozenset(store(place).engine().fetch("select patient_id from patient_keys")["patient_id"].to_pylist())


def verified(place: Place) -> str:
    """What the verification found, in one sentence; of large data that were not verified yet, that it is under way: a page
    does not wait for it, and what is in doubt is known without it."""
    if place.doctors is not None:
        return "Données vérifiées par l’administrateur de ce serveur."
    one = store(place)
    if sum(one.rows.values()) < MANY_LINES or kept(one):
        return _verified(place)
    if place.stamp not in _under_way:
        _under_way[place.stamp] = threading.Thread(target=verifying.apart, args=(one.folder,), daemon=True)
        _under_way[place.stamp].start()
    if not _under_way[place.stamp].is_alive():  # it could not, nowhere to keep what it found
        return _verified(place)
    return UNDER_WAY


UNDER_WAY = "Vérification en cours : elle sera dite ici."
MANY_LINES = 500_000
_under_way: dict[str, threading.Thread] = {}


@_remembered
def _verified(place: Place) -> str:
    return examined(store(place)).sentence()


@_remembered
def doubts(place: Place, result: Result) -> str:
    """Why a result is not given on these data; empty when it is."""
    return why_not(store(place), result)


def dataset(place: Place) -> Dataset:
    return store(place).dataset


def is_sample(place: Place) -> bool:
    return Path(place.path) == shipped.PRACTICES


def signature(place: Place, doctor: str) -> str:
    """How the doctor signs: his name in the sample, elsewhere his number, which he changes."""
    story = stories().get(doctor) if is_sample(place) else None
    return story.signed if story else doctor


@_remembered
def sources(place: Place) -> list[Source]:
    """The documents a practice folder was made from, oldest first; none of one that was not, nor on a server of many."""
    return [] if place.doctors is not None else source_rows.read(Path(place.path))


def last_day(place: Place) -> date:
    """The day judged when nobody chooses."""
    return source_rows.last_day(sources(place), dataset(place).covers_to)


@_remembered
def questions(place: Place) -> list[Question]:
    """Pairs of its patients that may be one."""
    return practice.questions(Path(place.path)) if sources(place) else []


@_remembered
def allowed(place: Place, doctor: str, as_of: date) -> Allowed:
    """What the records of a doctor allow, and why no more."""
    known, chosen = rules(place), preferred_set(place)
    without_added = pc.field("indicator").isin([one.id for one in known.sets[chosen].indicators])
    verdicts = prevention(place, doctor, as_of, chosen).filter(without_added)
    mine = partial(sobriety, place, doctor)
    return results.allowed_by(store(place), doctor, as_of, known, _roster(place, doctor, as_of), verdicts, mine)


@_remembered
def doctors(place: Place) -> list[str]:
    return store(place).doctors()


@dataclass(frozen=True)
class Story:
    """A fictitious practice: how its doctor signs, its name, and what it tells."""

    signed: str
    name: str
    text: str


@st.cache_resource(show_spinner=False)
def stories() -> dict[str, Story]:
    """The sample practices, by doctor."""
    if not shipped.STORIES.exists():
        return {}
    told = tomllib.loads(shipped.STORIES.read_text(encoding="utf-8"))["practice"]
    return {one["id"]: Story(one["signed"], one["name"], one["story"].strip()) for one in told}


@_remembered
def rules(place: Place) -> Catalogue:
    """Sets, agreements and scenarios that ship, and those beside the data."""
    return Catalogue(Path(place.path))


def set_names(place: Place) -> list[str]:
    return list(rules(place).sets)


def set_aside(place: Place) -> tuple[SetAside, ...]:
    """Rules beside the data that are left aside, each with the reason in French."""
    known = rules(place)
    return (*known.set_aside, *(_board(place, preferred_set(place)).set_aside if known.sets else ()))


def preferred_set(place: Place) -> str:
    """The agreement in force when it loads. Raises UserError when no set does."""
    known, preferred = set_names(place), defaults().prevention.set
    if not known:
        reasons = [one.reason for one in rules(place).set_aside if one.kind == "sets"]
        raise UserError("Aucun jeu d’indicateurs n’a pu être chargé :\n" + "\n".join(reasons))
    return preferred if preferred in known else known[0]


@_remembered
def activity(place: Place, doctor: str, as_of: date) -> tuple[list[Beside], date | None]:
    """What a doctor did in the twelve months up to a day, and his list, beside the fictitious practices; and the day up to
    which they are counted (None where they do not ship)."""
    sample = place if is_sample(place) else _sample()
    if sample is None:
        mine = activities.measures(store(place), [doctor], as_of)
        return activities.beside(mine, mine.slice(0, 0), doctor), None
    day = _told_day(sample, as_of)
    everybody = _activities(sample, day)
    is_there = (place, as_of) == (sample, day)
    mine = _of(everybody, doctor) if is_there else activities.measures(store(place), [doctor], as_of)
    return activities.beside(mine, everybody, doctor if is_sample(place) else ""), day


@_remembered
def expected_activity(place: Place, doctor: str, as_of: date) -> Standardised | None:
    """What the fictitious practices would have done for the patients of a list; None where they do not ship."""
    sample = place if is_sample(place) else _sample()
    if sample is None:
        return None
    day = _told_day(sample, as_of)
    everybody = _activities_by_cell(sample, day)
    is_there = (place, as_of) == (sample, day)
    mine = _of(everybody, doctor) if is_there else expected.by_cell(store(place), [doctor], as_of)
    return expected.standardised(mine, everybody, doctor if is_sample(place) else "")


@_remembered
def activity_patients(place: Place, doctor: str, as_of: date) -> dict[str, list[str]]:
    """The patients of his list behind each measure of the activity."""
    return activities.patients_of(store(place), doctor, as_of)


def _told_day(sample: Place, as_of: date) -> date:
    """The nearest day of which the practices tell twelve months."""
    about = dataset(sample)
    return min(max(as_of, add_months(about.covers_from, 12)), about.covers_to)


def _sample() -> Place | None:
    try:
        return place(shipped.PRACTICES)
    except UserError:
        return None


@_compact
def _activities(sample: Place, day: date) -> pa.Table:
    return activities.measures(store(sample), store(sample).doctors(), day)


@_compact
def _activities_by_cell(sample: Place, day: date) -> pa.Table:
    return expected.by_cell(store(sample), store(sample).doctors(), day)


@_remembered
def _board(place: Place, set_name: str) -> Board:
    known = rules(place)
    board = known.board(known.sets[set_name])
    return board._replace(rules=rule_texts.marked(board.rules))


def indicator_set(place: Place, name: str) -> IndicatorSet:
    """A set and, last, the indicators beside the data, marked as such."""
    return _board(place, name).rules


def not_judged(place: Place, name: str) -> tuple[SetAside, ...]:
    """Indicators beside the data that cannot be judged with this set."""
    return _board(place, name).set_aside


def labels(place: Place) -> dict[str, str]:
    """Label of each indicator of the sets that load, and of those beside them."""
    return {one.id: one.label for name in set_names(place) for one in indicator_set(place, name).indicators}


def version(place: Place, name: str) -> Version:
    """An agreement that ships or lies beside the data. Raises RuleError in French when it cannot be used."""
    known = rules(place)
    if name in known.versions:
        return known.versions[name]
    reasons = [one.reason for one in known.set_aside if (one.kind, one.id) == ("versions", name)]
    raise UserError(
        reasons[0] if reasons else f"L’accord « {name} » n’existe pas ; {suggest(name, list(known.versions))}"
    )


def versions(place: Place) -> list[Version]:
    return list(rules(place).versions.values())


@_compact
def _roster(place: Place, doctor: str, as_of: date) -> pa.Table:
    return rosters.roster(store(place), doctor, as_of)


@_remembered
def roster(place: Place, doctor: str, as_of: date) -> list[Listed]:
    """The doctor's list on a day."""
    return rows.read(_roster(place, doctor, as_of), Listed)


@_remembered
def insurer_told(place: Place) -> list[Told]:
    """What the insurer's lists say; nothing on a server of many, where they are not cut by doctor."""
    return [] if place.doctors is not None else insurer.told(Path(place.path))


@_remembered
def reconciled(place: Place, doctor: str, as_of: date, set_name: str) -> Reconciliation:
    """The insurer's lists beside what is recorded of the doctor's patients."""
    verdicts = rows.read(prevention(place, doctor, as_of, set_name), Verdict)
    return reconciling.reconcile(insurer_told(place), verdicts, indicator_set(place, set_name))


@_remembered
def evidence(place: Place, doctor: str, as_of: date, set_name: str) -> dict[Reconciled, list[Proof]]:
    """Rows that can be contested, each with the acts that answer."""
    found = reconciled(place, doctor, as_of, set_name)
    return reconciling.proven(found, indicator_set(place, set_name), store(place), as_of)


def has_names(place: Place) -> bool:
    """Does the folder say how its patients are called?"""
    return (Path(place.path) / identities.FILE).is_file()


@_remembered
def names(place: Place, doctor: str, as_of: date) -> dict[str, Named]:
    """How the patients of the list are called, by key; for the screen alone."""
    return identities.called(Path(place.path), [one.patient_id for one in roster(place, doctor, as_of)])


@_together()
def prevention(place: Place, doctor: str | None, as_of: date, set_name: str) -> pa.Table:
    return assess(store(place), indicator_set(place, set_name), as_of, doctor=doctor)


@_compact
def judged(place: Place, doctor: str, as_of: date, set_name: str, said: tuple[str, ...]) -> pa.Table:
    """The verdicts as the doctor judges them. `said`: his declarations that hold, as JSON."""
    if not said:
        return prevention(place, doctor, as_of, set_name)
    held = holding(said)
    acts, sure = declarations.done_elsewhere(held.values()), declarations.confirmed(held.values())
    rules = indicator_set(place, set_name)
    return declarations.judged(
        assess(store(place), rules, as_of, doctor, acts if acts.num_rows else None, sure if sure.num_rows else None)
        if acts.num_rows or sure.num_rows
        else prevention(place, doctor, as_of, set_name),
        held,
    )


def declared(place: Place) -> Read[Declaration]:
    """What the doctor said and what cannot be read of it, beside these data; read again when the file has changed."""
    return _mine(place, _journal(Path(place.path) / declarations.FILE, declarations.read))


def called(place: Place) -> Read[Called]:
    """What came of the calls, in the same way."""
    return _mine(place, _journal(Path(place.path) / calling.FILE, calling.read))


def _mine(place: Place, said: Read[Kept]) -> Read[Kept]:
    """Of a journal that several doctors write, what is about the patients that may be read."""
    if place.doctors is None:
        return said
    own = own_patients(place)
    return Read([one for one in said.known if one.patient_id in own], [], said.file)


def _journal(file: Path, read: Callable[[Path], Read[Kept]]) -> Read[Kept]:
    try:
        state = file.stat()
    except OSError:
        return read(file.parent)
    return _read_journal(str(file), state.st_size, state.st_mtime_ns, read)


@st.cache_resource(max_entries=16, show_spinner=False)
def _read_journal(file: str, size: int, changed: int, _read: Callable[[Path], Read[Kept]]) -> Read[Kept]:
    return _read(Path(file).parent)


def noted(place: Place) -> Read[Noted]:
    """What the doctor noted of his patients, in the same way."""
    return _mine(place, _journal(Path(place.path) / noting.FILE, noting.read))


@_remembered
def practice_lists(
    place: Place, doctor: str, as_of: date, notes: tuple[str, ...], variants: tuple[str, ...] = ()
) -> list[OnList]:
    """Who is on each list on a day, in order. `notes`: what the doctor noted, as JSON."""
    halves = (lists_like(name, place, doctor, as_of, notes, variants) for name in (next(iter(list_rules())), KEY_AGES))
    return in_order(chain(*halves))


def lists_like(
    name: str, place: Place, doctor: str, as_of: date, notes: tuple[str, ...], variants: tuple[str, ...] = ()
) -> list[OnList]:
    """Who is on a list, and on those that are found with it: of the long consultations, or of what indicators judge."""
    return _half(place, doctor, as_of, notes, variants, name not in list_rules())


@_remembered
def _half(
    place: Place, doctor: str, as_of: date, notes: tuple[str, ...], variants: tuple[str, ...], is_judged: bool
) -> list[OnList]:
    return rows.read(_half_lists(place, doctor, as_of, notes, variants, is_judged), OnList)


@_together()
def _half_lists(
    place: Place, doctor: str | None, as_of: date, notes: tuple[str, ...], variants: tuple[str, ...], is_judged: bool
) -> pa.Table:
    said = [Noted.model_validate_json(line) for line in notes]
    only = economy.judged_names(rules(place)) if is_judged else list(list_rules())
    return economy.lists(store(place), as_of, doctor, only, variants, said)


def first_list(
    place: Place, doctor: str, as_of: date, notes: tuple[str, ...], variants: tuple[str, ...] = ()
) -> str | None:
    """The first list that somebody is on."""
    labels = list(list_labels(place))
    for name in (labels[0], KEY_AGES):
        people = {one.list for one in lists_like(name, place, doctor, as_of, notes, variants)}
        if people:
            return next(one for one in labels if one in people)
    return None


@_remembered
def list_labels(place: Place) -> dict[str, str]:
    """Label of each list."""
    unpaid = rules(place).indicator_set(defaults().prevention.unpaid)
    long = {code: rule.label for code, rule in list_rules().items()}
    return long | {KEY_AGES: key_ages_label(place)} | {one.id: one.label for one in unpaid.indicators}


def key_ages_label(place: Place) -> str:
    """Label of the list of the key ages."""
    return rules(place).indicator_set(defaults().prevention.key_ages).label


@_remembered
def income(place: Place, doctor: str, year: int) -> list[IncomeLine]:
    """All but the intéressements, which come after."""
    return rows.read(_income(place, doctor, year), IncomeLine)


@_together()
def _income(place: Place, doctor: str | None, year: int) -> pa.Table:
    pay = forfait(place, doctor, year, version_in_force(place, year))
    return economy.income(store(place), year, doctor, with_savings=False, pay=pay)


@_remembered
def shared_savings(place: Place, doctor: str, year: int) -> list[IncomeLine]:
    return rows.read(economy.shared_savings(store(place), year, doctor), IncomeLine)


@_remembered
def income_acts(place: Place, doctor: str, year: int) -> list[ActBehind]:
    """The acts behind the lines of the income."""
    return rows.read(behind.income(store(place), year, doctor), ActBehind)


@_remembered
def limit_acts(place: Place, doctor: str, year: int, rule: str) -> list[ActBehind]:
    """The acts of the numerator of a rule that has a value."""
    return rows.read(behind.limits(store(place), year, doctor, {rule}), ActBehind)


@_remembered
def concerned(place: Place, doctor: str, year: int, indicator: str, by_board: bool = True) -> list[Concerned]:
    """The patients behind a row of the envelope. `by_board`: from the verdicts on all indicators, where the rows are made
    of them; else this one is judged alone."""
    board = _paid_board(place, doctor, year) if by_board else None
    return economy.concerned(store(place), year, doctor, indicator, board)


@_compact
def _what_if_lists(place: Place, doctor: str, year: int) -> pa.Table:
    return economy.what_if_lists(store(place), year, doctor)


@_remembered
def what_if(place: Place, doctor: str, year: int) -> list[IncomeLine]:
    listed = _what_if_lists(place, doctor, year)
    return rows.read(economy.what_if(store(place), year, doctor, listed), IncomeLine)


@_remembered
def what_if_patients(place: Place, doctor: str, year: int) -> dict[str, list[OnList]]:
    """The patients of each list of `what_if` that has some."""
    found: dict[str, list[OnList]] = {}
    for one in rows.read(_what_if_lists(place, doctor, year), OnList):
        found.setdefault(one.list, []).append(one)
    return found


@_remembered
def really_paid(place: Place, doctor: str, year: int) -> list[Received]:
    pay = forfait(place, doctor, year, version_in_force(place, year))
    return rows.read(economy.really_paid(store(place), year, doctor, pay), Received)


def typed_instalments(place: Place, doctor: str, part: str, year: int) -> list[int]:
    """Cents of each instalment that the doctor says he received of a part in the year."""
    known = received.typed(doctor, practice_facts(place))
    return [cents for (name, month), cents in known.items() if name == part and month.year == year and cents]


@_remembered
def rosp(place: Place, doctor: str, year: int) -> list[RospLine]:
    return rows.read(economy.rosp_lines(store(place), year, doctor, _paid_board(place, doctor, year)), RospLine)


def _paid_board(place: Place, doctor: str, year: int) -> pa.Table | None:
    """Verdicts of the end of the year on what the last agreement pays."""
    one = version(place, defaults().forfait.in_force[-1])
    return _at_year_end(place, doctor, one.indicator_set, year, one.campaign) if one.indicator_set else None


@_remembered
def limits(place: Place, doctor: str, year: int) -> list[Limit]:
    return rows.read(_limits(place, doctor, year), Limit)


@_together()
def _limits(place: Place, doctor: str | None, year: int) -> pa.Table:
    return economy.limits(store(place), year, doctor)


@_remembered
def decided(place: Place, doctor: str, year: int, decision: str) -> list[Decided]:
    one = store(place)
    if decision == "contract":
        return rows.read(_contract(place, doctor, year), Decided)
    found = (  # the group is counted once for all that is told of it
        economy.with_assistant(one, year, cabinet(place, doctor, year))
        if decision == "assistant"
        else capitation.compared(capitation_group(place, doctor, year), year)
    )
    return rows.read(economy.as_decided(found, [doctor]), Decided)


@_together()
def _contract(place: Place, doctor: str | None, year: int) -> pa.Table:
    return economy.decide(store(place), year, doctor, ["contract"])


@_together()
def _base_lines(place: Place, doctor: str | None, year: int) -> pa.Table:
    return economy.base_lines(store(place), version(place, defaults().forfait.in_force[-1]), year, doctor)


@_remembered
def base(place: Place, doctor: str, year: int) -> tuple[list[IncomeLine], list[PayLine]]:
    """The base of the pay that a decision looks at, by line and by patient."""
    lines = _base_lines(place, doctor, year)
    by_line = incomes.in_order(incomes.of_pay(lines, year))
    return rows.read(by_line, IncomeLine), rows.read(lines, PayLine)


def contract_held(place: Place, doctor: str, year: int) -> contracts.Held | None:
    """The demographic contract said to run on the first day of a year."""
    return contracts.held(doctor, practice_facts(place), year)


@_remembered
def zone_rate(place: Place, doctor: str, year: int) -> float:
    """The share of the base that the zone of a doctor adds to it."""
    [known] = practitioners.known(store(place), year, doctor).to_pylist()
    return float(economy.zone_rate(version(place, defaults().forfait.in_force[-1]), known, year))


@_remembered
def cabinet(place: Place, doctor: str, year: int) -> Cabinet:
    group = capitation_group(place, doctor, year)
    base = _base_lines(place, doctor, year + 1)
    return next(one for one in economy.cabinets(store(place), year, doctor, [group], base) if one.doctor_id == doctor)


def assistant_option(place: Place, doctor: str, year: int) -> str:
    """The option of the contract of his assistant, had or supposed."""
    return economy.assistant_option(practice_facts(place), doctor, year)


@_remembered
def capitation_group(place: Place, doctor: str, year: int) -> Group:
    leaks = capitation.capitation().leak > 0
    return next(one for one in capitation.groups(store(place), year, doctor, leaks) if doctor in one.doctors)


@_remembered
def envelope(place: Place, doctor: str, year: int) -> list[Envelope]:
    return rows.read(economy.envelope(store(place), year, doctor, _paid_board(place, doctor, year)), Envelope)


@_remembered
def _mixed(place: Place, year: int) -> Mixed:
    """Of every doctor, for each is laid beside all the others."""
    return economy.mixed(store(place), year)


@_remembered
def _case_mix(place: Place, year: int) -> dict[str, list[CaseMix]]:
    found: dict[str, list[CaseMix]] = {}
    for one in rows.read(envelopes.case_mix((whole := _mixed(place, year)).cells, whole.amounts), CaseMix):
        found.setdefault(one.doctor_id, []).append(one)
    return found


def profiles(place: Place, doctor: str, year: int, indicator: str) -> list[Profile]:
    """The patients alike that make a row of the variant."""
    return envelopes.profiles(_mixed(place, year).cells[indicator], doctor)


@_remembered
def profile_of(place: Place, doctor: str, year: int) -> dict[str, str]:
    """The profile of each patient of the list at the end of the year."""
    found = envelopes.strata(store(place), doctor, date(year, 12, 31))
    return {patient: stratum for (_, patient), stratum in found.items()}


def case_mix(place: Place, doctor: str, year: int) -> list[CaseMix]:
    return _case_mix(place, year).get(doctor, [])


@_remembered
def contacts(place: Place, doctor: str, year: int) -> list[Contact]:
    done = validated(place, doctor, version(place, defaults().forfait.in_force[-1]), year)
    group = capitation_group(place, doctor, year)
    return rows.read(economy.contacts(store(place), year, doctor, done, group), Contact)


@_remembered
def practice_facts(place: Place) -> Facts:
    return facts(store(place))


def full_years(place: Place) -> list[int]:
    """Calendar years that the data cover to their end, latest first; the last one begun when there is none."""
    about = dataset(place)
    last = about.last_full_year
    return list(range(last, max(about.covers_from.year, last - 3), -1)) or [last]


def holding(said: tuple[str, ...]) -> dict[tuple[str, str], Declaration]:
    """Declarations by (patient, indicator)."""
    read = [Declaration.model_validate_json(line) for line in said]
    return {(one.patient_id, one.indicator): one for one in read}


@_remembered
def calls(place: Place, doctor: str, as_of: date, set_name: str, said: tuple[str, ...]) -> list[Call]:
    """The worklist, in the order of the calls."""
    verdicts = judged(place, doctor, as_of, set_name, said)
    found = worklist.worklist(verdicts, _roster(place, doctor, as_of), indicator_set(place, set_name), as_of)
    return rows.read(found, Call)


@_remembered
def rates(place: Place, doctor: str, as_of: date, set_name: str) -> list[Rate]:
    """What the record says, in the order of the set."""
    verdicts = prevention(place, doctor, as_of, set_name)
    return rows.read(prevention_rates.rates(verdicts, indicator_set(place, set_name)), Rate)


@_compact
def monthly(place: Place, doctor: str, as_of: date, set_name: str, months: int) -> pa.Table:
    ends = prevention_rates.month_ends(store(place), as_of, months)
    counted = side_by_side(lambda end: month(place, doctor, end, set_name), ends, _of_this_script())
    return prevention_rates.by_month(counted.values())


@_together(most=1000)  # two kilobytes each; a demonstration has twelve for each of twelve practices
def month(place: Place, doctor: str | None, end: date, set_name: str) -> pa.Table:
    """Of `monthly`, the month that ends on this day."""
    return prevention_rates.at_month_end(store(place), indicator_set(place, set_name), end, doctor)


@_remembered
def falling_due(place: Place, doctor: str, as_of: date, set_name: str) -> list[Falling]:
    verdicts = prevention(place, doctor, as_of, set_name)
    return rows.read(worklist.falling_due(verdicts, indicator_set(place, set_name), as_of), Falling)


def peers(place: Place, as_of: date, set_name: str) -> tuple[list[PeerRate], date | None]:
    """Rates among fictitious peers on the nearest day known, and that day, for fictitious data; nothing when there are
    none to compare with (they were assessed under one set)."""
    if set_name != defaults().prevention.peers or not dataset(place).synthetic or not shipped.PREVENTION_PEERS.exists():
        return [], None
    return _peers(as_of)


@st.cache_resource(max_entries=16, show_spinner=False)
def _peers(as_of: date) -> tuple[list[PeerRate], date | None]:
    near, day = prevention_rates.nearest_day(pq.read_table(shipped.PREVENTION_PEERS), as_of)
    return rows.read(prevention_rates.peer_rates(near), PeerRate), day


def refused(
    place: Place, doctor: str, as_of: date, set_name: str, verdicts: Sequence[Verdict]
) -> dict[tuple[str, str], refusals.Seen]:
    """The latest act of each of these verdicts that its indicator refuses on purpose, by patient and indicator."""
    patients = tuple(sorted({one.patient_id for one in verdicts}))
    births = {one.patient_id: one.birth_on for one in roster(place, doctor, as_of)}
    had = _refused_lines(place, as_of, set_name, patients)
    return refusals.seen(indicator_set(place, set_name), as_of, verdicts, births, had)


@_remembered
def _refused_lines(place: Place, as_of: date, set_name: str, patients: tuple[str, ...]) -> dict[str, list[Care]]:
    return refusals.lines(store(place), indicator_set(place, set_name), as_of, patients)


@_remembered
def care(place: Place, patient: str, as_of: date) -> list[Care]:
    """Every line of care of a patient, oldest first."""
    return rows.read(rosters.care(store(place), patient, as_of), Care)


@_remembered
def history(place: Place, patient: str, as_of: date) -> list[Line]:
    """What was really done for a patient, with who did it, results and amounts; oldest first."""
    lines = histories.net(rows.read(histories.history(store(place), patient, as_of), Line))
    return sorted(lines, key=lambda line: line.date)


@_remembered
def stays(place: Place, patient: str, as_of: date) -> list[Stay]:
    """His stays in hospital, the latest first; none where the data do not tell any."""
    return histories.stays(store(place), patient, as_of)


def sobriety(place: Place, doctor: str, year: int) -> Ratio:
    """One doctor's ratio with the reference that nobody has to choose. Raises UserError when there is none to compare
    with."""
    return _sobriety(place, doctor, year, chosen_reference(place, year))


@_remembered
def _sobriety(place: Place, doctor: str, year: int, reference: str | None) -> Ratio:
    return rows.only(_ratios(place, doctor, year, reference), Ratio)


@_together()
def _ratios(place: Place, doctor: str | None, year: int, reference: str | None) -> pa.Table:
    return results.sobriety(store(place), year, sobriety_reference(place, year, reference), doctor)


@_remembered
def own_spending(place: Place, doctor: str, year: int) -> Spending:
    """The record's own figures beside the insurer's of a year. Raises UserError when it does not have the year."""
    try:
        tracked = sobriety_reference(place, year, chosen_reference(place, year)).tracked
    except UserError:
        tracked = None
    return typed.spending(store(place), year, load_definition(year), doctor, tracked)


def references_with_rates(place: Place) -> list[Known]:
    """Of the references added, those that have rates of prevention and may stand beside these data: no fictitious one beside
    real data; none in a room, where all is fictitious."""
    if ways.now() is Way.ROOM:
        return []
    synthetic = dataset(place).synthetic
    found = (one for one in references.known() if (one.path / references.RATES).exists())
    return [one for one in found if synthetic or not one.synthetic]


@_remembered
def group_rates(place: Place, doctor: str, reference: str) -> list[GroupRate]:
    """A doctor's rates beside those of a reference that was added, on the last day of its year; none when it has none of a
    set of this program."""
    return results.group_rates(store(place), rules(place), doctor, references.named(reference))


def chosen_reference(place: Place, year: int) -> str | None:
    """Folder of the added reference that real data of a year are compared with; None for fictitious data, or without one."""
    kept = None if dataset(place).synthetic else references.preferred(year)
    return str(kept.path) if kept else None


@_remembered
def doctor_year(
    place: Place,
    doctor: str,
    year: int,
    reference: str | None = None,
    accept_unknown: bool = False,
    accept_other_year: bool = False,
) -> tuple[Ratio, DoctorYear | None]:
    """One doctor's ratio, and what it opens to when he has one. Raises UserError without a reference."""
    found = sobriety_reference(place, year, reference)
    return results.doctor_year(store(place), year, found, doctor, accept_unknown, accept_other_year)


@_remembered
def sobriety_reference(place: Place, year: int, reference: str | None = None) -> Reference:
    """The reference of the user's own, else the fictitious one. Raises UserError when there is none."""
    return results.reference_for(store(place), year, shipped.REFERENCES, Path(reference) if reference else None)


@_remembered
def change(
    place: Place, doctor: str, year: int, reference: str | None, before: str | None, accept_unknown: bool
) -> RatioChange | str:
    """The change from the year before, each year with its own reference; a sentence when it is not known."""
    if reference and not before:
        return "Indiquez le dossier de la référence de l’année précédente pour voir le changement."
    try:
        (row, earlier), (_, now) = (
            doctor_year(place, doctor, one, given, accept_unknown)
            for one, given in ((year - 1, before), (year, reference))
        )
    except UserError as reason:
        return str(reason)
    if earlier is None or row.ratio is None:
        return f"{year - 1} : {row.reason}"
    return results.change(earlier, now) if now else ""


@_remembered
def products(place: Place) -> dict[str, str]:
    """One product of each ATC class, where the folder labels its drugs."""
    return atc.products(Path(place.path))


@_remembered
def variants(place: Place) -> dict[str, Variant]:
    """Variants of the indicators judged by default, by a key for a link."""
    found = variants_of(
        indicator_set(place, preferred_set(place)), [rules(place).sets[name] for name in set_names(place)]
    )
    return {
        one.variant.id if one.variant.variant_of else f"{one.variant.id}.{one.variant_alone.id}": one for one in found
    }


@_remembered
def compared_variant(place: Place, doctor: str, as_of: date, key: str) -> Compared:
    """This list under both wordings; the other doctors are looked at where they are fictitious."""
    one, whose = variants(place)[key], None if is_sample(place) else doctor
    before, after = (
        assess(store(place), rules, as_of, doctor=whose) for rules in (one.original_alone, one.variant_alone)
    )
    return compared(before, after, doctor)


@_remembered
def departments(place: Place) -> dict[str, str | None]:
    """Where each doctor of the folder practises."""
    known = store(place)
    return {doctor: known.doctor(doctor).department for doctor in known.doctors()}


@_remembered
def department(place: Place, doctor: str) -> str | None:
    return store(place).doctor(doctor).department


@_together()
def forfait(
    place: Place, doctor: str | None, year: int, version_name: str, state: State = "acquis", changes: str = ""
) -> pa.Table:
    """Pay lines of the year in one of its three figures, under an agreement and changes written as in a link."""
    one = scenario(place, version_name, changes) if changes else version(place, version_name)
    done, expected = in_state(place, doctor, one, year, state)
    return pay.pay_lines(store(place), one, year, done, doctor, state=state, expected=expected)


def pay_lines(place: Place, doctor: str, year: int, version_name: str, state: State = "acquis") -> list[PayLine]:
    """The same, row by row."""
    return rows.read(forfait(place, doctor, year, version_name, state), PayLine)


def is_finished(place: Place, year: int) -> bool:
    """Do the data cover the year to its end?"""
    return unfinished.is_finished(dataset(place).covers_to, year)


@_remembered
def cautions(place: Place, doctor: str, year: int, version_name: str) -> list[Caution]:
    """What to know before any figure of the pay; the last one when there is no pay to draw."""
    one, in_force = version(place, version_name), version(place, version_in_force(place, year))
    found = before_the_figures(dataset(place), one, year, in_force)
    alone = 0 < patients_listed(forfait(place, doctor, year, version_name)) < ENOUGH
    return [*found, *([Caution("un_seul_patient", year, one)] if alone else [])]


def contract_is_known(place: Place, doctor: str) -> bool:
    """Does anything say a demographic contract of the doctor, now or before?"""
    return bool(facts(store(place)).of(doctor, "contract"))


def figures(place: Place, doctor: str, year: int, version_name: str) -> dict[State, int]:
    """Cents of the year in each of its three figures: equal, and counted once, when the year is finished."""
    if is_finished(place, year):
        return dict.fromkeys(STATES, pay.total_cents(forfait(place, doctor, year, version_name)))
    return {state: pay.total_cents(forfait(place, doctor, year, version_name, state)) for state in STATES}


@_remembered
def calendar(
    place: Place,
    doctor: str,
    year: int,
    version_name: str,
    entered: tuple[tuple[str, int], ...],
    state: State = "acquis",
) -> list[Instalment]:
    """When it is paid, with what is paid beside the forfait."""
    lines = paid(place, doctor, year, version_name, "", entered, state)
    found = results.payment_calendar(store(place), version(place, version_name), year, doctor, lines)
    return rows.read(found, Instalment)


def validated(place: Place, doctor: str, one: Version, year: int) -> pa.Table:
    """patient_id, doctor_id, indicator that an agreement pays for the year."""
    return in_state(place, doctor, one, year, "acquis")[0]


def in_state(
    place: Place, doctor: str | None, one: Version, year: int, state: State
) -> tuple[pa.Table, pa.Table | None]:
    """Validated, and what the trend adds: what an agreement pays in one of the three figures of the year."""
    name = one.indicator_set
    if name is None:
        return unfinished.acquired(None), None

    def judged(end: int) -> pa.Table:
        return _at_year_end(place, doctor, name, end, one.campaign)

    return results.paid_on(rules(place).sets[name], is_finished(place, year), year, state, judged)


@_together()
def _at_year_end(place: Place, doctor: str | None, set_name: str, year: int, campaign: Campaign) -> pa.Table:
    """Several agreements, and most open points of one, pay on the same verdicts."""
    verdicts = results.at_year_end(store(place), rules(place).sets[set_name], year, doctor, campaign)
    return verdicts.select(PAID_ON)  # two days and two sets of each doctor are kept: only what is read of them


@_remembered
def at_stake(place: Place, doctor: str, year: int, version_name: str) -> list[Stake]:
    return rows.read(stake.at_stake(store(place), version(place, version_name), year, doctor), Stake)


def sobriety_years(place: Place) -> list[int]:
    """Complete years of the data that have a reference, latest first; all complete years for real data."""
    about = dataset(place)
    last = (
        about.covers_to.year if (about.covers_to.month, about.covers_to.day) == (12, 31) else about.covers_to.year - 1
    )
    complete = list(range(last, max(about.covers_from.year, last - 5), -1))
    known = [year for year in complete if not about.synthetic or year in results.reference_years(shipped.REFERENCES)]
    return known or complete[:1] or [last]


@_remembered
def measures(place: Place) -> dict[str, Measure]:
    """Measures of relevance, by id: those that ship, and those beside the data that can be used."""
    return rules(place).measures


@_remembered
def measures_by_objective(place: Place) -> dict[str, tuple[str, ...]]:
    """Ids of the measures of each objective, by its name."""
    labels, found = objectives(), dict[str, tuple[str, ...]]()
    for name, one in measures(place).items():
        label = labels.get(one.objective, "Autres")
        found[label] = (*found.get(label, ()), name)
    return found


@_remembered
def measures_reference(place: Place, year: int, reference: str | None = None) -> MeasureReference:
    """What the measures are compared with: the folder given, else the one in use. Raises NoReferenceError (French)."""
    return results.measures_reference(store(place), year, shipped.REFERENCES, Path(reference) if reference else None)


def chosen_with_measures(place: Place, year: int) -> str | None:
    """Folder of the added reference that the measures of real data are compared with; None for fictitious data, or without
    one."""
    kept = None if dataset(place).synthetic else results.preferred_with_measures(year)
    return str(kept.path) if kept else None


@_remembered
def measure_rows(
    place: Place, doctor: str, year: int, names: tuple[str, ...] = (), folder: str | None = None
) -> list[MeasureRow]:
    """These measures of a doctor in a year, in the order of the objectives; by default those of the first, which are shown
    first. `folder`: of the reference that was picked."""
    if not names:
        return measure_rows(place, doctor, year, next(iter(measures_by_objective(place).values())), folder)
    reference, why = None, ""
    try:
        reference = measures_reference(place, year, folder)
    except results.NoReferenceError as missing:
        why = str(missing)
    wanted = {name: measures(place)[name] for name in names}
    board = _kept_board(place, doctor)
    return rows.read(results.pertinence(store(place), wanted, year, doctor, reference, why, board), MeasureRow)


@_remembered
def measure_patients(place: Place, doctor: str, year: int, measure: str) -> list[Opened]:
    """The patients behind a measure."""
    wanted = {measure: measures(place)[measure]}
    board = _kept_board(place, doctor)
    return rows.read(results.pertinence_patients(store(place), wanted, year, doctor, board, products(place)), Opened)


def _of_this_script() -> Callable[[], object] | None:
    """What a thread begins with, to find what is kept for this session; None for what is counted ahead, for all."""
    script = get_script_run_ctx(suppress_warning=True)
    return partial(add_script_run_ctx, ctx=script) if script else None


def _kept_board(place: Place, doctor: str) -> KeptBoard:
    """What prevention says on 31 December: judged once, though a year is asked for by itself, then as the one before."""
    of_this_script = _of_this_script()

    def told(years: Sequence[int], _indicators: Sequence[str]) -> dict[int, pa.Table]:
        return side_by_side(partial(_on_the_last_day, place, doctor), years, of_this_script)

    return told


@_together()
def _on_the_last_day(place: Place, doctor: str | None, year: int) -> pa.Table:
    """Of the indicators that any measure reads."""
    wanted = {name for one in measures(place).values() for counted in one.counts for name in counted.board}
    return results.board_of(store(place), doctor)([year], sorted(wanted))[year]


@_remembered
def to_avoid(place: Place, doctor: str, as_of: date) -> list[ToAvoid]:
    """What is not to be done again, unless there is an indication, by patient of the list."""
    return rows.read(_to_avoid(place, doctor, as_of), ToAvoid)


@_together()
def _to_avoid(place: Place, doctor: str | None, as_of: date) -> pa.Table:
    return avoid.to_avoid(store(place), as_of, doctor)


@_remembered
def paid_schemes(place: Place, doctor: str, year: int) -> list[PaidScheme]:
    """What the intéressements would pay in a year."""
    return rows.read(interessement(store(place), measures(place), year, doctor), PaidScheme)


@_remembered
def environment(place: Place, doctor: str, year: int) -> Environment:
    """What prescriptions weigh beside their cost."""
    return environment_of(store(place), year, doctor)


@st.cache_resource(max_entries=4, show_spinner=False)
def shipped_reference(year: int) -> Reference | None:
    """The fictitious reference of a year, if one is shipped."""
    place = shipped.REFERENCES / str(year)
    return open_reference(place) if place.is_dir() else None


@_remembered
def version_in_force(place: Place, year: int) -> str:
    """The agreement in force when it can be used, else the latest one. Raises UserError when none can."""
    known, signed = list(rules(place).versions), catalogue.in_force(year)
    if not known:
        raise UserError("Aucun accord n’a pu être chargé :\n" + "\n".join(one.reason for one in rules(place).set_aside))
    return signed if signed in known else known[-1]


@_remembered
def scenario(place: Place, base: str, changes: str) -> Version:
    """A version under changes written as in a link. Raises RuleError in French."""
    return rules(place).changed(version(place, base), decode_changes(changes))


@st.cache_resource(show_spinner=False)
def country() -> Country | None:
    """The population of reference, if it ships."""
    return open_country(shipped.FORFAIT) if (shipped.FORFAIT / "country.toml").is_file() else None


def affirmed(place: Place) -> tuple[str, str]:
    """The agreement that statements are about unless another is chosen, and what it replaces. Raises UserError (French)."""
    _, new, before = comparable(place)
    usual = defaults().forfait.affirmed
    return usual if usual in new else new[-1], before[-1]


@_remembered
def comparable(place: Place) -> tuple[dict[str, Version], list[str], list[str]]:
    """The agreements that the country can be priced under, then those that pay prevention and those before them."""
    read = country()
    known = {one.id: one for one in versions(place) if read and read.knows(one)}
    new = [name for name, one in known.items() if one.prevention]
    before = [name for name in known if name not in new]
    if not new or not before:
        raise UserError("La population de référence ne permet de comparer aucun accord à ce qu’il remplace.")
    return known, new, before


@_remembered
def tested(place: Place, claim: Claim, version_name: str, old_name: str) -> Tested | None:
    """The verdict on a statement; None without a reference population."""
    if (read := country()) is None:
        return None
    return put_to_the_test(claim, read, version(place, version_name), version(place, old_name))


@_remembered
def national(place: Place, version_name: str, with_means: bool) -> Priced | None:
    """The country priced under an agreement; None without a country, or when it was counted in another way."""
    found, one = country(), version(place, version_name)
    if found is None or not found.knows(one):
        return None
    return price(found.people, as_counted(one, found.people), with_means=with_means)


@st.cache_resource(show_spinner=False)
def _lists_alike() -> Lists | None:
    found = country()
    return lists(found) if found else None


@_remembered
def paid_alike(place: Place, patients: int, ald: int, old: int, other: str, with_means: bool) -> list[PaidAlike]:
    """Lists of so many patients, with an ALD and among the oldest, under every agreement the country was counted for;
    none without the one that is compared."""
    known, reference = _lists_alike(), country()
    if known is None or reference is None or not reference.knows(version(place, other)):
        return []
    people = alike(known, patients, ald, old)
    held = [one for one in versions(place) if reference.knows(one)]
    priced = {one.id: price(people, as_counted(one, people), with_means=with_means).totals for one in held}
    weight = people.weight
    return [
        PaidAlike(one, spread(priced[one.id], weight), spread(priced[one.id] - priced[other], weight)) for one in held
    ]


@st.cache_resource(show_spinner=False)
def country_digest() -> int:
    """A number that changes with the population of reference; 0 without one."""
    found = country()
    return zlib.crc32(found.people.counts.tobytes(), zlib.crc32(found.people.weight.tobytes())) if found else 0


@_remembered
def population(place: Place, doctor: str | None, year: int, read: Reading) -> Population:
    """The lists of one doctor or of all as counts, under one reading of a list; verdicts of every indicator set."""
    return results.counted(store(place), year, read, doctor, versions(place))


def year_priced(place: Place, as_of: date) -> int:
    """The last year whose indicators are complete in these data."""
    return as_of.year if date(as_of.year, 12, 31) <= dataset(place).covers_to else as_of.year - 1


def priced_with(place: Place, doctor: str) -> str | None:
    """Whose lists a scenario prices: every doctor's of the sample (None), else this one's alone."""
    return None if is_sample(place) else doctor


@_compact
def paid(
    place: Place,
    doctor: str,
    year: int,
    base: str,
    changes: str,
    entered: tuple[tuple[str, int], ...],
    state: State = "acquis",
) -> pa.Table:
    """Pay lines under a version and changes, with ROSP, forfait structure, DONUM and aid; `entered` in place of means."""
    wanted = scenario(place, base, changes)
    done, expected = in_state(place, doctor, wanted, year, state)
    return pay.pay_lines(
        store(place), wanted, year, done, doctor, with_means=True, entered=dict(entered), state=state, expected=expected
    )


@_remembered
def soon_unseen(place: Place, doctor: str, as_of: date, version_name: str) -> list[SoonUnseen] | None:
    """Month by month; None when last contacts are not known."""
    found = leaving.leaving(store(place), version(place, version_name), as_of, doctor)
    return None if found is None else rows.read(found, SoonUnseen)


@_remembered
def tornado(place: Place, doctor: str, year: int, version_name: str) -> list[OpenReading]:
    one = version(place, version_name)
    found = sensitivity.tornado(store(place), one, year, lambda other: validated(place, doctor, other, year), doctor)
    return rows.read(found, OpenReading)


@_remembered
def levels(place: Place, doctor: str, year: int, version_name: str) -> list[Level] | None:
    """One per indicator; None when the version pays none."""
    one = version(place, version_name)
    if one.indicator_set is None:
        return None
    verdicts = _at_year_end(place, doctor, one.indicator_set, year, one.campaign)
    concerned = results.concerned(rules(place).sets[one.indicator_set], verdicts)
    return rows.read(sensitivity.indicator_levels(one, concerned), Level)


@_remembered
def group_figures(place: Place) -> tuple[int, pa.Table]:
    """How many doctors of a group have data, and its counts at their last day as they may be shown (`prevention/group.py`);
    empty under five doctors. `place`: of the doctors of the group."""
    known = doctors(place)
    if len(known) < LEAST_PEERS:
        return len(known), groups.SCHEMA.empty_table()
    rules, day = indicator_set(place, preferred_set(place)), last_day(place)
    return len(known), results.group_counts(store(place), rules, day, known)


def warm_up() -> None:
    """Open the default folder and compute its first screen; a folder at fault is for the page to tell."""
    if ways.now() is Way.SERVER:
        _whole(place(default_folder()))
        return
    with suppress(UserError, IndexError):
        here = place(default_folder())
        set_aside(here)  # every file of rules is read for the banner of the first page
        for step in _first_of(here, doctors(here)[0], last_day(here)):
            step()


def anticipate_everybody() -> None:
    """All pages of every doctor, the first pages before all: in a room they are opened at once; elsewhere, of few practices,
    while nobody asks for anything."""
    with suppress(UserError, IndexError):
        here = place(default_folder())
        as_of, everybody = last_day(here), doctors(here)
        in_a_room = ways.now() is Way.ROOM
        if not in_a_room and len(everybody) > FEW:
            return
        ask = AHEAD.soon if in_a_room else AHEAD.later
        for doctor in everybody:
            ask(("first", here, doctor, as_of), _first_of(here, doctor, as_of))
        for doctor in everybody:
            ask((here, doctor, as_of), _others_of(here, doctor, as_of))


MONTHS = 12
"""Of each indicator, those that are shown at once."""
FEW = 12
"""Practices whose pages are all counted before they are asked for: nine megabytes each."""


def anticipate_the_rest() -> None:
    """What the other pages compute first, while the first page is being read: of all the doctors of a few practices in one
    go, then for the default doctor."""
    if ways.now() is Way.SERVER:
        return
    with suppress(UserError, IndexError):
        here = place(default_folder())
        doctor, as_of = doctors(here)[0], last_day(here)
        rest = _others_of(here, doctor, as_of)
        if 1 < len(doctors(here)) <= FEW:
            AHEAD.first(_of_all(here, as_of))
        else:
            rest = chain(_of_the_country(here, doctor, as_of), rest)
        AHEAD.soon("rest", rest)


def _of_the_country(here: Place, doctor: str, as_of: date) -> Iterator[Callable[[], object]]:
    """What scenarios and statements are told with."""
    for one in versions(here):
        yield partial(national, here, one.id, True)
        yield partial(validated, here, doctor, one, as_of.year)
    yield _lists_alike
    new, old = affirmed(here)
    for claim in claims():
        yield partial(tested, here, claim, new, old)
    yield partial(tornado, here, doctor, as_of.year, version_in_force(here, as_of.year))
    for read in dict.fromkeys(reading(one) for one in versions(here)):
        yield partial(population, here, priced_with(here, doctor), year_priced(here, as_of), read)


def anticipate(here: Place, doctor: str, as_of: date) -> None:
    """What the pages of a doctor compute first, while the one just drawn is being read; of a visit, nothing."""
    if here.uploaded:
        return
    with suppress(UserError):
        AHEAD.soon((here, doctor, as_of), chain(_first_of(here, doctor, as_of), _others_of(here, doctor, as_of)))


def _of_all(here: Place, as_of: date) -> Iterator[Callable[[], object]]:
    """What the pages of all the doctors are made of, counted in one go, first what takes seconds; those of a whole year come
    last: shorter data have none."""
    yield from _first_of_all(here, as_of)
    for end in prevention_rates.month_ends(store(here), as_of, MONTHS):
        yield partial(month.of_all, here, end, preferred_set(here))
    yield from _of_the_country(here, doctors(here)[0], as_of)
    yield from _others_of_all(here, as_of)


def _first_of_all(here: Place, as_of: date) -> Iterator[Callable[[], object]]:
    """Of the first pages."""
    chosen, year, signed = preferred_set(here), as_of.year, version_in_force(here, as_of.year)
    yield partial(prevention.of_all, here, as_of, chosen)
    for is_judged in (False, True):
        yield partial(_half_lists.of_all, here, as_of, (), (), is_judged)
    yield from _pay_of_all(here, year, signed)
    last = sobriety_years(here)[0]
    yield lambda: _ratios.of_all(here, last, chosen_reference(here, last))


def _pay_of_all(here: Place, year: int, signed: str) -> Iterator[Callable[[], object]]:
    """The pay of a year in each of its figures."""
    one = version(here, signed)
    states = STATES[:1] if is_finished(here, year) else STATES
    if one.indicator_set:
        for end in (year, year - 1)[: len(states)]:
            yield partial(_at_year_end.of_all, here, one.indicator_set, end, one.campaign)
    for state in states:
        yield partial(forfait.of_all, here, year, signed, state)


def _others_of_all(here: Place, as_of: date) -> Iterator[Callable[[], object]]:
    """Of the others."""
    if is_sample(here):
        yield partial(_activities, here, _told_day(here, as_of))
        yield partial(_activities_by_cell, here, _told_day(here, as_of))
    yield partial(_to_avoid.of_all, here, as_of)
    for back in (0, 1):
        yield partial(_on_the_last_day.of_all, here, sobriety_years(here)[0] - back)
    for last in full_years(here)[:1]:
        for one in (last, last - 1):
            yield from _pay_of_all(here, one, version_in_force(here, one))
            yield partial(_income.of_all, here, one)
        yield partial(_limits.of_all, here, last)
        yield partial(_base_lines.of_all, here, last + 1)
        yield partial(_contract.of_all, here, last + 1)


def _first_of(here: Place, doctor: str, as_of: date) -> Iterator[Callable[[], object]]:
    """The first page, and the list to call from."""
    chosen = preferred_set(here)
    yield lambda: calls(here, doctor, as_of, chosen, ())
    yield lambda: practice_lists(here, doctor, as_of, ())
    yield lambda: rates(here, doctor, as_of, chosen)
    signed = version_in_force(here, as_of.year)
    yield lambda: figures(here, doctor, as_of.year, signed)
    yield lambda: sobriety(here, doctor, sobriety_years(here)[0])
    yield lambda: doctor_year(here, doctor, sobriety_years(here)[0])


def _others_of(here: Place, doctor: str, as_of: date) -> Iterator[Callable[[], object]]:
    """The other pages, first the one that takes seconds. Those of a whole year come last: shorter data have none."""
    chosen = preferred_set(here)
    ends = prevention_rates.month_ends(store(here), as_of, MONTHS)
    yield from (partial(month, here, doctor, end, chosen) for end in ends)
    yield partial(monthly, here, doctor, as_of, chosen, MONTHS)
    year, signed = as_of.year, version_in_force(here, as_of.year)
    yield lambda: roster(here, doctor, as_of)
    yield lambda: activity(here, doctor, as_of)
    yield lambda: expected_activity(here, doctor, as_of)
    yield lambda: activity_patients(here, doctor, as_of)
    yield lambda: measure_rows(here, doctor, sobriety_years(here)[0])
    yield from (partial(_on_the_last_day, here, doctor, sobriety_years(here)[0] - back) for back in (0, 1))
    yield lambda: to_avoid(here, doctor, as_of)
    yield lambda: at_stake(here, doctor, year, signed)
    yield lambda: soon_unseen(here, doctor, as_of, signed)
    yield lambda: levels(here, doctor, year, signed)
    yield lambda: allowed(here, doctor, as_of)
    for last in full_years(here)[:1]:
        yield from (partial(income, here, doctor, one) for one in (last, last - 1))
        yield partial(shared_savings, here, doctor, last)
        yield partial(envelope, here, doctor, last)
        yield partial(limits, here, doctor, last)
        yield partial(decided, here, doctor, last + 1, "contract")
        yield from (partial(decided, here, doctor, last, name) for name in ("assistant", "capitation"))
        yield partial(contacts, here, doctor, last)
