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


SETTLED = {
    "due": "l’acte manque aux données ; votre déclaration l’emporte",
    "unknown": "les données laissent un doute, dont l’exclusion possible ; votre déclaration le tranche",
}
"""Under the acts of a status of which the doctor has said otherwise."""


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


CALL = {
    "a_appeler": "À appeler",
    "message_laisse": "Message laissé",
    "rendez_vous": "Rendez-vous",
    "refuse": "Refusé",
    "fait_ailleurs": "Fait ailleurs",
}
"""Where the calls to a patient stand."""


STATE = {
    "propose": "proposé",
    "experimente": "expérimenté",
    "en_vigueur": "en vigueur",
    "suspendu": "suspendu",
    "retire": "retiré",
}
GRADE = {"A": "preuve établie", "B": "présomption", "C": "faible niveau de preuve", "avis": "avis d’experts"}


ADDED = "ajouté"
"""An indicator beside the set."""


RULE = {
    "sets": "Le jeu d’indicateurs", "indicators": "L’indicateur", "versions": "L’accord", "scenarios": "Le scénario",
    "measures": "La mesure",
}  # fmt: skip


OUTCOME = {
    "accord": "D’accord",
    "acte_retrouve": "Acte qu’elle n’a pas",
    "acte_manquant": "Acte que vous n’avez pas",
    "non_liste": "Patient qu’elle ne cite pas",
    "non_concerne": "Non concerné",
    "indecidable": "Impossible à dire",
}
"""What comes of a row of the insurer's list, as the heading of a column."""


SAYS = {
    "fait": "à jour",
    "non_fait": "pas à jour",
    "examen_connu": "dernier examen connu",
    "eligible": "concerné",
    "pas_clair": "mots non reconnus",
    "non_liste": "ne le cite pas",
}


WHY_NOT = {
    "sexe": "le sexe n’est pas enregistré",
    "ald": "les ALD, ou leurs numéros, ne sont pas enregistrés",
    "c2s": "la C2S n’est pas enregistrée",
    "couverture": "les données ne couvrent pas la période",
    "date": "la date d’un vaccin n’est pas connue au jour près",
    "exclusion": "une exclusion est possible",
    "hors_liste": "il n’est pas sur la liste du médecin ce jour-là",
    "mot_inconnu": "ce que dit la liste n’est pas reconnu",
    "contradiction": "la liste se contredit",
    "hors_cible": "hors de la population visée",
    "exclu": "une exclusion s’applique",
}


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
    "groups": "groupes", "places": "lieux d’exercice", "stays": "séjours à l’hôpital",
}  # fmt: skip


PRACTITIONER = {"gp": "généralistes", "gp_mep": "généralistes en mode d’exercice particulier"}
