"""Treatments and episodes of care: deliveries, and the consultations behind them.

Every patient has his own rhythm of visits to the pharmacy, about one a month; all his long treatments are refilled on those
days, so that a prescription looks like one. A long treatment is followed by the GP alone, by a specialist alone, or by
both in turn: that decides its share of initiations, hence whether it is tracked.
"""

from dataclasses import dataclass

import numpy as np

from calculators.dates import OPEN_END
from sample_data.lines import EARLIER, OTHER_GP, OTHER_GPS, OWN, Lines, general_practitioner, specialist
from sample_data.model import MONTH, YEAR, Array, Episode, Model, Treatment
from sample_data.people import Doctor, People

ALONE, SHARED, ELSEWHERE = 0, 1, 2
SHARED_CYCLE = 6


@dataclass(frozen=True)
class Visits:
    """Days of the pharmacy visits, patients x visits, and the visit that starts each patient's quarter (0 to 2)."""

    days: Array
    offset: Array

    def quarter(self, rows: Array, visits: Array) -> Array:
        """Number of the three-month prescription a visit belongs to."""
        return (visits + 3 - self.offset[rows]) // 3

    @property
    def quarters(self) -> int:
        return self.days.shape[1] // 3 + 2


@dataclass(frozen=True)
class Courses:
    """Long treatments: one row per (patient, product)."""

    patient: Array
    product: Array
    mode: Array
    specialist: Array
    begin: Array
    end: Array
    double: Array
    """Two boxes at a time: a high dose, or a long journey to the pharmacy."""


def treat(model: Model, doctor: Doctor, people: People, as_of: int, drugs: Lines, acts: Lines,
          rng: np.random.Generator) -> None:  # fmt: skip
    """Add everything long treatments and episodes bring."""
    visits = _visits(model, people, as_of, rng)
    courses = _courses(model, doctor, people, as_of, rng)
    _refill(model, people, visits, courses, drugs, acts, rng)
    for episode in model.episodes:
        _live(model, doctor, people, episode, as_of, drugs, acts, rng)


def _visits(model: Model, people: People, as_of: int, rng: np.random.Generator) -> Visits:
    start = model.start_of_acts(as_of)
    count = int((as_of - start) / MONTH) + 2
    n = len(people)
    regular = start + np.round(np.arange(count) * MONTH).astype(np.int32)
    phase = rng.integers(-30, 1, (n, 1), dtype=np.int32)
    late = rng.integers(0, 5, (n, count), dtype=np.int32)
    return Visits(regular[None, :] + phase + late, rng.integers(0, 3, n, dtype=np.int32))


def _courses(model: Model, doctor: Doctor, people: People, as_of: int, rng: np.random.Generator) -> Courses:
    bands = model.band(people.age(people.until))
    found = [row for t in model.treatments for row in _prescribed(model, doctor, people, t, bands, as_of, rng)]
    patient, product, mode, seen, begin, end = (np.concatenate(column) for column in zip(*found, strict=True))
    _, once = np.unique(patient.astype(np.int64) * len(model.atc) + product, return_index=True)
    kept = once[begin[once] < end[once]]
    double = (rng.random(len(kept)) < model.raw["treatment_ages"]["double"]) & (model.boxes[product[kept]] <= 2)
    return Courses(patient[kept], product[kept], mode[kept], seen[kept], begin[kept], end[kept], double)


def _prescribed(model: Model, doctor: Doctor, people: People, treatment: Treatment, bands: Array, as_of: int,
                rng: np.random.Generator) -> list[tuple[Array, ...]]:  # fmt: skip
    """Courses of one treatment, one entry per choice of products."""
    chance, since = _indication(model, people, treatment, bands)
    eager = 1.0 if treatment.always else max(1.0, doctor.style)
    if not treatment.always:
        level = model.raw["treatment_ages"]["level"]
        chance = 1 - (1 - np.minimum(chance, 0.995)) ** (people.need * eager * level)
    who = np.flatnonzero(rng.random(len(people)) < chance)
    found = []
    for choice in treatment.choices:
        limits = np.array([limit for _, limit in choice])
        position = np.searchsorted(limits, rng.random(len(who)), side="right")
        rows = who[position < len(limits)]
        products = np.array([product for product, _ in choice])[position[position < len(limits)]]
        found.append(_followed(model, doctor, people, treatment, rows, products, since, eager, as_of, rng))
    return found


def _indication(model: Model, people: People, treatment: Treatment, bands: Array) -> tuple[Array, Array]:
    """Probability of the treatment, and the day from which it is plausible (the ALD that brings it)."""
    ages = people.age(people.until)
    chance = treatment.rate[people.woman.astype(int), bands]
    since = np.full(len(people), -(10**6))
    for sex in (0, 1):
        of_sex = people.woman == bool(sex)
        for number, given in treatment.ald[sex].items():
            first = people.ald[:, int(np.flatnonzero(model.ald_numbers == number)[0])]
            brought = of_sex & (first < OPEN_END) & (given > chance)
            chance, since = np.where(brought, given, chance), np.where(brought, first, since)
    return np.where((ages >= treatment.from_age) & (ages - YEAR_SPAN < treatment.to_age), chance, 0), since


YEAR_SPAN = 6
"""A treatment that ends at an age is still looked for in those who reached it during the period."""


def _followed(model: Model, doctor: Doctor, people: People, treatment: Treatment, rows: Array, products: Array,
              since: Array, eager: float, as_of: int, rng: np.random.Generator) -> tuple[Array, ...]:  # fmt: skip
    """Mode, prescriber and dates of the courses of one choice; a doctor's style thins what he alone prescribes."""
    n = len(rows)
    draw = rng.random(n)
    alone, shared = model.alone[products], model.shared[products]
    mode = np.where(draw < alone, ALONE, np.where(draw < alone + shared, SHARED, ELSEWHERE))
    kept = rng.random(n) < np.where(mode == ALONE, doctor.style, 1.0) / eager
    if treatment.always:
        kept[:] = True
    number = specialist(model, treatment.specialty)
    seen = number + (2 if treatment.hospital else 0) + (0 if treatment.hospital else 1) * (rows % 2)
    begin, end = _dates(model, people, treatment, rows, since[rows], as_of, rng)
    return tuple(column[kept] for column in (rows, products, mode, seen, begin, end))


def _dates(model: Model, people: People, treatment: Treatment, rows: Array, since: Array, as_of: int,
           rng: np.random.Generator) -> tuple[Array, Array]:  # fmt: skip
    given, n = model.raw["treatment_ages"], len(rows)
    start = model.start_of_acts(as_of)
    started = rng.random(n) < given["started"]
    begin = np.where(started, start + (rng.random(n) * (as_of - start)).astype(np.int64), start - 1000)
    stops = rng.random(n) < given["stopped"]
    last = np.maximum(begin, start)
    end = np.where(stops, last + (rng.random(n) * (as_of - last + 1)).astype(np.int64), as_of)
    if treatment.always:
        begin, end = np.full(n, start - 1000), np.full(n, as_of)
    oldest = people.birth[rows] + int(min(treatment.to_age, 130) * YEAR) - 40
    youngest = people.birth[rows] + int(treatment.from_age * YEAR) + 30
    return np.maximum(np.maximum(begin, since), youngest), np.minimum(end, oldest)


def _refill(model: Model, people: People, visits: Visits, courses: Courses, drugs: Lines, acts: Lines,
            rng: np.random.Generator) -> None:  # fmt: skip
    rows, number = _due(model, people, visits, courses, rng)
    patient, product = courses.patient[rows], courses.product[rows]
    days = visits.days[patient, number]
    quarter = visits.quarter(patient, number)
    by_gp = _gp_of_quarter(model, people, visits, rng)[patient, quarter]
    by_gp = np.where(days < people.first[patient], EARLIER, by_gp)
    turn = _specialist_turn(model, courses, rows, number - visits.offset[patient])
    by = np.where(turn, courses.specialist[rows], by_gp)
    boxes = model.boxes[product] * np.where(courses.double[rows], 2, 1)
    unknown = rng.random(len(rows)) < model.raw["treatment_ages"]["without_prescriber"]
    collected = days >= model.start_of_deliveries
    drugs.add(*(c[collected] for c in (patient, days, product, boxes, np.where(unknown, 0, by))))
    _consult(model, people, visits, patient, quarter, by, turn, acts, rng)


def _due(model: Model, people: People, visits: Visits, courses: Courses,
         rng: np.random.Generator) -> tuple[Array, Array]:  # fmt: skip
    """Course and visit of every refill."""
    days = visits.days[courses.patient]
    every = model.months[courses.product].astype(np.int32)[:, None]
    late = visits.offset[courses.patient][:, None]
    turn = (np.arange(days.shape[1], dtype=np.int32)[None, :] - late) % every == 0
    until = np.minimum(courses.end, people.until[courses.patient]).astype(np.int32)[:, None]
    begin = np.maximum(courses.begin, people.birth[courses.patient]).astype(np.int32)[:, None]
    turn &= (days >= begin) & (days <= until)
    rows, number = np.nonzero(turn)
    kept = rng.random(len(rows)) < model.raw["treatment_ages"]["adherence"]
    return rows[kept], number[kept]


def _gp_of_quarter(model: Model, people: People, visits: Visits, rng: np.random.Generator) -> Array:
    shape = (len(people), visits.quarters)
    other = rng.random(shape) < model.raw["treatment_ages"]["other_gp"]
    return np.where(other, OTHER_GP + rng.integers(0, OTHER_GPS, shape), OWN)


def _specialist_turn(model: Model, courses: Courses, rows: Array, number: Array) -> Array:
    """Whether the specialist prescribed this refill."""
    months = model.raw["treatment_ages"]["specialist_months"]
    position = number % SHARED_CYCLE
    long_pack = model.months[courses.product[rows]] >= 3
    his_turn = np.where(long_pack, position >= SHARED_CYCLE // 2, position >= SHARED_CYCLE - months)
    mode = courses.mode[rows]
    return (mode == ELSEWHERE) | ((mode == SHARED) & his_turn)


def _consult(model: Model, people: People, visits: Visits, patient: Array, quarter: Array, by: Array, turn: Array,
             acts: Lines, rng: np.random.Generator) -> None:  # fmt: skip
    """One consultation per patient, GP and prescription of three months, just before the first refill; a specialist is
    seen for every other one."""
    key = (patient.astype(np.int64) * visits.quarters + quarter) * 1000 + by
    _, once = np.unique(key, return_index=True)
    once = once[~turn[once] | (quarter[once] % 2 == 0)]
    who, by, specialised = patient[once], by[once], turn[once]
    first_visit = np.clip(visits.offset[who] + 3 * (quarter[once] - 1), 0, visits.days.shape[1] - 1)
    days = visits.days[who, first_visit] - rng.integers(0, 3, len(who))
    act = np.where(specialised, model.act["specialist"], consultation(model, people, who, days, rng))
    acts.add(who, days, act, by)


def consultation(model: Model, people: People, rows: Array, days: Array, rng: np.random.Generator) -> Array:
    """At the surgery, at home for the old, at a distance."""
    given = model.raw["contacts"]
    old = people.age(people.until)[rows] >= given["home_from_age"]
    draw = rng.random(len(rows)) * 100
    home = old & (draw < given["home_percent"])
    far = ~old & (draw < given["tele_percent"])
    return np.where(home, model.act["visit"], np.where(far, model.act["teleconsultation"], model.act["consultation"]))


def _live(model: Model, doctor: Doctor, people: People, episode: Episode, as_of: int, drugs: Lines, acts: Lines,
          rng: np.random.Generator) -> None:  # fmt: skip
    """Episodes of one kind: the consultation, and what it brings."""
    given, start = model.raw["contacts"], model.start_of_acts(as_of)
    bands = model.band(people.age(people.until))
    rate = episode.rate[people.woman.astype(int), bands] * people.contact * given["level"] * (as_of - start) / YEAR
    who = np.repeat(np.arange(len(people)), rng.poisson(rate))
    days = _season(episode.months, start, as_of, len(who), rng)
    age = (days - people.birth[who]) / YEAR
    present = (days <= people.until[who]) & (age >= max(episode.from_age, 0.1)) & (age < episode.to_age)
    who, days, age = who[present], days[present], age[present]
    by = general_practitioner(people, who, days, 1 - given["own_doctor_percent"] / 100, rng)
    acts.add(who, days, consultation(model, people, who, days, rng), by)
    ordered = (rng.random(len(who)) * 100 < given["delivered_percent"]) & (days >= model.start_of_deliveries)
    for product, share in episode.drugs:
        taken = ordered & (rng.random(len(who)) < np.minimum(share * doctor.style, 0.97))
        taken &= age >= model.youngest[product]
        _deliver_episode(model, people, who[taken], days[taken], product, by[taken], drugs, rng)


def _deliver_episode(model: Model, people: People, who: Array, days: Array, product: int, by: Array, drugs: Lines,
                     rng: np.random.Generator) -> None:  # fmt: skip
    n = len(who)
    elsewhere = rng.random(n) < (1 - model.alone[product] - model.shared[product]) / 2
    prescriber = np.where(elsewhere, specialist(model, "08") + 2, by)
    day = np.minimum(days + (rng.random(n) < 0.15), people.until[who])
    boxes = np.maximum(1, model.boxes[product] - rng.integers(0, 3, n))
    drugs.add(who, day, np.full(n, product), boxes, prescriber)


def _season(months: Array, start: int, as_of: int, n: int, rng: np.random.Generator) -> Array:
    """Days drawn with the weight of their month."""
    calendar = np.arange(start, as_of + 1, dtype="int64").astype("datetime64[D]")
    month = calendar.astype("datetime64[M]").astype(int) % 12
    cumulative = np.cumsum(months[month])
    return start + np.searchsorted(cumulative, rng.random(n) * cumulative[-1])
