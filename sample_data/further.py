"""What few measures ask of a practice, drawn from a random stream of its own (`further.toml`): the rest of the population
stays as it is, value for value.

Who prescribed the acts that are there and what they cost, imaging, further biology, nursing, transport and devices,
appointments and forms on days of contact, stays, sick leaves, and what the story of a named practice adds to its deliveries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from calculators.dates import to_day, year_of
from calculators.rules import read_toml
from sample_data import lines
from sample_data.lines import NOBODY, OWN, specialist
from sample_data.model import HERE, YEAR, Array, Model, by_age
from sample_data.people import Doctor, People

FILE = HERE / "further.toml"
NONE = -(2**31)
"""Of an amount or a day that is not known."""
Rows = dict[str, Array]
ACT_COLUMNS = ("patient", "day", "act", "by", "quantity", "prescriber", "prescribed", "base", "paid", "exo", "session")


@dataclass(frozen=True)
class Story:
    """What a named practice has that others have not."""

    glp1_outside: int = 0
    """Patients without diabetes to whom a GLP-1 is prescribed."""
    guarded: int = 0
    """Patients with a PPI and an NSAID the same day who take an anticoagulant."""
    biosimilars: int = 0
    """Deliveries of a biosimilar of insulin aspart."""
    overruns: bool = False
    """May the doctor bill above the tariff?"""


@dataclass(frozen=True)
class Further:
    """Columns beside those of `Practice`. `claims`: of its acts, row by row; `exo`: of its deliveries; `acts`, `stays`,
    `leaves`, `deliveries`: rows of their own."""

    claims: Rows
    exo: Array
    acts: Rows
    stays: Rows
    leaves: Rows
    deliveries: Rows

    def since(self, first: int, sold: Array, done: Array) -> "Further":
        """From a day on; `sold` and `done`: which deliveries and acts of the practice are kept."""
        acts, stays, leaves, added = (
            rows_from(rows, rows[day] >= first)
            for rows, day in (
                (self.acts, "day"),
                (self.stays, "entry"),
                (self.leaves, "from"),
                (self.deliveries, "day"),
            )
        )
        return Further(rows_from(self.claims, done), self.exo[sold], acts, stays, leaves, added)


def rows_from(rows: Rows, kept: Array) -> Rows:
    """Some of the rows."""
    return {name: values[kept] for name, values in rows.items()}


@cache
def given() -> dict[str, Any]:
    """`further.toml`."""
    return read_toml(FILE)


@cache
def codes() -> tuple[tuple[str, str], ...]:
    """(system, code) of the acts drawn here; a row's `act` is a place in it."""
    care = [tuple(code) for one in given()["care"] for code in one["codes"]]
    forms = [tuple(one["code"]) for one in given()["forms"].values() if isinstance(one, dict)]
    return tuple(dict.fromkeys([*care, tuple(given()["appointments"]["code"]), *forms]))


def packs() -> list[tuple[str, str, int]]:
    """ATC, CIP13 and cents of what stories add to the deliveries."""
    return [tuple(given()["stories"][name]) for name in ("semaglutide", "apixaban", "asparte")]


def draw(model: Model, doctor: Doctor, people: People, sold: Rows, done: Rows, as_of: int, story: Story,
         rng: np.random.Generator) -> Further:  # fmt: skip
    """All of it, for one doctor."""
    start = model.start_of_acts(as_of)
    stays = _stays(people, start, rng)
    parts = [*_care(model, people, start, rng), *_on_contacts(model, people, done, stays, rng)]
    acts = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    acts = rows_from(acts, _had_care(acts, (sold, done)))
    order = np.lexsort([acts["day"], acts["act"], acts["patient"]])
    acts = _with_claims(model, people, rows_from(acts, order), rng)
    added = _added(model, people, sold, start, story, rng)
    claims = _claims(model, people, done, rng)
    if story.overruns:
        claims = claims | {"paid": _overrun(done["by"] == OWN, claims["base"], rng)}
    return Further(claims, _exemptions(model, people, sold, rng), acts, stays, _leaves(people, done, model, rng), added)


def _had_care(acts: Rows, others: tuple[Rows, Rows]) -> Array:
    """Acts of those who had other care in the year: nobody comes to have some for them, or cohorts would move."""
    key, *known = (rows["patient"].astype(np.int64) * 10_000 + year_of(rows["day"]) for rows in (acts, *others))
    return np.isin(key, np.concatenate(known))


def _claims(model: Model, people: People, done: Rows, rng: np.random.Generator) -> Rows:
    """Prescriber, day of prescription, amounts, exemption and invoice of the acts that are there."""
    said, n = given()["claims"], len(done["day"])
    system = np.array([system for system, _ in model.acts])[done["act"]]
    own, day = np.full(n, NOBODY), np.full(n, NONE)
    for name, percent in said["own_percent"].items():
        drawn = rng.random(n) * 100 < percent
        own = np.where((system == name) & drawn & (done["day"] >= people.first[done["patient"]]), OWN, own)
    day = np.where(own == OWN, done["day"] - rng.integers(1, said["days_before"] + 1, n), day)
    base = _tariff(model.acts, done["act"], done["day"])
    return {
        "quantity": np.ones(n, np.int64), "prescriber": own, "prescribed": day, "base": base, "paid": base,
        "exo": _exo(people, done["patient"], done["day"], rng), "session": (done["by"] == OWN).astype(np.int64),
    }  # fmt: skip


def _with_claims(model: Model, people: People, acts: Rows, rng: np.random.Generator) -> Rows:
    """The same for acts drawn here, whose prescriber and base are known."""
    n = len(acts["day"])
    before = acts["day"] - rng.integers(0, given()["claims"]["days_before"] + 1, n)
    paid = acts["base"] * acts["quantity"]
    return acts | {
        "base": paid, "paid": paid, "prescribed": np.where(acts["prescriber"] != NOBODY, before, NONE),
        "exo": _exo(people, acts["patient"], acts["day"], rng), "session": (acts["by"] == OWN).astype(np.int64),
    }  # fmt: skip


def _tariff(acts: tuple[tuple[str, str], ...], act: Array, day: Array) -> Array:
    """Base of one act on a day: the last tariff that has begun, else that of its nomenclature."""
    said = given()["tariffs"]
    base = np.array([said["others"][system] for system, _ in acts])[act]
    place = {pair: number for number, pair in enumerate(acts)}
    for system, code, since, cents in said["acts"]:
        number = place.get((system, code))
        base = base if number is None else np.where((act == number) & (day >= to_day(since)), cents, base)
    return np.asarray(base)


def _overrun(own: Array, base: Array, rng: np.random.Generator) -> Array:
    """What patients of a doctor with free fees pay."""
    said = given()["overruns"]
    share = rng.integers(said["least"], said["most"] + 1, len(base)) / 100
    above = own & (rng.random(len(base)) * 100 < said["percent"])
    return np.where(above, np.round(base * (1 + share) / 100) * 100, base).astype(np.int64)


def _exo(people: People, patient: Array, day: Array, rng: np.random.Generator) -> Array:
    """Why an act is exempt: an ALD open on the day, in relation with it or not."""
    said = given()["claims"]
    begin, end = people.ald.min(axis=1)[patient], people.ald_end.max(axis=1)[patient]
    related = rng.random(len(day)) * 100 < said["related_percent"]
    exempt = np.where(related, said["exo_related"], said["exo_unrelated"])
    return np.where((begin <= day) & (day <= end), exempt, said["exo_without"])


def _exemptions(model: Model, people: People, sold: Rows, rng: np.random.Generator) -> Array:
    """The same of deliveries: what treats an ALD is in relation with it, some drugs never are."""
    said = given()["claims"]
    exo = _exo(people, sold["patient"], sold["day"], rng)
    is_exempt = exo != said["exo_without"]
    for number, prefixes in said["always_related"].items():
        first = people.ald[:, int(np.flatnonzero(model.ald_numbers == int(number))[0])][sold["patient"]]
        of_class = np.array([atc.startswith(tuple(prefixes)) for atc in model.atc])[sold["product"]]
        exo = np.where(is_exempt & of_class & (first <= sold["day"]), said["exo_related"], exo)
    never = np.array([atc.startswith(tuple(said["never_related"])) for atc in model.atc])[sold["product"]]
    return np.where(is_exempt & never & (rng.random(len(exo)) < 0.8), said["exo_unrelated"], exo)


def _events(people: People, rate: list[float], start: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Patients and days of events, at a rate per 100 people and year by age class; those in need have more."""
    begin = np.maximum(start, people.birth)
    years = np.maximum(people.until - begin, 0) / YEAR
    most = max(rate)
    number = rng.poisson(most / 100 * years * np.sqrt(people.need))
    rows = np.repeat(np.arange(len(people)), number)
    days = begin[rows] + (rng.random(len(rows)) * years[rows] * YEAR).astype(np.int64)
    wanted = by_age((days - people.birth[rows]) / YEAR, given()["ages"]["from"], rate)
    kept = rng.random(len(rows)) * most < wanted
    return rows[kept], days[kept]


def _care(model: Model, people: People, start: int, rng: np.random.Generator) -> Iterator[Rows]:
    """Imaging, biology, nursing, transport, devices."""
    for one in given()["care"]:
        rows, days = _events(people, one["rate"], start, rng)
        if "ald" in one:
            column = np.isin(model.ald_numbers, one["ald"])
            kept = people.ald[:, column].min(axis=1)[rows] <= days
            rows, days = rows[kept], days[kept]
        chosen = rng.choice(len(one["codes"]), len(rows), p=one.get("shares", [1.0]))
        own = rng.random(len(rows)) * 100 < one["own"]
        prescriber = np.where(own & (days >= people.first[rows]), OWN, specialist(model, one["elsewhere"]))
        again = np.flatnonzero(rng.random(len(rows)) < one.get("again", 0.0))
        later = days[again] + rng.integers(60, 330, len(again))
        rows, chosen, prescriber = (np.concatenate([x, x[again]]) for x in (rows, chosen, prescriber))
        days = np.concatenate([days, later])
        yield _repeated(model, people, one, rows, days, chosen, prescriber, rng)


def _repeated(model: Model, people: People, one: dict[str, Any], rows: Array, days: Array, chosen: Array, prescriber: Array,
              rng: np.random.Generator) -> Rows:  # fmt: skip
    """The acts of each event, while the patient is in the records."""
    times, least = one.get("times", 1), one.get("quantity", [1, 1])
    rows, chosen, prescriber = (np.repeat(x, times) for x in (rows, chosen, prescriber))
    days = np.repeat(days, times) + np.tile(np.arange(times) * one.get("every", 0), len(days))
    kept = days <= people.until[rows]
    rows, days, chosen, prescriber = rows[kept], days[kept], chosen[kept], prescriber[kept]
    place = np.array([codes().index(tuple(code)) for code in one["codes"]])
    by = {"radiologist": specialist(model, "06"), "nobody": NOBODY, "nurse": lines.nurse(model)}[one["performer"]]
    n = len(rows)
    return _acts(
        rows, days, place[chosen], np.full(n, by), rng.integers(least[0], least[1] + 1, n), prescriber, one["cents"]
    )


def _acts(rows: Array, days: Array, act: Array | int, by: Array | int, quantity: Array | int, prescriber: Array | int,
          cents: int) -> Rows:  # fmt: skip
    filled = (np.broadcast_to(np.asarray(x, np.int64), len(rows)) for x in (act, by, quantity, prescriber, cents))
    names = ("act", "by", "quantity", "prescriber", "base")
    return {"patient": rows, "day": days} | dict(zip(names, filled, strict=True))


def _on_contacts(model: Model, people: People, done: Rows, stays: Rows, rng: np.random.Generator) -> Iterator[Rows]:
    """Acts on days on which the patient sees his doctor anyway: nobody is seen more often for them."""
    seen = np.isin(done["act"], [model.act["consultation"], model.act["visit"]]) & (done["by"] == OWN)
    rows, days = done["patient"][seen], done["day"][seen]
    ages = (days - people.birth[rows]) / YEAR
    yield from _appointments(model, people, rows, days, ages, rng)
    forms = given()["forms"]
    begin = people.ald.min(axis=1)[rows]
    new = (begin <= days) & (days - people.first[rows] <= YEAR) & (days >= people.first[rows])
    left = _left_recently(stays, rows, days, forms["gl1"]["within"])
    could = {
        "imt": new,
        "mph": begin <= days,
        "gl1": left,
        "gl2": np.full(len(rows), True),
        "ecg": np.full(len(rows), True),
    }
    for name, possible in could.items():
        one = forms[name]
        wanted = possible & (days >= to_day(one["from"])) & (np.floor(ages) >= one.get("from_age", 0))
        wanted &= rng.random(len(rows)) * 100 < one["percent"]
        yield _form(one, rows[wanted], days[wanted], once=name in ("imt", "mph", "gl2"))


def _form(one: dict[str, Any], rows: Array, days: Array, once: bool) -> Rows:
    if once:
        _, first = np.unique(rows, return_index=True)
        rows, days = rows[first], days[first]
    return _acts(rows, days, codes().index(tuple(one["code"])), OWN, 1, NOBODY, one["cents"])


def _left_recently(stays: Rows, rows: Array, days: Array, within: int) -> Array:
    """Did the patient leave a stay within so many days before?"""
    exits: dict[int, list[int]] = {}
    for patient, left in zip(stays["patient"].tolist(), stays["exit"].tolist(), strict=True):
        exits.setdefault(patient, []).append(left)
    pairs = zip(rows.tolist(), days.tolist(), strict=True)
    return np.array([any(0 < day - left <= within for left in exits.get(row, ())) for row, day in pairs], dtype=bool)


def _appointments(model: Model, people: People, rows: Array, days: Array, ages: Array, rng: np.random.Generator
                  ) -> Iterator[Rows]:  # fmt: skip
    """One appointment in a band of ages: with the doctor on a day of contact, or with a nurse or a midwife on any."""
    one = given()["appointments"]
    place, since = codes().index(tuple(one["code"])), to_day(one["from"])
    for low, high in one["bands"]:
        wish, with_doctor = rng.random(len(people)) * 100, rng.random(len(people)) * 100 < one["own_percent"]
        within = (np.floor(ages) >= low) & (np.floor(ages) <= high) & (days >= since)
        own = within & (wish[rows] < one["percent"]) & with_doctor[rows]
        _, first = np.unique(rows[own], return_index=True)
        yield _acts(rows[own][first], days[own][first], place, OWN, 1, NOBODY, one["cents"])
        begin = np.maximum(people.birthday(low), since)
        end = np.minimum(people.birthday(high + 1) - 1, people.until)
        others = np.flatnonzero((wish < one["percent"]) & ~with_doctor & (begin < end))
        on = begin[others] + (rng.random(len(others)) * (end - begin)[others]).astype(np.int64)
        by = np.where(people.woman[others] & (rng.random(len(others)) < 0.5), lines.midwife(model), lines.nurse(model))
        yield _acts(others, on, place, by, 1, NOBODY, one["cents"])


def _stays(people: People, start: int, rng: np.random.Generator) -> Rows:
    """Entry, exit (that of those still there is known: the records end later), kind and GHM by number."""
    said = given()["stays"]
    rows, days = _events(people, said["rate"], start, rng)
    kind = rng.choice(len(said["kinds"]), len(rows), p=list(said["kinds"].values()))
    mean = np.array([said["days"][name] for name in said["kinds"]])[kind]
    left = np.minimum(days + np.round(rng.exponential(1, len(rows)) * mean).astype(np.int64), people.until[rows])
    ghm = np.where(kind == list(said["kinds"]).index("mco"), rng.integers(0, len(said["ghm"]), len(rows)), -1)
    order = np.lexsort([days, rows])
    return {name: values[order] for name, values in zip(("patient", "entry", "exit", "kind", "ghm"),
                                                        (rows, days, left, kind, ghm), strict=True)}  # fmt: skip


def _leaves(people: People, done: Rows, model: Model, rng: np.random.Generator) -> Rows:
    """Leaves prescribed on days of contact, those that last prolonged month after month."""
    said = given()["leaves"]
    seen = (done["act"] == model.act["consultation"]) & (done["by"] == OWN)
    rows, days = done["patient"][seen], done["day"][seen]
    ages = (days - people.birth[rows]) / YEAR
    kept = (ages >= said["from_age"]) & (ages < said["to_age"] + 1) & (rng.random(len(rows)) * 100 < said["percent"])
    rows, days = rows[kept], days[kept]
    n = len(rows)
    length = np.maximum(1, np.round(np.exp(rng.normal(np.log(said["median"]), said["spread"], n)))).astype(np.int64)
    kind = rng.choice(len(said["kinds"]), n, p=list(said["kinds"].values()))
    women = people.woman[rows] & (ages[kept] < 45)
    kind = np.where((kind == list(said["kinds"]).index("maternite")) & ~women, 0, kind)
    least, most = said["long_renewals"]
    times = np.where(rng.random(n) * 100 < said["long_percent"], rng.integers(least, most, n), 0) + 1
    part = rng.random(n) * 100 < said["part_time_percent"]
    length = np.where(times > 1, 30, length)
    rank = np.concatenate([np.arange(k) for k in times]) if n else np.empty(0, np.int64)
    rows, days, length, kind, part = (np.repeat(x, times) for x in (rows, days, length, kind, part))
    begin = days + rank * length
    inside = begin <= people.until[rows]
    found = {
        "patient": rows,
        "from": begin,
        "to": begin + length - 1,
        "kind": kind,
        "extension": rank > 0,
        "part": part,
    }
    return {name: values[inside] for name, values in found.items()}


def _added(model: Model, people: People, sold: Rows, start: int, story: Story, rng: np.random.Generator) -> Rows:
    """Deliveries of a story: product is a place in `packs`."""
    semaglutide, apixaban, asparte = range(3)
    until = people.until.max()
    parts = [
        _delivered(_without_diabetes(model, people, sold, story.glp1_outside, rng), until - rng.integers(200, 380), 0, 2,
                   semaglutide, OWN),
        *_guards(model, people, sold, story.guarded, until, apixaban, rng),
        _delivered(_on_insulin(model, people, sold, story.biosimilars, rng), until - rng.integers(200, 380), 0, 2, asparte,
                   OWN),
    ]  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _delivered(rows: Array, days: Array | int, every: int, times: int, product: int, by: int) -> Rows:
    n = len(rows)
    first = np.broadcast_to(np.asarray(days, np.int64), n)
    day = np.repeat(first, times) + np.tile(np.arange(times) * (every or 30), n)
    filled = {"product": product, "boxes": 1, "by": by}
    return {"patient": np.repeat(rows, times), "day": day} | {k: np.full(n * times, v) for k, v in filled.items()}


def _without_diabetes(model: Model, people: People, sold: Rows, number: int, rng: np.random.Generator) -> Array:
    """Grown patients of the list without ALD 8 nor any drug of diabetes."""
    treated = np.unique(sold["patient"][np.array([atc.startswith("A10") for atc in model.atc])[sold["product"]]])
    never = people.ald[:, int(np.flatnonzero(model.ald_numbers == 8)[0])] > people.until
    ages = people.age(people.until)
    could = never & (ages > 25) & (ages < 60) & (people.until == people.until.max())
    could[treated] = False
    return rng.choice(np.flatnonzero(could), number, replace=False)


def _on_insulin(model: Model, people: People, sold: Rows, number: int, rng: np.random.Generator) -> Array:
    """Patients of the list who already take insulin aspart."""
    taken = np.unique(sold["patient"][sold["product"] == model.names["asparte"]])
    return rng.permutation(taken[people.until[taken] == people.until.max()])[:number]


def _guards(model: Model, people: People, sold: Rows, number: int, until: int, product: int, rng: np.random.Generator
            ) -> Iterator[Rows]:  # fmt: skip
    """An anticoagulant of the cardiologist, a month before a PPI and an NSAID of the doctor on one day."""
    last_year = sold["by"] == OWN
    acid, pain = (np.array([atc.startswith(start) for atc in model.atc])[sold["product"]] & last_year
                  for start in ("A02BC", "M01A"))  # fmt: skip
    key = sold["patient"].astype(np.int64) * 100_000 + sold["day"]
    both = np.intersect1d(key[acid], key[pain])
    rows, days = both // 100_000, both % 100_000
    kept = (days > until - 545) & (days <= until - 181) & (people.age(days[0] if len(days) else 0)[rows] < 60)
    rows, days = rows[kept], days[kept]
    _, first = np.unique(rows, return_index=True)
    chosen = rng.permutation(first)[:number]
    yield _delivered(rows[chosen], days[chosen] - 30, 0, 1, product, specialist(model, "05"))
