"""What a line of care is called: a drug by its name and class, an act by what it is; a code alone never."""

from collections.abc import Callable, Mapping

from calculators import french
from calculators.pertinence import act_names
from calculators.records import history
from calculators.records.history import Line
from dashboard.words import drugs

KINDS = {
    "consultation": "Consultation",
    "visite": "Visite",
    "teleconsultation": "Téléconsultation",
    "acte": "Autre acte",
}
SYSTEMS = {
    "nabm": "analyse", "loinc": "analyse", "ccam": "acte technique", "ngap": "acte", "prs_nat": "prestation",
    "lpp": "dispositif médical",
}  # fmt: skip
Followed = Callable[[str, str | None, str | None], str | None]
"""The name that the prevention rules give a system, a code and a CIP13."""


def named(line: Line, followed: Followed, products: Mapping[str, str]) -> str:
    """« paracétamol, N02BE01 », « consultation, cardiologie », « HbA1c : 7,2 % »."""
    if line.kind == "delivrance":
        return drug(line.code or line.cip13 or "", products)
    name = followed(line.system, line.code, line.cip13) or _act(line)
    return f"{name} : {result(line)}" if line.kind == "resultat" else name


def drug(code: str, products: Mapping[str, str]) -> str:
    """A class by its name; a product whose class is not known by its number."""
    return f"médicament de classe inconnue ({code})" if code.isdigit() else drugs.drug_class(code, products)


def _act(line: Line) -> str:
    if visit := history.kind_of_visit(line.system, line.code):
        by = history.specialty(line.specialty)
        return f"{KINDS[visit].lower()}, {by}" if by else KINDS[visit].lower()
    known = history.words().letters.get(line.code or "") if line.system == "ngap" else None
    return known or act_names.of(line.system, line.code or "") or f"{SYSTEMS.get(line.system, 'acte')} {line.code}"


def stay(kind: str | None) -> str:
    return history.words().stay[kind] if kind else "Séjour"


def stay_group(ghm: str | None) -> str:
    """« appareil circulatoire, médecine (05M092) »; « non dit » without a group."""
    if not ghm:
        return "non dit"
    known = history.words()
    named = [known.ghm_category.get(ghm[:2], ""), known.ghm_type.get(ghm[2:3], "")]
    said = ", ".join(filter(None, named))
    return f"{said} ({ghm})" if said else f"groupe {ghm}"


def result(line: Line) -> str:
    """« 7,2 % », « < 3 mg/L »."""
    if line.value is None:
        return ""
    bound = f"{line.comparator} " if line.comparator else ""
    unit = f"{french.NBSP}{line.unit}" if line.unit else ""
    return f"{bound}{french.typed(line.value)}{unit}"
