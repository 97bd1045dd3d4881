"""Every rule rendered from its file: indicators, definition of the ratio, agreements, canonical tables."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from calculators import french
from calculators.catalogue import SetAside
from calculators.forfait.version import Version
from calculators.pertinence.measure import Measure
from calculators.prevention.campaign import Calendar
from calculators.prevention.codes import CodeList
from calculators.prevention.explain import read_from, requirement_sentence, window_sentence
from calculators.prevention.indicator import Criteria, Exclusion, Indicator, IndicatorSet, Recorded, Refused
from calculators.records.tables import TABLES
from calculators.rules import Reference
from calculators.sobriety.definition import Definition, Section
from calculators.sobriety.reference_files import Reference as Norms
from dashboard.words import labels

TYPES = {"string": "texte", "date32[day]": "date", "bool": "vrai ou faux", "int8": "entier", "int16": "entier",
         "int32": "entier", "double": "nombre", "list<item: string>": "textes"}  # fmt: skip


DAYS = {None: "", "as_of": " le jour jugé", "year_start": " au 1er janvier", "year_end": " au 31 décembre"}
"""When a right or an age is read; by default on the day of the set."""


PARAMETER = {
    "patients.minimum_age": "âge minimal des patients, en années révolues",
    "doctors.specialties": "spécialités des médecins de la référence",
    "doctors.seen_over": "patients fidèles vus : il en faut plus de",
    "drugs.excluded_atc": "classe exclue (vaccins)",
    "drugs.gp_specialties": "codes de spécialité des généralistes",
    "drugs.look_back_months": "mois sans autre prescripteur pour qu’un traitement soit commencé",
    "drugs.gp_share_over_percent": "part des traitements commencés par des généralistes : plus de, en %",
    "strata.age_from": "premiers âges des classes",
    "cap.per_mille": "plafond de dépense d’un patient, en millièmes",
    "interval.z_95": "largeur de l’intervalle à 95 %, en écarts-types",
    "interval.z_998": "largeur de l’intervalle à 99,8 %, en écarts-types",
    "verdict.reliability_floor": "fiabilité sous laquelle il n’y a pas de verdict",
    "expected.own_variance_from": "patients d’un groupe à partir desquels sa propre variance est crue",
    "own_weight.without_self_over": "poids dans la référence au-delà duquel le ratio se lit sans le médecin",
    "published.patients_from": "copie publiée : plus petit groupe de patients",
    "published.doctors_from": "copie publiée : médecins nécessaires",
    "published.doctors_beside": "copie publiée : médecins de chaque côté d’un centile",
    "published.centiles": "copie publiée : centiles du ratio",
    "mix.apart_from": "écart h entre deux parts à partir duquel un groupe distingue les patients",
    "spread.minimum_doctors": "médecins nécessaires pour estimer l’écart entre médecins",
    "spread.assumed": "écart supposé entre médecins, à défaut",
    "spread.zero_believed_from": "médecins à partir desquels un écart estimé nul est cru",
    "peers.minimum_peers": "pairs nécessaires pour les montrer",
    "peers.list_from": "premières tailles des classes de patientèle",
    "peers.movers": "patients qui pèsent le plus, montrés",
    "drift.percent_per_year": "croissance annuelle de la dépense, en %",
    "under_treatment.ratio_under": "ratio sous lequel le sous-traitement est rappelé",
    "carbon.megatonnes": "CO2 attribué aux médicaments, en millions de tonnes",
    "carbon.limits": "ce que cet ordre de grandeur ne dit pas",
    "bonus.amount_euros": "bonus, en euros",
    "bonus.first_year": "première année du bonus",
    "bonus.lowest_percent": "bonus : ratios les plus faibles, en %",
    "bonus.fall_over_percent": "bonus : baisse de plus de, en %",
}
"""Keys of the definition in words; a key without one is shown as it is."""


STATUSES = "Chaque patient a, pour chaque indicateur, un seul état : " + " ; ".join(
    f"**{name.lower()}** ({labels.STATUS_MEANING[status]})" for status, name in labels.STATUS.items()
)


RATIO = """
Le ratio est une dépense **observée** divisée par une dépense **attendue**.

* **Observée** : la base de remboursement des médicaments suivis, prescrits par le médecin à ses patients fidèles dans
  l’année, annulations déduites.
* **Attendue** : chaque patient fidèle compte pour la dépense moyenne des patients de son groupe (âge, sexe, ALD, C2S)
  chez les médecins de la référence.
* **Patients fidèles** : inscrits chez le médecin au 31 décembre de l’année et de la précédente, en vie, ayant reçu un
  soin de ville dans l’année.
* **Médicaments suivis** : ceux dont les traitements sont commencés en majorité par des généralistes ; pas les vaccins.

Le verdict vient de l’intervalle seul : *au-dessus* si tout l’intervalle à 99,8 % dépasse 1, *en dessous* s’il reste
sous 1, *compatible* sinon. Sous le seuil de fiabilité, ou avec trop peu de patients, il n’y a pas de verdict.

* **L’intervalle** compte deux hasards : celui des patients du médecin, et celui des patients de la référence, dont les
  moyennes sont elles-mêmes des estimations. Il vaut pour le ratio que ce médecin aurait à la longue, comparé à ce que
  coûteraient à la longue les patients des médecins de cette référence-là.
* **Sans vous** : un médecin qui est dans la référence est en partie comparé à lui-même. On retire ses patients ; là où il
  ne reste personne, la moyenne est celle de tous les âges de même sexe, ALD et C2S, puis de tous. S’il y pèse trop, c’est ce
  ratio qui se lit d’abord et qui donne le verdict.
* **Groupe absent** : un médecin dont des patients n’ont aucun semblable dans la référence n’a pas de ratio officiel.

Limites : une dépense n’est ni une qualité ni une empreinte carbone. Un ratio bas peut traduire un sous-traitement.
"""


FORFAIT = """
Chaque patient de la liste relève d’**une seule ligne de socle**. Les majorations s’appliquent au socle ; la C2S et les
indicateurs de prévention validés s’ajoutent. La liste, les ALD et la C2S sont celles du jour dit par l’accord. Un droit
que les données ne disent pas n’est jamais compté comme acquis.

* **Qui est payé** : le médecin en exercice. L’année où il part, il est payé au prorata ; parti avant, rien n’est dû. En
  secteur 2 sans OPTAM, le forfait n’est pas payé : une simulation le montre « comme si ».
* **Une année qui n’est pas finie a trois chiffres** : *acquis* (ce qui est validé avec les actes connus), *tendance* (le
  même, porté au taux du 31 décembre précédent) et *possible* (tous les patients concernés). Une année finie n’en a qu’un.
* **Une dose de janvier** d’une campagne ouverte en octobre se lit de trois façons ; chacune est chiffrée dans « Points
  ouverts ».
* **Ancien système** : des acomptes versés sur une liste antérieure, puis un solde, qui peut être négatif.
* **ROSP, forfait structure, DONUM** : des moyennes nationales, ou ce que vous saisissez.
"""


RECORDS = "Un dossier de données contient `dataset.toml` et un fichier parquet par table :"


PRIVACY = """
* Le programme tourne sur cet ordinateur et n’écoute que lui (127.0.0.1). Il n’envoie rien : ni donnée, ni statistique
  d’usage.
* Personne d’autre que vous ne voit ces pages. Aucun classement de confrères ; un groupe de pairs n’est montré qu’à
  partir de cinq médecins.
* L’adresse de la page contient le médecin et la date, jamais un patient ni le chemin d’un dossier : un lien n’ouvre
  jamais un dossier qui ne l’a pas été ici.
* Le programme ne répond qu’à qui tient l’adresse affichée à son démarrage, jeton compris.
* Un fichier importé est gardé le temps de la session, dans un dossier temporaire de cet ordinateur ; il est effacé deux
  minutes après la fermeture de la page, ou au démarrage suivant si l’ordinateur s’est arrêté.
* Vos résultats ne sont jamais masqués pour vous. La copie « pour le groupe » ne contient aucun effectif de 1 à 10
  patients, ni ce qui permettrait d’en retrouver un.
* Ce que vous dites d’un acte (fait ailleurs, refusé, ne s’applique pas) s’ajoute à `declarations.jsonl`, à côté des
  données, avec le médecin et l’heure. Les données ne changent pas, ni les taux, ni le forfait : seule la liste des
  appels en tient compte.
* À côté des données, le dossier `.tableau-mt` garde une copie compacte, reconstruite quand les fichiers changent ; vous
  pouvez l’effacer.
"""


def references(given: Iterable[Reference]) -> str:
    """Sources as a list, hypotheses marked."""
    lines = []
    for one in given:
        title = f"[{one.title}]({one.url})" if one.url else one.title
        basis = f"**{labels.BASIS[one.basis]}**" if one.basis == "hypothese" else labels.BASIS[one.basis]
        lines.append(f"* {title}, {day_of(one)} — {basis}")
    return "\n".join(lines)


def cannot_say(one: Measure) -> str:
    """What no figure of the record tells of a measure."""
    return f"Ce que le dossier ne dit pas : {french.lower_first(one.cannot_say)}"


def measure(one: Measure) -> str:
    """A measure of relevance: what it counts, among whom, its lists, its open points, its sources."""
    scope = "prescriptions du médecin" if one.scope == "own" else "patientèle, quel que soit le prescripteur"
    strata = ", ".join(one.strata) if one.strata else "aucune : taux brut"
    said = [
        f"{one.why} Sur : {scope}. Unité : {one.unit}. Strates : {strata}.",
        cannot_say(one),
        *(f"Compté : {codes.label}." + (f" {codes.note}" if codes.note else "") for codes in one.lists.values()),
        *(f"{point.name} : {point.chosen}. Autre lecture : {point.alternative} ({labels.BASIS[point.basis]})."
          for point in one.parameter),
        "**Sources**\n\n" + references(one.reference),
    ]  # fmt: skip
    return "\n\n".join(said)


def day_of(one: Reference) -> str:
    """The day of a document, or what is known of it."""
    return one.when or french.day(one.date)


def set_aside(one: SetAside) -> str:
    """A rule that is not used, and why."""
    left = "laissée" if one.kind == "measures" else "laissé"
    return f"{labels.RULE[one.kind]} « {one.id} » est {left} de côté. {one.reason}"


def marked(rules: IndicatorSet) -> IndicatorSet:
    """Indicators beside the set carry the word wherever their label is read."""
    return rules.model_copy(
        update={
            "indicators": tuple(
                one.model_copy(update={"label": f"{one.label} ({labels.ADDED})"}) if one.id in rules.added else one
                for one in rules.indicators
            )
        }
    )


def indicator_set(rules: IndicatorSet) -> str:
    when = "au 31 décembre de l’année" if rules.age_on == "year_end" else "le jour jugé"
    said = f"**{rules.label}** : {french.count(len(rules.own), 'indicateur')}, âge pris {when}."
    if rules.added:
        added = french.count(len(rules.added), "indicateur ajouté", "indicateurs ajoutés")
        said += f" {added} à côté des données : jugés à la suite, jamais payés."
    return f"{said}\n\n{references(rules.reference)}"


def indicator(one: Indicator, rules: IndicatorSet) -> str:
    """Whom, unless what, what counts as done, codes, references, open points."""
    return "\n\n".join(_indicator(one, rules))


def _indicator(one: Indicator, rules: IndicatorSet) -> Iterator[str]:
    yield one.why
    yield "**Pour qui**\n\n" + _bullets(_criteria(entry, rules) for entry in one.eligible)
    if one.excluded:
        yield "**Sauf**\n\n" + _bullets(_exclusion(entry, rules) for entry in one.excluded)
    if one.done:
        yield "**Fait quand**\n\n" + _bullets(requirement_sentence(need) for need in one.done)
    for entry in one.eligible:
        if entry.done:
            needs = _bullets(requirement_sentence(need) for need in entry.done)
            yield f"**Fait quand** ({french.lower_first(entry.label)})\n\n{needs}"
    if one.refused:
        yield "**Regardé, et non compté**\n\n" + _bullets(_refusal(each, rules) for each in one.refused)
    if one.beyond_claims:
        yield f"**Ce que les données ne voient pas** : {one.beyond_claims}"
    yield from (f"**Campagnes contre {calendar.label}**\n\n{_campaigns(calendar)}" for calendar in one.calendars)
    yield "**Codes comptés**\n\n" + _bullets(_codes(rules.codes[name]) for name in one.named_codes())
    for point in one.parameter:
        yield (
            f"**Point ouvert — {point.name}** : retenu, {point.chosen} ; autre lecture, {point.alternative} "
            f"({labels.BASIS[point.basis]})."
        )
    yield "**Sources**\n\n" + references(one.reference)


def _refusal(one: Refused, rules: IndicatorSet) -> str:
    """« mammographie, hors dépistage organisé : CCAM QEQK001 »."""
    lists = [rules.codes[name] for name in one.codes] + ([one.acts] if one.acts else [])
    return f"{one.label}, {one.why} : " + " ; ".join(_by_system(each) for each in lists)


def _exclusion(entry: Exclusion, rules: IndicatorSet) -> str:
    said = f"{_criteria(entry, rules)} ; lu dans {read_from(entry, rules)}"
    return f"{said} ; exclusion possible seulement : le médecin tranche" if entry.possible else said


def _criteria(entry: Criteria, rules: IndicatorSet) -> str:
    said = []
    if entry.sex:
        said.append({"F": "femmes", "M": "hommes"}[entry.sex])
    if entry.age:
        low, high = entry.age.min, entry.age.max
        ages = (f"{low} à {high} ans" if low is not None and high is not None
                else f"{low} ans et plus" if low is not None else f"jusqu’à {high} ans")  # fmt: skip
        said.append(ages + DAYS[entry.age.on])
    if entry.ald:
        said.append("ALD " + ", ".join(map(str, entry.ald)) + DAYS[entry.ald_on])
    if entry.c2s is not None:
        said.append(("C2S" if entry.c2s else "sans C2S") + DAYS[entry.c2s_on])
    if entry.held_months:
        said.append(f"depuis {entry.held_months} mois sans interruption")
    said += [_recorded(one, rules) for one in entry.recorded]
    return f"{entry.label} ({' ; '.join(said)})" if said else entry.label


def _recorded(one: Recorded, rules: IndicatorSet) -> str:
    named = [french.lower_first(rules.codes[name].label) for name in one.codes]
    counted = french.count(one.count, "date" if one.count_by == "dates" else "unité")
    return f"{'moins de ' if one.absent else ''}{counted} de : {', '.join(named)}, {window_sentence(one)}"


def _campaigns(calendar: Calendar) -> str:
    """Every campaign published with the source of each of its days, then what is taken for the other years."""
    lines = [
        f"du {_sourced(one.opens, one.opens_source)} au {_sourced(one.closes, one.closes_source)}"
        for _, one in sorted(calendar.published.items())
    ]
    opens, closes = (date.fromisoformat(f"2001-{day}") for day in (calendar.default.opens, calendar.default.closes))
    first, last = (f"{one.day}{french.NBSP}{french.MONTHS[one.month - 1]}" for one in (opens, closes))
    return _bullets([*lines, f"autres années : du {first} au {last} ({labels.BASIS[calendar.source.basis]})"])


def _sourced(day: date, source: Reference) -> str:
    title = f"[{source.title}]({source.url})" if source.url else source.title
    return f"{french.day(day)} ({title} — {labels.BASIS[source.basis]})"


def _codes(codes: CodeList) -> str:
    return f"{codes.label} : {_by_system(codes)}" + (f". {codes.note}" if codes.note else "")


def _by_system(codes: CodeList) -> str:
    by_system: dict[str, list[str]] = {}
    for system, code in codes.codes():
        by_system.setdefault(system.upper(), []).append(code)
    return " ; ".join(f"{system} {', '.join(found)}" for system, found in by_system.items())


def definition(one: Definition) -> dict[str, list[str]]:
    """Every number of the definition with its source."""
    rows = [
        (name, key, value, section.reference)
        for name, section in ((name, getattr(one, name)) for name in type(one).model_fields)
        if isinstance(section, Section)
        for key, value in section
        if key != "reference"
    ]
    return {
        "Paramètre": [PARAMETER.get(f"{name}.{key}", f"{name}.{key}") for name, key, _, _ in rows],
        "Valeur": [_value(value) for _, _, value, _ in rows],
        "Source": [f"{source.title}, {day_of(source)}" for *_, source in rows],
        "Nature": [labels.BASIS[source.basis] for *_, source in rows],
    }


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(labels.PRACTITIONER.get(str(one), str(one)) for one in value)
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def reference(one: Norms) -> str:
    """What the reference was made of."""
    kind = "**fictive**" if one.synthetic else "réelle"
    return (
        f"Source {kind} : {one.source}. {french.count(one.size, 'médecin')}, "
        f"{french.count(one.counts.get('patients', 0), 'patient fidèle', 'patients fidèles')}, "
        f"{french.count(len(one.tracked), 'classe de médicaments suivie', 'classes de médicaments suivies')}. "
        f"Construite le {french.day(one.built_on)}, définition {one.definition_id}."
    )


def version(one: Version) -> str:
    """Lines, amounts, calendar, notes and sources of an agreement."""
    return "\n\n".join(_version(one))


def _version(one: Version) -> Iterator[str]:
    if one.valid_from:
        yield f"En vigueur : {years(one.valid_from, one.valid_to)}."
    rows = [("Socle", line.label, french.euros(float(line.amount) * 100), line.basis) for line in one.socle.values()]
    rows += [
        ("Majoration", line.label, french.percent(float(line.rate)), line.basis) for line in one.majoration.values()
    ]
    if paid := one.c2s.par_patient:
        rows.append(("C2S", paid.label, french.euros(float(paid.amount) * 100), paid.basis))
    if share := one.c2s.au_dela_du_seuil:
        rows.append(("C2S", share.label, f"au-delà de {french.percent(float(share.threshold))}", share.basis))
    if one.prevention:
        amount = french.euros(float(one.prevention.amount) * 100)
        rows.append(("Prévention", one.prevention.label, amount, one.prevention.basis))
    head = "| Part | Ligne | Montant | Source |\n|---|---|---|---|\n"
    yield head + "\n".join(
        f"| {part} | {label} | {what} | {labels.BASIS[basis]} |" for part, label, what, basis in rows
    )
    for point in one.open_point:
        others = " ; ".join(alternative.label for alternative in point.alternative)
        yield f"**Point ouvert — {point.label}** : retenu, {point.default} ; autre lecture, {others}."
    if one.notes:
        yield _bullets(one.notes)
    yield "**Sources**\n\n" + references(one.reference)


def years(first: date, last: date | None) -> str:
    return f"du {french.day(first)} au {french.day(last)}" if last else f"depuis le {french.day(first)}"


def tables() -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Each canonical table: its name in words, then its columns."""
    for table in TABLES.values():
        title = f"{table.name} — {french.lower_first(table.meaning)}" + (" (facultative)" if table.optional else "")
        yield (
            title,
            {
                "Colonne": [column.name for column in table.columns],
                "Type": [_type(column.type) for column in table.columns],
                "Sens": [column.meaning for column in table.columns],
                "Vide": [column.null or "jamais" for column in table.columns],
            },
        )


def _type(kind: pa.DataType) -> str:
    return TYPES.get(str(kind), str(kind))


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"* {line}" for line in lines)
