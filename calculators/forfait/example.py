"""Shape of the `[[example]]` of a version: one patient and his line, or a list and its doctor's total.

    [[example]]
    name = "82 ans, en ALD"
    patient = { age = 82, ald = true }
    expect = { line = "ald_des_80_ans", amount = 100 }

    [[example]]
    name = "cent patients, en ZIP"
    list = [{ patients = 60, age = 82, ald = true }, { patients = 40, age = 30, c2s = true }]
    doctor = { zone = "zip" }
    validated = { un_indicateur = 12 }
    expect = { total = 6_420 }

`check.run_examples` prices them, for the tests and for `tableau-mt agreement check`.
"""

from typing import Self

from pydantic import Field, model_validator

from calculators.forfait.values import Euros, Flag, MaybeWhole, Whole, YearlyEuros, Zone
from calculators.rules import Frozen


class ExamplePatient(Frozen):
    """Age on the day the version takes it, rights on the list day; by default no right, and seen."""

    age: Whole
    ald: Flag = False
    c2s: Flag = False
    seen: Flag = True


class ExampleGroup(ExamplePatient):
    """So many patients alike."""

    patients: Whole = Field(ge=1)


class ExampleDoctor(Frozen):
    """Age on 31 December of the year paid; `installation_year`: which year of a first installation it is."""

    zone: Zone = "none"
    age: MaybeWhole = None
    installation_year: MaybeWhole = None


class Expected(Frozen):
    """Of a patient: his base line, its euros, and those of his C2S supplement. Of a list: the euros of the year."""

    line: str | None = None
    amount: Euros | None = None
    c2s: Euros | None = None
    total: YearlyEuros | None = None


class Example(Frozen):
    """One case worked by hand. `validated`: validated indicators of the list, by id; `with_means`: is what is paid beside
    the forfait counted (ROSP, forfait structure, DONUM, installation aid)?"""

    name: str = Field(min_length=1)
    patient: ExamplePatient | None = None
    list: tuple[ExampleGroup, ...] = ()
    doctor: ExampleDoctor = ExampleDoctor()
    validated: dict[str, Whole] = Field(default_factory=dict)
    with_means: Flag = False
    expect: Expected

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        expect, beside = self.expect, self.model_fields_set & {"doctor", "validated", "with_means"}
        if (self.patient is None) == (not self.list):
            raise ValueError("un exemple a « patient », ou bien « list »")
        if self.patient and (expect.line is None or expect.amount is None or expect.total is not None or beside):
            raise ValueError(
                "avec « patient », « expect » donne « line » et « amount » (et « c2s » au besoin), sans médecin"
            )
        if self.list and expect.model_fields_set != {"total"}:
            raise ValueError("avec « list », « expect » donne « total » seul")
        return self
