"""What codes are called on screen: states, sources, parts of the pay, tables."""

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
    "proposition": "proposition de l’assurance maladie",
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


ADDED = "ajouté"
"""An indicator beside the set."""


RULE = {
    "sets": "Le jeu d’indicateurs", "indicators": "L’indicateur", "versions": "L’accord", "scenarios": "Le scénario",
}  # fmt: skip


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
    "acts": "actes", "deliveries": "délivrances", "drugs": "médicaments", "practice_facts": "faits du cabinet",
    "groups": "groupes", "places": "lieux d’exercice",
}  # fmt: skip
