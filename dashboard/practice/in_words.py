"""The economy of a practice in sentences, and what its codes are called."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from calculators import french
from calculators.economy import Concerned, Contact, Decided
from calculators.french import NBSP, count, euros, number, percent, signed_euros
from calculators.pertinence.interessement import schemes
from calculators.practice.aids import NOT_SAID
from calculators.practice.assistant import Cabinet, There, not_eligible
from calculators.practice.assistant import assistant as assistant_rules
from calculators.practice.behind import OVERRUN, ActBehind
from calculators.practice.capitation import Group, Patient, break_even, capitation
from calculators.practice.contracts import Held
from calculators.practice.envelope import CaseMix, Envelope, Profile
from calculators.practice.income import NO_AMOUNT, IncomeLine
from calculators.practice.limits import Limit
from calculators.practice.lists import OnList
from calculators.practice.tariffs import tariffs
from dashboard.words import care, recorded
from dashboard.words.labels import BASIS, PART

BLOCK: Mapping[str | None, str] = {
    "consultations": "Consultations et visites", "longues": "Consultations longues", "snp": "Soins non programmés",
    "pdsa": "Permanence des soins", "actes": "Actes techniques", "forfait": "Forfait", "missions": "Missions",
    "interessement": "Intéressement", "aides": "Aides", None: "Sans tarif connu",
}  # fmt: skip
BRANCH = {
    "rester": "Rester dans le contrat", "quitter": "Quitter le contrat", "base_d_equilibre": "Base d’équilibre",
}  # fmt: skip
STRATUM = {
    "aide": "Aide", "cout": "Coût", "honoraires": "Honoraires des patients de plus", "forfait": "Forfait de ces patients",
}  # fmt: skip
RULE = {
    "teleconsultation_hors_liste_sur_tout": "Téléconsultations hors liste, sur tous les actes",
    "teleconsultation_hors_liste_sur_hors_liste": "Téléconsultations hors liste, sur les actes hors liste",
    "teleconsultation_toutes": "Toutes les téléconsultations, sur tous les actes",
    "optam_taux_depassement": "OPTAM : taux moyen de dépassement",
    "optam_part_opposable": "OPTAM : part des actes sans dépassement",
    "associations_a_taux_plein": "Actes avec consultation payés à moitié",
    "donum_points": "DONUM : ensemble",
}
OPENED = {"contrat": "Contrat démographique", "assistant": "Aide à l’assistant médical"}
SECTION = {
    "contrat": "Contrat", "assistant": "Assistant", "optam": "OPTAM", "missions": "Missions", "donum": "DONUM",
    "interessement": "Intéressement", "rosp": "ROSP", "coordonnees": "Coordonnées", "versements": "Versements reçus",
}  # fmt: skip
ASKED = {
    "contrat": "**Avez-vous un contrat démographique\u00a0?** Il compte dans le revenu, la majoration et les décisions.",
    "assistant": "**Avez-vous un assistant médical\u00a0?** Son aide compte dans le revenu.",
    "optam": "**À quoi vous engage votre adhésion à l’OPTAM\u00a0?** Les règles à respecter y comparent vos actes.",
    "missions": "**Quelles missions tenez-vous\u00a0?** Elles comptent dans le revenu de l’année où elles sont vraies.",
    "donum": "**Quels volets de la dotation numérique avez-vous\u00a0?** Oui, non, ou la part d’usage de votre relevé.",
    "interessement": "**Que savez-vous des intéressements\u00a0?** Ce que personne ne publie se saisit ici.",
    "rosp": "**Que dit votre relevé de ROSP\u00a0?** Vos taux de départ et les objectifs remplacent ceux qui sont supposés.",
    "coordonnees": "**Qui êtes-vous\u00a0?** Pour l’en-tête des documents que vous imprimez.",
    "versements": "**Qu’avez-vous reçu\u00a0?** Un versement à la fois. La page Revenu le compare à ce qui est calculé.",
}
PAID = {True: "payé", False: "non payé"}
ONE_PATIENT = (
    "Ces données sont celles d’un seul patient\u00a0: elles ne disent rien de ce qu’un cabinet gagne, ni de ses règles. "
    "Importez la liste entière."
)
NOT_PATIENTS = (
    "Aucun montant n’est mis en face d’un patient : il dit ce qu’un acte rapporte, jamais ce que vaut un soin."
)


ON_PAGES = {
    NOT_SAID: "non saisi : compté si vous le dites (page Mon cabinet)",
    NO_AMOUNT: "montant non publié : aucun n’est deviné",  # nothing keeps what was received for it
}
"""Reasons that the command line, where files are known by name, tells otherwise."""
THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
"""Where the space of « 4 190 € » stands."""


def typeset(text: str | None) -> str:
    """A reason of a result with the spaces of a French text."""
    said = re.sub(r" (?=[;:!?%€»])", NBSP, recorded.named(ON_PAGES.get(text or "", text)))
    said = THOUSANDS.sub(french.THIN, said)
    return said.replace("« ", f"«{NBSP}")


def basis(code: str | None) -> str:
    return BASIS.get(code or "", "")


def line(one: IncomeLine) -> str:
    """What a line of the income is called."""
    part, _, key = one.line.partition(".")
    if part == "interessement":
        return schemes()[key].label
    if part in OPENED:
        return OPENED[part] + (f", {key.replace('annee_', 'année ')}" if key else "")
    if key:
        return PART[part]
    known = tariffs()
    if one.line in known.tariff:
        return f"{one.line}, {known.tariff[one.line].label}"
    return known.mission[one.line].label if one.line in known.mission else one.line


def income(now: Sequence[IncomeLine], before: Sequence[IncomeLine], year: int) -> str:
    """The year in one sentence, beside the one before."""
    total, earlier = (sum(one.amount_cents or 0 for one in lines) for lines in (now, before))
    said = f"**{euros(total)}** en {year}, hors intéressement"
    if earlier:
        said += f", soit {signed_euros(total - earlier)} par rapport à {year - 1}"
    silent = sum(one.amount_cents is None for one in now)
    return f"{said}. " + (
        f"{count(silent, 'ligne n’a', 'lignes n’ont')} pas de montant{NBSP}: aucun n’est deviné." if silent else ""
    )


def section_of(one: IncomeLine) -> str | None:
    """Where the doctor says what a line without an amount lacks; None: nobody publishes it, or no act carries it."""
    known = {"missions": "missions", "interessement": "interessement"}
    asked = {"contrat": "contrat", "assistant": "assistant"}
    return known.get(one.block or "") or (asked.get(one.line.partition(".")[0]) if one.block == "aides" else None)


def savings(found: Sequence[IncomeLine], others: Sequence[IncomeLine]) -> str:
    """What the intéressements add to the rest."""
    mine, rest = (sum(one.amount_cents or 0 for one in lines) for lines in (found, others))
    return f"Intéressement{NBSP}: {euros(mine, 2)}, soit **{euros(mine + rest)}** en tout. Ce sont des hypothèses."


def saved(how_many: int, day: date) -> str:
    """What became of what was typed."""
    if not how_many:
        return f"Rien n’a été changé. Voici ce qui est dit au {french.day(day)}."
    return f"Enregistré{NBSP}: {count(how_many, 'valeur changée', 'valeurs changées')}, à partir du {french.day(day)}."


def lists(found: Sequence[OnList], labels: Mapping[str, str], name: str) -> str:
    """How many are on a list, and what it brings in all."""
    mine = [one for one in found if one.list == name]
    if not mine:
        return f"{labels[name]}{NBSP}: personne sur cette liste."
    paid = [one.amount_cents for one in mine if one.paid]
    said = f"acte payé {euros(paid[0])}" if paid else "non payé"
    if paid and len(paid) < len(mine):
        said += f" pour {count(len(paid), 'patient')}"
    return (
        f"**{count(len(mine), 'patient')}**{NBSP}: {french.lower_first(labels[name])} ({said}, {basis(mine[0].basis)})."
    )


def begun(year: int, last: date) -> str:
    """A year that is not finished."""
    return f"L’année {year} n’est pas finie{NBSP}: les parts sont celles des actes connus jusqu’au {french.day(last)}."


A_HUNDREDTH = 0.01
"""Below it a share has two decimals: one in two thousand is not none."""


def value(one: Limit) -> str:
    """The value of a rule: a share, or the euros of the endowment."""
    if one.value is None and one.denominator == 0:
        return "–"
    if one.value is None:
        return "non calculable" if "non calculable" in (one.reason or "") else "non dit"
    if one.rule == "donum_points":
        return euros(round(one.value * 100))
    if one.rule.startswith("donum_") and one.value in (0, 1):
        return "oui" if one.value else "non"
    return percent(one.value, 2 if 0 < one.value < A_HUNDREDTH else 1)


def limit(one: Limit) -> str:
    if one.limit is None:
        return ""
    return euros(round(one.limit * 100)) if one.rule == "donum_points" else percent(one.limit)


def unsaid(rows: Sequence[Limit]) -> list[str]:
    """Where the doctor says what these rules are compared with."""
    lacks = {
        "optam": any(one.rule.startswith("optam_") and one.limit is None for one in rows),
        "donum": any(one.rule.startswith("donum_") and one.value is None for one in rows),
    }
    return [section for section, is_lacking in lacks.items() if is_lacking]


def counted(one: Limit) -> str:
    """Numerator on denominator."""
    if one.numerator is None or one.denominator is None:
        return ""
    if one.rule == OVERRUN:  # cents on cents
        return f"{euros(round(one.numerator))} sur {euros(round(one.denominator))}"
    return f"{number(one.numerator)} sur {number(one.denominator)}".replace(" ", NBSP)


def rule(one: Limit, items: Mapping[str, str]) -> str:
    item = one.rule.removeprefix("donum_")
    return RULE.get(one.rule) or f"DONUM : {items.get(item, item)}"


def branch(one: Decided) -> str:
    return BRANCH.get(one.branch or "", "")


def stratum(code: str | None) -> str:
    """« 16 à 39 ans, en ALD »."""
    if code is None or code in STRATUM:
        return STRATUM.get(code or "", "")
    ages, _, ald = code.partition(" ")
    first, _, last = ages.rstrip("+").partition("-")
    return french.ages(int(first), int(last) if last else None) + (", en ALD" if ald else ", sans ALD")


def contract(rows: Sequence[Decided], year: int) -> str:
    """What staying brings beside leaving on the first day of the year; why there is nothing to compare."""
    sums = {name: sum(one.amount_cents or 0 for one in rows if one.branch == name) for name in ("rester", "quitter")}
    if not any(one.branch for one in rows):
        return french.upper_first(typeset(rows[0].reason if rows else "")) + "."
    gap = sums["rester"] - sums["quitter"]
    better = "rester" if gap >= 0 else "quitter"
    return (
        f"Si vous partez le 1er janvier {year}{NBSP}: {euros(sums['quitter'])} ; si vous restez{NBSP}: "
        f"{euros(sums['rester'])}. "
        f"**{better.capitalize()}** rapporte {euros(abs(gap))} de plus jusqu’au terme."
    ).replace(" ;", f"{NBSP};")


def assistant(rows: Sequence[Decided]) -> str:
    if len(rows) == 1 and rows[0].amount_cents is None:
        return french.upper_first(typeset(rows[0].reason)) + "."
    sums = {name: sum(one.amount_cents or 0 for one in rows if one.stratum == name) for name in ("aide", "cout")}
    more = sum(one.amount_cents or 0 for one in rows if one.stratum in ("honoraires", "forfait"))
    return (
        f"Sur trois ans, l’aide moins le coût fait {signed_euros(sums['aide'] + sums['cout'])}. "
        f"Les patients de plus ajouteraient {euros(more)}, s’ils viennent."
    )


def added(patients: int, fees: int, base: int) -> str:
    """What patients more bring in a year, at the mean of those there."""
    return (
        f"Avec {count(patients, 'patient')} de plus, à la moyenne des autres{NBSP}: {euros(fees)} d’honoraires et "
        f"{euros(base)} de forfait par an."
    )


def assistant_since(there: There | None, year: int) -> str:
    """Where the three years start from: the contract that runs, or one that would begin."""
    if there is None:
        return f"C’est comme si vous l’embauchiez au 1er janvier {year + 1}."
    if there.is_signed:
        return f"Votre contrat est compté depuis sa signature, le {french.day(there.since)}."
    return f"Sa signature n’est pas saisie{NBSP}: il est compté depuis le {french.day(there.since)}, premier jour dit."


def assistant_kept(one: Cabinet) -> str:
    """What holds for who has signed and could not today; nothing for the others."""
    why = not_eligible(one)
    if one.there is None or not why:
        return ""
    had = "Vous avez signé" if one.there.is_signed else "Vous avez un assistant"
    return (
        f"{had}{NBSP}: votre contrat est compté comme s’il continuait. Un nouveau contrat ne vous serait pas ouvert"
        f"{NBSP}: {typeset(why)}. Ce que le vôtre prévoit alors n’est pas publié{NBSP}: demandez-le à votre caisse."
    )


def a_patient(cents: int) -> str:
    """« À 120,50 € par patient »."""
    return f"À {euros(cents, 2 if cents % 100 else 0)} par patient"


def capitated(group: Group, doctor: str, cents: int) -> str:
    """An amount a patient beside the acts."""
    mine = group.of(doctor)
    if not mine:
        return "Personne sur la liste."
    fees, even = sum(one.fee_cents for one in mine), break_even(cents, mine)  # type: ignore[arg-type]
    gap = cents * len(mine) - fees
    said = f"{a_patient(cents)}{NBSP}: {signed_euros(gap)} face aux {euros(fees)} payés à l’acte."
    return said + (f" Équilibre à {number(even, 2)} actes par patient et par an." if even is not None else "")


def risk(rows: Sequence[Decided], off_list_cents: int) -> str:
    """What chance alone does to the acts, and what no capitation would replace."""
    by_branch = {one.branch: one.amount_cents or 0 for one in rows}
    low, high = by_branch.get("risque_bas", 0), by_branch.get("risque_haut", 0)
    said = f"À l’acte, une année de hasard va de {euros(low)} à {euros(high)} (95{NBSP}% des cas, hypothèse)."
    if off_list_cents:
        said += f" S’y ajoutent {euros(off_list_cents)} hors de la liste du groupe, qui restent payés à l’acte."
    return said


def capitation_sources(of_group: bool) -> str:
    """Where the amounts of the table come from."""
    known = {one.id: basis(one.basis) for one in capitation().amount}
    said = f"Sources{NBSP}: tarif des actes, {basis('presse')} ; 90{NBSP}€ par patient, {known['90_euros']}"
    mean = f" ; tarif moyen du groupe, {known['reference']}" if of_group else ""
    return f"{said}{mean}. Le montant signé n’est pas connu.".replace(" ;", f"{NBSP};")


def envelope(rows: Sequence[Envelope]) -> str:
    eligible, done = sum(one.eligible for one in rows), sum(one.validated for one in rows)
    cents, point = sum(one.amount_cents for one in rows), sum(one.one_point_cents for one in rows)
    return (
        f"**{euros(cents)}** pour {count(done, 'acte validé', 'actes validés')} sur {number(eligible)} attendus. Un point "
        f"de taux de plus partout ferait {euros(point, 2)}."
    )


def case_mix(rows: Sequence[CaseMix]) -> str:
    gap = sum(one.difference_cents for one in rows)
    return (
        f"Tenir compte de la patientèle ferait {signed_euros(gap)} pour vous, sans changer la somme de tous. "
        "Les taux attendus sont ceux des médecins de ce dossier."
    )


def contacts(rows: Sequence[Contact]) -> str:
    """Does a complex patient bring more for each contact?"""
    each = {one.stratum: (one.base_cents + one.prevention_cents) / one.acts for one in rows if one.acts}
    with_ald = [value for name, value in each.items() if name.endswith("ald")]
    without = [value for name, value in each.items() if not name.endswith("ald")]
    if not with_ald or not without:
        return "Trop peu de patients pour comparer."
    return (
        f"Par contact de l’année, forfait et prévention vont de {euros(min(with_ald), 2)} à {euros(max(with_ald), 2)} en "
        f"ALD, de {euros(min(without), 2)} à {euros(max(without), 2)} sans ALD."
    )


A_ROW_OPENS = "Un clic sur une ligne ouvre le patient\u00a0; le bouton « précédent » du navigateur ramène ici."
STATUS = {"up_to_date": "validé", "due": "à faire", "unknown": "inconnu"}
NOTHING_BEHIND = "Il n’y a pas de patient derrière cette ligne"


ONE_SUM = f"{NOTHING_BEHIND}{NBSP}: c’est une somme pour le médecin, calculée sur toute sa liste."


def openable(one: IncomeLine) -> str:
    """A line in a list of lines: « Consultations et visites, G, consultation à 30 € »."""
    said = f"{BLOCK[one.block]}, {line(one)}"
    return f"{said} à {euros(one.unit_cents, 2)}" if one.unit_cents and one.block != "forfait" else said


def openable_block(block: str | None) -> str:
    return f"{BLOCK[block]}, tout le bloc"


def act(system: str, code: str) -> str:
    """« G, consultation »; « acte technique GLQP012 »."""
    known = tariffs().tariff.get(code)
    return f"{code}, {known.label}" if known else f"{care.SYSTEMS.get(system, 'acte')} {code}"


def _how_many(found: Sequence[ActBehind]) -> str:
    patients = len({one.patient_id for one in found})
    return f"**{count(sum(one.quantity for one in found), 'acte')}** pour {count(patients, 'patient')}"


def acts_of_line(found: Sequence[ActBehind], one: IncomeLine) -> str:
    """The acts, and the sum that they make: no amount stands beside a patient."""
    said = _how_many(found)
    if one.amount_cents is None or one.unit_cents is None:
        return f"{said}, sans tarif connu{NBSP}: aucun montant n’est deviné."
    return f"{said}, à {euros(one.unit_cents, 2)} chacun{NBSP}: **{euros(one.amount_cents, 2)}**."


def acts_of_block(found: Sequence[ActBehind], lines: Sequence[IncomeLine]) -> str:
    """The acts of all its lines that have an amount, and their sum."""
    return f"{_how_many(found)}{NBSP}: **{euros(sum(one.amount_cents or 0 for one in lines), 2)}**."


def acts_off_list(found: Sequence[ActBehind], cents: int) -> str:
    """What stays paid by the act under a capitation."""
    return f"{_how_many(found)} hors de la liste du groupe{NBSP}: **{euros(cents, 2)}**."


def on_list(mine: Sequence[OnList], year: int) -> str:
    """How many were on a list at the end of the year: the acts are yet to be done."""
    return (
        f"**{count(len(mine), 'patient')}** sur cette liste au 31 décembre {year}. Aucun acte à montrer{NBSP}: il reste à "
        "faire."
    )


def without_patients(one: IncomeLine) -> str:
    """Why a line opens to nobody."""
    why = {
        "missions": "c’est une somme par an, due pour la mission elle-même",
        "aides": "c’est une somme due au cabinet, et non pour un patient",
        "pdsa": "vous avez saisi ce nombre de gardes",
    }.get(one.block or "", "aucun acte de ces données ne porte ce code")
    return f"{NOTHING_BEHIND}{NBSP}: {why}."


def concerned(found: Sequence[Concerned], year: int) -> str:
    """How many are in each state on the last day of the year."""
    if not found:
        return f"Personne n’était concerné au 31 décembre {year}."
    many = {status: sum(one.status == status for one in found) for status in STATUS}
    unknown = f", {count(many['unknown'], 'inconnu')}" if many["unknown"] else ""
    return (
        f"Au 31 décembre {year}{NBSP}: **{count(many['up_to_date'], 'patient validé', 'patients validés')}**, "
        f"{number(many['due'])} à faire{unknown}. Les actes sont ceux qui valident."
    )


def base_of(patients: int, cents: int, year: int, zone_rate: float) -> str:
    """The base that the majoration of the zone is a share of."""
    share = f"la zone y ajoute {percent(zone_rate)}" if zone_rate else "la zone n’y ajoute rien"
    return f"Base du forfait {year}{NBSP}: **{euros(cents, 2)}** pour {count(patients, 'patient')}{NBSP}; {share}."


def base_of_added(added: int, brought: int, patients: int, cents: int, year: int) -> str:
    """What patients more would bring of the pay: the mean of those there."""
    return (
        f"**{euros(brought, 2)}** par an pour {count(added, 'patient')} de plus{NBSP}: la moyenne du forfait {year}, "
        f"{euros(cents, 2)} de base pour {count(patients, 'patient')}."
    )


def fees_of_added(added: int, brought: int, mine: Sequence[Patient], year: int) -> str:
    """What patients more would bring by the act: the mean of those there."""
    fees, acts_ = sum(one.fee_cents for one in mine), sum(one.acts for one in mine)
    return (
        f"**{euros(brought, 2)}** par an pour {count(added, 'patient')} de plus{NBSP}: la moyenne de {year}, "
        f"{euros(fees, 2)} et {count(acts_, 'acte')} pour {count(len(mine), 'patient')}."
    )


def receipts(found: Sequence[ActBehind], cents: int, held: Held, year: int) -> str:
    """The fees that a contract pays a share of."""
    share = percent(float(held.contract.rate or 0))
    most = held.contract.most
    ceiling = f", au plus {euros(int(most * 100))} par an" if most is not None else ""
    return (
        f"Honoraires de {year}{NBSP}: {_how_many(found)}, **{euros(cents, 2)}**. Le contrat en paie {share}{ceiling}."
    )


def on_the_list(patients: int, adults: int, year: int) -> str:
    """Those who count for the contract of an assistant."""
    known = assistant_rules()
    return (
        f"**{count(patients, 'patient')}** sur la liste au 31 décembre {year}, dont {number(adults)} de "
        f"{known.adult.from_} ans et plus. Le contrat en demande {number(known.percentiles.P30)}, enfants compris."
    )


def active_file(seen: int, listed: int, year: int) -> str:
    """Those seen in the year, whoever their doctor is."""
    return (
        f"**{count(seen, 'patient vu', 'patients vus')}** en {year}, dont {number(listed)} sur la liste. L’objectif "
        f"de file active de votre caisse n’est pas publié{NBSP}: aucun n’est supposé."
    )


def profile(code: str) -> str:
    """« 16 à 39 ans, femmes, sans ALD, avec C2S »."""
    first, sex, ald, c2s = code.split()
    starts = capitation().ages
    place = starts.index(int(first))
    ages = french.ages(starts[place], starts[place + 1] - 1 if place + 1 < len(starts) else None)
    return f"{ages}, {SEXES.get(sex, 'sexe inconnu')}, {_right(ald, 'ALD')}, {_right(c2s, 'C2S')}"


SEXES = {"F": "femmes", "M": "hommes"}


def _right(held: str, name: str) -> str:
    return {"1": f"avec {name}", "0": f"sans {name}"}.get(held, f"{name} inconnue")


def alike(found: Sequence[Profile], year: int) -> str:
    """What is expected of patients alike, summed to the row of the table."""
    concerned_, done = sum(one.eligible for one in found), sum(one.validated for one in found)
    if not concerned_:
        return f"Personne n’était concerné au 31 décembre {year}."
    return (
        f"**{count(done, 'patient validé', 'patients validés')}** sur {number(concerned_)}{NBSP}; à patientèle égale, "
        f"les taux de tous les médecins de ce dossier en feraient {number(sum(one.expected for one in found), 1)}."
    )


RULE_ALONE = f"Il n’y a ni patient ni acte derrière ce montant{NBSP}: c’est une règle, que voici avec sa source."


def is_of_acts(one: Limit) -> bool:
    """Do acts make the figure of a rule, and is it known?"""
    return one.value is not None and not one.rule.startswith("donum_")


def acts_of_rule(found: Sequence[ActBehind], one: Limit) -> str:
    """The acts that a rule counts, or why there is none to show."""
    if one.rule.startswith("donum_"):
        return f"{NOTHING_BEHIND}{NBSP}: c’est un équipement ou un usage, que vous saisissez sur la page Mon cabinet."
    if one.value is None:
        return "Cette règle n’a pas de valeur ici : il n’y a rien à ouvrir."
    if not found:
        return "Aucun acte n’est compté par cette règle."
    said = _how_many(found)
    if one.rule == OVERRUN:
        beyond = sum(act.over_cents or 0 for act in found)
        return f"{said}, avec **{euros(beyond, 2)}** de dépassement en tout."
    return f"{said}{NBSP}: ceux que cette règle compte, parmi {count(round(one.denominator or 0), 'acte')}."


def off_the_list(day: date) -> str:
    return f"Ce patient n’est pas sur votre liste au {french.day(day)}{NBSP}: il n’a pas de page ici."
