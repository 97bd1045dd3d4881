"""Who is who: people of all documents of a practice folder -> patients, each with a key that never moves.

`identities.parquet` (for its owner alone, never exported) has one row per key ever given: the documents it stands for, the
one it was drawn for first, and how the patient is named. A number (INS, NIR) is there as a digest, keyed by a salt of the
folder: trying all numbers from outside gives nothing.

Decisions:
* Two people are one when they have the same number, and birth dates that do not contradict; else the same birth name, first
  given name, birth date and sex, accents and hyphens folded, when no two numbers then stand behind one name.
* A number counts when its sex, year and month are those of the person; else it is the insured's.
* « Marie-Louise » and « Marie Louise » are one first name; so are « Marie » and « Marie Louise », of which the second may be
  another given name; « Marie » and « Marie-Louise » are not. Where that leaves a choice, nobody is joined.
* A folder from before identities (« patient-1 »…) knows a document again by its lines.
* A key stays with the group that holds the document it was drawn for, or, that one withdrawn, the next it stood for. A
  group with several keys is shown under the one that its source gave, else the first drawn; the others lead to it.
"""

import hashlib
import re
import secrets
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from calculators.records.readers.shape import Person

FILE = "identities.parquet"
SALT = b"salt"
NUMBER = re.compile(r"[1-478]\d{4}(\d\d|2[AB])\d{6}(\d\d)?", re.ASCII)
UNKNOWN_MONTHS = {*range(20, 43), *range(50, 100)}
"""Months of a number that say nothing: the act of birth was incomplete."""
ALIKE = 0.9
"""Share of its lines by which an earlier folder knows a document again."""
TEXT, DATE = pa.string(), pa.date32()
PEOPLE = pa.schema(
    [
        *(("node", TEXT), ("source_id", TEXT), ("birth", DATE), ("birth_precision", TEXT), ("sex", TEXT)),
        *(("number", TEXT), ("family", TEXT), ("given", TEXT), ("used_family", TEXT)),
        *(("phone", TEXT), ("email", TEXT), ("kept_key", TEXT)),
    ]
)
SCHEMA = pa.schema(
    [
        *(("key", TEXT), ("leads_to", TEXT), ("documents", pa.list_(TEXT)), ("number", TEXT)),
        *(("family", TEXT), ("given", TEXT), ("birth_date", DATE), ("sex", TEXT), ("phone", TEXT), ("email", TEXT)),
    ]
)


@dataclass(frozen=True)
class Named:
    """A person as one document names him. `node` stands for him in the tables of that document; `number` is a digest, empty
    when he has none of his own; `kept_key` the key that the source gave him."""

    node: str
    source_id: str
    birth: date | None
    birth_precision: str
    sex: str
    number: str
    family: str
    given: str
    used_family: str
    phone: str
    email: str
    kept_key: str


@dataclass(frozen=True)
class Identity:
    """One key. `documents`: the nodes it stands for, the one it was drawn for first, those withdrawn included."""

    key: str
    leads_to: str = ""
    documents: tuple[str, ...] = ()
    number: str = ""
    family: str = ""
    given: str = ""
    birth_date: date | None = None
    sex: str = ""
    phone: str = ""
    email: str = ""


class Maybe(NamedTuple):
    """Two nodes that may be one person, and why they were not joined (French)."""

    one: str
    other: str
    reason: str


@dataclass(frozen=True)
class Groups:
    """Nodes of one person together, by the first of them; pairs that a person must settle."""

    of: Mapping[str, str]
    maybe: tuple[Maybe, ...]

    def together(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for node, group in self.of.items():
            found.setdefault(group, []).append(node)
        return found


def fold(name: str) -> str:
    """Small letters without accents; hyphens, apostrophes and points are spaces."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae"))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^0-9a-z]+", " ", letters.casefold()).split())


def first_names(given: str) -> frozenset[str]:
    """What the first given name may be, folded."""
    words = given.split()
    if not words:
        return frozenset()
    first = fold(words[0])
    if len(words) > 1 and " " not in first:
        return frozenset({first, f"{first} {fold(words[1])}".strip()})
    return frozenset({first}) - {""}


def is_own(number: str, birth: date | None, sex: str) -> bool:
    """Is this the number of the person, and not the insured's? Its sex, year and month are his."""
    if not NUMBER.fullmatch(number):
        return False
    wanted = {"M": "137", "F": "248"}.get(sex)
    if wanted and number[0] not in wanted:
        return False
    if birth is None:
        return True
    month = int(number[3:5])
    return int(number[1:3]) == birth.year % 100 and (month in UNKNOWN_MONTHS or month == birth.month)


def digest(number: str, salt: bytes) -> str:
    """The thirteen characters of a number, keyed: the same in one folder, meaningless elsewhere."""
    return hashlib.blake2b(number[:13].encode(), key=salt, digest_size=16).hexdigest()


def named(source_id: str, place: int, person: Person, salt: bytes) -> Named:
    """What is kept of a person of a document; his number only as a digest. A key that is his number is no key."""
    number = person.number.replace(" ", "").upper()
    as_key = person.key.replace(" ", "").upper() if person.keeps_key else ""
    kept = person.key if person.keeps_key else ""
    if NUMBER.fullmatch(as_key) and (is_own(as_key, person.birth, person.sex) or as_key[:13] == number[:13]):
        kept, number = "", number or as_key
    vague = person.birth_precision == "year"
    own = is_own(number, None if vague else person.birth, person.sex)
    return Named(
        node=f"{source_id[:24]}:{place}",
        source_id=source_id,
        birth=person.birth,
        birth_precision=person.birth_precision,
        sex=person.sex,
        number=digest(number, salt) if own else "",
        family=person.family,
        given=person.given,
        used_family=person.used_family,
        phone=person.phone,
        email=person.email,
        kept_key=kept,
    )


Lines = Callable[[str], frozenset[tuple[date, str, str]]]
"""Lines of a node: (date, system, code)."""


def match(people: Iterable[Named], earlier: frozenset[str], lines: Lines) -> Groups:
    """Who is who, whatever the order of the documents. `earlier`: nodes of folders from before identities."""
    every = sorted(people, key=lambda one: one.node)
    joined = _Joined(one.node for one in every)
    maybe: list[Maybe] = []
    for alike in _by(every, lambda one: (one.kept_key, one.birth, one.sex) if one.kept_key else None):
        joined.unite(alike)
    for alike in _by(every, lambda one: one.number or None):
        _by_number(alike, joined, maybe)
    numbered = {joined.of(one.node) for one in every if one.number}
    for alike in _by(every, _civil):
        _by_name(alike, joined, numbered, maybe)
    _by_lines(every, earlier, lines, joined, maybe)
    _propose(every, joined, maybe)
    return Groups({one.node: joined.of(one.node) for one in every}, tuple(dict.fromkeys(maybe)))


class _Joined:
    """Sets of nodes, each by its smallest."""

    def __init__(self, nodes: Iterable[str]) -> None:
        self._above = {node: node for node in nodes}

    def of(self, node: str) -> str:
        while (above := self._above[node]) != node:
            self._above[node] = self._above[above]
            node = above
        return node

    def unite(self, people: Sequence[Named]) -> None:
        roots = sorted({self.of(one.node) for one in people})
        for root in roots[1:]:
            self._above[root] = roots[0]


def _by(people: Iterable[Named], key: Callable[[Named], object]) -> list[list[Named]]:
    found: dict[object, list[Named]] = defaultdict(list)
    for one in people:
        if (named_so := key(one)) is not None:
            found[named_so].append(one)
    return [found[known] for known in sorted(found, key=str)]


def _civil(one: Named) -> tuple[str, date, str] | None:
    """What people of one name share; None when it is not all known."""
    family = fold(one.family)
    known = family and one.birth and one.birth_precision == "day" and one.sex in ("F", "M") and first_names(one.given)
    return (family, one.birth, one.sex) if known and one.birth else None


def _by_number(alike: list[Named], joined: _Joined, maybe: list[Maybe]) -> None:
    """One number, one birth date: one person. A date that is not wholly known follows the only one it may be."""
    whole = _by(alike, lambda one: one.birth if one.birth and one.birth_precision == "day" else None)
    for same in whole:
        joined.unite(same)
    vague = [one for one in alike if not one.birth or one.birth_precision != "day"]
    for one in vague:
        fitting = [same for same in whole if _may_be(one, same[0])]
        if len(fitting) == 1:
            joined.unite([one, fitting[0][0]])
    if not whole:
        joined.unite(vague)
    for one, other in combinations([same[0] for same in whole], 2):
        maybe.append(Maybe(one.node, other.node, "même numéro, dates de naissance différentes"))


def _may_be(vague: Named, whole: Named) -> bool:
    if vague.birth is None or whole.birth is None:
        return True
    same_month = vague.birth_precision == "year" or vague.birth.month == whole.birth.month
    return vague.birth.year == whole.birth.year and same_month


def _by_name(alike: list[Named], joined: _Joined, numbered: set[str], maybe: list[Maybe]) -> None:
    """People of one birth name, birth date and sex: those whose first names may be one."""
    for friends in _connected(alike):
        pairs = list(combinations(friends, 2))
        if all(first_names(one.given) & first_names(other.given) for one, other in pairs):
            _settle(friends, joined, numbered, maybe)
            continue
        for same in _by(friends, lambda one: tuple(sorted(first_names(one.given)))):
            _settle(same, joined, numbered, maybe)
        for one, other in pairs:
            if first_names(one.given) & first_names(other.given) and joined.of(one.node) != joined.of(other.node):
                maybe.append(Maybe(one.node, other.node, "plusieurs prénoms possibles"))


def _connected(alike: list[Named]) -> list[list[Named]]:
    groups: list[list[Named]] = []
    for one in alike:
        near = [group for group in groups if any(first_names(one.given) & first_names(it.given) for it in group)]
        groups = [group for group in groups if group not in near] + [[it for group in near for it in group] + [one]]
    return groups


def _settle(same: list[Named], joined: _Joined, numbered: set[str], maybe: list[Maybe]) -> None:
    """Join people of one name, unless two numbers stand behind it."""
    with_number = sorted({joined.of(one.node) for one in same if joined.of(one.node) in numbered})
    if len(with_number) <= 1:
        joined.unite(same)
        numbered.update({joined.of(one) for one in with_number})
        return
    without = [one for one in same if joined.of(one.node) not in numbered]
    joined.unite(without)
    shown = with_number + [joined.of(one.node) for one in without[:1]]
    maybe += [
        Maybe(one, other, "mêmes nom, naissance et sexe, numéros différents") for one, other in combinations(shown, 2)
    ]


def _by_lines(every: list[Named], earlier: frozenset[str], lines: Lines, joined: _Joined, maybe: list[Maybe]) -> None:
    """A document that an earlier folder was made from is known again by its lines."""
    claims: dict[str, list[Named]] = defaultdict(list)
    old_by_civil: dict[tuple[date | None, str], list[Named]] = defaultdict(list)
    for one in every:
        if one.node in earlier:
            old_by_civil[one.birth, one.sex].append(one)
    for one in every:
        if one.node in earlier or not (candidates := old_by_civil.get((one.birth, one.sex))):
            continue
        mine = lines(one.node)
        found = [old for old in candidates if mine and len(mine & lines(old.node)) >= ALIKE * len(mine)]
        if len(found) == 1:
            claims[found[0].node].append(one)
        else:
            reason = "mêmes naissance et sexe, dans un dossier d’avant les identités"
            maybe += [Maybe(old.node, one.node, reason) for old in found or candidates]
    for old, claimed in sorted(claims.items()):
        if len({joined.of(one.node) for one in claimed}) == 1:
            joined.unite([*claimed, next(one for one in every if one.node == old)])
        else:
            maybe += [Maybe(old, one.node, "plusieurs documents lui ressemblent") for one in claimed]


def _propose(every: list[Named], joined: _Joined, maybe: list[Maybe]) -> None:
    """One name of use for another's birth name: told, never joined."""
    by_name: dict[tuple[str, date | None, str], list[Named]] = defaultdict(list)
    for one in every:
        if fold(one.family) and one.birth:
            by_name[fold(one.family), one.birth, one.sex].append(one)
    for one in every:
        used = fold(one.used_family)
        for other in by_name.get((used, one.birth, one.sex), ()) if used else ():
            apart = joined.of(one.node) != joined.of(other.node)
            if apart and first_names(one.given) & first_names(other.given):
                maybe.append(Maybe(one.node, other.node, "nom d’usage de l’un, nom de naissance de l’autre"))


def assign(
    groups: Groups, people: Iterable[Named], known: Sequence[Identity], moved: Mapping[str, str], shown: frozenset[str]
) -> tuple[dict[str, str], list[Identity]]:
    """The key of each node, and every identity, in the order in which the keys were drawn.

    `moved`: node of a superseded document of one person -> that of its successor; `shown`: nodes of documents that speak. A
    key whose group is no longer shown goes where its document went.
    """
    by_node = {one.node: one for one in people}
    together = groups.together()
    alive = {group for group, nodes in together.items() if any(node in shown for node in nodes)}
    held: dict[str, list[Identity]] = defaultdict(list)
    gone: list[Identity] = []
    for one in known:
        group = _holder(one, groups, moved, alive)
        (gone if group is None else held[group]).append(one)
    order = {one.key: place for place, one in enumerate(known)}
    keys: dict[str, str] = {}
    identities = [Identity(one.key, documents=one.documents) for one in gone]
    for group in sorted(together):
        nodes = sorted(together[group])
        mine = held[group]
        given = [by_node[node].kept_key for node in nodes if by_node[node].kept_key]
        mine += [Identity(key) for key in dict.fromkeys(given) if key not in {one.key for one in mine}]
        mine = sorted(mine, key=lambda one: (one.key not in given, order.get(one.key, len(order)))) or [
            Identity(_draw())
        ]
        main = mine[0].key
        keys |= dict.fromkeys(nodes, main)
        identities += [_described(one, main, nodes, by_node, groups) for one in mine]
    return keys, sorted(identities, key=lambda one: order.get(one.key, len(order)))


def _holder(identity: Identity, groups: Groups, moved: Mapping[str, str], alive: set[str]) -> str | None:
    """The group of the first document the key stands for that is still there."""
    for node in identity.documents:
        group = groups.of.get(node)
        if group is None:
            continue
        if group not in alive and groups.of.get(moved.get(node, "")) in alive:
            return groups.of[moved[node]]
        return group
    return None


def _described(
    identity: Identity, main: str, nodes: list[str], by_node: Mapping[str, Named], groups: Groups
) -> Identity:
    """The row of a key: the documents of its group added, those of another left; names from the last node that has some."""
    kept = [one for one in identity.documents if one not in groups.of or one in nodes or identity.documents[0] == one]
    documents = tuple(dict.fromkeys([*kept, *(nodes if identity.key == main else ())]))
    people = [by_node[node] for node in nodes]

    def first(column: str) -> str:
        return next((value for one in people if (value := getattr(one, column))), "")

    return Identity(
        key=identity.key,
        leads_to="" if identity.key == main else main,
        documents=documents,
        number=first("number"),
        family=first("family"),
        given=first("given"),
        birth_date=next((one.birth for one in people if one.birth), None),
        sex=next((one.sex for one in people if one.sex in ("F", "M")), ""),
        phone=first("phone"),
        email=first("email"),
    )


def _draw() -> str:
    return secrets.token_hex(8)


def read(folder: Path) -> list[Identity]:
    """Every key ever given in a folder, in order; none where there are no identities."""
    if not (folder / FILE).is_file():
        return []
    rows = pq.read_table(folder / FILE, schema=SCHEMA).to_pylist()
    return [Identity(**row | {"documents": tuple(row["documents"])}) for row in rows]


def salt(folder: Path) -> bytes:
    """The salt of the folder, drawn when it has none."""
    if (folder / FILE).is_file() and (found := (pq.read_schema(folder / FILE).metadata or {}).get(SALT)):
        return bytes.fromhex(found.decode())
    return secrets.token_bytes(32)


def write(folder: Path, identities: Sequence[Identity], salt: bytes) -> None:
    """Write the file, for its owner alone."""
    table = pa.Table.from_pylist([vars(one) for one in identities], schema=SCHEMA)
    pq.write_table(table.replace_schema_metadata({SALT: salt.hex().encode()}), folder / FILE, compression="zstd")
    (folder / FILE).chmod(0o600)


def leads(folder: Path) -> dict[str, str]:
    """Earlier keys of patients that were found to be one -> the key they are shown under."""
    if not (folder / FILE).is_file():
        return {}
    table = pq.read_table(folder / FILE, columns=["key", "leads_to"])
    return {key: to for key, to in zip(*(table[name].to_pylist() for name in ("key", "leads_to")), strict=True) if to}
