"""What a contribution and a campaign say, in words: before anything is written, and of who answered."""

from calculators.collecting import Told
from calculators.comparison.campaign import CELLS, MEASURE, SCOPE, Campaign
from calculators.french import count, euros, listed, number, short_day
from calculators.pertinence.measure import load_measures

PROTECTS = (
    "Chaque nombre est coupé en deux parts, dont l’une est tirée au hasard : un porteur seul ne peut rien en lire, rien "
    "n’est dit d’un patient, d’un acte ou d’un jour. Les deux porteurs ensemble liraient les nombres de chaque cabinet ; "
    "c’est pourquoi ils sont deux et ne se partagent pas ce qu’ils reçoivent. Des contributeurs inventés videraient le "
    "minimum de son sens (dix-neuf complices apprennent les nombres du vingtième), d’où la liste des médecins invités. Un "
    "contributeur peut mentir, dans des bornes."
)
SHOWN = 12
"""Classes off the list that are named."""


def campaign(one: Campaign) -> str:
    """What a campaign sums, with whom, until when."""
    what = listed(
        [
            *(["le ratio de sobriété"] if one.sobriety else []),
            *(["les taux de prévention"] if one.sets else []),
            *([count(len(one.measures), "mesure de pertinence", "mesures de pertinence")] if one.measures else []),
        ]
    )
    kind = " Données fictives." if one.synthetic else ""
    return (
        f"« {one.title} » : {what}, année {one.year}. {count(len(one.invited), 'médecin invité', 'médecins invités')}, "
        f"{one.minimum} au moins pour qu’une somme soit dite ; porteurs : {' et '.join(one.holders)} ; ouverte jusqu’au "
        f"{short_day(one.closes_on)} compris.{kind}"
    )


def told(found: Told, one: Campaign) -> list[str]:
    """What would leave, a sentence per part, then what is not sent."""
    said = [_part(name, rows, found) for name, rows in found.parts.items()]
    if found.off_list:
        shown = ", ".join(found.off_list[:SHOWN]) + ("…" if len(found.off_list) > SHOWN else "")
        said.append(
            f"{count(len(found.off_list), 'classe initiée n’est pas', 'classes initiées ne sont pas')} sur la liste de la "
            f"campagne et ne part pas : {shown}."
        )
    if found.left_out:
        said.append(
            f"{count(found.left_out, 'patient')} de sexe, d’ALD ou de C2S inconnus ne comptent pas dans les taux de "
            "prévention."
        )
    numbers = number(len(found.numbers))
    said.append(
        f"En tout {numbers} nombres, zéros compris, les mêmes lignes pour chacun, pour {one.holders[0]} et {one.holders[1]}."
    )
    return said


def _part(name: str, rows: dict[str, int], found: Told) -> str:
    if why := found.why.get(name):
        return f"{named(name)} : que des zéros. {why}"
    if found.round == SCOPE:
        n = sum(value for row, value in rows.items() if row.endswith(" initiations"))
        classes = sum(value > 0 for row, value in rows.items() if row.endswith(" initiations"))
        return f"{named(name)} : {number(n)} initiations de {classes} classes, et combien par un généraliste."
    if found.round == CELLS and name == "strata":
        patients = sum(value for row, value in rows.items() if row.endswith(" patients"))
        cents = sum(value for row, value in rows.items() if row.endswith(" cents"))
        groups = sum(value > 0 for row, value in rows.items() if row.endswith(" patients"))
        return (
            f"{named(name)} : {count(patients, 'patient fidèle', 'patients fidèles')} en {groups} groupes d’âge, de sexe, "
            f"d’ALD et de C2S, {euros(cents)} de médicaments suivis ; par groupe, l’effectif, la somme et celle des carrés."
        )
    if name.startswith(MEASURE):
        told = [number(_all_of(rows, column)) for column in ("patients", "numerator")]
        return f"{named(name)} : {told[0]} patients, {told[1]} comptés, par groupe d’âge, de sexe, d’ALD et de C2S."
    if found.round == CELLS:
        n, done = (sum(v for row, v in rows.items() if row.endswith(f" {last}")) for last in ("eligible", "up_to_date"))
        return (
            f"{named(name)} : {number(n)} actes qui concernent un patient pour sûr, {number(done)} à jour, par groupe."
        )
    return f"{named(name)} : votre ratio et sa précision, fondus dans {len(rows)} sommes."


def _all_of(rows: dict[str, int], column: str) -> int:
    return sum(value for row, value in rows.items() if row.endswith(f" {column}"))


def named(part: str) -> str:
    """A part as it is called in French."""
    names = {"scope": "Médicaments initiés", "strata": "Dépense par groupe", "spread": "Écart entre médecins"}
    if part.startswith(MEASURE):
        one = load_measures().get(part.removeprefix(MEASURE))
        return f"Pertinence ({one.short or one.label if one else part.removeprefix(MEASURE)})"
    return names.get(part, f"Prévention ({part.partition(' ')[2]})")
