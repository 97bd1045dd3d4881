"""The canonical tables, one declaration per column: type, what null means, meaning (French: doctors read it).

Readers produce these tables, `check` verifies them, the store is built from them, the page « Méthode » prints them.
"""

from dataclasses import dataclass

import pyarrow as pa

TEXT, DATE, FLAG = pa.string(), pa.date32(), pa.bool_()
TEXTS = pa.list_(TEXT)


@dataclass(frozen=True)
class Column:
    """One column. `null` says what a missing value means; empty = a missing value is an error. `optional`: a file may be
    without it, which says that every value is missing."""

    name: str
    type: pa.DataType
    meaning: str
    null: str = ""
    values: tuple[str | int, ...] = ()
    optional: bool = False

    @property
    def nullable(self) -> bool:
        return bool(self.null)


@dataclass(frozen=True)
class Table:
    """One table. `key` identifies a row; `optional`: a folder without it says "not recorded"."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    optional: bool = False

    @property
    def schema(self) -> pa.Schema:
        """Every field may hold null in the file: a null too many is for `check` to report, not for Arrow to refuse."""
        return pa.schema([(column.name, column.type) for column in self.columns])

    @property
    def of_patients(self) -> bool:
        """Is each row about a patient?"""
        return PATIENT in self.columns

    def schema_of(self, given: pa.Table) -> pa.Schema:
        """The same without the optional columns that a table does not have."""
        kept = (one for one in self.columns if not one.optional or one.name in given.column_names)
        return pa.schema([(column.name, column.type) for column in kept])

    def column(self, name: str) -> Column:
        """Raises KeyError."""
        return {column.name: column for column in self.columns}[name]


PATIENT = Column("patient_id", TEXT, "clé opaque du patient")
DOCTOR = Column("doctor_id", TEXT, "clé opaque du médecin (son numéro RPPS en pratique réelle)")
SPECIALTY_CODE = "code officiel de spécialité (01, 22, 23 = médecine générale)"
FROM = Column("from_date", DATE, "premier jour")
PRESCRIBED_ON = Column("prescribed_on", DATE, "jour de la prescription", "inconnu", optional=True)
EXO = Column(
    "exo",
    pa.int16(),
    "motif d’exonération : 42, 44, 46 en rapport avec l’ALD, 41, 43, 45 sans rapport, 0 aucun",
    "inconnu",
    optional=True,
)


def _to(null: str) -> Column:
    return Column("to_date", DATE, "dernier jour, inclus", null)


DOCTORS = Table(
    "doctors",
    "Les médecins traitants",
    (
        DOCTOR,
        Column("birth_date", DATE, "naissance, pour les majorations selon l’âge", "non renseignée"),
        Column(
            "specialty",
            TEXT,
            "gp (généraliste), gp_mep (mode d’exercice particulier), other",
            values=("gp", "gp_mep", "other"),
        ),
        Column("sector", TEXT, "secteur conventionnel", values=("1", "2_optam", "2")),
        Column("department", TEXT, "code Insee du département", "non renseigné"),
        Column("zone", TEXT, "zip, zac, qpv (zones aidées) ou none", values=("zip", "zac", "qpv", "none")),
        Column("installed_on", DATE, "premier jour de ce cabinet", "installé depuis longtemps"),
        Column("first_installation", FLAG, "est-ce sa première installation"),
        Column("active_to", DATE, "dernier jour d’exercice", "en activité"),
    ),
    key=("doctor_id",),
)
PATIENTS = Table(
    "patients",
    "Les patients",
    (
        PATIENT,
        Column("birth_date", DATE, "naissance, au jour ou au premier du mois"),
        Column("sex", TEXT, "F ou M", values=("F", "M")),
        Column("died_on", DATE, "décès", "vivant"),
        Column("ald_known", FLAG, "toutes ses ALD sont-elles connues", "comme dataset.toml le dit", optional=True),
        Column("c2s_known", FLAG, "sa C2S est-elle connue", "comme dataset.toml le dit", optional=True),
    ),
    key=("patient_id",),
)
REGISTRATIONS = Table(
    "registrations",
    "Qui est le médecin traitant de qui, et quand",
    (PATIENT, DOCTOR, FROM, _to("toujours inscrit")),
    key=("patient_id", "doctor_id", "from_date"),
)
ALD = Table(
    "ald",
    "Les affections de longue durée",
    (
        PATIENT,
        Column("ald", pa.int8(), "numéro 1 à 32 (31 = hors liste, 32 = plusieurs)", values=tuple(range(1, 33))),
        FROM,
        _to("toujours ouverte"),
    ),
    key=("patient_id", "ald", "from_date"),
    optional=True,
)
C2S = Table(
    "c2s",
    "La complémentaire santé solidaire",
    (PATIENT, FROM, _to("toujours ouverte")),
    key=("patient_id", "from_date"),
    optional=True,
)
ACTS = Table(
    "acts",
    "Les actes et la biologie",
    (
        PATIENT,
        Column("date", DATE, "jour du soin"),
        Column("system", TEXT, "nomenclature", values=("nabm", "ccam", "ngap", "prs_nat", "lpp", "loinc")),
        Column("code", TEXT, "code de l’acte ; NABM sur quatre chiffres (0552), LOINC avec sa clé (4548-4)"),
        Column("quantity", pa.int16(), "nombre, négatif pour une annulation"),
        Column("performer_id", TEXT, "qui a réalisé l’acte", "inconnu"),
        Column("performer_specialty", TEXT, SPECIALTY_CODE, "inconnue"),
        Column("value", pa.float64(), "résultat chiffré, dans son unité", "sans résultat connu", optional=True),
        Column("unit", TEXT, "unité du résultat, comme le laboratoire l’écrit", "inconnue", optional=True),
        Column("comparator", TEXT, "<, <=, > ou >= quand le résultat est une borne", "valeur exacte", optional=True),
        Column("prescriber_id", TEXT, "qui a prescrit l’acte", "inconnu, ou acte sans prescription", optional=True),
        Column("prescriber_specialty", TEXT, f"du prescripteur : {SPECIALTY_CODE}", "inconnue", optional=True),
        PRESCRIBED_ON,
        Column("base_cents", pa.int32(), "base de remboursement en centimes d’euro", "inconnue", optional=True),
        Column("paid_cents", pa.int32(), "montant payé en centimes, dépassement compris", "inconnu", optional=True),
        EXO,
        Column(
            "session",
            TEXT,
            "facture : la même pour ce que le même professionnel facture ensemble à un patient un jour",
            "inconnue",
            optional=True,
        ),
    ),
    optional=True,
)
DELIVERIES = Table(
    "deliveries",
    "Les délivrances de médicaments et de vaccins",
    (
        PATIENT,
        Column("date", DATE, "jour de la délivrance"),
        Column("cip13", TEXT, "code de la présentation", "inconnu"),
        Column("atc", TEXT, "classe ATC, sept caractères", "inconnue"),
        Column("boxes", pa.int16(), "boîtes, négatif pour une annulation"),
        Column("base_cents", pa.int32(), "base de remboursement en centimes d’euro", "la source n’a pas de montants"),
        Column("prescriber_id", TEXT, "prescripteur", "inconnu"),
        Column("prescriber_specialty", TEXT, SPECIALTY_CODE, "inconnue"),
        PRESCRIBED_ON,
        EXO,
    ),
    optional=True,
)
VACCINATIONS = Table(
    "vaccinations",
    "Les vaccins injectés, à côté de ceux délivrés",
    (
        PATIENT,
        Column("date", DATE, "jour de l’injection, premier du mois ou de l’année ; ou jour où elle était déjà faite"),
        Column(
            "precision",
            TEXT,
            "ce qui est su de la date : day, month, year, ou before (faite ce jour-là au plus tard)",
            values=("day", "month", "year", "before"),
        ),
        Column("cip13", TEXT, "code de la présentation", "inconnu"),
        Column("cis", TEXT, "code de la spécialité", "inconnu"),
        Column("atc", TEXT, "classe ATC, de trois à sept caractères", "inconnue"),
        Column("rank", pa.int16(), "rang de la dose", "inconnu"),
        Column("lot", TEXT, "numéro de lot", "inconnu"),
        Column("not_done", FLAG, "dite non faite : elle ne compte pas", "faite"),
        Column("source_id", TEXT, "document qui le dit", "non dit", optional=True),
    ),
    optional=True,
)
DOMAINS = ("acts", "deliveries", "vaccinations", "biology", "stays")
COVERAGE = Table(
    "coverage",
    "Les jours où les données d’un patient sont complètes ; sans cette table, dataset.toml parle pour tous",
    (
        PATIENT,
        Column("domain", TEXT, "ce qui est complet", values=DOMAINS),
        FROM,
        Column("to_date", DATE, "dernier jour, inclus"),
        Column("source_id", TEXT, "document qui le dit", "non dit", optional=True),
    ),
    optional=True,
)
DRUGS = Table(
    "drugs",
    "Référence des médicaments, pour compléter la classe ATC et le prix",
    (
        Column("cip13", TEXT, "code de la présentation"),
        Column("atc", TEXT, "classe ATC, sept caractères", "inconnue"),
        Column("label", TEXT, "nom", "inconnu"),
        Column("price_cents", pa.int32(), "prix d’une boîte en centimes d’euro", "inconnu"),
        Column(
            "pack_days",
            pa.int16(),
            "jours de traitement d’une boîte : 84 et plus, grand conditionnement",
            "inconnu",
            optional=True,
        ),
        Column("pack_units", pa.int16(), "unités de prise d’une boîte (comprimés, sachets…)", "inconnu", optional=True),
        Column(
            "molecules",
            TEXTS,
            "classes ATC des molécules d’une association",
            "molécule unique, ou inconnues",
            optional=True,
        ),
        Column(
            "group", TEXT, "groupe biosimilaire de l’ANSM, nommé comme il l’est", "aucun, ou inconnu", optional=True
        ),
        Column(
            "role",
            TEXT,
            "place dans le groupe : reference ou biosimilar",
            "aucune, ou inconnue",
            ("reference", "biosimilar"),
            optional=True,
        ),
        Column(
            "device",
            TEXT,
            "inhalateur : pmdi (aérosol-doseur), dpi (poudre) ou smi (brumisat)",
            "aucun, ou inconnu",
            ("pmdi", "dpi", "smi"),
            optional=True,
        ),
    ),
    key=("cip13",),
    optional=True,
)
DEVICES = Table(
    "devices",
    "Les dispositifs médicaux de la liste des produits et prestations (LPP)",
    (
        Column("code", TEXT, "code LPP sur sept chiffres"),
        Column("label", TEXT, "nom"),
        Column(
            "kind",
            TEXT,
            "bandelette, cno (complément nutritionnel oral), pansement, oam (orthèse d’avancée mandibulaire) ou ppc",
            values=("bandelette", "cno", "pansement", "oam", "ppc"),
        ),
        Column("units", pa.int16(), "unités d’un conditionnement : 50 bandelettes"),
    ),
    key=("code",),
    optional=True,
)
STAYS = Table(
    "stays",
    "Les séjours à l’hôpital et les passages aux urgences",
    (
        PATIENT,
        Column("entry", DATE, "jour d’entrée"),
        Column("exit", DATE, "jour de sortie", "toujours hospitalisé, ou inconnu"),
        Column(
            "kind",
            TEXT,
            "mco, ssr, psy, had ou urgence",
            "inconnu",
            ("mco", "ssr", "psy", "had", "urgence"),
            optional=True,
        ),
        Column("ghm", TEXT, "groupe homogène de malades", "inconnu", optional=True),
    ),
    optional=True,
)
SICK_LEAVES = Table(
    "sick_leaves",
    "Les arrêts de travail prescrits",
    (
        PATIENT,
        Column("prescriber_id", TEXT, "prescripteur", "inconnu", optional=True),
        FROM,
        Column("to_date", DATE, "dernier jour prescrit, inclus"),
        Column(
            "kind",
            TEXT,
            "maladie, atmp (accident du travail, maladie professionnelle) ou maternite",
            values=("maladie", "atmp", "maternite"),
        ),
        Column("extension", FLAG, "prolonge un arrêt", "inconnu", optional=True),
        Column("part_time", FLAG, "à temps partiel thérapeutique", "inconnu", optional=True),
    ),
    optional=True,
)
TERRITORY = Table(
    "territory",
    "Ce qui est publié d’un territoire",
    (
        Column("area", TEXT, "code Insee du département, ou FR pour le pays"),
        Column("indicator", TEXT, "ce qui est mesuré"),
        Column("period", TEXT, "année, ou année et mois (2025, 2025-03)"),
        Column("value", pa.float64(), "valeur, dans son unité"),
        Column("unit", TEXT, "unité", "sans unité", optional=True),
        Column("source", TEXT, "d’où vient la valeur", "non dite", optional=True),
        Column("read_on", DATE, "jour où elle a été lue", "non dit", optional=True),
    ),
    key=("area", "indicator", "period"),
    optional=True,
)

PRACTICE_FACTS = Table(
    "practice_facts",
    "Ce que le médecin dit de son cabinet : contrat, OPTAM, équipement, versements reçus",
    (
        DOCTOR,
        Column("key", TEXT, "ce qui est dit : optam, contract, donum.teleservices, …"),
        Column("value", TEXT, "valeur en texte : date ISO, true ou false, nombre à point décimal"),
        FROM,
        _to("toujours vrai"),
        Column("source", TEXT, "d’où vient l’information", "non dite"),
    ),
    key=("doctor_id", "key", "from_date"),
    optional=True,
)
GROUPS = Table(
    "groups",
    "Qui exerce avec qui",
    (
        Column("group_id", TEXT, "clé opaque du groupe"),
        DOCTOR,
        Column(
            "role",
            TEXT,
            "associe, collaborateur, remplacant ou salarie",
            values=("associe", "collaborateur", "remplacant", "salarie"),
        ),
        FROM,
        _to("toujours membre"),
    ),
    key=("group_id", "doctor_id", "role", "from_date"),
    optional=True,
)
PLACES = Table(
    "places",
    "Les lieux d’exercice ; ils remplacent la zone de la table doctors",
    (
        DOCTOR,
        Column("commune", TEXT, "code Insee de la commune", "non renseigné"),
        Column("department", TEXT, "code Insee du département", "non renseigné"),
        Column("zone_gp", TEXT, "zone des généralistes : zip, zac ou none", "inconnue", ("zip", "zac", "none")),
        Column(
            "zone_specialist",
            TEXT,
            "zone des autres spécialités : zip, zac ou none",
            "inconnue",
            ("zip", "zac", "none"),
        ),
        Column("qpv", FLAG, "dans un quartier prioritaire de la politique de la ville", "non renseigné"),
    ),
    optional=True,
)

TABLES = {
    table.name: table
    for table in (
        *(DOCTORS, PATIENTS, REGISTRATIONS, ALD, C2S, ACTS, DELIVERIES, VACCINATIONS, COVERAGE, DRUGS),
        *(DEVICES, STAYS, SICK_LEAVES, PRACTICE_FACTS, GROUPS, PLACES, TERRITORY),
    )
}
