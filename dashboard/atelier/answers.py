"""Answers to the guided cases, computed from the data when they are shown: what is right depends on the practice."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from calculators import dates, french, rows
from calculators.errors import UserError
from calculators.forfait import compare
from calculators.forfait.shares import losing_beyond
from calculators.pertinence import avoid
from calculators.prevention.rates import Rate
from calculators.prevention.worklist import Call
from calculators.sobriety import openings
from calculators.sobriety.openings import ClassGap, DoctorYear, Share
from calculators.sobriety.ratio import ABOVE, BELOW, COMPATIBLE, Ratio
from dashboard import data
from dashboard.atelier.cases import Case
from dashboard.widgets import Choice
from dashboard.words import drugs

ENOUGH = 30
"""Patients under which one of them moves a rate by more than three points."""
VERDICTS = {ABOVE: "above", COMPATIBLE: "compatible", BELOW: "below"}
CONCLUSIONS = {
    "above": "au-dessus de l’attendu, au-delà du hasard", "compatible": "compatible avec l’attendu",
    "below": "en dessous de l’attendu, au-delà du hasard",
}  # fmt: skip
TRAITS = {"age_class": "ont {} ans", "sex": "sont des {}", "ald": "sont en ALD", "c2s": "ont la C2S"}
SEXES = {"F": "femmes", "M": "hommes"}
FOLLOW_UP = "suivi"
NO_RATIO = "none"


@dataclass(frozen=True)
class Answer:
    """Sentences, their bold between `**`; and which of the choices of the case is right, when it has some."""

    says: tuple[str, ...]
    right: str = ""


def answer(case: Case, choice: Choice) -> Answer:
    """Of this practice, on this day. What the data do not allow is said in the place of the answer."""
    try:
        return COMPUTED[case.answer](case, choice)
    except UserError as reason:
        return Answer((f"Ces données ne le disent pas : {french.lower_first(str(reason))}",))


def first_calls(_case: Case, choice: Choice) -> Answer:
    """The first of the list who can be called today, with what for."""
    first = [call for call in _calls(choice) if call.now_ids][:3]
    if not first:
        return Answer(("Personne à appeler aujourd’hui d’après ces données.",))
    labels = data.labels(choice.place)
    said = [_called(call, labels) for call in first]
    return Answer((*said, "L’ordre est celui de la page Prévention, qui dit sous la liste comment il est fait."))


def _called(call: Call, labels: dict[str, str]) -> str:
    acts = french.listed([french.lower_first(labels[one]) for one in call.now_ids])
    late = f", en retard de {french.count(call.overdue_days, 'jour')}" if call.overdue_days else ""
    return f"**{call.patient_id}**, {french.count(call.age, 'an')} : {acts}{late}."


def fragile_rate(_case: Case, choice: Choice) -> Answer:
    """The rate behind which there are the fewest patients, and those that nobody at all is up to date for."""
    known = [rate for rate in _rates(choice) if rate.known and rate.rate is not None]
    if not known:
        return Answer(("Aucun taux ne peut être calculé sur ces données.",))
    least = min(known, key=lambda rate: (rate.known, rate.label))
    said = [
        f"**{least.label}** : {_rated(least)}. Un seul patient de plus ou de moins déplace le taux de "
        f"{french.number(100 / least.known)} points."
    ]
    if others := [rate for rate in known if rate.known < ENOUGH and rate is not least]:
        said.append(f"Moins de {ENOUGH} patients aussi pour : {_labels(others)}.")
    if never := [rate for rate in known if not rate.up_to_date]:
        said.append(f"Aucun patient à jour, ce qui se vérifie avant de se croire : {_labels(never)}.")
    return Answer(tuple(said))


def _rated(rate: Rate) -> str:
    done = "est à jour" if rate.up_to_date < 2 else "sont à jour"
    return f"{french.count(rate.up_to_date, 'patient')} sur {french.number(rate.known)} {done}"


def _labels(rates: list[Rate]) -> str:
    return french.listed([french.lower_first(rate.label) for rate in rates])


def unseen(_case: Case, choice: Choice) -> Answer:
    """Patients with something to do who have not been seen for two years, and what they weigh."""
    every, limit = [call for call in _calls(choice) if call.due], dates.add_months(choice.as_of, -24)
    gone = [call for call in every if call.last_seen_on is None or call.last_seen_on < limit]
    if not gone:
        return Answer(("Tous ceux à qui il manque un acte ont été vus depuis moins de deux ans.",))
    never, acts = sum(call.last_seen_on is None for call in gone), sum(call.due for call in gone)
    of_all = acts / sum(call.due for call in every)
    return Answer((
        f"**{french.count(len(gone), 'patient')}** à qui il manque un acte n’ont pas été vus depuis le "
        f"{french.day(limit)}, dont {french.number(never)} jamais.",
        f"Ils portent {french.count(acts, 'acte manquant', 'actes manquants')}, soit {french.percent(of_all)} de ce qui "
        "manque à la patientèle. Un départ ou un décès daté se conteste ; une absence, non.",
    ))  # fmt: skip


def ratio(_case: Case, choice: Choice) -> Answer:
    """What the interval allows to conclude."""
    row = _ratio(choice)
    if row.ratio is None or row.low_95 is None or row.high_95 is None:
        return Answer((f"{row.year} : {french.lower_first(row.reason)}",), NO_RATIO)
    said = (
        f"En {row.year}, ratio de **{french.number(row.ratio, 2)}**, intervalle à 95 % de {french.number(row.low_95, 2)} à "
        f"{french.number(row.high_95, 2)}, sur {french.count(row.patients, 'patient fidèle', 'patients fidèles')}."
    )
    if not row.verdict:
        return Answer((said, row.reason), NO_RATIO)
    right = VERDICTS[row.verdict]
    return Answer((said, f"Conclusion : **{CONCLUSIONS[right]}**."), right)


def mix(_case: Case, choice: Choice) -> Answer:
    """What of the patients differs most from the reference."""
    row, opened = _opened(choice)
    shares = [one for one in rows.read(openings.mix(opened), Share) if one.value != "false"]
    most = max(shares, key=lambda one: abs(one.share - one.reference_share))
    trait = TRAITS[most.characteristic].format(SEXES.get(most.value, most.value))
    expected = (row.expected_cents or 0) / max(opened.patients.num_rows, 1)
    return Answer((
        f"Le plus grand écart : **{french.percent(most.share, 1)}** de vos patients fidèles {trait}, "
        f"contre {french.percent(most.reference_share, 1)} dans la référence.",
        f"L’attendu en tient compte : {french.euros(expected)} par patient et par an pour une patientèle comme la vôtre.",
    ))  # fmt: skip


def heaviest_class(_case: Case, choice: Choice) -> Answer:
    """The class of the greatest difference, and that of the greatest spending."""
    _, opened = _opened(choice)
    gaps = [one for one in rows.read(openings.by_class(opened), ClassGap) if one.atc and one.patients]
    if not gaps:
        return Answer(("Aucune classe suivie n’a été prescrite.",))
    furthest = max(gaps, key=lambda one: (abs(one.gap_cents), one.atc))
    dearest = max(gaps, key=lambda one: (one.observed_cents, one.atc))
    products = data.products(choice.place)
    side = "de plus" if furthest.gap_cents > 0 else "de moins"
    same = "C’est aussi celle qui coûte le plus" if furthest is dearest else (
        f"Celle qui coûte le plus est une autre : {drugs.drug_class(dearest.atc, products)}"
    )  # fmt: skip
    return Answer((
        f"**{drugs.drug_class(furthest.atc, products)}** : {french.euros(abs(furthest.gap_cents))} {side} que l’attendu, "
        f"chez {french.count(furthest.patients, 'patient')}.",
        f"{same} ({french.euros(dearest.observed_cents)}, écart de {french.signed_euros(dearest.gap_cents)}).",
    ))  # fmt: skip


def low_ratio(_case: Case, choice: Choice) -> Answer:
    """The ratio beside the follow-up that is missing."""
    row = _ratio(choice)
    follow_up = [rate for rate in _rates(choice) if rate.family == FOLLOW_UP and rate.known]
    due, known = sum(rate.due for rate in follow_up), sum(rate.known for rate in follow_up)
    told = f"**{french.number(row.ratio, 2)}**" if row.ratio is not None else "aucun"
    missing = (
        f"Actes de suivi à faire chez ces patients : **{french.number(due)}** sur {french.number(known)} "
        f"({french.percent(due / known)})."
        if known
        else "Aucun acte de suivi ne peut être jugé ici."
    )
    return Answer((
        f"Ratio de cette patientèle : {told}. {missing}",
        "Un ratio bas peut aussi traduire un sous-traitement : sans ces actes ni les dossiers, il ne se félicite pas.",
    ))  # fmt: skip


def losers(case: Case, choice: Choice) -> Answer:
    """Who loses under another agreement: the share of the country, and this practice."""
    assert case.versions is not None
    before, after = (data.version(choice.place, name) for name in case.versions)
    priced = [data.national(choice.place, one.id, True) for one in (before, after)]
    said = []
    if priced[0] and priced[1]:
        found = compare.distribution(priced[0], priced[1], losing_beyond())
        said.append(
            f"De « {before.label} » à « {after.label} », **{french.percent(found.losers / found.doctors)}** des médecins "
            f"perdent plus de {french.euros(losing_beyond())} par an ; écart moyen {french.signed_euros(found.mean_cents)}."
        )
    year = choice.as_of.year - 1
    then, now = (_paid(choice, year, one.id) for one in (before, after))
    side = "du côté de ceux qui gagnent" if now > then else "du côté de ceux qui perdent" if now < then else "au milieu"
    said.append(
        f"Ce cabinet, en {year} : {french.euros(then)} contre {french.euros(now)}, soit {french.signed_euros(now - then)} : "
        f"{side}. {french.rounded_apart([(then, now)])}".rstrip()
    )
    return Answer(tuple(said))


def _paid(choice: Choice, year: int, version: str) -> int:
    table = data.paid(choice.place, choice.doctor, year, version, "", ())
    return int(sum(table["amount_cents"].to_pylist()))


def three_figures(_case: Case, choice: Choice) -> Answer:
    """The three figures of the year."""
    year = choice.as_of.year
    told = data.figures(choice.place, choice.doctor, year, data.version_in_force(choice.place, year))
    said = (
        f"En {year} : acquis **{french.euros(told['acquis'])}**, tendance {french.euros(told['tendance'])}, plein "
        f"{french.euros(told['plein'])}."
    )
    if data.is_finished(choice.place, year):
        return Answer((said, "L’année est finie : les trois sont le même chiffre."), "same")
    return Answer((said, "Seul l’acquis ne suppose rien de ce qui n’a pas encore eu lieu."), "acquis")


def not_again(_case: Case, choice: Choice) -> Answer:
    """What the list of what is not to be done holds most, its latest line, and what no line of it says."""
    found = data.to_avoid(choice.place, choice.doctor, choice.as_of)
    if not found:
        return Answer(("Rien de tel dans ces données à cette date.",))
    known, lines = avoid.rules(), Counter(one.rule for one in found)
    most, *others = sorted(lines, key=lambda rule: (-lines[rule], known[rule].label))
    latest = min((one for one in found if one.rule == most), key=lambda one: (-one.last_on.toordinal(), one.patient_id))
    listed = len({one.patient_id for one in found})
    said = [
        f"Le plus fréquent : **{known[most].label}**, chez {french.number(lines[most])} des "
        f"{french.count(listed, 'patient')} de la liste. Plutôt : {known[most].advice}.",
        f"Sa ligne la plus récente : **{latest.patient_id}**, dernière fois le {french.day(latest.last_on)}.",
    ]
    if others:
        told = [f"{french.lower_first(known[rule].label)} ({french.number(lines[rule])})" for rule in others[:2]]
        said.append(f"Puis : {french.listed(told)}.")
    said.append(
        f"Lignes qui disent l’indication : **aucune** sur {french.number(len(found))}. Chacune est une question à poser, "
        "pas un acte à supprimer."
    )
    return Answer(tuple(said))


def _calls(choice: Choice) -> list[Call]:
    return data.calls(choice.place, choice.doctor, choice.as_of, data.preferred_set(choice.place), ())


def _rates(choice: Choice) -> list[Rate]:
    return data.rates(choice.place, choice.doctor, choice.as_of, data.preferred_set(choice.place))


def _ratio(choice: Choice) -> Ratio:
    return data.sobriety(choice.place, choice.doctor, data.sobriety_years(choice.place)[0])


def _opened(choice: Choice) -> tuple[Ratio, DoctorYear]:
    """Raises UserError (French) where there is no ratio to open."""
    row, opened = data.doctor_year(choice.place, choice.doctor, data.sobriety_years(choice.place)[0])
    if opened is None or row.ratio is None:
        raise UserError(row.reason)
    return row, opened


COMPUTED: dict[str, Callable[[Case, Choice], Answer]] = {
    "first_calls": first_calls,
    "fragile_rate": fragile_rate,
    "unseen": unseen,
    "ratio": ratio,
    "mix": mix,
    "heaviest_class": heaviest_class,
    "low_ratio": low_ratio,
    "losers": losers,
    "three_figures": three_figures,
    "not_again": not_again,
}
