"""What a doctor types of his practice, written to `practice.toml`: whole or as it was, for its owner alone.

A value typed again for the same doctor, key and day takes the place of the earlier one. One taken back ends on the eve; if
it began that very day, it is no more. An instalment is of its month: what is said of it again takes its place on any day.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import tomli_w

from calculators import faults
from calculators.aside import file_aside
from calculators.errors import UserError
from calculators.records.facts import FILE, TypedFact, read_practice, vocabulary
from calculators.rules import suggest


def say(folder: Path, doctor: str, values: Mapping[str, str], day: date, source: str = "saisi") -> None:
    """Write what is said of a doctor from a day on; an empty value takes the key back. Raises UserError (French): a key or
    a value that cannot be, a file at fault, a disk that refuses; the file is then as it was."""
    for key, value in values.items():
        _require(key, value)
    path = folder / FILE
    known = read_practice(path).fact if path.is_file() else ()
    kept = [one for fact in known if (one := _left(fact, doctor, values, day)) is not None]
    new = [
        TypedFact(doctor_id=doctor, key=key, value=value, from_date=day, source=source)
        for key, value in values.items()
        if value
    ]
    _write(path, [*kept, *new])


def _require(key: str, value: str) -> None:
    if vocabulary().form_of(key) is None:
        raise UserError(f"« {key} » est inconnu ; {suggest(key, list(vocabulary().key))}")
    if value and (wanted := vocabulary().wanted(key, value)):
        label = vocabulary().key[key].label if key in vocabulary().key else key
        raise UserError(f"« {label} » vaut « {value} ». Attendu : {wanted}.")


def _left(fact: TypedFact, doctor: str, values: Mapping[str, str], day: date) -> TypedFact | None:
    """What an earlier fact becomes."""
    if fact.doctor_id != doctor or fact.key not in values:
        return fact
    if fact.from_date == day or fact.key not in vocabulary().key:
        return None
    taken_back = not values[fact.key] and fact.from_date < day and (fact.to_date is None or fact.to_date >= day)
    return fact.model_copy(update={"to_date": day - timedelta(days=1)}) if taken_back else fact


def _write(path: Path, known: list[TypedFact]) -> None:
    content: dict[str, Any] = {"fact": [one.model_dump(exclude_none=True) for one in known]}
    try:
        with file_aside(path) as aside:
            aside.write_text(tomli_w.dumps(content), encoding="utf-8")
    except OSError as problem:
        raise UserError(f"« {path.name} » n’a pas été enregistré. {faults.in_french(problem)}") from None
