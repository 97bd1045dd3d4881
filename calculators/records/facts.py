"""What a doctor says of his practice: the table `practice_facts`, and `practice.toml` beside the data.

    [[fact]]
    doctor_id = "M01"
    key = "contract"
    value = "COSCOM"
    from_date = 2025-01-01

On a day, for one doctor and key, `practice.toml` wins over the table; of several of one source, the one that began last.
A value of the table that cannot be used is left out, and told by `check`; a fault of `practice.toml` is told at once.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from calculators import dates, rules
from calculators.dates import to_day
from calculators.records.store import Store
from calculators.rules import Frozen, RuleError, suggest

FILE = "practice.toml"
Kind = Literal["flag", "share", "rate", "number", "cents", "day", "contract", "text"]
NO_CONTRACT = "aucun"


class Form(Frozen):
    """What a value looks like: a regular expression for the whole text, and words."""

    form: str
    words: str


class Key(Frozen):
    """One thing that may be said."""

    kind: Kind
    label: str
    section: str
    most: float | None = None


class Paid(Frozen):
    """The keys of what was really received."""

    form: str
    kind: Kind


class Vocabulary(Frozen):
    """`facts.toml`."""

    kind: dict[Kind, Form]
    paid: Paid
    key: dict[str, Key]

    def form_of(self, key: str) -> Form | None:
        """What its values look like; None for a key that does not exist."""
        if known := self.key.get(key):
            return self.kind[known.kind]
        return self.kind[self.paid.kind] if re.fullmatch(self.paid.form, key) else None

    def wanted(self, key: str, value: str) -> str:
        """What a value of a key that exists should have been, in French; empty when it can be."""
        form, known = self.form_of(key), self.key.get(key)
        if form is None or not re.fullmatch(form.form, value):
            return form.words if form else ""
        if known and known.kind == "day" and not _is_day(value):
            return "une date qui existe"
        if known and known.most is not None and float(value) > known.most:
            return f"un nombre de {known.most:g} au plus"
        return ""

    def sections(self) -> dict[str, list[str]]:
        """Keys by section, in order."""
        found: dict[str, list[str]] = {}
        for key, one in self.key.items():
            found.setdefault(one.section, []).append(key)
        return found


@dataclass(frozen=True)
class Fact:
    """A thing said of a doctor, true from one day to another, both included. `typed`: in practice.toml."""

    doctor_id: str
    key: str
    value: str
    from_day: int
    to_day: int
    typed: bool = False

    def holds(self, day: int) -> bool:
        return self.from_day <= day <= self.to_day


class Facts:
    """Everything said of the doctors of a folder."""

    def __init__(self, given: Iterable[Fact] = ()) -> None:
        self._by_key: dict[tuple[str, str], list[Fact]] = {}
        for one in sorted(given, key=lambda one: (one.typed, one.from_day)):
            self._by_key.setdefault((one.doctor_id, one.key), []).append(one)

    def of(self, doctor: str, key: str) -> list[Fact]:
        """All that was ever said of it, the one that wins last."""
        return self._by_key.get((doctor, key), [])

    def on(self, doctor: str, key: str, day: int) -> str | None:
        """The value on a day (days since 1970); None when nothing is said of that day."""
        return next((one.value for one in reversed(self.of(doctor, key)) if one.holds(day)), None)

    def starting(self, doctor: str, prefix: str, day: int) -> dict[str, str]:
        """Values on a day of the keys `prefix.x`, by x."""
        keys = [key for owner, key in self._by_key if owner == doctor and key.startswith(f"{prefix}.")]
        found = {key.removeprefix(f"{prefix}."): self.on(doctor, key, day) for key in keys}
        return {key: value for key, value in found.items() if value is not None}


def _plain(value: Any) -> Any:
    if not isinstance(value, bool | int | float | date | str):
        raise ValueError("un texte, une date, un nombre ou une valeur logique est attendu")
    return value


class TypedFact(Frozen):
    """One `[[fact]]` of practice.toml. A value may be written as text, or as TOML writes a date, a number, true."""

    doctor_id: str
    key: str
    value: Annotated[bool | int | float | date | str, BeforeValidator(_plain)]
    from_date: date
    to_date: date | None = None
    source: str = "saisi"


class PracticeFile(Frozen):
    """practice.toml."""

    fact: tuple[TypedFact, ...] = Field(default=())


@cache
def vocabulary() -> Vocabulary:
    """Keys that may be said, with their kinds."""
    return rules.load(Path(__file__).with_name("facts.toml"), Vocabulary)


def read_practice(path: Path) -> PracticeFile:
    """A practice.toml as it is written. Raises RuleError, which counts the facts from 1."""
    try:
        return rules.load(path, PracticeFile)
    except RuleError as fault:
        said = re.sub(r"« fact\.(\d+)\.([\w.]+) »", lambda at: f"« {at[2]} » du fait n° {int(at[1]) + 1}", str(fault))
        said = re.sub(r"« fact\.(\d+) »", lambda at: f"le fait n° {int(at[1]) + 1}", said)
    raise RuleError(said)


def facts(store: Store) -> Facts:
    """What is said of the doctors of a store. Raises RuleError (French) for a fault of practice.toml."""
    return Facts([*_recorded(store), *typed(store.folder / FILE, store.doctors())])


def typed(path: Path, doctors: list[str]) -> list[Fact]:
    """The facts of a practice.toml; none without the file. Raises RuleError: unknown doctor or key, value of another form,
    period that ends before it starts."""
    if not path.is_file():
        return []
    content = read_practice(path)
    return [
        _typed(one, f"Fichier « {path.name} », fait n° {place}", doctors) for place, one in enumerate(content.fact, 1)
    ]


def _recorded(store: Store) -> list[Fact]:
    known = vocabulary()
    given = [Fact(**row) for row in store.practice_facts]  # type: ignore[arg-type]
    return [one for one in given if known.form_of(one.key) and not known.wanted(one.key, one.value)]


def _typed(one: TypedFact, where: str, doctors: list[str]) -> Fact:
    known, value = vocabulary(), _text(one.value)
    form = known.form_of(one.key)
    if one.doctor_id not in doctors:
        raise RuleError(f"{where} : le médecin « {one.doctor_id} » n’est pas dans ces données ; "
                        f"{suggest(one.doctor_id, doctors[:20])}")  # fmt: skip
    if form is None:
        raise RuleError(f"{where} : la clé « {one.key} » est inconnue ; {suggest(one.key, list(known.key))}")
    if wanted := known.wanted(one.key, value):
        raise RuleError(f"{where} : « {one.key} » vaut « {value} ». Attendu : {wanted}.")
    if one.to_date and one.to_date < one.from_date:
        raise RuleError(f"{where} : « to_date » ({one.to_date}) est avant « from_date » ({one.from_date}).")
    last = to_day(one.to_date) if one.to_date else dates.OPEN_END
    return Fact(one.doctor_id, one.key, value, to_day(one.from_date), last, typed=True)


def _text(value: bool | int | float | date | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def toml(given: Mapping[str, str], doctor: str, from_date: date) -> str:
    """Text of a practice.toml that says these things of a doctor from a day on."""
    quoted = {key: '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for key, value in given.items()}
    return "\n".join(
        f'[[fact]]\ndoctor_id = "{doctor}"\nkey = "{key}"\nvalue = {value}\nfrom_date = {from_date}\nsource = "saisi"\n'
        for key, value in quoted.items()
    )
