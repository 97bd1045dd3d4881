"""What the page *Données* and the commands beside it say: sources, lists, reports, what the records allow."""

from collections import Counter
from collections.abc import Iterable, Sequence

from calculators.french import THIN, count, day, listed, lower_first, number, percent, short_day
from calculators.prevention.explain import DOUBTS
from calculators.records.answers import Card, Question
from calculators.records.practice import EARLIER, Changed
from calculators.records.readers.shape import Streamed, Unmapped
from calculators.records.readers.spreadsheet import DATE_FORMS, Mapping
from calculators.records.readers.spreadsheet.headers import fields
from calculators.records.signatures import KINDS
from calculators.records.sources import Source
from calculators.results import Allowed

INTRODUCTION = (
    "Déposez ce que vous avez : historiques de remboursements, comptes rendus, carnets de vaccination, listes de patients "
    "(Excel, CSV), archives zip, tous ensemble. Chaque fichier est reconnu à son contenu. Rien ne quitte cet ordinateur."
)
UNSETTLED_DOCTOR = (
    "Sans numéro, les patients dont aucun document ne nomme le médecin traitant restent sur la liste d’un médecin "
    "« inconnu »."
)
VISIT = "Rien n’est gardé : tout s’efface quand vous fermez la page ou arrêtez le programme."
NAMED = ("nir", "nir_key", "family", "used_family", "given", "name", "phone", "mobile", "email")
"""Fields that tell who somebody is."""
HIDDEN = "•••"
SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows (CP1252)", "iso-8859-15": "ISO 8859-15"}
SEXES = {"F": "Femme", "M": "Homme"}
ALLOWED, NOT_ALLOWED = ":material/check_circle:", ":material/block:"


def kind(one: str) -> str:
    """A kind of source in French."""
    if one == EARLIER:
        return "dossier d’avant le premier import"
    return KINDS[one].label if one in KINDS else one


def kinds(sources: Iterable[Source]) -> str:
    """« 24 comptes rendus de biologie (CDA), 1 liste de patients »."""
    counted = Counter(one.kind for one in sources)
    said = [f"{number(how_many)} {_noun(one, how_many)}" for one, how_many in counted.most_common()]
    return listed(said) if said else "aucun document"


def _noun(one: str, how_many: int) -> str:
    return KINDS[one].plural if how_many > 1 and one in KINDS else kind(one)


def period(source: Source) -> str:
    if source.covers_from is None:
        return "ne couvre aucune période"
    return f"couvre du {short_day(source.covers_from)} au {short_day(source.covers_to)}"


def days(source: Source) -> str:
    """The days it covers, in a cell; empty for none."""
    return f"{short_day(source.covers_from)} – {short_day(source.covers_to)}" if source.covers_from else ""


def lines(source: Source) -> str:
    read, kept, aside = source.lines_read, source.lines_kept, source.lines_aside
    said = f"{count(read, 'ligne lue', 'lignes lues')}, {count(kept, 'reprise', 'reprises')}"
    return f"{said}, {count(aside, 'écartée', 'écartées')}"


def left(sources: Iterable[Source]) -> list[Unmapped]:
    """What is to be known of several sources, each thing once, the most frequent first."""
    found: dict[tuple[str, str], Unmapped] = {}
    for source in sources:
        for one in map(Unmapped.said, source.reasons):
            before = found.get((one.what, one.reason))
            example = one.example and f"{source.name}, {one.example}"
            found[one.what, one.reason] = Unmapped(
                one.what,
                one.number + (before.number if before else 0),
                one.reason,
                before.example if before else example,
            )
    return sorted(found.values(), key=lambda one: -one.number)


def changed(done: Changed) -> list[str]:
    """What an import did, in sentences."""
    said = []
    if done.added:
        added = count(len(done.added), "document ajouté", "documents ajoutés")
        said.append(f"{added} : {kinds(done.added)}. {count(done.patients, 'patient')} dans le dossier.")
    if done.known:
        there = count(len(done.known), "document était déjà là", "documents étaient déjà là")
        said.append(f"{there} : rien n’a changé pour {'eux' if len(done.known) > 1 else 'lui'}.")
    said += [f"« {one.name} » est remplacé par une version plus récente." for one in done.superseded]
    return said


def converted(done: Streamed) -> str:
    """What was read of data too large to be documents, table by table."""
    return f"Dossier écrit. Lignes lues : {listed([f'{table} {number(lines)}' for table, lines in done.read.items()])}."


def unique_patient(asked: Question) -> str:
    return f"Laissées à part : {listed(list(asked.reasons))}."


def card(one: Card, with_names: bool) -> str:
    """A patient of a pair: who, when it may be shown, and from which documents."""
    born = f"{'née' if one.sex == 'F' else 'né'} le {day(one.birth_date)}" if one.birth_date else ", naissance inconnue"
    who = f"**{one.family.upper()} {one.given}**, " if with_names and one.family else ""
    person = SEXES.get(one.sex, "Sexe inconnu,")
    shown = [f"« {name} »" for name in one.files[:3]]
    more = f" et {number(len(one.files) - 3)} autres" if len(one.files) > 3 else ""
    noun = "Document" if len(one.files) == 1 else "Documents"
    return f"{who}{lower_first(person) if who else person} {born}. {noun} : {', '.join(shown)}{more}.".replace(
        " ,", ","
    )


def sheet(mapping: Mapping) -> str:
    """How a list is written, as it was detected."""
    said = [f"feuille « {mapping.sheet} »"] if mapping.sheet else []
    if mapping.encoding:
        said.append(f"texte {ENCODINGS.get(mapping.encoding.lower(), mapping.encoding.upper())}")
        said.append(f"colonnes séparées par {SEPARATORS.get(mapping.separator, mapping.separator)}")
    rows = mapping.header_rows
    said.append(f"en-tête ligne {' et '.join(map(str, rows))}" if rows else "sans ligne d’en-tête")
    read = [one for one in mapping.columns if one.is_read]
    said.append(f"{count(len(read), 'colonne lue', 'colonnes lues')} sur {number(len(mapping.columns))}")
    forms = {DATE_FORMS[one.form] for one in mapping.columns if one.is_read and one.form in DATE_FORMS}
    said += [f"dates {listed(sorted(forms))}"] if forms else []
    said = [*said, f"datée du {short_day(mapping.as_of)} ({mapping.as_of_from})"]
    return lower_first(" · ".join(said))[:1].upper() + " · ".join(said)[1:]


def heading(header: str, one: str) -> str:
    """A column of a preview: its header, and what it holds when the header does not say it in these words."""
    return header if header.casefold() == field(one).casefold() else f"{header} ({field(one)})"


def list_kind(mapping: Mapping) -> str:
    if mapping.kind:
        return kind(mapping.kind)
    return "tableau dont rien ne dit encore ce qu’il contient"


def field(one: str) -> str:
    """What a column may hold; empty: not read."""
    return fields()[one].label if one else "ne pas lire"


def choices() -> list[str]:
    """Fields that a column can be said to hold, in alphabetical order of their labels; first none."""
    return ["", *sorted((name for name, one in fields().items() if one.taken), key=lambda name: fields()[name].label)]


def unbroken(sentence: str) -> str:
    """No line begins with a semicolon."""
    return sentence.replace(" ;", f"{THIN};")


def rights(allowed: Allowed) -> str:
    """Shares known of the patients and of the amounts."""
    if not allowed.patients:
        return "Aucun patient sur la liste ce jour-là."
    said = [
        f"{name} connue pour {percent(known / allowed.patients)} des patients"
        for name, known in (("ALD (oui ou non)", allowed.ald), ("C2S", allowed.c2s))
    ]
    share = allowed.prices.share
    said.append("aucune délivrance" if share is None else f"montant connu pour {percent(share)} des délivrances")
    return f"{count(allowed.patients, 'patient')} sur la liste. {' ; '.join(said)}."


def prevention(allowed: Allowed) -> tuple[bool, str]:
    """Can it be judged, and how far, with the reason of what is not known."""
    total = allowed.known + allowed.unknown
    if not total:
        return False, "aucun patient de la liste n’est dans la population d’un indicateur."
    reasons = [
        f"{DOUBTS.get(word, 'une exclusion possible reste à confirmer')} ({number(how_many)})"
        for word, how_many in allowed.because
    ]
    why = f" Inconnu : {' ; '.join(reasons)}." if reasons else ""
    known = count(allowed.known, "réponse connue", "réponses connues")
    return allowed.known > 0, f"{known} sur {number(total)} ({percent(allowed.known / total)}).{why}"


def sobriety(allowed: Allowed) -> tuple[bool, str]:
    if allowed.no_ratio:
        return False, f"pas de ratio pour {allowed.ratio_year}. {allowed.no_ratio}"
    return True, f"le ratio de {allowed.ratio_year} est calculé."


def forfait(allowed: Allowed, cautions: Sequence[str]) -> tuple[bool, str]:
    """`cautions`: the sentences of the pay itself."""
    if cautions:
        return False, f"{allowed.pay_year} : {' '.join(cautions)}"
    known = allowed.ald == allowed.c2s == allowed.patients
    unknown = "" if known else " Une ALD ou une C2S non connue n’est pas payée : le montant est un minimum."
    return True, f"{allowed.pay_year} est calculé sur {count(allowed.patients, 'patient')}.{unknown}"


def results(allowed: Allowed, cautions: Sequence[str]) -> list[tuple[str, bool, str]]:
    """Name of each result, whether it can be had, and what is to be known."""
    found = (prevention(allowed), sobriety(allowed), forfait(allowed, cautions))
    return [(name, *said) for name, said in zip(("Prévention", "Sobriété", "Forfait"), found, strict=True)]
