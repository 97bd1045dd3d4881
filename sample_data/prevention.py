"""Vaccines, screening, biology and exams: what the prevention board will look for.

Each patient has an inclination to prevention; part of it is common to all acts, the doctor adds his own. For each act, the
inclination becomes a probability whose mean over the population is the wanted rate (`calibration.toml`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from calculators.dates import OPEN_END, to_day, year_of
from calculators.prevention.campaign import load_campaigns
from sample_data.lines import EARLIER, NOBODY, OWN, Lines, general_practitioner, specialist
from sample_data.model import MONTH, YEAR, Array, Model
from sample_data.people import Doctor, People


@dataclass(frozen=True)
class Scene:
    """What every act below needs."""

    model: Model
    doctor: Doctor
    people: People
    as_of: int
    start: int
    drugs: Lines
    acts: Lines
    rng: np.random.Generator
    bronchodilators: Array
    """Dispensings of inhaled bronchodilators per year, by patient."""

    def rule(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.model.raw["prevention"][name]
        return found

    def draw(self, n: int | None = None) -> Array:
        return self.rng.random(len(self.people) if n is None else n)

    def with_ald(self, numbers: list[int]) -> Array:
        wanted = np.isin(self.model.ald_numbers, numbers)
        return np.asarray((self.people.ald[:, wanted] < OPEN_END).any(axis=1))

    def age_at_year_end(self, year: int) -> Array:
        return year - year_of(self.people.birth)

    def inject(self, vaccine: str, rows: Array, days: Array, chosen: Array | None = None) -> None:
        """Deliveries of one dose, by the patient's GP of that day."""
        rows, days = (rows, days) if chosen is None else (rows[chosen], days[chosen])
        by = general_practitioner(self.people, rows, days, 0.06, self.rng)
        self.drugs.add(rows, days, np.full(len(rows), self.model.names[vaccine]), 1, by)

    def perform(self, act: str, rows: Array, days: Array, by: Array | int = NOBODY) -> None:
        self.acts.add(rows, days, np.full(len(rows), self.model.act[act]), by)


def prevent(scene: Scene) -> None:
    """Add every prevention act."""
    for add in (_campaigns, _pneumococcus, _infants, _hpv, _boosters, _colorectal, _breast, _cervix, _biology,
                _diabetes, _child_exams, _dental):  # fmt: skip
        add(scene)


def chance(scene: Scene, name: str, rate: float, lift: Array | float = 0.0) -> Array:
    """Probability of each patient, whose mean over ordinary practices is `rate` percent."""
    given, rule = scene.model.raw["prevention"], scene.rule(name)
    habit, spread = given["habit"], rule["spread"]
    own = scene.rng.normal(size=len(scene.people))
    inclination = spread * (np.sqrt(habit) * scene.people.zeal + np.sqrt(1 - habit) * own)
    social = np.where(scene.people.c2s < OPEN_END, given["c2s"], 0.0)
    need = given["zeal_need"] * np.log(scene.people.need)
    doctor = scene.doctor.zeal + scene.doctor.zeal_by_act.get(name, 0.0)
    between = scene.model.raw["doctors"]
    total = np.sqrt(spread**2 + between["zeal"] ** 2 + between["zeal_by_act"] ** 2)
    return _logistic(
        _intercept(round(rate / 100, 6), round(float(total), 6)) + inclination + social + need + doctor + lift
    )


def _logistic(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


@cache
def _intercept(rate: float, spread: float) -> float:
    """Logit whose mean, over a normal inclination, gives the rate."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    low, high = -15.0, 15.0
    for _ in range(50):
        middle = (low + high) / 2
        mean = float((weights * _logistic(middle + spread * nodes)).sum() / weights.sum())
        low, high = (middle, high) if mean < rate else (low, middle)
    return (low + high) / 2


def cycles(scene: Scene, rows: Array, months: float, opens: Array, closes: Array, jitter: int) -> tuple[Array, Array]:
    """Rows and days of an act repeated every so many months between two days; someone new starts soon after it opens."""
    length = months * MONTH
    n = len(rows)
    begin = np.maximum(opens[rows], scene.start - int(length))
    new = opens[rows] > scene.start - length
    phase = np.where(new, scene.draw(n) * min(length / 3, 240), scene.draw(n) * length)
    count = int((scene.as_of - scene.start + length) / length) + 2
    days = begin[:, None] + phase[:, None] + np.arange(count)[None, :] * length
    days = (days + scene.rng.integers(-jitter, jitter + 1, days.shape)).astype(np.int64)
    kept = (days >= begin[:, None]) & (days <= closes[rows][:, None])
    return np.broadcast_to(rows[:, None], days.shape)[kept], days[kept]


def _campaigns(scene: Scene) -> None:
    """Flu and Covid: each autumn, the same people more or less."""
    last_year = int(year_of([scene.as_of])[0])
    grippe, covid = (scene.rule(name) for name in ("grippe", "covid"))
    flu_wish = chance(scene, "grippe", grippe["rate"])
    covid_wish = chance(scene, "covid", covid["rate"])
    for year in range(int(year_of([scene.model.start_of_deliveries])[0]), last_year + 1):
        old = scene.age_at_year_end(year) >= 65
        frail = scene.bronchodilators >= 4
        days = _campaign_days(scene, "grippe", year)
        flu = _vaccinated(scene, old | frail | scene.with_ald(grippe["ald"]), flu_wish, grippe["others"])
        recent = "2025" if year >= 2025 else "2024"
        strong = flu & old & (scene.draw() < 0.3)
        for name, rows in ((f"grippe_haute_dose_{recent}", strong), (f"grippe_{recent}", flu & ~strong)):
            scene.inject(name, np.flatnonzero(rows), days[rows])
        if year >= 2022:
            covered = _vaccinated(scene, old | frail | scene.with_ald(covid["ald"]), covid_wish, covid["others"])
            same_day = flu & (scene.draw() < 0.6)
            when = np.where(same_day, days, _campaign_days(scene, "covid", year))
            scene.inject(f"covid_{min(year, 2025)}", np.flatnonzero(covered), when[covered])


def _vaccinated(scene: Scene, eligible: Array, wish: Array, others: float) -> Array:
    adult = scene.people.age(scene.as_of) >= 18
    return scene.draw() < np.where(eligible, wish, np.where(adult, others / 100, 0.0))


def _campaign_days(scene: Scene, vaccine: str, year: int) -> Array:
    """Most are vaccinated in the first weeks."""
    campaign = load_campaigns().of(vaccine).of_year(year)
    opens, closes = to_day(campaign.opens), to_day(campaign.closes)
    late = scene.rng.exponential(scene.model.raw["prevention"]["campaign_days"], len(scene.people))
    return np.minimum(opens + late.astype(np.int64), closes)


def _pneumococcus(scene: Scene) -> None:
    rule, people = scene.rule("pneumocoque"), scene.people
    frail = scene.with_ald(rule["ald"]) | (scene.bronchodilators >= 4)
    adult = people.age(people.until) >= 18
    wish = chance(scene, "pneumocoque", rule["rate"])
    recent = frail & adult & (scene.draw() < wish)
    recent |= adult & (people.age(people.until) >= 65) & (scene.draw() < rule["others"] / 100)
    scene.inject("pneumo_20", np.flatnonzero(recent), _between(scene, rule["from"], scene.as_of, recent))
    older = frail & (people.age(to_day(rule["older_from"])) >= 18) & (scene.draw() < rule["older"] / 100)
    scene.inject("pneumo_23", np.flatnonzero(older), _between(scene, rule["older_from"], rule["older_to"], older))


def _between(scene: Scene, opens: date, closes: date | int, rows: Array) -> Array:
    first, last = to_day(opens), closes if isinstance(closes, int) else to_day(closes)
    return first + (scene.draw(int(rows.sum())) * (last - first)).astype(np.int64)


def _after(scene: Scene, rows: Array, months: float, within_days: int) -> Array:
    """Day a little after an age in months."""
    return scene.people.birth[rows] + int(months * MONTH + 1) + scene.rng.integers(0, within_days, len(rows))


def _born_since(scene: Scene, years: float) -> Array:
    return scene.people.birth > scene.as_of - years * YEAR


def _infants(scene: Scene) -> None:
    calendar, child = scene.model.raw["calendar"], _born_since(scene, 17)
    for name in ("hexavalent", "pneumo_13"):
        given = calendar[name]
        rows = np.flatnonzero(child & (scene.draw() < given["percent"] / 100))
        for months in given["months"]:
            scene.inject(name, rows, _after(scene, rows, months, 20))
    _meningococcus_b(scene, calendar["men_b"])
    _meningococcus_c(scene, to_day(calendar["men_acwy_from"]), child)
    rule = scene.rule("ror")
    draws, wish = scene.draw(), chance(scene, "ror", rule["rate"])
    first = np.flatnonzero(child & (draws < wish + rule["one_dose"] / 100))
    scene.inject("ror", first, _after(scene, first, 12.1, 40))
    second = np.flatnonzero(child & (draws < wish))
    scene.inject("ror", second, _after(scene, second, 16.2, 60))


def _meningococcus_b(scene: Scene, given: dict[str, Any]) -> None:
    percent = np.where(
        scene.people.birth >= to_day(given["mandatory_from"]), given["mandatory_percent"], given["percent"]
    )
    rows = np.flatnonzero((scene.people.birth >= to_day(given["from"])) & (scene.draw() < percent / 100))
    for months in given["months"]:
        scene.inject("men_b", rows, _after(scene, rows, months, 20))


def _meningococcus_c(scene: Scene, acwy_from: int, child: Array) -> None:
    """C at 5 and 12 months, ACWY at 6 and 12 since it replaced it."""
    wish = chance(scene, "meningocoque", scene.rule("meningocoque")["rate"])
    rows = np.flatnonzero(child & (scene.draw() < wish))
    early = np.where(scene.people.birth[rows] + 5 * MONTH >= acwy_from, 6, 5)
    for months in (early, np.full(len(rows), 12)):
        days = scene.people.birth[rows] + (months * MONTH + 1).astype(np.int64) + scene.rng.integers(0, 25, len(rows))
        scene.inject("men_c", rows, days, days < acwy_from)
        scene.inject("men_acwy", rows, days, days >= acwy_from)


def _hpv(scene: Scene) -> None:
    """Boys are vaccinated since 2021 only."""
    rule, people = scene.rule("hpv"), scene.people
    rate = np.where(people.woman, rule["girls"], np.where(people.birth > to_day(date(2009, 6, 1)), rule["boys"], 0))
    wish = np.where(people.woman, chance(scene, "hpv", rule["girls"]), chance(scene, "hpv", rule["boys"]))
    teen = _born_since(scene, 28) & (rate > 0)
    draws = scene.draw()
    first = people.birthday(11) + (scene.draw() ** 1.5 * 3.2 * YEAR).astype(np.int64)
    once = np.flatnonzero(teen & (draws < wish * 1.12))
    scene.inject("hpv", once, first[once])
    twice = np.flatnonzero(teen & (draws < wish))
    scene.inject("hpv", twice, first[twice] + scene.rng.integers(160, 330, len(twice)))


def _boosters(scene: Scene) -> None:
    """Boosters of children and adults, ACWY of teenagers, shingles after 65."""
    calendar, people = scene.model.raw["calendar"], scene.people
    for name, vaccine in (("rappel", "rappel"), ("rappel_adulte", "rappel"), ("acwy_adolescent", "men_acwy")):
        given = calendar[name]
        since = to_day(given["from"]) if "from" in given else scene.as_of - int(25 * YEAR)
        for months in given["months"]:
            rows = np.flatnonzero(scene.draw() < given["percent"] / 100)
            days = _after(scene, rows, months, 300)
            scene.inject(vaccine, rows, days, days >= since)
    given = calendar["zona"]
    old = (people.age(to_day(given["from"])) >= given["from_age"]) & (scene.draw() < given["percent"] / 100)
    rows, days = np.flatnonzero(old), _between(scene, given["from"], scene.as_of, old)
    scene.inject("zona", rows, days)
    soonest, latest = given["second_after"]
    scene.inject("zona", rows, days + scene.rng.integers(soonest, latest, len(rows)))


def _colorectal(scene: Scene) -> None:
    rule, people = scene.rule("colorectal"), scene.people
    years = (scene.as_of - scene.start) / YEAR
    rate = np.where(_aged(people, 45, 80), rule["colonoscopy"] / 100 * years, 0) * np.minimum(people.need, 3)
    seen = np.repeat(np.arange(len(people)), np.minimum(scene.rng.poisson(rate), 1))
    days = scene.start + (scene.draw(len(seen)) * (scene.as_of - scene.start)).astype(np.int64)
    polyp = scene.draw(len(seen)) < 0.4
    for act, chosen in (("coloscopie:HHQE005", ~polyp), ("coloscopie:HHFE002", polyp)):
        scene.perform(act, seen[chosen], days[chosen], specialist(scene.model, "08"))
    rows = np.flatnonzero(scene.draw() < chance(scene, "colorectal", rule["rate"]))
    tested, when = cycles(scene, rows, rule["months"], people.birthday(50), people.birthday(75), 25)
    last = np.full(len(people), -(10**6))
    last[seen] = days
    apart = (when < last[tested] - 90) | (when > last[tested] + 5 * YEAR)
    scene.perform("test_immunologique_colorectal", tested[apart], when[apart])


def _aged(people: People, low: float, high: float) -> Array:
    ages = people.age(people.until)
    return (ages >= low) & (ages < high)


def _breast(scene: Scene) -> None:
    rule, people = scene.rule("sein"), scene.people
    radiologist = specialist(scene.model, "06")
    removed = people.woman & scene.with_ald([30]) & _aged(people, 40, 90) & (scene.draw() < rule["mastectomy"] / 100)
    rows = np.flatnonzero(people.woman & ~removed & (scene.draw() < chance(scene, "sein", rule["rate"])))
    screened, days = cycles(scene, rows, rule["months"], people.birthday(50), people.birthday(75), 25)
    scene.perform("mammographie_depistage", screened, days, radiologist)
    years = (scene.as_of - scene.start) / YEAR
    other = people.woman & ~removed & _aged(people, 42, 75)
    seen = np.repeat(np.arange(len(people)), scene.rng.poisson(np.where(other, rule["others"] / 100 * years, 0)))
    when = scene.start + (scene.draw(len(seen)) * (scene.as_of - scene.start)).astype(np.int64)
    scene.perform("mammographie_individuelle", seen, when, radiologist)
    both = np.flatnonzero(removed)
    first = scene.start + (scene.draw(len(both)) * (scene.as_of - scene.start - 400)).astype(np.int64)
    for days in (first, first + 180):
        scene.perform("mastectomie_totale:QEFA019", both, days, specialist(scene.model, "07") + 2)


def _cervix(scene: Scene) -> None:
    rule, people = scene.rule("col"), scene.people
    years = (scene.as_of - scene.start) / YEAR
    operated = people.woman & _aged(people, 40, 80) & (scene.draw() < rule["hysterectomy"] / 100 * years / 25)
    when = np.where(operated, scene.start + (scene.draw() * (scene.as_of - scene.start)).astype(np.int64), OPEN_END)
    rows = np.flatnonzero(operated)
    scene.perform("hysterectomie_totale:JKFA026", rows, when[rows], specialist(scene.model, "07") + 2)
    wish = chance(scene, "col", rule["rate"])
    screened = np.flatnonzero(people.woman & (scene.draw() < wish))
    for act, months, low, high in (
        ("cytologie_col:0013", rule["cytology_months"], 25, 30),
        ("test_hpv:4127", rule["hpv_months"], 30, 66),
    ):
        tested, days = cycles(scene, screened, months, people.birthday(low), people.birthday(high) - 1, 30)
        kept = days < when[tested]
        scene.perform(act, tested[kept], days[kept])


def _biology(scene: Scene) -> None:
    """Glucose, kidney, and the tests no rule names."""
    people, vascular = scene.people, scene.model.raw["prevention"]
    diabetes, kidney = scene.rule("glycemie"), scene.rule("rein")
    everyone, never = np.full(len(people), scene.start - 10**5), np.full(len(people), scene.as_of)
    listed = scene.with_ald(kidney["ald"])
    wish = chance(scene, "glycemie", diabetes["rate"])
    adult = _aged(people, 38, 130)
    tested = adult & (scene.draw() < np.where(scene.with_ald(diabetes["ald"]), wish, diabetes["others"] / 100))
    rows, days = cycles(scene, np.flatnonzero(tested), diabetes["months"], everyone, never, 30)
    scene.perform("glycemie", rows, days)
    full = scene.draw() < chance(
        scene, "rein", kidney["rate"], np.where(scene.with_ald([8]), kidney["diabetes"], kidney["without"])
    )
    full &= listed & _aged(people, 18, 130)
    rows, days = cycles(scene, np.flatnonzero(full), kidney["months"], everyone, never, 10)
    for act in ("albuminurie", "creatininurie", "creatininemie"):
        scene.perform(act, rows, days)
    share = np.where(listed, kidney["creatinine"], np.where(adult, kidney["others"], 3)) / 100
    blood = ~full & _aged(people, 16, 130) & (scene.draw() < share)
    rows, days = cycles(scene, np.flatnonzero(blood), vascular["blood_months"], everyone, never, 60)
    scene.perform("creatininemie", rows, days)
    _ordinary_tests(scene)


def _ordinary_tests(scene: Scene) -> None:
    given = scene.model.raw["biology"]
    bands = scene.model.band(scene.people.age(scene.people.until))
    years = (scene.as_of - scene.start) / YEAR
    for name in given["tests"]:
        rate = np.array(given[name])[bands] / 100 * years * scene.people.need
        rows = np.repeat(np.arange(len(scene.people)), scene.rng.poisson(rate))
        days = scene.start + (scene.draw(len(rows)) * (scene.as_of - scene.start)).astype(np.int64)
        scene.perform(name, rows, days)


def _diabetes(scene: Scene) -> None:
    """HbA1c of people with ALD 8, since their diabetes is known."""
    rule = scene.rule("hba1c")
    since = scene.people.ald[:, int(np.flatnonzero(scene.model.ald_numbers == 8)[0])]
    rows = np.flatnonzero(since < OPEN_END)
    close = scene.draw()[rows] < chance(scene, "hba1c", rule["rate"])[rows]
    for followed, (low, high) in ((rows[close], rule["days"]), (rows[~close], rule["loose_days"])):
        every = low + scene.draw(len(followed)) * (high - low)
        count = int((scene.as_of - scene.start) / low) + 2
        begin = np.maximum(since[followed], scene.start - every.astype(np.int64)) + scene.draw(len(followed)) * every
        days = begin[:, None] + np.arange(count)[None, :] * every[:, None]
        days = (days + scene.rng.integers(-8, 9, days.shape)).astype(np.int64)
        who = np.broadcast_to(followed[:, None], days.shape)
        kept = (days >= since[who]) & (days <= scene.as_of)
        scene.perform("hba1c", who[kept], days[kept])


def _child_exams(scene: Scene) -> None:
    first, second = scene.rule("j8_m9"), scene.rule("m24")
    child = _born_since(scene, 9)
    exams: list[tuple[str, float, Callable[[int], Array]]] = [
        ("j8_m9", first["j8"], lambda n: scene.rng.integers(2, 9, n)),
        ("j8_m9", first["m9"], lambda n: 246 + scene.rng.integers(0, 55, n)),
        ("m24", second["rate"], lambda n: 703 + scene.rng.integers(0, 54, n)),
    ]
    for name, rate, at in exams:
        rows = np.flatnonzero(child & (scene.draw() < chance(scene, name, rate)))
        days = scene.people.birth[rows] + at(len(rows))
        other = scene.draw(len(rows)) < scene.model.raw["paediatrician_percent"]["value"] / 100
        by = np.where(days < scene.people.first[rows], EARLIER, OWN)
        scene.perform("certificat_enfant", rows, days, np.where(other, specialist(scene.model, "12"), by))


def _dental(scene: Scene) -> None:
    """Yearly from April 2025 on; before, the years a child turned 3, 6, 9 …"""
    rule = scene.rule("dents")
    changed = to_day(rule["yearly_from"])
    wish, before = (chance(scene, "dents", rate) for rate in (rule["rate"], rule["before"]))
    for year in range(int(year_of([scene.start])[0]), int(year_of([scene.as_of])[0]) + 1):
        first = to_day(date(year, 1, 1))
        age = scene.age_at_year_end(year)
        due = (age >= 3) & (age <= 24) & ((first + 365 > changed) | (age % 3 == 0))
        rows = np.flatnonzero(due & (scene.draw() < np.where(first + 365 > changed, wish, before)))
        days = first + 8 + scene.rng.integers(0, 355, len(rows))
        grown = days >= scene.people.birthday(3)[rows]
        rows, days = rows[grown], days[grown]
        for act, chosen in (("bucco_dentaire:BDC", days < changed), ("bucco_dentaire:BDA", days >= changed)):
            scene.perform(act, rows[chosen], days[chosen], specialist(scene.model, "19"))
