"""« Deux fiches, un seul patient ? »: the pairs that matching leaves open, and what was answered of them.

An answer names two keys, which never move, and is kept in the folder (`answers.parquet`, for its owner alone). It holds for
every document these keys stand for, those that come later included; while none of the documents of one of them is there, it
waits. « Oui » joins before any rule is looked at; « non » only ends the question: a rule that joins them is stronger.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from calculators.records.identities import Groups, Identity, Named, Told

FILE = "answers.parquet"
SCHEMA = pa.schema([("one", pa.string()), ("other", pa.string()), ("same", pa.bool_()), ("said_on", pa.date32())])


@dataclass(frozen=True)
class Answer:
    """Two keys, in alphabetical order, and whether they are one patient."""

    one: str
    other: str
    same: bool
    said_on: date

    @property
    def pair(self) -> tuple[str, str]:
        return self.one, self.other


@dataclass(frozen=True)
class Card:
    """How the documents of a key name a patient: for the eyes of who answers."""

    key: str
    family: str
    given: str
    birth_date: date | None
    sex: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A pair that waits for an answer, and why it does (French)."""

    one: Card
    other: Card
    reasons: tuple[str, ...]

    @property
    def pair(self) -> tuple[str, str]:
        return self.one.key, self.other.key


def of(one: str, other: str, same: bool, today: date) -> Answer:
    """An answer about two keys, in either order."""
    first, last = sorted((one, other))
    return Answer(first, last, same, today)


def read(folder: Path) -> tuple[Answer, ...]:
    """What was answered in a folder, in order."""
    if not (folder / FILE).is_file():
        return ()
    return tuple(Answer(**row) for row in pq.read_table(folder / FILE, schema=SCHEMA).to_pylist())


def write(folder: Path, answers: Sequence[Answer]) -> None:
    """Nothing is written where nothing was answered."""
    if answers:
        pq.write_table(pa.Table.from_pylist([vars(one) for one in answers], schema=SCHEMA), folder / FILE)
        (folder / FILE).chmod(0o600)


def with_answer(answers: Iterable[Answer], new: Answer) -> tuple[Answer, ...]:
    """In place of what was answered of the same pair."""
    return (*without(answers, new.pair), new)


def without(answers: Iterable[Answer], pair: tuple[str, str]) -> tuple[Answer, ...]:
    return tuple(one for one in answers if one.pair != pair)


def told(answers: Iterable[Answer], identities: Iterable[Identity]) -> list[Told]:
    """The same about the documents that each key stands for."""
    documents = {one.key: one.documents for one in identities}
    return [Told(documents.get(one.one, ()), documents.get(one.other, ()), one.same) for one in answers]


def questions(
    groups: Groups, keys: Mapping[str, str], people: Iterable[Named], files: Mapping[str, str]
) -> list[Question]:
    """Pairs left open, each once, in the order in which they were met. `keys`: of the nodes; `files`: of the sources."""
    by_key: dict[str, list[Named]] = {}
    for person in people:
        by_key.setdefault(keys[person.node], []).append(person)
    reasons: dict[tuple[str, str], list[str]] = {}
    for one, other, reason in groups.maybe:
        first, last = sorted((keys[one], keys[other]))
        if first != last and reason not in reasons.setdefault((first, last), []):
            reasons[first, last].append(reason)
    cards = {key: _card(key, by_key[key], files) for pair in reasons for key in pair}
    return [Question(cards[one], cards[other], tuple(why)) for (one, other), why in reasons.items()]


def _card(key: str, people: Sequence[Named], files: Mapping[str, str]) -> Card:
    named = next((one for one in people if one.family), people[0])
    return Card(
        key=key,
        family=named.family,
        given=named.given,
        birth_date=next((one.birth for one in people if one.birth), None),
        sex=next((one.sex for one in people if one.sex in ("F", "M")), ""),
        files=tuple(dict.fromkeys(files[one.source_id] for one in people)),
    )
