"""What a scenario changes and what comes of it, in sentences."""

from collections.abc import Mapping, Sequence

from calculators import french
from calculators.forfait import who_gains
from calculators.forfait.version import Version, paths
from calculators.forfait.who_gains import Group
from calculators.french import millions, signed_millions
from dashboard.lab.drafts import Draft, controls
from dashboard.lab.outcomes import Outcome


def changes_in_words(draft: Draft, version: Version, indicators: Mapping[str, str]) -> list[str]:
    """« 80 ans et plus, en ALD : 100 → 120 € », one line per control moved."""
    said = []
    for one in controls(version, indicators):
        now = one.shown(draft.changes)
        if one.kind == "choice" and now:
            said.append(f"{one.label} : {one.options[int(now)]}")
        elif now != one.value:
            unit = {"euros": f"{french.NBSP}€", "percent": f"{french.THIN}%"}.get(one.kind, "")
            label = one.label.removesuffix(" (%)")
            said.append(f"{label} : {_short(one.value)} → **{_short(now)}{unit}**")
    return said


def _short(value: float) -> str:
    return french.number(value, 2).removesuffix(",00")


def spread_in_words(found: Outcome) -> str:
    """Cost, mean, median and who loses."""
    one = found.spread
    low, middle, high = (french.signed_euros(one.percentiles[percent]) for percent in (10, 50, 90))
    return (
        f"**{millions(found.after.cost_cents)}** par an pour {french.count(one.doctors, 'médecin')}, "
        f"soit {signed_millions(one.total_cents)} par rapport à « {found.before.version.label} ». "
        f"Écart moyen par médecin : **{french.signed_euros(one.mean_cents)}** ; médiane {middle} ; un médecin sur dix "
        f"est en dessous de {low}, un sur dix au-dessus de {high}. "
        f"**{french.percent(one.share_losers, 1)}** perdent."
    )


def balance_in_words(found: Outcome) -> str:
    """The amount per indicator at which nothing changes for the country."""
    one = who_gains.balance(found.before, found.after)
    if not one.validated:
        return "Cet accord ne paie pas d’indicateur : il n’y a pas de montant d’équilibre à chercher."
    if one.cents is None:
        return "Point mort : même sans payer la prévention, le scénario coûte plus que la comparaison."
    return (
        f"Point mort : le coût serait le même si chacun des {french.number(one.validated)} indicateurs validés "
        f"valait **{french.euros(one.cents, 2)}**."
    )


def budget_in_words(cost: float, envelope: float) -> str:
    """Where the cost stands against the envelope."""
    gap, share = cost - envelope, (cost - envelope) / envelope if envelope else 0.0
    side = "au-dessus de" if gap > 0 else "en dessous de"
    if abs(share) < 0.0005:
        return f"Le scénario coûte {millions(cost)} : l’enveloppe de {millions(envelope)}, à moins de 0,05 % près."
    return (
        f"Le scénario coûte **{millions(cost)}**, {millions(abs(gap))} {side} l’enveloppe de {millions(envelope)} "
        f"({french.percent(abs(share), 1)})."
    )


def groups_in_words(groups: Sequence[Group]) -> str:
    """The groups in which most and fewest doctors lose."""
    known = [one for one in groups if one.doctors]
    if not known:
        return "Aucun groupe ne peut être compté."
    most, least = max(known, key=lambda one: one.share_losers), min(known, key=lambda one: one.share_losers)
    if most.share_losers == 0:
        return "Personne ne perd, dans aucun groupe."
    return (
        f"Le plus de médecins qui perdent : **{most.group}** ({french.percent(most.share_losers)}) ; "
        f"le moins : **{least.group}** ({french.percent(least.share_losers)})."
    )


def summary(name: str, version: Version, draft: Draft, found: Outcome, mine: int) -> dict[str, str]:
    """One row of the comparison of scenarios; `mine`: cents of the list on screen."""
    one = found.spread
    changed = f", {french.count(len(draft.changes), 'changement')}" if draft.changes else ""
    return {
        "Scénario": name,
        "Accord": version.label + changed,
        "Coût": millions(found.after.cost_cents),
        "Écart": signed_millions(one.total_cents),
        "Par médecin": french.signed_euros(one.mean_cents),
        "Perdent": french.percent(one.share_losers, 1),
        "Cette liste": french.euros(mine),
    }


def paths_in_words(version: Version, base: Version, changes: Mapping[str, object]) -> list[str]:
    """« socle.ald_des_80_ans : 100 → 120 », one line per change."""
    before, after = paths(base), paths(version)
    shorts = [path.removesuffix(".amount").removesuffix(".rate") for path in changes]
    return [f"{path} : {_said(before.get(path))} → {_said(after.get(path))}" for path in shorts]


def _said(value: object) -> str:
    if value is None:
        return "non précisé"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, str):
        return value
    text = french.number(float(str(value)), 6)
    return text.rstrip("0").rstrip(",")
