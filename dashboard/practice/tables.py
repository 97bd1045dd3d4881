"""Tables of the economy of a practice, in words: what is on screen, on paper and in files."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa

from calculators import french
from calculators.economy import Concerned, Contact, Decided
from calculators.forfait.donum import dotation
from calculators.french import euros, number
from calculators.practice.behind import ActBehind, fees_cents
from calculators.practice.capitation import Group, break_even, by_stratum, half_up, mean_fees
from calculators.practice.envelope import CaseMix, Envelope, Profile
from calculators.practice.income import IncomeLine
from calculators.practice.limits import Limit
from calculators.practice.lists import OnList
from calculators.practice.received import Received
from calculators.practice.rosp import RospLine
from calculators.prevention.reconcile import Proof
from dashboard.practice import in_words
from dashboard.words.labels import PART

Columns = dict[str, list[str]]
NONE = "–"


@dataclass(frozen=True)
class Seen:
    """A patient, his acts of a year, and the day of the last."""

    patient_id: str
    acts: int
    last_on: date | None = None


def _euros(cents: int | None, decimals: int = 2) -> str:
    return NONE if cents is None else euros(cents, decimals)


def _of(part: int, whole: int) -> str:
    """« 112 sur 198 », on one line."""
    return f"{number(part)} sur {number(whole)}".replace(" ", french.NBSP)


def blocks(lines: Sequence[IncomeLine]) -> pa.Table:
    """Euros of each block, for the chart."""
    sums: dict[str, int] = defaultdict(int)
    for one in lines:
        if one.amount_cents is not None:
            sums[in_words.BLOCK[one.block]] += one.amount_cents
    return pa.table({"label": list(sums), "euros": [cents / 100 for cents in sums.values()]})


def income(lines: Sequence[IncomeLine]) -> Columns:
    """Line by line; the forfait by part, its detail being on its page."""
    merged: dict[tuple[str, str], IncomeLine] = {}
    rows = []
    for one in lines:
        key = in_words.BLOCK[one.block], in_words.line(one)
        if one.block == "forfait":
            known = merged.get(key)
            both = (known.amount_cents or 0 if known else 0) + (one.amount_cents or 0)
            told = {"amount_cents": both, "quantity": None, "unit_cents": None}
            merged[key] = IncomeLine(**{**vars(known or one), **told})
        else:
            rows.append((key, one))
    rows += list(merged.items())
    return {
        "Bloc": [key[0] for key, _ in rows],
        "Ligne": [key[1] for key, _ in rows],
        "Nombre": [NONE if one.quantity is None else number(one.quantity) for _, one in rows],
        "Unité": [_euros(one.unit_cents) for _, one in rows],
        "Somme": [_euros(one.amount_cents) for _, one in rows],
        "Source": [in_words.basis(one.basis) for _, one in rows],
        "Remarque": [in_words.typeset(one.reason) for _, one in rows],
    }


def received(rows: Sequence[Received]) -> Columns:
    return {
        "Mois": [french.month(one.month) for one in rows],
        "Part": [PART[one.part] for one in rows],
        "Calculé": [_euros(one.computed_cents) for one in rows],
        "Versé": [_euros(one.paid_cents) for one in rows],
        "Écart": [
            NONE if one.difference_cents is None else french.signed_euros(one.difference_cents, 2) for one in rows
        ],
        "D’où il peut venir": [in_words.typeset(one.reason) for one in rows],
    }


def rosp(rows: Sequence[RospLine], labels: Mapping[str, str]) -> Columns:
    return {
        "Indicateur": [labels.get(one.indicator, one.indicator) for one in rows],
        "À jour": [_of(one.validated, one.eligible) for one in rows],
        "Points": [NONE if one.points is None else number(one.points, 1) for one in rows],
        "Somme": [_euros(one.amount_cents) for one in rows],
        "Source": [in_words.basis(one.basis) for one in rows],
        "Remarque": [in_words.typeset(one.reason) for one in rows],
    }


def lists(rows: Sequence[OnList], called: Mapping[str, str], labels: Mapping[str, str]) -> pa.Table:
    """Who is on a list: no amount stands beside a patient."""
    return pa.table(
        {
            "Patient": [called.get(one.patient_id, one.patient_id) for one in rows],
            **({"Liste": [labels[one.list] for one in rows]} if len({one.list for one in rows}) > 1 else {}),
            "Depuis": pa.array([one.since for one in rows], pa.date32()),
            "Jusqu’au": pa.array([one.until for one in rows], pa.date32()),
            "Pourquoi": [in_words.typeset(one.reason) for one in rows],
            "Marque": [in_words.PAID[one.paid] for one in rows],
        }
    )


def limits(rows: Sequence[Limit]) -> Columns:
    items = {name: item.label for name, item in dotation().item.items()}
    return {
        "Règle": [in_words.typeset(in_words.rule(one, items)) for one in rows],
        "Compté": [in_words.counted(one) for one in rows],
        "Valeur": [in_words.value(one) for one in rows],
        "Limite ou seuil": [in_words.limit(one) for one in rows],
        "Remarque": ["" if "toml" in (one.reason or "") else in_words.typeset(one.reason) for one in rows],
    }


def decided(rows: Sequence[Decided]) -> Columns:
    """Month by month."""
    return {
        "Mois": [french.month(one.month) if one.month else NONE for one in rows],
        "Branche": [in_words.branch(one) for one in rows],
        "Somme": [_euros(one.amount_cents) for one in rows],
        "Source": [in_words.basis(one.basis) for one in rows],
        "Pourquoi": [in_words.typeset(one.reason) for one in rows],
    }


def by_year(rows: Sequence[Decided]) -> Columns:
    """An assistant year by year."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for one in rows:
        if one.month and one.stratum:
            sums[one.month.year, one.stratum] += one.amount_cents or 0
    years = sorted({year for year, _ in sums})
    names = ("aide", "cout", "honoraires", "forfait")
    found: Columns = {"Année": [str(year) for year in years]}
    return found | {in_words.STRATUM[name]: [_euros(sums[year, name]) for year in years] for name in names}


def capitation(group: Group, doctor: str, cents: int) -> Columns:
    """A stratum a line: the acts beside an amount a patient and, in a group, beside its own mean fee."""
    strata, means = by_stratum(group.of(doctor)), mean_fees(group.patients)
    fees = {name: sum(one.fee_cents for one in mine) for name, mine in strata.items()}
    found: Columns = {
        "Patients": [in_words.stratum(name) for name in strata],
        "Nombre": [number(len(mine)) for mine in strata.values()],
        "Actes": [number(sum(one.acts for one in mine)) for mine in strata.values()],
        "À l’acte": [_euros(one, 0) for one in fees.values()],
        in_words.a_patient(cents): [_euros(cents * len(mine), 0) for mine in strata.values()],
        "Écart": [french.signed_euros(cents * len(mine) - fees[name]) for name, mine in strata.items()],
        "Payés plus à l’acte": [number(sum(one.fee_cents > cents for one in mine)) for mine in strata.values()],
        "Équilibre, en actes": [number(break_even(Decimal(cents), mine) or 0, 2) for mine in strata.values()],
    }
    if len(group.doctors) > 1:
        found["Au tarif moyen du groupe"] = [
            _euros(half_up(means[name] * len(mine)), 0) for name, mine in strata.items()
        ]
    return found


def envelope(rows: Sequence[Envelope], labels: Mapping[str, str]) -> Columns:
    return {
        "Indicateur": [labels.get(one.indicator, one.indicator) for one in rows],
        "Attendus": [number(one.eligible) for one in rows],
        **({"Inconnus": [number(one.unknown) for one in rows]} if any(one.unknown for one in rows) else {}),
        "Validés": [number(one.validated) for one in rows],
        "Somme": [_euros(one.amount_cents) for one in rows],
        "Un point de plus": [_euros(one.one_point_cents) for one in rows],
    }


def case_mix(rows: Sequence[CaseMix], labels: Mapping[str, str]) -> Columns:
    return {
        "Indicateur": [labels.get(one.indicator, one.indicator) for one in rows],
        "Validés": [_of(one.validated, one.eligible) for one in rows],
        "Attendus à patientèle égale": [number(one.expected, 1) for one in rows],
        "Règle plate": [_euros(one.flat_cents) for one in rows],
        "Variante": [_euros(one.case_mix_cents) for one in rows],
        "Écart": [french.signed_euros(one.difference_cents, 2) for one in rows],
    }


def profiles(rows: Sequence[Profile]) -> pa.Table:
    """Patients alike: the sum of what is expected of each is that of the row they make."""
    return pa.table(
        {
            "Profil": [in_words.profile(one.stratum) for one in rows],
            "Concernés": pa.array([one.eligible for one in rows], pa.int64()),
            "Validés": pa.array([one.validated for one in rows], pa.int64()),
            "Taux de tous": [french.percent(one.rate, 1) for one in rows],
            "Attendus": [number(one.expected, 1) for one in rows],
        }
    )


def by_month(found: Mapping[date, Sequence[ActBehind]]) -> Columns:
    """Fees of a year, month by month."""
    return {
        "Mois": [french.month(month) for month in found],
        "Patients": [number(len({one.patient_id for one in mine})) for mine in found.values()],
        "Actes": [number(sum(one.quantity for one in mine)) for mine in found.values()],
        "Honoraires": [_euros(fees_cents(mine)) for mine in found.values()],
    }


def seen(rows: Sequence[Seen], called: Mapping[str, str]) -> pa.Table:
    """Patient by patient: how many acts, and the day of the last where it is known."""
    days = [one.last_on for one in rows]
    return pa.table(
        {
            "Patient": [called.get(one.patient_id, one.patient_id) for one in rows],
            "Actes": pa.array([one.acts for one in rows], pa.int64()),
            **({"Dernier acte": pa.array(days, pa.date32())} if any(days) else {}),
        }
    )


def contacts(rows: Sequence[Contact]) -> Columns:
    paid = [one.base_cents + one.prevention_cents for one in rows]
    return {
        "Patients": [in_words.stratum(one.stratum) for one in rows],
        "Nombre": [number(one.patients) for one in rows],
        "Contacts": [number(one.acts) for one in rows],
        "Forfait et prévention": [_euros(cents) for cents in paid],
        "Par contact": [
            _euros(round(cents / one.acts)) if one.acts else NONE for cents, one in zip(paid, rows, strict=True)
        ],
    }


def acts(rows: Sequence[ActBehind], called: Mapping[str, str]) -> pa.Table:
    """Act by act; of the mean overrun, with what was asked beyond the base."""
    beyond = [one.over_cents for one in rows]
    return pa.table(
        {
            "Patient": [called.get(one.patient_id, one.patient_id) for one in rows],
            "Date": pa.array([one.day for one in rows], pa.date32()),
            "Acte": [in_words.act(one.system, one.code) for one in rows],
            "Nombre": [one.quantity for one in rows],
            **({"Dépassement": [_euros(cents) for cents in beyond]} if any(beyond) else {}),
        }
    )


def concerned(
    rows: Sequence[Concerned], called: Mapping[str, str], profile_of: Mapping[str, str] | None = None
) -> pa.Table:
    """Patient by patient: where he is, and the acts that answer, with their day and code; `profile_of`: who is alike."""
    alike = {one: in_words.profile(one) for one in set((profile_of or {}).values())}
    return pa.table(
        {
            "Patient": [called.get(one.patient_id, one.patient_id) for one in rows],
            **({"Profil": [alike[profile_of[one.patient_id]] for one in rows]} if profile_of else {}),
            "Où il en est": [in_words.STATUS[one.status] for one in rows],
            "Dernier acte": pa.array([max((act.on for act in one.acts), default=None) for one in rows], pa.date32()),
            "Actes": [", ".join(map(_proof, one.acts)) for one in rows],
        }
    )


def _proof(one: Proof) -> str:
    """« Glycémie (0552 24/11/2024) »."""
    return f"{one.label} ({' '.join(filter(None, (one.code, french.short_day(one.on))))})"


def pay(lines: Sequence[IncomeLine], for_whom: Mapping[str, str]) -> Columns:
    """Parts of the pay: how many patients are paid how much. `for_whom`: the lines paid for each patient, with what these
    patients have alike; another is one sum for the doctor."""
    parts = [in_words.line(one) for one in lines]
    each = [one.line in for_whom for one in lines]
    return {
        **({"Part": parts} if len(set(parts)) > 1 else {}),
        **({"Pour": [_for(for_whom.get(one.line, "")) for one in lines]} if any(for_whom.values()) else {}),
        "Montant par patient": [
            (_euros(one.unit_cents) if one.unit_cents else "variable") if known else NONE
            for one, known in zip(lines, each, strict=True)
        ],
        "Patients": [
            number(one.quantity) if known and one.quantity is not None else NONE
            for one, known in zip(lines, each, strict=True)
        ],
        "Somme": [_euros(one.amount_cents) for one in lines],
    }


def _for(label: str) -> str:
    return french.upper_first(label) or NONE
