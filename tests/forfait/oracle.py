"""The pay, slowly and in plain Python, from canonical rows and the version file: nothing of the engine is used.

Read beside the definition: each function is one of its sentences.
"""

import calendar
from collections import defaultdict
from datetime import date
from fractions import Fraction

FAR = date(9999, 12, 31)


def pay(tables, about, agreement, year, validated, doctor=None, expected=(), typed=()):
    """Rows (doctor, patient, part, line, cents, due_on, basis), as a sorted list. `agreement` is the parsed TOML.

    `expected`: (doctor, indicator, patients) of a trend. `typed`: facts of practice.toml, as rows of practice_facts.
    """
    facts = Facts(tables.get("practice_facts", []), typed)
    lists = the_list(tables, about, agreement, year)
    rows = []
    for doctor_id in everybody(tables):
        reason = why_unpaid(tables, facts, agreement, year, doctor_id)
        if reason:
            rows.append(
                (doctor_id, None, "socle", "non_paye", 0, None, agreement.get("who", {}).get("basis", "presse"))
            )
        else:
            rows += paid_rows(tables, facts, agreement, year, doctor_id, lists, validated, expected)
    return sorted((row for row in rows if doctor in (None, row[0])), key=str)


def everybody(tables):
    return {row["doctor_id"] for row in tables["doctors"]} | {row["doctor_id"] for row in tables["registrations"]}


def paid_rows(tables, facts, agreement, year, doctor_id, lists, validated, expected):
    """What a doctor would be paid for the whole year, then what his end of practice leaves of it."""
    mine = {patient: known for (owner, patient), known in lists.items() if owner == doctor_id}
    rows = []
    for patient_id, known in mine.items():
        key, line = base_line(agreement, known)
        rows.append(
            (doctor_id, patient_id, "socle", key, cents(line["amount"]), due(agreement, "socle", year), line["basis"])
        )
        rows += c2s_line(agreement, year, doctor_id, patient_id, known)
    for owner, patient_id, indicator in sorted(set(validated)):
        if owner == doctor_id:
            rows += prevention_line(agreement, year, doctor_id, patient_id, indicator, lists)
    for owner, indicator, patients in expected:
        if owner == doctor_id and patients and agreement.get("prevention"):
            amount = indicator_cents(agreement, indicator) * patients
            rows.append(
                (doctor_id, None, "prevention", indicator, amount, due(agreement, "prevention", year), "hypothese")
            )
    if mine:
        rows += doctor_rows(tables, facts, agreement, year, doctor_id, lists, rows)
    return [left for row in rows for left in what_is_left(tables, agreement, year, doctor_id, row, expected)]


# Who is paid, and what part of the year


class Facts:
    """What is said of doctors: practice.toml wins over the table, the later start over the earlier."""

    def __init__(self, rows, typed):
        self.rows = [(False, row) for row in rows] + [(True, row) for row in typed]

    def on(self, doctor_id, key, when):
        held = [(typed, row["from_date"], row["value"]) for typed, row in self.rows
                if (row["doctor_id"], row["key"]) == (doctor_id, key) and active(row, when)]  # fmt: skip
        return max(held, key=lambda one: one[:2])[2] if held else None

    def ever(self, doctor_id, key, value):
        return any((row["doctor_id"], row["key"], row["value"]) == (doctor_id, key, value) for _, row in self.rows)


def row_of(tables, doctor_id):
    return next((row for row in tables["doctors"] if row["doctor_id"] == doctor_id), None)


def last_day(tables, doctor_id):
    return (row_of(tables, doctor_id) or {}).get("active_to") or FAR


def read_day(tables, agreement, year, doctor_id):
    """The day on which sector, OPTAM and contracts are read."""
    which = agreement.get("who", {}).get("read_on", "previous_year_end")
    return (
        min(year_end("year_end", year), last_day(tables, doctor_id)) if which == "year_end" else year_end(which, year)
    )


def why_unpaid(tables, facts, agreement, year, doctor_id):
    if not agreement.get("who", {}).get("sector_2") and not in_sector(tables, facts, agreement, year, doctor_id):
        return "secteur_2"
    until = last_day(tables, doctor_id)
    if by_quarters(agreement):
        return "cessation" if until < date(year, 1, 1) else None
    return "cessation" if until < date(year - 1, 12, 31) else None


def in_sector(tables, facts, agreement, year, doctor_id):
    sector = (row_of(tables, doctor_id) or {}).get("sector", "1")
    if sector not in ("2", "2_optam"):
        return True
    said = facts.on(doctor_id, "optam", read_day(tables, agreement, year, doctor_id))
    if said is not None:
        return said == "true"
    return sector == "2_optam" and not facts.ever(doctor_id, "optam", "true")


def by_quarters(agreement):
    return agreement.get("who", {}).get("end_of_practice") == "quarters"


def what_is_left(tables, agreement, year, doctor_id, row, expected):
    until = last_day(tables, doctor_id)
    if until >= date(year, 12, 31):
        return [row]
    if by_quarters(agreement):
        begun = sum(until >= date(year, month, 1) for month in (1, 4, 7, 10))
        if row[2] == "prevention" and row[1] is None:
            [patients] = {number for owner, name, number in expected if (owner, name) == (doctor_id, row[3])}
            return [(*row[:4], patients * rounded(Fraction(row[4] // patients * begun, 4)), *row[5:])]
        return [(*row[:4], rounded(Fraction(row[4] * begun, 4)), *row[5:])]
    if row[2] != "socle":
        return []
    months = [month_of(text, year) for text in agreement["calendar"]["paid"]["socle"]]
    return [(*row[:4], rounded(Fraction(row[4] * sum(until >= month for month in months), len(months))), *row[5:])]


# The list


def the_list(tables, about, agreement, year):
    """(doctor, patient) -> age, ald, c2s, seen; True, False or None when the record does not say."""
    found = {}
    for doctor_id in everybody(tables):
        leaves = by_quarters(agreement) and last_day(tables, doctor_id) < date(year, 12, 31)
        list_day = year_end("previous_year_end" if leaves else agreement["calendar"]["list_on"], year)
        every = list_on_day(tables, about, agreement, list_day, year_end(agreement["age"]["on"], year), doctor_id)
        found |= every
    return found


def list_on_day(tables, about, agreement, list_day, age_day, doctor_id=None):
    """The same on any day, of one doctor or of all."""
    people = {row["patient_id"]: row for row in tables["patients"]}
    result = {}
    for row in tables["registrations"]:
        person = people[row["patient_id"]]
        if (
            not active(row, list_day)
            or (person["died_on"] or FAR) <= list_day
            or doctor_id not in (None, row["doctor_id"])
        ):
            continue
        result[row["doctor_id"], row["patient_id"]] = {
            "age": max(0, min(110, age(person["birth_date"], age_day))),
            "ald": has_right(tables, "ald", about.ald_known, row["patient_id"], list_day),
            "c2s": has_right(tables, "c2s", about.c2s_known, row["patient_id"], list_day),
            "seen": is_seen(tables, about, agreement["seen"], row["doctor_id"], row["patient_id"], list_day),
        }
    return result


def has_right(tables, right, known, patient_id, when):
    if any(row["patient_id"] == patient_id and active(row, when) for row in tables.get(right, [])):
        return True
    return False if known and right in tables else None


def is_seen(tables, about, rule, doctor_id, patient_id, list_day):
    days = contacts(tables, rule, doctor_id, patient_id, list_day)
    if any(list_day < add_months(day, rule["months"]) for day in days):
        return True
    return False if knows_who_was_seen(tables, about, rule, list_day) else None


def contacts(tables, rule, doctor_id, patient_id, until):
    """Days of the acts that count as contacts, reversals taken off performer by performer."""
    net = defaultdict(int)
    for act in tables.get("acts", []):
        if act["patient_id"] == patient_id:
            who = None if rule["by"] == "anyone" else act["performer_id"]
            net[who, act["system"], act["code"], act["date"]] += act["quantity"]
    counts = {"anyone": lambda who, day: True, "doctor_alone": lambda who, day: who == doctor_id,
              "doctor": lambda who, day: who == doctor_id or works_for(tables, doctor_id, who, day)}[rule["by"]]  # fmt: skip
    return {day for (who, _, _, day), quantity in net.items() if quantity > 0 and day <= until and counts(who, day)}


def works_for(tables, doctor_id, other, day):
    """Is the other a collaborator, that day, in a group of which the doctor is a member, that day?"""
    there = [row for row in tables.get("groups", []) if active(row, day)]
    mine = {row["group_id"] for row in there if row["doctor_id"] == doctor_id}
    return other != doctor_id and any(
        row["doctor_id"] == other and row["role"] == "collaborateur" and row["group_id"] in mine for row in there
    )


def knows_who_was_seen(tables, about, rule, list_day):
    covers_from, covers_to = about.cover_of("acts")
    covered = covers_from <= day_after(add_months(list_day, -rule["months"])) and covers_to >= list_day
    somebody = any(act["performer_id"] for act in tables.get("acts", [])) or rule["by"] == "anyone"
    return "acts" in tables and covered and somebody


def base_line(agreement, facts):
    found = [(key, line) for key, line in agreement["socle"].items() if applies(agreement, line, facts)]
    assert len(found) == 1, found
    return found[0]


def applies(agreement, line, facts):
    unseen = facts["seen"] is False and agreement["seen"]["unseen"] == "own_line"
    if unseen != (line.get("seen") is False):
        return False
    limits = line.get("age", {})
    old_enough = facts["age"] >= limits.get("min", 0) and facts["age"] <= limits.get("max", 999)
    return old_enough and all(key not in line or line[key] == bool(facts[key]) for key in ("ald", "c2s"))


def c2s_line(agreement, year, doctor_id, patient_id, facts):
    line = agreement["c2s"].get("par_patient")
    if not line or not facts["c2s"] or (facts["seen"] is False and not line["unseen"]):
        return []
    when = due(agreement, "c2s", year)
    return [(doctor_id, patient_id, "c2s", "par_patient", cents(line["amount"]), when, line["basis"])]


def prevention_line(agreement, year, doctor_id, patient_id, indicator, lists):
    line = agreement.get("prevention")
    if not line:
        return []
    if not line["unseen"] and lists.get((doctor_id, patient_id), {}).get("seen") is False:
        return []
    when = due(agreement, "prevention", year)
    return [
        (doctor_id, patient_id, "prevention", indicator, indicator_cents(agreement, indicator), when, line["basis"])
    ]


def indicator_cents(agreement, indicator):
    line = agreement["prevention"]
    return cents(line.get("amounts", {}).get(indicator, line["amount"]))


# What is paid to the doctor himself


def doctor_rows(tables, facts, agreement, year, doctor_id, lists, rows):
    doctor = row_of(tables, doctor_id)
    base = sum(row[4] for row in rows if row[0] == doctor_id and row[2] == "socle")
    months = defaultdict(int)
    for month in range(1, 13):
        for key in kept_in_month(tables, facts, agreement, year, month, doctor) if doctor else []:
            months[key] += 1
    for key in agreement.get("majoration", {}):
        if months[key]:
            line = agreement["majoration"][key]
            amount = rounded(base * exact(line["rate"]) * months[key] / 12)
            yield doctor_id, None, "majoration", key, amount, due(agreement, "majoration", year), line["basis"]
    yield from c2s_share(agreement, year, doctor_id, lists, base)


def kept_in_month(tables, facts, agreement, year, month, doctor):
    """Majorations that the doctor has in a month of the year."""
    kept = {
        key: line for key, line in agreement.get("majoration", {}).items()
        if entitled(tables, facts, agreement, line, doctor, year, month)
    }  # fmt: skip
    if agreement["cumul"]["premiere_installation"] == "replaces":
        gone = {other for line in kept.values() for other in line.get("replaces", [])}
        kept = {key: line for key, line in kept.items() if key not in gone}
    if agreement["cumul"]["majorations"] == "greatest" and kept:
        return [max(kept, key=lambda key: kept[key]["rate"])]
    return list(kept)


def entitled(tables, facts, agreement, line, doctor, year, month):
    if "zones" in line and zones(tables, doctor)[0] not in line["zones"]:
        return False
    contract = facts.on(doctor["doctor_id"], "contract", read_day(tables, agreement, year, doctor["doctor_id"]))
    if contract in line.get("not_with", []):
        return False
    if "age" in line and not (
        doctor["birth_date"] and within(line["age"], age(doctor["birth_date"], date(year, 12, 31)))
    ):
        return False
    if "installation_year" not in line:
        return True
    if not doctor["first_installation"] or not doctor["installed_on"]:
        return False
    number = installation_year(agreement, doctor["installed_on"], year, month)
    return number >= 1 and within(line["installation_year"], number)


def installation_year(agreement, installed_on, year, month):
    reading = agreement.get("installation", {}).get("first_year", "calendar_year")
    if reading == "twelve_months":
        return ((year - installed_on.year) * 12 + month - installed_on.month) // 12 + 1
    if reading == "first_paid_year":
        first = next(
            n for n in range(installed_on.year, 9999) if year_end(agreement["calendar"]["list_on"], n) >= installed_on
        )
        return year - first + 1
    return year - installed_on.year + 1


def zones(tables, doctor):
    """Zone of the majoration, zone of the aid: of the places when there are some."""
    places = [row for row in tables.get("places", []) if row["doctor_id"] == doctor["doctor_id"]]
    if not places:
        return doctor["zone"], "none" if doctor["zone"] == "qpv" else doctor["zone"]
    held = [row["zone_gp"] for row in places]
    best = next((zone for zone in ("zip", "zac") if zone in held), "none")
    return "qpv" if best != "zip" and any(row["qpv"] for row in places) else best, best


def c2s_share(agreement, year, doctor_id, lists, base):
    line = agreement["c2s"].get("au_dela_du_seuil")
    mine = [facts for (owner, _), facts in lists.items() if owner == doctor_id]
    if not line or not mine:
        return
    beyond = Fraction(sum(facts["c2s"] is True for facts in mine), len(mine)) - exact(line["threshold"])
    if beyond > 0:
        when = due(agreement, "c2s", year)
        yield doctor_id, None, "c2s", "au_dela_du_seuil", rounded(base * beyond), when, line["basis"]


def due(agreement, part, year):
    return month_of(agreement["calendar"]["paid"][part][0], year)


def month_of(text, year):
    return date(year + text.endswith("+1"), int(text[:2]), 1)


# A year that is not finished


def trend(now, before, paid):
    """(doctor, indicator, patients) that a trend adds. `now`, `before`: rows of verdicts as dicts."""
    for doctor_id in sorted({row["doctor_id"] for row in now}):
        for indicator in paid:
            done, eligible = counted(now, doctor_id, indicator)
            was_done, was_eligible = counted(before, doctor_id, indicator)
            rate = Fraction(was_done, was_eligible) if was_eligible else Fraction(0)
            more = max(0, rounded(rate * eligible) - done)
            if more:
                yield doctor_id, indicator, more


def counted(rows, doctor_id, indicator):
    """Up to date, and up to date or due."""
    mine = [row["status"] for row in rows if (row["doctor_id"], row["indicator"]) == (doctor_id, indicator)]
    done = mine.count("up_to_date")
    return done, done + mine.count("due")


# When it is paid


def months_paid(agreement, year, total, advanced):
    """Cents of the base of a doctor by month: advances on the earlier list and a balance, or equal instalments."""
    months = [month_of(text, year) for text in agreement["calendar"]["paid"]["socle"]]
    share = agreement["calendar"].get("advances", {}).get("share")
    each = rounded(advanced * exact(share)) if share else total // len(months)
    return dict(zip(months, [each] * (len(months) - 1) + [total - each * (len(months) - 1)], strict=True))


def within(limits, value):
    return limits.get("min", 0) <= value <= limits.get("max", 999)


def active(row, when):
    return row["from_date"] <= when <= (row["to_date"] or FAR)


def year_end(which, year):
    return date(year if which == "year_end" else year - 1, 12, 31)


def cents(euros):
    return rounded(exact(euros) * 100)


def exact(number):
    return Fraction(str(number))


def rounded(value):
    """Half up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def age(birth, when):
    years = when.year - birth.year
    return years - ((when.month, when.day) < (birth.month, birth.day))


def add_months(when, months):
    year, month = divmod(when.year * 12 + when.month - 1 + months, 12)
    return date(year, month + 1, min(when.day, calendar.monthrange(year, month + 1)[1]))


def day_after(when):
    return date.fromordinal(when.toordinal() + 1)
