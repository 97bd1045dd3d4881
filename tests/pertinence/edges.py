"""Patients each of whom is about one edge: the first or the last day of a year, of a right, of a window, a limit reached or
passed by one. Drawn from a seed; what they share is `Drawn`."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.pertinence.oracle import months_before

Row = dict[str, Any]
Told = Iterator[tuple[str, Row]]
"""Table and row."""
STARTS, ENDS = [date(2024, 1, 1), date(2025, 1, 1)], [date(2024, 12, 31), date(2025, 12, 31)]
EDGES = [date(2023, 12, 31), *STARTS, *ENDS, date(2026, 1, 1)]
INSIDE = [date(2024, 6, 3), date(2025, 3, 31), date(2025, 9, 15)]
DAY = timedelta(1)
ADULTS = [
    date(1930, 5, 2),
    date(1958, 12, 31),
    date(1959, 1, 1),
    date(1985, 3, 1),
    date(2009, 12, 31),
    date(2010, 1, 1),
]
WORKERS = [date(1958, 12, 31), date(1959, 1, 1), *[date(1985, 3, 1)] * 3, date(2009, 12, 31), date(2010, 1, 1)]
OLD = [date(1930, 5, 2), date(1959, 12, 31), date(1960, 1, 1), date(1960, 12, 31), date(1961, 1, 1)]
CLASSES = [
    *("J01CA04", "J01CR02", "N02AX02", "A02BC01", "M01AE01", "B01AC06", "H02AB06", "A10BJ06", "A10BA02", "A10AE04"),
    *("B01AB05", "L04AB01", "R03AC02", "C09AA05", "N02BE01", "J07BB02"),
]
LPP = ["1186722", "1136894", "1104262", "1300001", "2497884", "1113930"]
IMAGES, OTHERS = ["LFQK001", "LFQK002", "ZBQK002"], ["3108", "3112", "4212", "4213", "4225"]
BIOLOGY = ["1139", "1208", "1211"]


class Drawn:
    """One patient, and rows about him: `own` stands for his doctor, `other` for another."""

    def __init__(self, draw: Random, patient: str) -> None:
        self.draw, self.patient, self.pick = draw, patient, draw.choice
        own, other = draw.choice([("d1", "d2"), ("d1", "d2"), ("d2", "d1")])
        self.named = {"own": own, "other": other, "s1": "s1", None: None}

    def who(self, births: list[date]) -> Told:
        died = self.pick([None] * 12 + [date(2025, 12, 31), date(2026, 1, 1), date(2024, 12, 31)])
        sex = self.pick(["F", "M", "F", "M", "F", "M", None])
        yield "patients", {"patient_id": self.patient, "birth_date": self.pick(births), "sex": sex, "died_on": died}
        listed = {"patient_id": self.patient, "doctor_id": self.named["own"], "to_date": None}
        since = self.pick([date(2010, 1, 1)] * 6 + [date(2023, 12, 31), *STARTS, *ENDS])
        yield "registrations", listed | {"from_date": since}
        if self.draw.random() < 0.2:
            until = self.pick([date(2023, 12, 30), date(2023, 12, 31), *(end - DAY for end in ENDS), *ENDS])
            yield "registrations", listed | {"from_date": min(since, until), "to_date": until}
        if self.draw.random() < 0.3:
            yield "c2s", self.period()

    def period(self) -> Row:
        start, end = (
            self.pick([date(2010, 1, 1), *ENDS, date(2025, 12, 30)]),
            self.pick([None, None, *ENDS, date(2025, 12, 30)]),
        )
        return {"patient_id": self.patient, "from_date": min(start, end) if end else start, "to_date": end}

    def ald(self, number: int, start: date = date(2010, 1, 1), end: date | None = None) -> Told:
        yield "ald", {"patient_id": self.patient, "ald": number, "from_date": start, "to_date": end}

    def drug(self, atc: str, day: date, by: str | None = "own", boxes: int = 1, **more: Any) -> Told:
        row = {"patient_id": self.patient, "date": day, "cip13": None, "atc": atc, "boxes": boxes, "base_cents": 350,
               "prescriber_id": self.named[by], "exo": 42}  # fmt: skip
        yield "deliveries", row | more

    def act(
        self, system: str, code: str, day: date, by: str | None = "own", performed_by: str | None = "s1", **more: Any
    ) -> Told:
        row = {"patient_id": self.patient, "date": day, "system": system, "code": code, "quantity": 1,
               "performer_id": self.named[performed_by], "prescriber_id": self.named[by], "base_cents": 765}  # fmt: skip
        yield "acts", row | more

    def stay(self, out: date | None, kind: str | None = "mco") -> Told:
        entry = (out or EDGES[0]) - timedelta(3)
        yield "stays", {"patient_id": self.patient, "entry": entry, "exit": out, "kind": kind}

    def leave(self, start: date, end: date, by: str | None = "own", kind: str = "maladie") -> Told:
        yield (
            "sick_leaves",
            {
                "patient_id": self.patient,
                "prescriber_id": self.named[by],
                "from_date": start,
                "to_date": end,
                "kind": kind,
            },
        )


def first_and_last_days(one: Drawn) -> Told:
    """Anything on the first and the last day of a year, and on the day beside."""
    yield from one.who([*ADULTS, *OLD])
    for day in EDGES:
        for atc in one.draw.sample(CLASSES, 3):
            yield from one.drug(atc, day, one.pick(["own", "own", "other", None]), one.pick([1, 2]))
        for system, codes in (("lpp", LPP), ("ccam", IMAGES), ("prs_nat", OTHERS), ("nabm", BIOLOGY)):
            yield from one.act(system, one.pick(codes), day, one.pick(["own", "own", None]), quantity=one.pick([1, 2]))
    yield from one.stay(one.pick(EDGES))


def all_at_once(one: Drawn) -> Told:
    """Drugs, devices, images and a discharge of one day, some taken back in part."""
    yield from one.who(ADULTS)
    day, by = one.pick(INSIDE), one.pick(["own", None])
    for atc in CLASSES:
        yield from one.drug(atc, day, by)
    for code in LPP:
        yield from one.act("lpp", code, day, by)
    for code in IMAGES:
        yield from one.act("ccam", code, day, by)
    yield from one.act("ngap", "1136894", day, by)  # the code of a device, in another nomenclature
    yield from one.stay(day, one.pick(["mco", "mco", "urgence", None]))


AROUND = [(-400, None), (-400, 0), (0, None)] * 3 + [(-400, -1), (1, None), (0, 0), (1, 30), (-30, -1)]
"""First and last day of an ALD, from that of a delivery."""


def glp1(one: Drawn) -> Told:
    """The first delivery of the year, around the days of an ALD, and another one after it."""
    yield from one.who(ADULTS)
    if one.draw.random() < 0.3:  # barred the first time alone, on the day of which others begin
        yield from one.ald(8, INSIDE[1] - 400 * DAY, INSIDE[1])
        for day in (INSIDE[1], INSIDE[1] + 40 * DAY):
            yield from one.drug("A10BJ06", day)
        return
    day = one.pick([*STARTS, *ENDS, *INSIDE, *[each + 40 * DAY for each in INSIDE]])
    for other in (day, one.pick([day, day + timedelta(40), day - timedelta(40)])):
        yield from one.drug("A10BJ06", other, one.pick(["own"] * 6 + ["other"]))
    start, end = one.pick(AROUND)
    number = one.pick([8] * 7 + [5])
    yield from one.ald(number, day + timedelta(start), None if end is None else day + timedelta(end))
    if one.draw.random() < 0.25:
        before = one.pick([months_before(day, 12), months_before(day, 12) - DAY, day, day + DAY])
        yield from one.drug("A10BA02", before, one.pick(["own", "other"]))


def on_leave(one: Drawn) -> Told:
    """Leaves that touch, overlap, hold one another or are a gap apart, up to an end of a year; about six months of them."""
    yield from one.who(WORKERS)
    yield from one.act("ngap", "G", one.pick([*STARTS, *ENDS, *INSIDE]), performed_by=one.pick(["own"] * 9 + ["other"]))
    end_of_year = one.pick([*ENDS, ENDS[1]])
    last = end_of_year + one.pick([0, 0, -1, 1, 20]) * DAY
    day = end_of_year - one.pick([0, 0, 1, 60, 178, 179, 180, 180, 181]) * DAY
    while day <= last:
        end = min(last, day + one.pick([0, 4, 29, 59, 89]) * DAY)
        by, kind = one.pick(["own"] * 30 + ["other", None]), one.pick(["maladie"] * 30 + ["atmp"])
        yield from one.leave(day, end, by, kind)
        if one.draw.random() < 0.2:
            within = min(end, day + one.pick([0, 1]) * DAY)
            yield from one.leave(within, max(within, end - one.pick([0, 1]) * DAY), by)
        if one.draw.random() < 0.1:
            yield from one.leave(end, end - one.pick([1, 5]) * DAY, by)  # it ends before it begins
        day = end + one.pick([1, 1, 1, 1, 0, -2, 2, 4, 4, 5] if end < last else [1]) * DAY


def two_leaves(one: Drawn) -> Told:
    """Two leaves up to an end of a year, a gap apart, that are long together; or one of a single day."""
    yield from one.who(WORKERS)
    end_of_year = one.pick([*ENDS, ENDS[1]])
    yield from one.act("ngap", "G", end_of_year, performed_by="own")
    begins = end_of_year - one.pick([0, 179, 180, 181, 400]) * DAY
    if begins == end_of_year:
        yield from one.leave(begins, begins + one.pick([0, 0, 9]) * DAY)
        return
    ends = end_of_year - one.pick([60, 99]) * DAY
    yield from one.leave(begins, ends)
    yield from one.leave(ends + one.pick([0, 1, 4, 4, 5, 5]) * DAY, end_of_year + one.pick([0, 0, 0, -1, 20]) * DAY)


def exempt(one: Drawn) -> Told:
    """Amounts by ground of exoneration of those who hold one ALD or several, in the table or not."""
    yield from one.who(ADULTS)
    for number in one.pick([(5, 8), (5, 8), (8, 14), (5,), (8,), (14,), (30,), (8, 30), ()]):
        start = one.pick([date(2010, 1, 1)] * 8 + ENDS)
        yield from one.ald(number, start, one.pick([None] * 8 + [*ENDS, ENDS[1] - DAY]))
    yield from one.drug("C09AA05", INSIDE[1], exo=42)
    grounds = one.pick([(42,), (41,), (41, 42), (None,), (42, 44, 46), (0, 42, 45)])
    for _ in range(one.pick([1, 2, 6])):
        atc, day = (
            one.pick(["C09AA05", "A10BA02", "R03AC02", "N02BE01", "J01CA04"]),
            one.pick([*EDGES, *INSIDE, *INSIDE]),
        )
        by, exo = one.pick(["own", "own", "own", "other", None]), one.pick(grounds)
        amount = one.pick([None, 1, 350, 350, 1200]) if len(grounds) > 1 else one.pick([None, 350])
        yield from one.drug(atc, day, by, 2, exo=exo, base_cents=amount)
        if one.draw.random() < 0.3:  # one of two boxes taken back, or both, and sometimes more money than was asked
            ground, back = one.pick([exo, exo, None, 44]), one.pick([-2, -350, -5000])
            yield from one.drug(atc, day, by, -one.pick([1, 2]), exo=ground, base_cents=back)


def molecules(one: Drawn) -> Told:
    """About as many classes, each on about as many dates, as are asked for."""
    yield from one.who(OLD)
    for year in (2023, 2024, 2025):
        for atc in one.draw.sample(CLASSES, one.pick([5, 6, 6, 7, 10, 11, 12])):
            days = [date(year, 1, 1), date(year, 12, 31), date(year, 5, 6), date(year, 8, 9)]
            for day in one.draw.sample(days, one.pick([3, 3, 3, 3, 2, 4])):
                yield from one.drug(atc, day, one.pick(["own", "other", None]))
                chance = one.draw.random()
                if chance < 0.05:
                    yield from one.drug(atc, day, one.pick(["own", "other", None]), -1)
                elif chance < 0.1:  # of two packs of a day the larger one says how long they last
                    yield from one.drug(atc, day, one.pick(["own", "other"]), pack=one.pick([0, 1]))


def chain(one: Drawn) -> Told:
    """Deliveries a gap apart or more, the last of which is about the first or the last day of a year."""
    yield from one.who(ADULTS)
    day = one.pick([*EDGES, date(2025, 1, 2)])
    for _ in range(one.pick([3, 4, 4, 5, 7])):
        yield from one.drug(one.pick(["N02AX02"] * 5 + ["N02AJ06"]), day, one.pick(["own"] * 9 + ["other"]))
        day -= timedelta(one.pick([28, 29, 35, 35, 35, 36, 0]))


def seen(one: Drawn) -> Told:
    """Acts of a doctor, some taken back by himself or by another."""
    yield from one.who(WORKERS)
    for _ in range(one.pick([1, 1, 2])):
        day, by = one.pick([*EDGES, *INSIDE]), one.pick(["own", "own", "other"])
        yield from one.act("ngap", "G", day, performed_by=by)
        if one.draw.random() < 0.4:
            yield from one.act("ngap", "G", day, performed_by=one.pick([by, "other", None]), quantity=-one.pick([1, 2]))
        if one.draw.random() < 0.3:
            yield from one.act("ngap", "G", day, performed_by=one.pick([by, "other"]))
    for day in one.draw.sample([*STARTS, *INSIDE], 2):
        yield from one.leave(day, day + timedelta(one.pick([0, 9])))
        yield from one.drug("N02AX02", day)


def stomach(one: Drawn) -> Told:
    """A PPI eight weeks or six months after another, or with an anti-inflammatory, or of an infant."""
    yield from one.who([*OLD, date(1960, 12, 31), date(1961, 1, 1)])
    day = one.pick([*STARTS, *ENDS, *INSIDE])
    yield from one.drug(one.pick(["A02BC01", "A02BC02"]), day)
    half = months_before(day, 6)
    earlier = one.pick([day - timedelta(56), day - timedelta(57), half, half - DAY])
    yield from one.drug("A02BC01", earlier, one.pick(["own", "other", None]))
    yield from one.drug("M01AE01", one.pick([day, day, day - DAY]), one.pick(["own", "own", "other"]))
    if one.draw.random() < 0.5:
        quarter = months_before(day, 3)
        yield from one.drug(one.pick(["B01AC06", "H02AB06"]), one.pick([quarter, quarter - DAY, day, day + DAY]), None)


def infant(one: Drawn) -> Told:
    """A PPI on a birthday, or on the day before or after, or on an end of a year."""
    births = [
        date(2024, 2, 29),
        date(2022, 12, 31),
        date(2023, 1, 1),
        date(2024, 1, 1),
        date(2022, 1, 1),
        date(2023, 12, 31),
    ]
    yield from one.who([birth := one.pick(births)])
    second = date(birth.year + 2, birth.month, min(birth.day, 28) if birth.month == 2 else birth.day)
    for day in one.draw.sample([second, second - DAY, second + DAY, birth, *STARTS, *ENDS], one.pick([1, 1, 2])):
        yield from one.drug("A02BC01", max(day, birth), one.pick(["own", "own", "own", "other"]))


def strips(one: Drawn) -> Told:
    """About two hundred strips of a diabetic, told by his ALD or by his drugs, with insulin or not."""
    yield from one.who(ADULTS)
    if one.draw.random() < 0.5:
        yield from one.ald(
            one.pick([8, 8, 5]), one.pick([date(2010, 1, 1), *ENDS]), one.pick([None, *ENDS, date(2025, 12, 30)])
        )
    year = one.pick([2024, 2025])
    days = [date(year, 1, 1), date(year, 12, 31), date(year, 4, 1), date(year - 1, 12, 31), date(year + 1, 1, 1)]
    for day in one.draw.sample(days, 3):
        yield from one.drug("A10BA02", day, None)
    for code, day in ((one.pick(LPP[:2]), day) for day in one.draw.sample(days, 3)):
        yield from one.act("lpp", code, day, quantity=one.pick([1, 1, 2, 4]), base_cents=one.pick([765, None]))
    if one.draw.random() < 0.4:
        yield from one.drug("A10AE04", one.pick(days), None)


def sleep(one: Drawn) -> Told:
    """An orthosis or a machine, with another about two years before, or the same day."""
    yield from one.who(ADULTS)
    day = one.pick([*STARTS, *ENDS, *INSIDE])
    yield from one.act("lpp", one.pick(LPP[4:]), day, one.pick(["own", "s1", None]))
    if one.draw.random() < 0.7:
        back = months_before(day, 24)
        yield from one.act("lpp", one.pick(LPP[4:]), one.pick([back, back - DAY, day, day - DAY]), None)


def images(one: Drawn) -> Told:
    """Images of one group a year apart, or a day more."""
    yield from one.who(ADULTS)
    day = one.pick([*STARTS, *ENDS, *INSIDE])
    for other in (day, day - timedelta(one.pick([0, 1, 365, 366]))):
        yield from one.act("ccam", one.pick(IMAGES), other, one.pick(["own", "own", "other", None]))


def taken_back(one: Drawn) -> Told:
    """Acts and devices of one day taken back in part, whole, or by more than there was."""
    yield from one.who([*ADULTS, *OLD])
    for system, codes in (("prs_nat", OTHERS), ("lpp", LPP), ("ccam", IMAGES), ("nabm", BIOLOGY)):
        code, day, number = one.pick(codes), one.pick([*STARTS, *ENDS, *INSIDE]), one.pick([1, 2])
        yield from one.act(system, code, day, quantity=number)
        yield from one.act(system, code, day, quantity=-one.pick([1, 2, 2]), base_cents=-765)


def biosimilar(one: Drawn) -> Told:
    """A reference medicine and its biosimilar of one class on one day: by one doctor or two, one of them taken back in part
    or whole, or without an amount, beside a pack of neither kind."""
    yield from one.who(ADULTS)
    for day in one.draw.sample([*STARTS, *ENDS, *INSIDE], 2):
        for pack in (0, 1, *one.pick([(), (2,)])):
            by, amount = one.pick(["own", "own", "own", "other"]), one.pick([350, 350, 900, None])
            yield from one.drug("B01AB05", day, by, one.pick([1, 2, 3]), pack=pack, base_cents=amount)
            if one.draw.random() < 0.3:
                yield from one.drug("B01AB05", day, by, -one.pick([1, 2, 3]), pack=pack, base_cents=-350)


def dressings(one: Drawn) -> Told:
    """Dressings up to forty-five days after a discharge, or a day more."""
    yield from one.who(ADULTS)
    out = one.pick([*EDGES, *INSIDE, *[start - timedelta(one.pick([45, 46])) for start in STARTS] * 5])
    yield from one.stay(one.pick([out, out, out, None]), one.pick(["mco", "mco", "mco", "urgence", None]))
    for days in (45, one.pick([-1, 0, 44, 46])):
        yield from one.act("lpp", "1300001", out + timedelta(days), one.pick(["own", "own", "other", None]))


KINDS: tuple[Callable[[Drawn], Told], ...] = (
    first_and_last_days, exempt, on_leave, two_leaves, all_at_once, glp1, molecules, chain, seen, stomach, infant, strips,
    sleep, images, dressings, biosimilar, taken_back,
)  # fmt: skip


def drawn(seed: int, number: int) -> Told:
    """Rows of so many patients, of each kind in turn; the seed says with which. Then of one who is always there."""
    for place in range(number):
        draw, patient = Random(f"{seed} {place}"), f"q{place:03}"
        yield from KINDS[(seed + place) % len(KINDS)](Drawn(draw, patient))
    if number:
        yield from dressed_on_the_first_day()


def dressed_on_the_first_day() -> Told:
    """He left hospital on the first day that anything looks at, forty-five days before the first of the years; and once
    more, from two wards."""
    one = Drawn(Random("r"), "r000")
    yield "patients", {"patient_id": "r000", "birth_date": date(1985, 3, 1), "sex": "F", "died_on": None}
    listed = {"patient_id": "r000", "from_date": date(2010, 1, 1), "to_date": None}
    yield "registrations", listed | {"doctor_id": one.named["own"]}
    yield from one.stay(STARTS[0] - timedelta(45))
    for kind in ("mco", "ssr"):
        yield from one.stay(INSIDE[0], kind)
    yield from one.act("lpp", "1300001", STARTS[0])
