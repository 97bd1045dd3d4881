"""The rules at hand: those that ship, and those that lie beside a data folder.

Beside the data: `sets/`, `indicators/`, `versions/`, `scenarios/` and `measures/`, one TOML file per rule, whose name is its
id. A rule beside the data never takes the place of one that ships: an id that both have is an error. What cannot be used is
set aside with the reason, and the rest is at hand.

An indicator beside the data is judged after those of the set that was chosen, whatever the set, unless it is the wording
that a set beside the data gives to one of them. No agreement pays for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from calculators import rules
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.forfait.version import FOLDER as FORFAIT
from calculators.forfait.version import (
    Change,
    Scenario,
    Version,
    applicable,
    apply_changes,
    load_scenario,
    load_version,
    read_scenario,
)
from calculators.pertinence.measure import Measure, is_taken, load_beside, load_measures, ordered
from calculators.prevention.indicator import HERE as PREVENTION
from calculators.prevention.indicator import IndicatorSet, load_indicator, load_set
from calculators.rules import RuleError

Kind = Literal["sets", "indicators", "versions", "scenarios", "measures"]
SHIPPED: dict[Kind, Path] = {
    "sets": PREVENTION / "sets",
    "versions": FORFAIT / "versions",
    "scenarios": FORFAIT / "scenarios",
}
NAMES: dict[Kind, str] = {
    "sets": "le jeu d’indicateurs", "indicators": "l’indicateur", "versions": "l’accord", "scenarios": "le scénario",
    "measures": "la mesure",
}  # fmt: skip
T = TypeVar("T")
R = TypeVar("R", IndicatorSet, Version)


@dataclass(frozen=True)
class SetAside:
    """A rule beside the data that is not used, and why. `taken`: its id is that of another rule."""

    kind: Kind
    id: str
    reason: str
    taken: bool = False


class Board(NamedTuple):
    """A set with the indicators judged beside it, and those that could not be."""

    rules: IndicatorSet
    set_aside: tuple[SetAside, ...]


class Catalogue:
    """The rules at hand for a data folder; without one, those that ship.

    A rule is asked for by its id, or by the path of its file. What a file that ships names is what ships.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._set_at = cache(self._read_set)

    # sets and the indicators beside them
    def indicator_set(self, name: str | Path) -> IndicatorSet:
        """A set. Raises RuleError in French."""
        return self._set_at(self._find("sets", str(name)))

    @cached_property
    def sets(self) -> dict[str, IndicatorSet]:
        """Every set that can be used, by id: those that ship first."""
        return self._every_set[0]

    def board(self, chosen: IndicatorSet, files: Sequence[Path] = ()) -> Board:
        """The set that was chosen, the indicators beside the data, then those of `files`, each judged after the others.

        Raises RuleError when one of `files` cannot be used; one beside the data is set aside.
        """
        board, aside, beside = chosen, [], list(self._added(chosen))
        for path in beside:
            try:
                board = board.with_added({path: load_indicator(path)})
            except RuleError as reason:
                taken = any(one.id == path.stem for one in board.indicators)
                aside.append(SetAside("indicators", path.stem, str(reason), taken))
        known = {path.resolve() for path in beside}
        asked = {path: load_indicator(path) for path in files if path.resolve() not in known}
        return Board(board.with_added(asked), tuple(aside))

    # agreements and scenarios on them
    def version(self, name: str | Path) -> Version:
        """An agreement. Raises RuleError in French, also for a set that is not at hand and for an amount of an indicator
        that the set does not have."""
        return self._version_at(self._find("versions", str(name)))

    @cached_property
    def versions(self) -> dict[str, Version]:
        """Every agreement that can be used, by id, oldest first."""
        return dict(sorted(self._every_version[0].items(), key=lambda item: item[1].seniority))

    def set_of(self, version: Version) -> IndicatorSet | None:
        """The set whose indicators an agreement pays; None when it pays none. Raises RuleError in French."""
        if version.indicator_set is None:
            return None
        ships = SHIPPED["sets"] / f"{version.indicator_set}.toml"
        return self._set_at(ships if ships.is_file() else self._find("sets", version.indicator_set))

    def read_scenario(self, name: str | Path) -> Scenario:
        """The overlay itself. Raises RuleError in French."""
        return read_scenario(self._find("scenarios", str(name)))

    def scenario(self, name: str | Path) -> Version:
        """The agreement a scenario describes. Raises RuleError in French."""
        return self._scenario_at(self._find("scenarios", str(name)))

    def base_of(self, name: str | Path) -> Version:
        """The agreement that a scenario starts from: an id, or a file beside it. Raises RuleError in French."""
        return self._base_at(self._find("scenarios", str(name)))

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """Every scenario that can be used, by id: those that ship first."""
        return self._every_scenario[0]

    # measures of relevance
    @cached_property
    def measures(self) -> dict[str, Measure]:
        """Every measure that can be used, by id: those that ship, and those beside the data."""
        return ordered(load_measures() | self._measures_beside[0])

    def measure(self, name: str) -> Measure:
        """One of them. Raises RuleError in French, with the reason of one that is set aside."""
        if reason := next((one.reason for one in self._measures_beside[1] if one.id == name and not one.taken), None):
            raise RuleError(reason)
        if name not in self.measures:
            raise RuleError(f"La mesure « {name} » n’existe pas ; {rules.suggest(name, list(self.measures))}")
        return self.measures[name]

    def compared(self, names: str) -> list[Version]:
        """Agreements and scenarios of a list `A,B,C`. Raises UserError unless there are two, all different."""
        found = [self._version_or_scenario(name.strip()) for name in names.split(",") if name.strip()]
        ids = [version.id for version in found]
        if len(found) < 2:
            raise UserError("Une comparaison demande au moins deux accords : --versions A,B.")
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise UserError(f"« {twice[0]} » est demandé deux fois : un accord ne se compare pas à lui-même.")
        return found

    def changed(self, version: Version, changes: Mapping[str, Change]) -> Version:
        """`apply_changes`, knowing which indicators may have an amount of their own."""
        return apply_changes(version, changes, self._payable(version))

    def applicable(self, version: Version, changes: Mapping[str, Change]) -> dict[str, Change]:
        """Those of the changes whose path the version has."""
        return applicable(version, changes, self._payable(version))

    # what is set aside
    @cached_property
    def set_aside(self) -> tuple[SetAside, ...]:
        """The sets, agreements, scenarios and measures that cannot be used, and why. For indicators it hangs on the set:
        `board`."""
        return (*self._every_set[1], *self._every_version[1], *self._every_scenario[1], *self.measures_aside)

    @property
    def measures_aside(self) -> tuple[SetAside, ...]:
        """The measures beside the data that cannot be used, and why."""
        return tuple(self._measures_beside[1])

    @cached_property
    def _measures_beside(self) -> tuple[dict[str, Measure], list[SetAside]]:
        """Those that ship are not read for it."""
        found, aside = dict[str, Measure](), list[SetAside]()
        for path in self._beside("measures"):
            try:
                found[path.stem] = load_beside(path)
            except RuleError as reason:
                aside.append(SetAside("measures", path.stem, str(reason), is_taken(path)))
        return found, aside

    @cached_property
    def _every_set(self) -> tuple[dict[str, IndicatorSet], list[SetAside]]:
        return self._every("sets", self._set_at)

    @cached_property
    def _every_version(self) -> tuple[dict[str, Version], list[SetAside]]:
        def usable(path: Path) -> Version:
            version = self._version_at(path)
            self.set_of(version)
            return version

        return self._every("versions", usable)

    @cached_property
    def _every_scenario(self) -> tuple[dict[str, Scenario], list[SetAside]]:
        def usable(path: Path) -> Scenario:
            if path.stem in self._ids("versions"):
                raise RuleError(f"Fichier « {path} » : c’est le nom d’un accord ; donnez un autre nom au fichier.")
            self._scenario_at(path)
            return read_scenario(path)

        return self._every("scenarios", usable)

    def _every(self, kind: Kind, load: Callable[[Path], T]) -> tuple[dict[str, T], list[SetAside]]:
        """What loads, by id, and what does not; a file beside the data that has the id of one that ships is not tried."""
        found: dict[str, T] = {}
        aside = []
        shipped = self._shipped(kind)
        for path in [*shipped, *self._beside(kind)]:
            taken = path not in shipped and path.stem in (one.stem for one in shipped)
            try:
                found[path.stem] = load(self._find(kind, path.stem) if taken else path)
            except UserError as reason:
                aside.append(SetAside(kind, path.stem, str(reason), taken))
        return found, aside

    # one file
    def _read_set(self, path: Path) -> IndicatorSet:
        found = _shipped_set(path) if path.parent == SHIPPED["sets"] else load_set(path)
        self._require_id(path, found.id)
        return self._told_apart("sets", path, found)

    def _version_at(self, path: Path) -> Version:
        version = load_version(path)
        self._require_id(path, version.id)
        version = self._told_apart("versions", path, version)
        if version.prevention is None:
            return version
        if path.parent != SHIPPED["versions"]:
            self._find("sets", version.prevention.indicator_set)
        known = self._payable(version) if version.prevention.amounts else []
        if unknown := next((one for one in version.prevention.amounts if one not in known), None):
            raise RuleError(
                f"Fichier « {path.name} » : « prevention.amounts » nomme « {unknown} », qui n’est pas dans le jeu "
                f"« {version.indicator_set} » ; {rules.suggest(unknown, known)}"
            )
        return version

    def _scenario_at(self, path: Path) -> Version:
        base = self._base_at(path)
        return load_scenario(path, base, self._payable(base))

    def _base_at(self, path: Path) -> Version:
        base = read_scenario(path).base
        if base.endswith(".toml"):
            return self._version_at(path.parent / base)
        ships = SHIPPED["versions"] / f"{base}.toml"
        return self._version_at(ships) if path.parent == SHIPPED["scenarios"] else self.version(base)

    def _version_or_scenario(self, name: str) -> Version:
        if name.endswith(".toml"):
            return self.scenario(name) if "base" in rules.read_toml(Path(name)) else self.version(name)
        is_scenario = name in self._ids("scenarios") and name not in self._ids("versions")
        return self.scenario(name) if is_scenario else self.version(name)

    def _payable(self, version: Version) -> list[str]:
        """Ids of the indicators an agreement may pay."""
        paid = self.set_of(version)
        return paid.paid if paid else []

    def _told_apart(self, kind: Kind, path: Path, one: R) -> R:
        """One beside the data that is called like another says its id too: no menu nor chart could tell them apart."""
        beside: list[Path] = self._beside(kind)
        if path not in beside:
            return one
        taken = set[str]().union(*map(_called, [*self._shipped(kind), *beside[: beside.index(path)]]))
        names = {field: getattr(one, field, "") for field in ("label", "short")}
        twice = {field: f"{name} ({one.id})" for field, name in names.items() if name in taken}
        return one.model_copy(update=twice) if twice else one

    # folders
    def _shipped(self, kind: Kind) -> list[Path]:
        return sorted(SHIPPED[kind].glob("*.toml"))

    def _beside(self, kind: Kind) -> list[Path]:
        return sorted((self.folder / kind).glob("*.toml")) if self.folder else []

    def _ids(self, kind: Kind) -> list[str]:
        """Ids of a kind, those that ship first."""
        return list(dict.fromkeys(path.stem for path in [*self._shipped(kind), *self._beside(kind)]))

    def _find(self, kind: Kind, name: str) -> Path:
        """The file of a rule, by its id or as it was given. Two files of one id are never answered with one of them."""
        if name.endswith(".toml"):
            return Path(name)
        found = [path for path in [*self._shipped(kind), *self._beside(kind)] if path.stem == name]
        if len(found) == 1:
            return found[0]
        what = NAMES[kind]
        if found:
            raise RuleError(
                f"Fichier « {found[1]} » : {what} « {name} » est déjà fourni avec le programme ; donnez un autre nom au "
                "fichier et à « id »."
            )
        raise RuleError(f"{what[0].upper()}{what[1:]} « {name} » n’existe pas ; {rules.suggest(name, self._ids(kind))}")

    def _require_id(self, path: Path, id_: str) -> None:
        """Beside the data a rule is found by the name of its file: its id may not say otherwise."""
        if self.folder and path.parent in (self.folder / "sets", self.folder / "versions") and id_ != path.stem:
            raise RuleError(f"Fichier « {path.name} » : « id » vaut « {id_} », « {path.stem} » est attendu.")

    def _added(self, chosen: IndicatorSet) -> Iterator[Path]:
        """Files of the indicators to judge beside a set. What a set beside the data calls by a name that the chosen one has
        too is a wording of that set, not an addition to this one."""
        taken = {one.id for one in chosen.indicators} & {id_ for path in self._beside("sets") for id_ in _cited(path)}
        return (path for path in self._beside("indicators") if path.stem not in taken)


def _called(path: Path) -> set[str]:
    """What a set or an agreement is called."""
    return _shipped_names(path) if path.parent in SHIPPED.values() else _names_in(path)


@cache
def _shipped_names(path: Path) -> set[str]:
    return _names_in(path)


def _names_in(path: Path) -> set[str]:
    try:
        said = rules.read_toml(path)
    except RuleError:  # it is set aside, with its reason
        return set()
    return {name for name in (said.get("label"), said.get("short")) if name and isinstance(name, str)}


@cache
def _shipped_set(path: Path) -> IndicatorSet:
    """A set that ships does not change while the program runs: read once, whatever the folder of data."""
    return load_set(path)


def around(file: Path) -> Catalogue:
    """The rules at hand for a rule file: beside a data folder when the file is in one of its folders of rules."""
    room = file.resolve().parent
    ships = room.parent in (PREVENTION, FORFAIT)
    return Catalogue(room.parent if room.name in NAMES and not ships else None)


def in_force(year: int) -> str:
    """Id of the agreement in force in a year: of `defaults.toml`, the last whose dates hold it, else the last."""
    signed = defaults().forfait.in_force
    for name in reversed(signed):
        one = load_version(name)
        if one.valid_from and one.valid_from.year <= year and (one.valid_to is None or one.valid_to.year >= year):
            return name
    return signed[-1]


def _cited(set_file: Path) -> Sequence[str]:
    """Indicators a set file names; none when it cannot be read, which is told elsewhere."""
    try:
        named = rules.read_toml(set_file).get("indicators", ())
    except RuleError:
        return ()
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else ()
