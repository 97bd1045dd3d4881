"""What the unknown is worth: patients whose ALD, C2S or last contact the record does not give, and the euros at stake.

An unknown right counts as no, an unknown last contact as seen; here each answer is turned over in turn, alone, and the
doctor's pay recomputed, majorations included. Prevention is left out: it does not hang on these answers.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from calculators.forfait.population import DEFAULTS, Population, population, price
from calculators.forfait.version import Version
from calculators.records.store import Store


@dataclass(frozen=True)
class Stake:
    """What is not known, for how many, and what the other answer moves."""

    what: str
    answer: int
    patients: int
    amount_cents: int


def at_stake(store: Store, version: Version, year: int, doctor: str | None = None) -> pa.Table:
    """Per doctor and unknown (`ald`, `c2s`, `seen`): patients concerned, `answer` (1 yes, 0 no) tried for all of them,
    and amount_cents, what the year's pay would gain (negative: lose)."""
    people = population(store, version, year, {}, doctor)
    return pa.concat_tables([_of_one(people, version, position, what) for position, what in enumerate(DEFAULTS, 1)])


def _of_one(people: Population, version: Version, position: int, what: str) -> pa.Table:
    answer = 1 - DEFAULTS[what]
    now = price(people, version, prevention=False).totals
    then = price(people, version, assume=DEFAULTS | {what: answer}, prevention=False).totals
    unknown = people.counts @ (people.profiles[:, position] < 0).astype(np.float32)
    size = len(people.doctors)
    return pa.table(
        {
            "doctor_id": pa.array(people.doctors.doctor_id, pa.string()),
            "what": [what] * size,
            "answer": pa.array([answer] * size, pa.int64()),
            "patients": np.rint(unknown).astype(np.int64),
            "amount_cents": then - now,
        }
    )
