"""Further reasons to call a patient: the lists of the practice, each marked paid or unpaid, never with an amount."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from calculators import french
from calculators.practice.lists import OnList
from dashboard import data
from dashboard.practice.in_words import PAID
from dashboard.prevention import noting
from dashboard.widgets import Choice

Reasons = dict[str, list[dict[str, str]]]


def of(choice: Choice, patients: Collection[str]) -> Reasons:
    """Of these patients. What nothing pays is one reason, however many questions it holds."""
    found = data.practice_lists(choice.place, choice.doctor, choice.as_of, noting.said(choice.place))
    labels = data.list_labels(choice.place)
    mine: dict[str, list[OnList]] = defaultdict(list)
    for one in found:
        if one.patient_id in patients:
            mine[one.patient_id].append(one)
    return {patient: list(_said(several, labels)) for patient, several in mine.items()}


def _said(several: list[OnList], labels: Mapping[str, str]) -> list[dict[str, str]]:
    said = [
        {"label": labels[one.list], "when": ", ".join(filter(None, (PAID[True], _until(one))))}
        for one in several
        if one.paid
    ]
    if unpaid := sum(not one.paid for one in several):
        label = french.count(unpaid, "question de prévention à poser", "questions de prévention à poser")
        said.append({"label": label, "when": PAID[False]})
    return said


def _until(one: OnList) -> str:
    return f"jusqu’au {french.short_day(one.until)}" if one.until else ""
