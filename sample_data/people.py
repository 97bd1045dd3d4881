"""Who is on a list: doctors, patients, registrations, ALD, C2S. Arrays of one doctor's patients, days since 1970.

A list is drawn as it stands on `as_of`, then backwards: how long each patient has been there, and who left or died
during the period of the acts. So the published age pyramid holds on `as_of`, and the list is stationary before it.
"""

from dataclasses import dataclass, field

import numpy as np

from calculators.dates import OPEN_END
from sample_data.model import YEAR, Array, Model, by_age


@dataclass(frozen=True)
class Doctor:
    """One practice. Multipliers are 1 for an ordinary one; `zeal` is added to the logit of prevention acts."""

    doctor_id: str
    size: int
    birth_day: int
    specialty: str
    sector: str
    department: str
    zone: str
    installed_day: int
    first_installation: bool
    tilt: float = 0.0
    ages: dict[int, float] = field(default_factory=dict)
    """Multiplier of the number of patients from this age on."""
    women: float = 1.0
    c2s: float = 1.0
    style: float = 1.0
    zeal: float = 0.0
    zeal_by_act: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class People:
    """The patients of one doctor, present and past, as parallel arrays."""

    birth: Array
    woman: Array
    died: Array
    """Day of death, OPEN_END for the living."""
    first: Array
    """First day on the list."""
    last: Array
    """Last day on the list, OPEN_END while on it."""
    until: Array
    """Last day of their records: death, departure or `as_of`."""
    ald: Array
    """Patients x ALD numbers of the model: first day, OPEN_END without."""
    ald_end: Array
    c2s: Array
    """First day of C2S, OPEN_END without."""
    c2s_end: Array
    need: Array
    """Need of care, mean 1."""
    contact: Array
    zeal: Array
    """Inclination to prevention, standard normal."""
    back: Array
    """Rows of those who had left and came back, with first and last day of the earlier period (3 columns)."""

    def __len__(self) -> int:
        return len(self.birth)

    def age(self, days: Array | int) -> Array:
        """Age in years, a float."""
        return (days - self.birth) / YEAR

    def birthday(self, years: float) -> Array:
        return self.birth + np.ceil(years * YEAR).astype(np.int64)


def ordinary(model: Model, number: int, department: str, as_of: int, rng: np.random.Generator) -> Doctor:
    """Doctor `number` of a generated population."""
    lists, given = model.raw["lists"], model.raw["doctors"]
    size = rng.gamma(lists["shape"], lists["mean"] / lists["shape"])
    specialty = _pick(rng, given["specialties"])
    size *= lists["of_specialty"].get(specialty, 1.0)
    age = rng.uniform(*given["ages"])
    seniority = rng.uniform(0, 6) if rng.random() < given["recent"] else rng.uniform(6, 30)
    seniority = min(seniority, age - 29)
    acts = [name for name, content in model.raw["prevention"].items() if isinstance(content, dict)]
    own = rng.normal(0, given["zeal_by_act"], len(acts))
    return Doctor(
        doctor_id=f"D{number:05d}", size=int(np.clip(size, lists["least"], lists["most"])),
        birth_day=int(as_of - age * YEAR), specialty=specialty,
        sector=_pick(rng, given["sectors"]), department=department, zone=_pick(rng, given["zones"]),
        installed_day=int(as_of - seniority * YEAR), first_installation=bool(age - seniority < 36),
        tilt=rng.normal(0, given["age_tilt"]) + 0.0004 * (age - 50), women=rng.normal(1.0, 0.06),
        c2s=float(np.exp(rng.normal(-model.raw["c2s"]["spread"] ** 2 / 2, model.raw["c2s"]["spread"])))
        * model.raw["c2s"]["departments"].get(department, 1.0),
        style=float(np.exp(rng.normal(0, given["style"]))), zeal=rng.normal(0, given["zeal"]),
        zeal_by_act=dict(zip(acts, own.tolist(), strict=True)),
    )  # fmt: skip


def draw(model: Model, doctor: Doctor, as_of: int, rng: np.random.Generator) -> People:
    """The patients of one doctor."""
    weights, middles = _pyramid(model, doctor)
    years = min((as_of - model.start_of_acts(as_of)) / YEAR, (as_of - doctor.installed_day) / YEAR)
    leaving = _leave_rate(model, middles)
    share = weights / weights.sum()
    gone = rng.poisson(doctor.size * float((share * leaving).sum()) * years)
    n = doctor.size + gone
    exit_day = np.full(n, as_of)
    exit_day[doctor.size :] = as_of - rng.integers(1, max(2, int(years * YEAR)), gone)
    classes = np.concatenate(
        [
            rng.choice(len(share), doctor.size, p=share),
            rng.choice(len(share), gone, p=share * leaving / (share @ leaving)),
        ]
    )
    birth = exit_day - _days_old(model, classes, rng)
    woman = rng.random(n) < np.clip(np.array(model.raw["pyramid"]["women"])[classes] / 100 * doctor.women, 0, 1)
    died, last = _exits(model, doctor, exit_day, birth, woman, rng)
    first = _arrivals(model, doctor, exit_day, birth, rng)
    need = np.minimum(_need(model.raw["frailty"]["spread"], n, rng), model.raw["frailty"]["most"])
    ald, ald_end = _draw_ald(model, exit_day, birth, woman, need, died, rng)
    c2s, c2s_end = _draw_c2s(model, doctor, exit_day, birth, died, rng)
    frailty = model.raw["frailty"]
    contact = need ** frailty["contact_power"] * _need(frailty["contact_spread"], n, rng)
    contact = np.minimum(contact, frailty["most"])
    return People(
        birth=birth, woman=woman, died=died, first=first, last=last, until=exit_day, ald=ald, ald_end=ald_end,
        c2s=c2s, c2s_end=c2s_end, need=need, contact=contact, zeal=rng.normal(size=n),
        back=_returns(model, doctor, birth, first, as_of, rng),
    )  # fmt: skip


def _pick(rng: np.random.Generator, weights: dict[str, float]) -> str:
    cumulative = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(cumulative, rng.random() * cumulative[-1]))]


def _pyramid(model: Model, doctor: Doctor) -> tuple[Array, Array]:
    """Weight and middle age of each class of a doctor's list."""
    given = model.raw["pyramid"]
    middles = (np.arange(len(given["people"])) + 0.5) * given["width"]
    weights = np.array(given["people"]) * np.array(given["registered"]) * np.exp(doctor.tilt * (middles - 45))
    if doctor.ages:
        weights = weights * by_age(middles, [0, *doctor.ages], [1.0, *doctor.ages.values()])
    return weights, middles


def _leave_rate(model: Model, ages: Array) -> Array:
    given = model.raw["turnover"]
    return by_age(ages, given["ages"], given["moves"]) + _hazard(model, ages, np.full(len(ages), False)) * 0.8


def _hazard(model: Model, ages: Array, woman: Array) -> Array:
    given = model.raw["turnover"]
    return given["hazard"] * np.exp(given["slope"] * ages) * np.where(woman, given["women"], 1.0)


def _days_old(model: Model, classes: Array, rng: np.random.Generator) -> Array:
    width = model.raw["pyramid"]["width"]
    oldest = classes == len(model.raw["pyramid"]["people"]) - 1
    within = np.where(oldest, np.minimum(rng.exponential(3.2, len(classes)), 17), rng.random(len(classes)) * width)
    return np.maximum(((classes * width + within) * YEAR).astype(np.int64), 1)


def _exits(
    model: Model, doctor: Doctor, exit_day: Array, birth: Array, woman: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Day of death and last day on the list. Those who left either died or chose another doctor."""
    n = len(birth)
    ages = (exit_day - birth) / YEAR
    dying = _hazard(model, ages, woman)
    moving = by_age(ages, model.raw["turnover"]["ages"], model.raw["turnover"]["moves"])
    left = np.arange(n) >= doctor.size
    dead = left & (rng.random(n) < dying / (dying + moving))
    return np.where(dead, exit_day, OPEN_END), np.where(left, exit_day, OPEN_END)


def _arrivals(model: Model, doctor: Doctor, exit_day: Array, birth: Array, rng: np.random.Generator) -> Array:
    given = model.raw["turnover"]
    rate = by_age((exit_day - birth) / YEAR, given["ages"], given["arrivals"])
    first = exit_day - (rng.exponential(1, len(birth)) / rate * YEAR).astype(np.int64)
    newborn = birth + rng.integers(3, 60, len(birth))
    opening = doctor.installed_day + rng.integers(0, 200, len(birth))
    first = np.maximum(np.maximum(first, newborn), np.maximum(opening, doctor.installed_day))
    return np.maximum(np.minimum(first, exit_day), birth)


def _returns(model: Model, doctor: Doctor, birth: Array, first: Array, as_of: int, rng: np.random.Generator) -> Array:
    """An earlier period with the same doctor, once he was installed."""
    share = model.raw["turnover"]["returns"]
    begin, end = first - rng.integers(900, 2200, len(first)), first - rng.integers(200, 800, len(first))
    possible = (begin > np.maximum(birth, doctor.installed_day)) & (first > as_of - 2200)
    rows = np.flatnonzero((rng.random(len(first)) < share) & possible)
    return np.column_stack([rows, begin[rows], end[rows]])


def _need(spread: float, n: int, rng: np.random.Generator) -> Array:
    return np.exp(rng.normal(-(spread**2) / 2, spread, n))


def _draw_ald(
    model: Model, exit_day: Array, birth: Array, woman: Array, need: Array, died: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    given = model.raw["ald"]
    ages = (exit_day - birth) / YEAR
    classes = np.minimum((ages / given["width"]).astype(int), given["ages"] - 1)
    power = model.raw["frailty"]["ald_power"]
    pull = need**power / np.mean(need**power)
    rates = model.ald_rates[woman.astype(int), :, classes] * pull[:, None]
    shape = rates.shape
    has = (rng.random(shape) < rates) & (ages[:, None] >= model.ald_from_age)
    earliest = birth[:, None] + np.maximum(model.ald_from_age * YEAR, 30).astype(np.int64)
    begin = exit_day[:, None] - (rng.exponential(given["onset_years"] * YEAR, shape)).astype(np.int64)
    begin = np.minimum(np.maximum(begin, earliest), exit_day[:, None])
    ends = has & (rng.random(shape) < given["closed"]) & (begin < exit_day[:, None] - 800)
    end = np.where(ends, exit_day[:, None] - (rng.random(shape) * 700).astype(np.int64), OPEN_END)
    return np.where(has, begin, OPEN_END), np.minimum(end, died[:, None])


def _draw_c2s(
    model: Model, doctor: Doctor, exit_day: Array, birth: Array, died: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    given, n = model.raw["c2s"], len(birth)
    share = by_age((exit_day - birth) / YEAR, given["ages"], given["percent"]) / 100 * doctor.c2s
    draws = rng.random(n)
    now = draws < np.minimum(share, 0.85)
    former = ~now & (draws > 1 - given["former"] / 100)
    begin = np.maximum(exit_day - (rng.random(n) * 6 * YEAR).astype(np.int64), birth)
    former &= begin < exit_day - 400
    end = np.where(former, np.minimum(begin + 364, exit_day), OPEN_END)
    return np.where(now | former, begin, OPEN_END), np.minimum(end, died)
