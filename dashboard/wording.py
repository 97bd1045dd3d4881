"""Words and figures in French, the same whatever the browser: numbers, euros, dates, statuses, sentences."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

THIN, NBSP = "\u202f", "\u00a0"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
STATUS = {
    "due": "À faire",
    "unknown": "Inconnu",
    "up_to_date": "À jour",
    "excluded": "Exclu",
    "not_eligible": "Non concerné",
}
DOCTOR_STATUS = STATUS | {"refused": "Refusé", "not_applicable": "Non applicable"}
"""The doctor may say two things more."""
STATUS_MEANING = {
    "due": "l’acte attendu n’est pas dans les données, qui couvrent la période",
    "unknown": "les données ne permettent pas de savoir : inconnu n’est pas non fait",
    "up_to_date": "l’acte attendu est dans les données",
    "excluded": "une exclusion s’applique",
    "not_eligible": "le patient n’est pas dans la population visée",
}
BASIS = {
    "texte": "texte de référence",
    "officiel": "source officielle",
    "presse": "presse ou syndicat",
    "hypothese": "hypothèse",
}
CONTACT = {
    "vaccination": "une visite de vaccination",
    "prelevement": "un prélèvement au laboratoire",
    "depistage": "dépistages à proposer",
    "examen_enfant": "un examen de l’enfant",
    "dentiste": "un rendez-vous chez le dentiste",
}
"""What one contact settles together."""
STATE = {"propose": "proposé", "en_vigueur": "en vigueur", "retire": "retiré"}
PART = {
    "socle": "Socle",
    "majoration": "Majorations",
    "c2s": "C2S",
    "prevention": "Prévention",
    "rosp": "ROSP",
    "structure": "Forfait structure",
    "donum": "DONUM",
    "aide": "Aide à l’installation",
}
SEX = {"F": "femme", "M": "homme"}
TABLE = {
    "doctors": "médecins", "patients": "patients", "registrations": "inscriptions", "ald": "ALD", "c2s": "C2S",
    "acts": "actes", "deliveries": "délivrances", "drugs": "médicaments",
}  # fmt: skip


def number(value: float, decimals: int = 0) -> str:
    """1 234,5 with narrow no-break spaces; halves are rounded up, as on paper."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    sign = "−" if rounded < 0 else ""
    return sign + f"{abs(rounded):,}".replace(",", THIN).replace(".", ",")


def euros(cents: float, decimals: int = 0) -> str:
    """Amount in euros from cents."""
    return f"{number(Decimal(str(cents)) / 100, decimals)}{NBSP}€"  # type: ignore[arg-type]


def signed_euros(cents: float) -> str:
    """A difference: +120 €, −45 €."""
    return ("+" if cents > 0 else "") + euros(cents)


def about_euros(cents: float) -> str:
    """An estimated amount, to two significant figures: no more than the data carry."""
    whole = round(abs(cents) / 100)
    unit = 10 ** max(0, len(str(whole)) - 2)
    rounded = (whole + unit // 2) // unit * unit
    return euros((-rounded if cents < 0 else rounded) * 100)


def percent(share: float, decimals: int = 0) -> str:
    """61 % from 0.61."""
    return f"{number(100 * share, decimals)}{THIN}%"


def day(when: date) -> str:
    """2 mai 2025, 1er mai 2025."""
    return f"{'1er' if when.day == 1 else when.day}{NBSP}{MONTHS[when.month - 1]} {when.year}"


def short_day(when: date | None) -> str:
    """02/05/2025, or nothing."""
    return f"{when:%d/%m/%Y}" if when else ""


def count(how_many: int, noun: str, plural: str | None = None) -> str:
    """1 patient, 1 203 patients, 0 patient."""
    return f"{number(how_many)}{NBSP}{noun if how_many < 2 else plural or noun + 's'}"


def listed(words: list[str]) -> str:
    """a, b et c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}"


def lower_first(text: str) -> str:
    """A label inside a sentence; acronyms keep their capitals."""
    return text if not text[1:2].islower() else text[:1].lower() + text[1:]


def age(years: int, days: int) -> str:
    """Age in years, or in months before two years."""
    if years < 2:
        months = int(days / 30.44)
        return f"{months}{NBSP}mois"
    return f"{years}{NBSP}ans"
