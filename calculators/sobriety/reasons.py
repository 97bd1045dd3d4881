"""Why a doctor has no ratio, or a ratio and no verdict: a code, the facts behind it, and its French sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from calculators.french import MONTHS, count, listed, number, plain, short_day


class Reason(StrEnum):
    """In the order in which they are looked for; up to NOTHING_EXPECTED there is no ratio, after it no verdict.

    DONNEES_DOUTEUSES: the records themselves are in doubt; whoever looks at them gives the sentence (fact `sentence`).
    NOTHING_EXPECTED with the fact `without_self`: there is a ratio, but it compares the doctor with himself alone.
    """

    OTHER_YEAR = "other_year"
    NOT_RECORDED = "not_recorded"
    NOT_COVERED = "not_covered"
    NO_AMOUNTS = "no_amounts"
    DONNEES_DOUTEUSES = "donnees_douteuses"
    TOO_FEW_SEEN = "too_few_seen"
    UNKNOWN_RIGHTS = "unknown_rights"
    SELF_ONLY = "self_only"
    MISSING_STRATA = "missing_strata"
    NOTHING_EXPECTED = "nothing_expected"
    NOTHING_OBSERVED = "nothing_observed"
    REFERENCE_OF_OTHER_YEAR = "reference_of_other_year"
    INSTALLED_IN_YEAR = "installed_in_year"
    UNPRICED_LINES = "unpriced_lines"
    LOW_RELIABILITY = "low_reliability"


@dataclass(frozen=True)
class Why:
    """A reason and its facts."""

    code: Reason
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The French sentence."""
        return SENTENCES[self.code](self.facts)


CARE = {"acts": "actes", "deliveries": "délivrances"}
Facts = Mapping[str, Any]


def faithful(patients: int) -> str:
    """« 1 patient fidèle », « 2 patients fidèles »."""
    return plain(count(patients, "patient fidèle", "patients fidèles"))


def _not_covered(facts: Facts) -> str:
    if facts.get("nobody"):
        return (
            f"Aucun patient n’a ses {CARE[facts['table']]} connues tous les jours de {facts['year']} : importez ce qui les "
            "porte (historiques de remboursements, extraction)."
        )
    if months := facts.get("months"):
        named = listed([f"{MONTHS[int(month[5:]) - 1]} {month[:4]}" for month in months])
        return f"Les {CARE[facts['table']]} ne couvrent pas toute l’année {facts['year']} : aucune ligne en {named}."
    return (
        f"Les {CARE[facts['table']]} ne couvrent pas toute l’année {facts['year']} : du {short_day(facts['covers_from'])} "
        f"au {short_day(facts['covers_to'])}."
    )


def _too_few_seen(facts: Facts) -> str:
    seen = plain(count(facts["seen"], "patient fidèle vu", "patients fidèles vus"))
    return (
        f"Non calculé : {seen} dans l’année, il en faut plus de {facts['over']}.{left_out(facts.get('uncovered', 0))}"
    )


def left_out(patients: int) -> str:
    """Says how many faithful patients are not in the ratio because the data do not cover them; empty when there is none."""
    if not patients:
        return ""
    one = patients < 2
    verb, whose = ("est laissé", "ses") if one else ("sont laissés", "leurs")
    return f" {faithful(patients)} {verb} de côté : {whose} délivrances ne sont pas connues tous les jours de l’année."


def unrecorded(ald: int, c2s: int) -> str:
    """Says which rights are not recorded, for how many faithful patients; empty when all are."""
    missing = [f"{name} non renseignée pour {faithful(who)}" for name, who in (("ALD", ald), ("C2S", c2s)) if who]
    return " ; ".join(missing) + "." if missing else ""


def _missing_strata(facts: Facts) -> str:
    """Names each stratum, with his patients in it."""
    named = " ; ".join(f"{label} ({plain(count(patients, 'patient'))})" for label, patients in facts["strata"])
    return f"Non calculable : la référence n’a aucun patient dans ces groupes : {named}."


def _nothing_expected(facts: Facts) -> str:
    who = "sans ce médecin, " if facts.get("without_self") else ""
    return f"Non calculable : {who}la référence n’attend aucune dépense pour ces patients."


def _reference_of_other_year(facts: Facts) -> str:
    return (
        f"Référence de {facts['reference_year']} : la dépense croît d’environ {facts['percent_per_year']:g} % par an, "
        "pas de verdict."
    )


def _unpriced_lines(facts: Facts) -> str:
    lines = plain(count(facts["lines"], "ligne"))
    return f"{lines} de délivrance sans montant : le ratio est un minimum, pas de verdict."


def _low_reliability(facts: Facts) -> str:
    return f"Fiabilité de {number(facts['reliability'], 2)}, sous {number(facts['floor'], 2)} : pas de verdict."


SENTENCES: Mapping[Reason, Callable[[Facts], str]] = {
    Reason.OTHER_YEAR: lambda facts: f"La référence est celle de {facts['reference_year']}, pas de {facts['year']}.",
    Reason.NOT_RECORDED: lambda facts: f"La source n’enregistre pas les {CARE[facts['table']]}.",
    Reason.NOT_COVERED: _not_covered,
    Reason.NO_AMOUNTS: lambda _: "Les délivrances de la source n’ont pas de montant.",
    Reason.DONNEES_DOUTEUSES: lambda facts: str(facts["sentence"]),
    Reason.TOO_FEW_SEEN: _too_few_seen,
    Reason.UNKNOWN_RIGHTS: lambda facts: f"Non calculable : {unrecorded(facts['ald'], facts['c2s'])}",
    Reason.SELF_ONLY: lambda _: (
        "Non calculable : ce médecin est le seul de la référence, il ne serait comparé qu’à lui-même."
    ),
    Reason.MISSING_STRATA: _missing_strata,
    Reason.NOTHING_EXPECTED: _nothing_expected,
    Reason.NOTHING_OBSERVED: lambda _: "Aucune dépense suivie dans l’année : ni intervalle ni verdict.",
    Reason.REFERENCE_OF_OTHER_YEAR: _reference_of_other_year,
    Reason.INSTALLED_IN_YEAR: lambda facts: (
        f"Installation en {facts['installed_year']} : pas de verdict avant douze mois."
    ),
    Reason.UNPRICED_LINES: _unpriced_lines,
    Reason.LOW_RELIABILITY: _low_reliability,
}
