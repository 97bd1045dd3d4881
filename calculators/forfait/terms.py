"""Terms of an agreement that are not amounts: who is paid, on which list, at which age, when, and how things add up."""

from decimal import Decimal
from typing import Literal, get_args

from pydantic import Field

from calculators.forfait.values import Factor, Flag, Month, Rate, Whole
from calculators.rules import Basis, Frozen

Part = Literal["socle", "majoration", "c2s", "prevention", "rosp", "structure", "donum", "aide"]
PARTS: tuple[Part, ...] = get_args(Part)
YearEnd = Literal["previous_year_end", "year_end"]
Campaign = Literal["open_on_year_end", "calendar_year", "until_close"]
Contract = Literal["CAIM", "COSCOM", "COTRAM", "CSTM"]


class Advances(Frozen):
    """Every month but the last is an advance, this `share` of the year as counted on an earlier list; the last month takes
    the balance, which may be negative."""

    list_on: YearEnd
    share: Rate


class Calendar(Frozen):
    """Day of the list, and months in which each part is paid: in equal instalments, or as advances and a balance."""

    list_on: YearEnd
    basis: Basis
    paid: dict[Part, tuple[Month, ...]]
    advances: Advances | None = None


class Unpaid(Frozen):
    """What is said to a doctor who is not paid: in sector 2 without OPTAM, or gone."""

    secteur_2: str = "secteur 2 sans OPTAM : ce forfait n’est pas payé"
    cessation: str = "exercice terminé avant l’année payée : rien n’est dû"


class Who(Frozen):
    """Who is paid, and what of the year in which a doctor ends his practice.

    Sector, OPTAM and contracts are read on 31 December of the year before (`previous_year_end`), or of the year paid and at
    the latest on the last day of practice (`year_end`). `sector_2`: is sector 2 without OPTAM paid too?
    `end_of_practice`: `instalments`: the base for the instalments whose first of month is not after the last day, the rest
    only if he practises on 31 December; `quarters`: the list of 31 December before, every amount for the quarters begun.
    """

    sector_2: Flag = False
    read_on: YearEnd = "previous_year_end"
    end_of_practice: Literal["instalments", "quarters"] = "instalments"
    basis: Basis = "presse"
    unpaid: Unpaid = Unpaid()


class AgeRule(Frozen):
    """Day on which the age of patients is taken."""

    on: YearEnd


class SeenRule(Frozen):
    """Who counts as seen: by whom and in how many months; and what an unseen patient is paid.

    `doctor`: an act of the doctor, or of a collaborator of one of his groups; `doctor_alone`; `anyone`.
    """

    months: Whole = Field(ge=1, le=120)
    by: Literal["doctor", "doctor_alone", "anyone"]
    unseen: Literal["ordinary_line", "own_line"]


class Installation(Frozen):
    """The first year of an installation: the calendar year of the first day, the twelve months from it (a year paid is
    shared by whole months), or the first year whose list the doctor has."""

    first_year: Literal["calendar_year", "twelve_months", "first_paid_year"] = "calendar_year"


class Cumul(Frozen):
    """Majorations met together: `sum` of all or `greatest` alone; a first installation `replaces` zone or `adds`."""

    majorations: Literal["sum", "greatest"]
    premiere_installation: Literal["replaces", "adds"]


class Scale(Frozen):
    """Factor applied to every amount of a part (not to rates)."""

    socle: Factor = Decimal(1)
    c2s: Factor = Decimal(1)
    prevention: Factor = Decimal(1)
