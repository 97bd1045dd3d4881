"""The insurer's list beside the record, in words: counts, rows, and what contests it, as a table and as a letter.

What contests holds the acts that answer and nothing else of the record. Patients go by their key, or by their name when
names are shown: the insurer knows nobody by our keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from calculators import french
from calculators.french import plain_day, short_day
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.reconcile import Outcome, Proof, Reconciled, Reconciliation, They, counted
from calculators.records.identities import Called
from calculators.records.roster import Listed
from dashboard.templates import render
from dashboard.words import labels

FAR_DAYS = 31
"""From here on a list and the day judged are not of one time."""
ROWS = pa.schema(
    [
        *((name, pa.string()) for name in ("Patient", "Indicateur", "L’Assurance maladie dit", "Les données disent")),
        *((name, pa.date32()) for name in ("Notre acte", "Son examen")),
        *((name, pa.string()) for name in ("Bilan", "Raison")),
    ]
)
CONTESTED = pa.schema(
    [
        ("Patient", pa.string()),
        ("Né(e) le", pa.date32()),
        *((name, pa.string()) for name in ("Indicateur", "Votre liste dit")),
        ("Date de l’acte", pa.date32()),
        *((name, pa.string()) for name in ("Nomenclature", "Code", "Acte")),
    ]
)


@dataclass(frozen=True)
class Contested:
    """One patient and one indicator to contest: how he is called, and the acts that answer."""

    who: str
    birth_on: date | None
    label: str
    they: str
    proofs: tuple[Proof, ...]


def summary(found: Reconciliation) -> str:
    """How many rows agree, and what does not."""
    told = sum(row.they is not They.NOTHING for row in found.rows)
    lines = french.count(told, "ligne lue", "lignes lues")
    numbers = {one: [row.outcome for row in found.rows].count(one) for one in Outcome}
    unlisted = french.count(numbers[Outcome.NOT_LISTED], "fois", "fois")
    said = {
        Outcome.FOUND: f"Il lui manque **{french.count(numbers[Outcome.FOUND], 'acte')}** que vos données ont.",
        Outcome.LACKING: f"Il manque à vos données {french.count(numbers[Outcome.LACKING], 'acte')} qu’elle a.",
        Outcome.NOT_LISTED: f"{unlisted}, elle ne cite pas un patient que vos données disent concerné.",
        Outcome.CANNOT_TELL: f"Impossible à dire : {french.count(numbers[Outcome.CANNOT_TELL], 'ligne')}.",
    }
    agreed = (
        f"L’Assurance maladie : **{lines}**, dont {french.number(numbers[Outcome.AGREED])} d’accord avec vos données."
    )
    return " ".join([agreed, *(sentence for one, sentence in said.items() if numbers[one])])


def apart(found: Reconciliation, as_of: date) -> str:
    """Said when the lists and the data are not of one time; empty when they are."""
    far = sorted({row.listed_on for row in found.rows if abs((row.listed_on - as_of).days) > FAR_DAYS})
    if not far:
        return ""
    lists = french.listed([plain_day(day) for day in far])
    return (
        f"Liste du {lists}, données jugées au {plain_day(as_of)} : un acte fait entre les deux peut expliquer un écart."
    )


def unmatched(found: Reconciliation) -> str:
    """The names of the list that no indicator has; empty when all have one."""
    names = [f"« {name} » ({french.count(number, 'ligne')})" for name, number in found.unmatched.items()]
    return f"Noms d’indicateurs non reconnus, donc laissés de côté : {french.listed(names)}." if names else ""


def by_indicator(found: Reconciliation, rules: IndicatorSet) -> dict[str, list[str]]:
    """Rows by indicator and outcome, with the day of the list."""
    counts = counted(found)
    days = {row.indicator: row.listed_on for row in found.rows}
    columns = {
        "Indicateur": [rules.indicator(name).label for name in counts],
        "Liste du": [short_day(days[name]) for name in counts],
    }
    return columns | {
        labels.OUTCOME[outcome]: [french.number(count[outcome]) for count in counts.values()] for outcome in Outcome
    }


def rows_table(rows: Sequence[Reconciled], rules: IndicatorSet) -> pa.Table:
    """Columns of ROWS, in the order given."""
    return pa.Table.from_pylist([_row(row, rules) for row in rows], schema=ROWS)


def _row(row: Reconciled, rules: IndicatorSet) -> dict[str, object]:
    return {
        "Patient": row.patient_id,
        "Indicateur": rules.indicator(row.indicator).label,
        "L’Assurance maladie dit": labels.SAYS[row.they],
        "Son examen": row.they_on,
        "Les données disent": labels.STATUS[row.status].lower() if row.status else "",
        "Notre acte": row.last_on,
        "Bilan": labels.OUTCOME[row.outcome],
        "Raison": " ; ".join(labels.WHY_NOT[reason] for reason in row.reasons),
    }


def named(table: pa.Table, called: Mapping[str, Called]) -> pa.Table:
    """The rows with the name of each patient in place of his key, where he has one. For the screen alone."""
    names = [called[key].name if key in called else key for key in table["Patient"].to_pylist()]
    return table.set_column(0, "Patient", pa.array(names, pa.string()))


def contested(
    rows: Mapping[Reconciled, Sequence[Proof]],
    rules: IndicatorSet,
    roster: Sequence[Listed],
    called: Mapping[str, Called],
) -> list[Contested]:
    """What is sent, by patient: his name where there is one, else his key."""
    births = {one.patient_id: one.birth_on for one in roster}
    made = [
        Contested(
            called[row.patient_id].name if row.patient_id in called else row.patient_id,
            births.get(row.patient_id),
            rules.indicator(row.indicator).label,
            _they(row),
            tuple(proofs),
        )
        for row, proofs in rows.items()
    ]
    return sorted(made, key=lambda one: (one.who, one.label))


def _they(row: Reconciled) -> str:
    known = f" ({plain_day(row.they_on)})" if row.they_on else ""
    return "ne le cite pas" if row.they is They.NOTHING else f"{labels.SAYS[row.they]}{known}"


def to_send(found: Sequence[Contested], named: bool) -> str:
    """What the letter holds, and how patients are called in it."""
    lines = french.count(len(found), "situation à corriger", "situations à corriger")
    who = (
        "Les patients y sont nommés, parce que les noms sont affichés."
        if named
        else "Les patients y ont leur numéro de dossier : affichez les noms pour qu’ils y soient nommés."
    )
    return f"{lines}, chacune avec la date et le code des actes qui le prouvent, sans rien d’autre du dossier. {who}"


def table(found: Sequence[Contested]) -> pa.Table:
    """Columns of CONTESTED, one row per act."""
    lines = [
        {
            "Patient": one.who, "Né(e) le": one.birth_on, "Indicateur": one.label, "Votre liste dit": one.they,
            "Date de l’acte": proof.on, "Nomenclature": nomenclature(proof.system), "Code": proof.code, "Acte": proof.label,
        }
        for one in found
        for proof in one.proofs
    ]  # fmt: skip
    return pa.Table.from_pylist(lines, schema=CONTESTED)


def nomenclature(system: str) -> str:
    """« NABM », « prestation », « dossier » for an injection that no code tells."""
    return {"prs_nat": "prestation", "": "dossier du patient"}.get(system, system.upper())


def letter(found: Sequence[Contested], signed: str, listed_on: date, on: date, rules_label: str) -> bytes:
    """An HTML document to print and to sign."""
    lines = [(one, [(proof, nomenclature(proof.system)) for proof in one.proofs]) for one in found]
    return render(
        "prevention/contest.html", lines=lines, signed=signed, listed_on=listed_on, on=on, rules_label=rules_label
    )
