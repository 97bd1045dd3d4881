"""What a scenario changes and what comes of it, in sentences."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from calculators import french
from calculators.forfait import who_gains
from calculators.forfait.alike import PaidAlike, Spread
from calculators.forfait.compare import Beside
from calculators.forfait.country import Country
from calculators.forfait.shares import Mean, Share, settings
from calculators.forfait.version import Version, canonical, paths
from calculators.forfait.who_gains import Group
from calculators.french import about_millions, signed_about_millions
from dashboard.lab.drafts import Draft, controls
from dashboard.lab.outcomes import Outcome, Told

UNITS = {"euros": f"{french.NBSP}€", "percent": f"{french.THIN}%"}


def changes_in_words(draft: Draft, version: Version, indicators: Mapping[str, str]) -> list[str]:
    """« 80 ans et plus, en ALD : 100 → 120 € », one line per control moved."""
    said = []
    for one in controls(version, indicators):
        now = one.shown(draft.changes)
        if one.kind == "choice" and now:
            said.append(f"{one.label} : {one.options[int(now)]}")
        elif now != one.value:
            unit = UNITS.get(one.kind, "")
            label = one.label.removesuffix(" (%)")
            said.append(f"{label} : {_short(one.value)} → **{_short(now)}{unit}**")
    return said


def step_in_words(
    before: Sequence[Draft], after: Sequence[Draft], versions: Mapping[str, Version],
    indicators: Callable[[Version], Mapping[str, str]],
) -> str:  # fmt: skip
    """« Scénario 1, 80 ans et plus, en ALD : 100 → 120 € »: what one step changed."""
    place, (old, new) = next(
        (place, pair) for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]
    )
    where = f"Scénario {place + 1}"
    if new.base not in versions or old.base not in versions:
        return where
    version = versions[new.base]
    if old.base != new.base:
        return f"{where} : {version.label}"
    moved = [one for one in controls(version, indicators(version)) if one.shown(old.changes) != one.shown(new.changes)]
    if len(moved) != 1:
        return f"{where} : {french.count(len(moved), 'réglage')}" if moved else f"{where} : réglages"
    [one] = moved
    if one.kind == "choice":
        return f"{where}, {one.label} : {one.options[int(one.shown(new.changes))]}"
    values = f"{_short(one.shown(old.changes))} → {_short(one.shown(new.changes))}"
    return f"{where}, {one.label.removesuffix(' (%)')} : {values}{UNITS.get(one.kind, '')}"


def _short(value: float) -> str:
    return french.number(value, 2).removesuffix(",00")


def spread_in_words(found: Outcome) -> str:
    """Cost, mean, median and who loses."""
    one = found.spread
    low, middle, high = (about_signed(one.percentiles[percent]) for percent in (10, 50, 90))
    cost, gap = found.of_all(found.after.cost_cents), found.of_all(one.total_cents)
    return (
        f"**{about_millions(cost)}** par an pour les {found.told.scale.label}, "
        f"{_beside(gap, cost)} « {found.before.version.label} ». "
        f"Écart moyen par médecin : **{about_signed(one.mean_cents)}** ; médiane {middle} ; un médecin sur dix "
        f"est en dessous de {low}, un sur dix au-dessus de {high}. {losers_in_words(found)}"
    )


def _beside(gap: float, cost: float) -> str:
    """How a cost stands beside another one; less than a thousandth is no gap that simulated doctors can tell."""
    return "autant que" if abs(gap) < cost / 1000 else f"soit {signed_about_millions(gap)} par rapport à"


def losers_in_words(found: Outcome) -> str:
    """Share of doctors who lose more than the sum chosen, with what it stands on."""
    share, beyond = found.spread.lose, french.euros(found.told.beyond_cents)
    if share.value is None or share.low is None or share.high is None:
        few = french.count(share.simulated, "médecin simulé", "médecins simulés")
        return f"{few} : trop peu pour dire quelle part des médecins perd."
    low, high = french.number(100 * share.low), french.percent(share.high)
    return (
        f"**{french.percent(share.value)}** perdent plus de {beyond} par an (de {low} à {high} ; "
        f"{french.count(share.simulated, 'médecin simulé', 'médecins simulés')})."
    )


def about_signed(cents: float) -> str:
    """A difference per doctor of a simulated country, to two significant figures."""
    return ("+" if cents > 0 else "") + french.about_euros(cents)


Figure = tuple[str, str]
"""A value, and its interval."""


def cost(one: Beside, told: Told) -> Figure:
    """What an agreement costs for the doctors it is told for."""
    if one.pay.value is None or one.pay.low is None or one.pay.high is None:
        return "–", _too_few(one.pay.simulated)
    doctors = told.scale.doctors
    low, high = (french.number(french.figures(value * doctors / 1e8, 3)) for value in (one.pay.low, one.pay.high))
    return about_millions(one.pay.value * doctors), f"{low} à {high}"


def mean(one: Mean, signed: bool = False) -> Figure:
    """A mean per doctor."""
    if one.value is None or one.low is None or one.high is None:
        return "–", _too_few(one.simulated)
    low, high = (french.number(french.figures(value / 100, 3)) for value in (one.low, one.high))
    return (about_signed if signed else french.about_euros)(one.value), f"{low} à {high}"


def share(one: Share) -> Figure:
    """A share of the doctors."""
    if one.value is None or one.low is None or one.high is None:
        return "–", _too_few(one.simulated)
    return french.percent(one.value), f"{french.number(100 * one.low)} à {french.percent(one.high)}"


def spread(one: Spread, signed: bool = False) -> Figure:
    """What lists alike are paid, and where most of them are."""
    low, high = (french.number(french.figures(value / 100, 3)) for value in (one.low, one.high))
    return (about_signed if signed else french.about_euros)(one.middle), f"{low} à {high}"


def alike(one: PaidAlike, other: Version) -> str:
    """What the last agreement would pay a list, beside the one compared."""
    value, ends = spread(one.pay)
    said = f"**{one.version.name}** : autour de **{value}** par an (de {ends} €)."
    if one.version.id == other.id:
        return said
    sure = "plus" if one.gap.low > 0 else "moins" if one.gap.high < 0 else ""
    value, ends = spread(one.gap, signed=True)
    side = f"{sure} dans presque tous les cas" if sure else "plus ou moins selon la liste"
    return f"{said} Face à {other.name} : {value} (de {ends} €), {side}."


def _too_few(simulated: int) -> str:
    return f"{french.count(simulated, 'médecin')} : trop peu"


def standing_on(found: Sequence[Beside]) -> str:
    """What the intervals tell, and what they stand on."""
    simulated = french.count(found[0].pay.simulated, "médecin simulé", "médecins simulés")
    return (
        f"Sous chaque chiffre, son intervalle à 95 %, sur {simulated} : ce que leur nombre laisse ouvert, non ce que la "
        "simulation a de faux."
    )


def balance_in_words(found: Outcome) -> str:
    """The amount per indicator at which nothing changes for the country."""
    one = who_gains.balance(found.before, found.after)
    if not one.validated:
        return "Cet accord ne paie pas d’indicateur : il n’y a pas de montant d’équilibre à chercher."
    if one.cents is None:
        return "Point mort : même sans payer la prévention, le scénario coûte plus que la comparaison."
    return (
        f"Point mort : le coût serait le même si chacun des quelque "
        f"{french.number(french.two_figures(one.validated))} indicateurs validés valait **{french.euros(one.cents, 2)}**."
    )


def budget_in_words(cost: float, envelope: float) -> str:
    """Where the cost stands against the envelope."""
    gap, share = cost - envelope, (cost - envelope) / envelope if envelope else 0.0
    side = "au-dessus de" if gap > 0 else "en dessous de"
    whole = about_millions(envelope)
    if abs(share) < 0.0005:
        return f"Le scénario coûte {about_millions(cost)} : l’enveloppe de {whole}, à moins de 0,05 % près."
    return (
        f"Le scénario coûte **{about_millions(cost)}**, {about_millions(abs(gap))} {side} l’enveloppe de {whole} "
        f"({french.percent(abs(share), 1)})."
    )


def groups_in_words(groups: Sequence[Group]) -> str:
    """The groups in which most and fewest doctors lose, among those that enough simulated doctors stand for."""
    known = [(one.share_losers, one) for one in groups if one.share_losers is not None]
    if not known:
        return "Aucun groupe ne repose sur assez de médecins simulés."
    (most, first), (least, last) = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
    if most == 0:
        return "Personne ne perd, dans aucun groupe."
    return (
        f"Le plus de médecins qui perdent : **{first.group}** ({french.percent(most)}) ; "
        f"le moins : **{last.group}** ({french.percent(least)})."
    )


def too_few_in_words(groups: Sequence[Group]) -> str:
    """Groups that are not shown; empty when all are."""
    few = [f"{one.group} ({one.simulated})" for one in groups if one.share_losers is None]
    least = settings()[0]
    return f"Non montrés, faute de {least} médecins simulés : {french.listed(few)}." if few else ""


def summary(name: str, version: Version, draft: Draft, found: Outcome, mine: int) -> dict[str, str]:
    """One row of the comparison of scenarios; `mine`: cents of the list on screen."""
    one = found.spread
    changed = f", {french.count(len(draft.changes), 'changement')}" if draft.changes else ""
    return {
        "Scénario": name,
        "Accord": version.label + changed,
        "Coût": about_millions(found.of_all(found.after.cost_cents)),
        "Écart": signed_about_millions(found.of_all(one.total_cents)),
        "Par médecin": about_signed(one.mean_cents),
        "Perdent": "–" if one.lose.value is None else french.percent(one.lose.value),
        "Cette liste": french.euros(mine),
    }


def too_long(text: str) -> str:
    """A link that no QR code is made of."""
    return (
        f"Trop de changements pour un QR code qui se lise de loin ({french.count(len(text), 'caractère')}) : copiez le "
        "lien, ou enregistrez le scénario en fichier dans « Partager »."
    )


def source(country: Country | None, day: date) -> str:
    """Where the figures come from, and when they were computed."""
    if country is None:
        whose = "accords tels qu’ils sont écrits"
    else:
        people = country.people
        fictive = "fictive " if country.synthetic else ""
        simulated = french.count(len(people.doctors), "médecin simulé", "médecins simulés")
        whose = f"population de référence {fictive}({simulated}, année {people.year})"
    return f"Source : tableau-mt, {whose} ; calculé le {french.day(day)}."


def paths_in_words(version: Version, base: Version, changes: Mapping[str, object]) -> list[str]:
    """« socle.ald_des_80_ans : 100 → 120 », one line per change."""
    before, after = paths(base), paths(version)
    shorts = [path.removesuffix(".amount").removesuffix(".rate") for path in changes]
    return [f"{path} : {_said(before.get(path))} → {_said(after.get(path))}" for path in shorts]


def unsaid_in_words(changes: Mapping[str, object], base: Version) -> str:
    """Changes that no control shows, from a file or a link."""
    before = {canonical(path): value for path, value in paths(base).items()}
    said = [f"{path} : {_said(before.get(path))} → {_said(value)}" for path, value in changes.items()]
    return f"Changements sans commande ici, gardés tels quels : {' ; '.join(said)}."


def _said(value: object) -> str:
    if value is None:
        return "non précisé"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, str):
        return value
    text = french.number(float(str(value)), 6)
    return text.rstrip("0").rstrip(",")
