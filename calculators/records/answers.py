"""« Deux fiches, un seul patient ? »: the pairs that matching leaves open, and what was answered of them.

An answer names two keys, which never move, and is kept in the folder (`answers.parquet`, for its owner alone). It is looked
at once matching has given its keys to every document: it holds for all that these keys stand for, whatever comes or is
withdrawn. « Oui » shows both under one key, the other leads to it; « non » ends the question, and divides nobody.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from calculators.records.identities import Groups, Identity, Named

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


def applied(
    answers: Iterable[Answer], keys: Mapping[str, str], identities: Sequence[Identity], given: Container[str]
) -> tuple[dict[str, str], list[Identity]]:
    """The key of each node and every identity, once the pairs said to be one are. `given`: keys that sources gave, which
    are shown before those that were drawn."""
    order = {one.key: place for place, one in enumerate(identities)}
    main = {one.key: one.leads_to or one.key for one in identities}
    for answer in answers:
        if answer.same and answer.one in main and answer.other in main:
            ends = sorted({main[answer.one], main[answer.other]}, key=lambda key: (key not in given, order[key]))
            main = {key: ends[0] if to in ends else to for key, to in main.items()}
    told = [replace(one, leads_to="" if main[one.key] == one.key else main[one.key]) for one in identities]
    return {node: main[key] for node, key in keys.items()}, told


def questions(
    groups: Groups,
    keys: Mapping[str, str],
    people: Iterable[Named],
    files: Mapping[str, str],
    answers: Iterable[Answer],
    leads: Mapping[str, str],
) -> list[Question]:
    """Pairs left open, each once, in the order in which they were met. `keys`: of the nodes; `files`: of the sources;
    `leads`: keys that lead to others."""
    by_key: dict[str, list[Named]] = {}
    for person in people:
        by_key.setdefault(keys[person.node], []).append(person)
    settled = {frozenset(leads.get(key, key) for key in one.pair) for one in answers if not one.same}
    reasons: dict[tuple[str, str], list[str]] = {}
    for one, other, reason in groups.maybe:
        first, last = sorted((keys[one], keys[other]))
        if first == last or frozenset((first, last)) in settled:
            continue
        if reason not in reasons.setdefault((first, last), []):
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
