"""The sheet to take away: questions, ideas, traps, and the answer of one fictitious practice; nobody's name, no opinion."""

from collections.abc import Sequence
from datetime import date

from calculators import french
from dashboard import data, typeset
from dashboard.atelier import answers
from dashboard.atelier.cases import Case
from dashboard.widgets import Choice


def pdf(asked: Sequence[Case], choice: Choice, day: date) -> bytes:
    """Two or three pages. `choice`: the practice the answers are of; `day`: on which it is made."""
    story = data.stories().get(choice.doctor)
    whose = f"Réponses du cabinet fictif {choice.doctor}" + (f", « {story.name} »" if story else "")
    content = {
        "title": "Atelier : lire ses chiffres",
        "whose": f"{whose}, au {french.day(choice.as_of)}. Aucun patient réel.",
        "source": f"Source : tableau-mt, données fictives ; fait le {french.day(day)}.",
        "cases": [_told(case, choice) for case in asked],
    }
    return typeset.pdf("atelier/handout.typ", content)


def _told(case: Case, choice: Choice) -> dict[str, object]:
    return {
        "title": f"{case.rank}. {case.title}", "question": case.question, "look": case.look, "idea": case.idea,
        "trap": case.trap, "discussion": list(case.discussion),
        "answer": [typeset.runs(one) for one in answers.answer(case, choice).says],
    }  # fmt: skip
