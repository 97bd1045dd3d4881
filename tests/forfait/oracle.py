"""The pay, slowly and in plain Python, from canonical rows and the version file: nothing of the engine is used.

Read beside the definition: each function is one of its sentences.
"""

import calendar
from collections import defaultdict
from datetime import date
from fractions import Fraction

FAR = date(9999, 12, 31)


def pay(tables, about, agreement, year, validated, doctor=None):
    """Rows (doctor, patient, part, line, cents, due_on, basis), as a sorted list. `agreement` is the parsed TOML."""
    rows = []
    lists = the_list(tables, about, agreement, year)
    for (doctor_id, patient_id), facts in lists.items():
        key, line = base_line(agreement, facts)
        rows.append(
            (doctor_id, patient_id, "socle", key, cents(line["amount"]), due(agreement, "socle", year), line["basis"])
        )
        rows += c2s_line(agreement, year, doctor_id, patient_id, facts)
    for doctor_id, patient_id, indicator in sorted(set(validated)):
        rows += prevention_line(agreement, year, doctor_id, patient_id, indicator, lists)
    for doctor_id in {doctor_id for doctor_id, _ in lists}:
        rows += doctor_rows(tables, agreement, year, doctor_id, lists, rows)
    return sorted((row for row in rows if doctor in (None, row[0])), key=str)


def the_list(tables, about, agreement, year):
    """(doctor, patient) -> age, ald, c2s, seen; True, False or None when the record does not say."""
    list_day = year_end(agreement["calendar"]["list_on"], year)
    return list_on_day(tables, about, agreement, list_day, year_end(agreement["age"]["on"], year))


def list_on_day(tables, about, agreement, list_day, age_day):
    """The same on any day."""
    people = {row["patient_id"]: row for row in tables["patients"]}
    result = {}
    for row in tables["registrations"]:
        person = people[row["patient_id"]]
        if not active(row, list_day) or (person["died_on"] or FAR) <= list_day:
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
    """Days of the acts that count as contacts, reversals taken off."""
    net = defaultdict(int)
    for act in tables.get("acts", []):
        by_the_right_one = rule["by"] == "anyone" or act["performer_id"] == doctor_id
        if act["patient_id"] == patient_id and by_the_right_one:
            net[act["system"], act["code"], act["date"]] += act["quantity"]
    return {day for (_, _, day), quantity in net.items() if quantity > 0 and day <= until}


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
    amount = line.get("amounts", {}).get(indicator, line["amount"])
    when = due(agreement, "prevention", year)
    return [(doctor_id, patient_id, "prevention", indicator, cents(amount), when, line["basis"])]


def doctor_rows(tables, agreement, year, doctor_id, lists, rows):
    doctor = next((row for row in tables["doctors"] if row["doctor_id"] == doctor_id), None)
    base = sum(row[4] for row in rows if row[0] == doctor_id and row[2] == "socle")
    kept = {
        key: line for key, line in agreement.get("majoration", {}).items() if doctor and entitled(line, doctor, year)
    }
    if agreement["cumul"]["premiere_installation"] == "replaces":
        gone = {other for line in kept.values() for other in line.get("replaces", [])}
        kept = {key: line for key, line in kept.items() if key not in gone}
    if agreement["cumul"]["majorations"] == "greatest" and kept:
        best = max(kept, key=lambda key: kept[key]["rate"])
        kept = {best: kept[best]}
    for key, line in kept.items():
        amount = rounded(base * exact(line["rate"]))
        yield doctor_id, None, "majoration", key, amount, due(agreement, "majoration", year), line["basis"]
    yield from c2s_share(agreement, year, doctor_id, lists, base)


def entitled(line, doctor, year):
    if "zones" in line and doctor["zone"] not in line["zones"]:
        return False
    if "age" in line and not (
        doctor["birth_date"] and within(line["age"], age(doctor["birth_date"], date(year, 12, 31)))
    ):
        return False
    if "installation_year" not in line:
        return True
    if not doctor["first_installation"] or not doctor["installed_on"]:
        return False
    return within(line["installation_year"], year - doctor["installed_on"].year + 1)


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
    first = agreement["calendar"]["paid"][part][0]
    return date(year + first.endswith("+1"), int(first[:2]), 1)


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
