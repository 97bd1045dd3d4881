"""What a scenario changes and what comes of it, in sentences."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from urllib.parse import urlsplit

from calculators import french
from calculators.forfait import who_gains
from calculators.forfait.alike import PaidAlike, Spread
from calculators.forfait.compare import Beside
from calculators.forfait.country import Country
from calculators.forfait.shares import Mean, Share, settings
from calculators.forfait.version import Version, canonical, paths
from calculators.forfait.who_gains import Group
from calculators.french import about_millions
from dashboard.lab.drafts import Draft, controls
from dashboard.lab.outcomes import Outcome, Told

TOO_FEW = "trop peu"
HERE_ONLY = (
    "L’adresse {} est celle de l’ordinateur qui l’ouvre : ailleurs, ce lien s’ouvre dans le programme de qui le reçoit, ou "
    "se colle dans « Partager »."
)
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
    (value, ends), (average, _) = cost(found.beside, found.told), mean(found.beside.gap, signed=True)
    return (
        f"**{value}** par an ({_range(ends)}) pour les {found.told.scale.label}, "
        f"{_beside(found)} « {found.before.version.label} ». "
        f"Écart moyen par médecin : **{average}** ; médiane {middle} ; un médecin sur dix "
        f"est en dessous de {low}, un sur dix au-dessus de {high}. {losers_in_words(found)}"
    )


def _beside(found: Outcome) -> str:
    """How a cost stands beside another one; less than a thousandth is no gap that simulated doctors can tell."""
    if _alike(found):
        return "autant que"
    value, ends = gap(found.beside, found.told)
    return f"soit {value} ({_range(ends)}) par rapport à"


def _alike(found: Outcome) -> bool:
    return abs(found.spread.total_cents) < found.after.cost_cents / 1000


def cost_in_words(found: Outcome) -> str:
    """Under the cost, on a slide: its interval, what it stands on, and how far it is from the one compared."""
    one = found.beside
    (_, ends), (more, around) = cost(one, found.told), gap(one, found.told, signed=False)
    side = "de plus" if found.spread.total_cents > 0 else "de moins"
    apart = "**Autant** que" if _alike(found) else f"**{more} {side}** ({_range(around)}) que"
    return (
        f"{standing_in_words(one.pay, ends)}, pour les {found.told.scale.label}. "
        f"{apart} « {found.before.version.label} », {found.counted}."
    )


def standing_in_words(one: Mean, ends: str) -> str:
    """« De 1 110 à 1 140, sur 2 840 médecins simulés »: the interval of a mean, as it is told, and what it stands on."""
    simulated = french.count(one.simulated, "médecin simulé", "médecins simulés")
    return f"{french.upper_first(_range(ends))}, sur {simulated}"


def _range(ends: str) -> str:
    return ends if ends.endswith(TOO_FEW) else f"de {ends}"


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
    return _as_wide(one.pay, _millions(told), "M€")


def gap(one: Beside, told: Told, signed: bool = True) -> Figure:
    """How far it is from the one compared, for the same doctors. Not `signed`: the words beside it say the side."""
    found = one.gap
    if not signed and found.value is not None and found.value < 0:
        return _as_wide(
            Mean(found.simulated, -found.value, -(found.high or 0), -(found.low or 0)), _millions(told), "M€"
        )
    return _as_wide(found, _millions(told), "M€", signed)


def _millions(told: Told) -> float:
    """Millions of euros of all the doctors, from cents per doctor."""
    return told.scale.doctors / 1e8


def cost_place(found: Outcome) -> int:
    """The last digit, in millions of euros, that the interval of the cost justifies."""
    one, unit = found.beside.pay, _millions(found.told)
    return 0 if one.low is None or one.high is None else french.last_place(one.low * unit, one.high * unit)


def mean(one: Mean, signed: bool = False) -> Figure:
    """A mean per doctor."""
    return _as_wide(one, 1 / 100, "€", signed)


def _as_wide(one: Mean, unit: float, mark: str, signed: bool = False) -> Figure:
    """A mean and its interval, both to the last digit that the interval justifies; euros are whole."""
    if one.value is None or one.low is None or one.high is None:
        return "–", _too_few(one.simulated)
    value, low, high = (cents * unit for cents in (one.value, one.low, one.high))
    place = max(french.last_place(low, high), -2 if mark == "M€" else 0)
    sign = "+" if signed and value > 0 else ""
    return (
        f"{sign}{french.at_place(value, place)}{french.NBSP}{mark}",
        f"{french.at_place(low, place)} à {french.at_place(high, place)}",
    )


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
    return f"{french.count(simulated, 'médecin')} : {TOO_FEW}"


def standing_on(found: Sequence[Beside]) -> str:
    """What the intervals tell, and what they stand on."""
    simulated = french.count(found[0].pay.simulated, "médecin simulé", "médecins simulés")
    return (
        f"Sous chaque chiffre, son intervalle à 95 %, sur {simulated} : ce que leur nombre laisse ouvert, non ce que la "
        f"simulation a de faux. {french.ROUNDED_APART}"
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


def budget_in_words(cost: float, envelope: float, place: int) -> str:
    """Where the cost stands against the envelope, in cents, told to the millions of that place (`cost_place`)."""
    gap, share = cost - envelope, (cost - envelope) / envelope if envelope else 0.0
    side = "au-dessus de" if gap > 0 else "en dessous de"
    fine = abs(gap) < 10 ** (place + 10)  # two figures are then no coarser than the two amounts
    apart = about_millions(abs(gap)) if fine else f"{french.at_place(abs(gap) / 1e8, place)}{french.NBSP}M€"
    told, whole = (f"{french.at_place(one / 1e8, place)}{french.NBSP}M€" for one in (cost, envelope))
    if abs(share) < 0.0005:
        return f"Le scénario coûte {told} : l’enveloppe de {whole}, à moins de 0,05 % près."
    return f"Le scénario coûte **{told}**, {apart} {side} l’enveloppe de {whole} ({french.percent(abs(share), 1)})."


def groups_in_words(groups: Sequence[Group]) -> str:
    """The groups in which most and fewest doctors lose, among those that enough simulated doctors stand for."""
    known = [(one.share_losers, one) for one in groups if one.share_losers is not None]
    if not known:
        return "Aucun groupe ne repose sur assez de médecins simulés."
    (most, first), (least, last) = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
    if most == 0:
        return "Personne ne perd, dans aucun groupe."
    return (
        f"**{french.percent(most)}** des médecins perdent dans le groupe « {first.group} », le plus touché{french.NBSP}; "
        f"**{french.percent(least)}** dans le groupe « {last.group} », le moins touché."
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
        "Coût": cost(found.beside, found.told)[0],
        "Écart": gap(found.beside, found.told)[0],
        "Par médecin": mean(found.beside.gap, signed=True)[0],
        "Perdent": "–" if one.lose.value is None else french.percent(one.lose.value),
        "Cette liste": french.euros(mine),
    }


def too_long(text: str) -> str:
    """A link that no QR code is made of."""
    return (
        f"Trop de changements pour un QR code qui se lise de loin ({french.count(len(text), 'caractère')}) : copiez le "
        "lien, ou enregistrez le scénario en fichier dans « Partager »."
    )


def where(link: str) -> str:
    """What an address of this computer is worth elsewhere; empty for any other."""
    host = urlsplit(link).hostname or ""
    return HERE_ONLY.format(host) if host in ("127.0.0.1", "localhost", "::1") else ""


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
