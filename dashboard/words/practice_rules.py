"""The rules of the economy of a practice as the page « Méthode » prints them: amounts, thresholds, sources."""

from collections.abc import Iterable, Iterator

from calculators import french
from calculators.french import NBSP
from calculators.practice.assistant import assistant
from calculators.practice.capitation import capitation
from calculators.practice.contracts import contracts
from calculators.practice.limits import limits_file
from calculators.practice.list_rules import ListRule, list_rules
from calculators.practice.rosp import rosp
from calculators.practice.tariffs import Period, Tariff, tariffs
from calculators.rules import Reference
from dashboard.words import labels, rule_texts


def topics() -> Iterator[tuple[str, str]]:
    """Title and text of each family of rules."""
    yield "Tarifs des actes", _tariffs()
    for code, rule in list_rules().items():
        yield f"Liste {code}{NBSP}: {french.lower_first(rule.label)}", _list(rule)
    yield "Contrats démographiques", of_contracts()
    yield "Assistant médical", of_assistant()
    yield "Capitation", _sourced(_capitation(), capitation().reference)
    yield "Règles à respecter", _sourced(_limits(), limits_file().reference)
    yield "ROSP", _sourced(_rosp(), rosp().reference)


def of_contracts() -> str:
    """What each contract pays, and the sources."""
    return _sourced(_contracts(), contracts().reference)


def of_assistant() -> str:
    """What the contract of an assistant asks and pays, what one costs, and the sources."""
    return _sourced(_assistant(), assistant().reference)


def _sourced(lines: Iterable[str], given: Iterable[Reference]) -> str:
    return "\n".join(f"* {line}" for line in lines) + "\n\n**Sources**\n\n" + rule_texts.references(given)


def _tariffs() -> str:
    known = tariffs()
    lines = (f"**{letter}**, {one.label}{NBSP}: {_periods(one)}" for letter, one in known.tariff.items())
    missions = (
        f"{one.label}{NBSP}: {french.euros(int(one.euros * 100))} par an, {labels.BASIS[one.basis]}"
        for one in known.mission.values()
    )
    return _sourced([*lines, *missions], known.reference)


def _periods(one: Tariff) -> str:
    return f"{NBSP}; ".join(_period(period) for period in one.periods)


def _period(one: Period) -> str:
    until = f" jusqu’au {french.short_day(one.to)}" if one.to else ""
    return f"{french.euros(one.cents, 2)} depuis le {french.short_day(one.from_)}{until} ({labels.BASIS[one.basis]})"


def _list(rule: ListRule) -> str:
    lines = [f"{french.euros(rule.cents)}, {labels.BASIS[rule.basis]}", f"à partir du {french.day(rule.valid_from)}"]
    said = {
        "âge minimal": rule.age_from, "jours après la sortie": rule.days, "mois": rule.months,
        "molécules": rule.molecules, "dates de délivrance de chacune": rule.dates,
    }  # fmt: skip
    lines += [f"{name}{NBSP}: {value}" for name, value in said.items() if value]
    if 0 < len(rule.alds) < 32:
        lines.append(f"ALD {french.listed([str(one) for one in rule.alds])}")
    lines += [f"autre lecture{NBSP}: {one.label}" for one in rule.variant]
    return _sourced(lines, rule.reference)


def _contracts() -> Iterator[str]:
    for name, one in contracts().contract.items():
        amount = one.once or one.yearly
        pays = (
            french.euros(int(amount * 100))
            if amount is not None
            else f"{french.percent(float(one.rate or 0))} des honoraires, {french.euros(int((one.most or 0) * 100))} au plus"
        )
        how = "en tout" if one.once is not None else "par an"
        yield f"**{name}**, {one.label}{NBSP}: {pays} {how}, {one.years} ans, {labels.BASIS[one.basis]}"


def _assistant() -> Iterator[str]:
    known = assistant()
    for one in known.option.values():
        years = french.listed([french.euros(int(euros * 100)) for euros in one.years])
        yield f"{one.label}{NBSP}: {years} la première, la deuxième et la troisième année, {labels.BASIS[one.basis]}"
    cost = french.euros(int(known.cost.net_month * 100))
    factor = french.number(float(known.cost.factor), 4)
    yield f"coût{NBSP}: {cost} nets par mois, multipliés par {factor}, {labels.BASIS[known.cost.basis]}"
    yield f"{known.percentiles.P30} patients au moins sur la liste, {labels.BASIS[known.percentiles.basis]}"


def _capitation() -> Iterator[str]:
    for one in capitation().amount:
        yield f"{one.label}, {labels.BASIS[one.basis]}"
    yield f"tirages de patients pour dire le hasard{NBSP}: {french.number(capitation().draws)}"


def _limits() -> Iterator[str]:
    known = limits_file()
    for one in known.teleconsultation.reading:
        yield f"{one.label}{NBSP}: {french.percent(known.teleconsultation.limit)} au plus"
    for pair in known.pairs.periods:
        yield f"à taux plein avec une consultation{NBSP}: {french.listed(list(pair.codes))}, {labels.BASIS[pair.basis]}"


def _rosp() -> Iterator[str]:
    for one in rosp().indicator:
        bounds = [french.percent(float(value)) for value in (one.middle, one.target) if value is not None]
        told = f"objectifs {french.listed(bounds)}" if bounds else "objectifs non trouvés"
        yield f"{french.count(one.points, 'point')}, {told}, {labels.BASIS[one.basis]}"
