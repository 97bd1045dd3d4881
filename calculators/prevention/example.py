"""Shape of the `[[example]]` of an indicator: a patient, his acts, and the verdict worked by hand.

`check.run_examples` puts them through the engine, for the tests and for `tableau-mt indicator check`.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from calculators.prevention.codes import System
from calculators.rules import Frozen

Status = Literal["not_eligible", "excluded", "unknown", "up_to_date", "due"]
AldNumber = Annotated[int, Field(ge=1, le=32)]


def _day_or_none(value: Any) -> date | None:
    if value == "":
        return None
    if isinstance(value, date):
        return value
    raise PydanticCustomError("date", "une date est attendue")


DayOrNone = Annotated[date | None, BeforeValidator(_day_or_none)]
TextOrNone = Annotated[str | None, BeforeValidator(lambda given: None if given == "" else given)]


class ExamplePatient(Frozen):
    """Who is judged: rights held since birth, or from `rights_from` to `rights_to`, both included; data complete from
    `covers_from` on (by default they always were)."""

    birth_date: date
    sex: str
    ald: tuple[AldNumber, ...] = ()
    c2s: bool = False
    rights_from: date | None = None
    rights_to: date | None = None
    died_on: date | None = None
    ald_known: bool = True
    c2s_known: bool = True
    covers_from: date = date(1900, 1, 1)

    @property
    def right(self) -> dict[str, date | None]:
        """The period of the rights: from_date, to_date."""
        return {"from_date": self.rights_from or self.birth_date, "to_date": self.rights_to}


class ExampleAct(Frozen):
    """An act or a delivery: either the name of a code list (its first code counts), or a system and a code of it; an act may
    carry a result."""

    on: date
    quantity: int = 1
    codes: str | None = None
    system: System | None = None
    code: str | None = None
    value: float | None = None
    unit: str | None = None
    comparator: Literal["<", "<=", ">", ">="] | None = None

    @model_validator(mode="after")
    def _one_code(self) -> Self:
        by_name, by_code = self.codes is not None, (self.system is not None) + (self.code is not None)
        if (by_name, by_code) not in ((True, 0), (False, 2)):
            raise ValueError("un acte se dit par « codes », ou bien par « system » et « code »")
        if self.system == "cis":
            raise ValueError("aucune délivrance ne porte de CIS : donnez le CIP13 ou la classe ATC")
        return self

    @property
    def result(self) -> dict[str, float | str | None]:
        """Columns of an act that say its result."""
        return {"value": self.value, "unit": self.unit, "comparator": self.comparator}


class Expected(Frozen):
    """Columns of `assess`. What is left out is not looked at; an empty text demands that there is no value."""

    status: Status
    population: TextOrNone = None
    excluded_by: TextOrNone = None
    last_on: DayOrNone = None
    count: int | None = None
    required: int | None = None
    missing: tuple[str, ...] | None = None
    due_on: DayOrNone = None
    actionable_on: DayOrNone = None
    validated: bool | None = None
    unknown_because: TextOrNone = None
    noted: TextOrNone = None

    def given(self) -> dict[str, Any]:
        """What the file says, lists as `assess` gives them."""
        said = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}


class Example(Frozen):
    """One case worked by hand."""

    name: str = Field(min_length=1)
    as_of: date
    patient: ExamplePatient
    acts: tuple[ExampleAct, ...] = ()
    expect: Expected
