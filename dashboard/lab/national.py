"""Views of the scenario lab over the country: cost, who loses, the budget, the three scenarios at once."""

from collections.abc import Sequence

import streamlit as st

from calculators import french, rows
from calculators.errors import UserError
from calculators.forfait import who_gains
from calculators.forfait.compare import LineChange, by_line
from calculators.forfait.country import scales
from calculators.forfait.population import Population, Priced, as_counted, price
from calculators.forfait.version import Version
from dashboard import fields, tabular, widgets
from dashboard.charts import by_part, sized
from dashboard.lab import charts, controls, drafts, in_words, outcomes, tables, views
from dashboard.lab.drafts import Draft
from dashboard.lab.outcomes import Outcome, Told
from dashboard.lab.slides import FICTIVE
from dashboard.widgets import Choice
from dashboard.words import pay_lines

ABSENT = "La population de référence n’est pas livrée avec cette installation."
OTHER_READING = (
    "La population de référence a été comptée avec la liste du 31 décembre N-1, l’âge au 31 décembre N et le dernier "
    "contact avec le médecin en 24 mois. Ce scénario lit la liste autrement : voyez « Cette liste » et « Cabinets »."
)
ON_ADVANCES = "« {} » est compté ici sur la liste de ses acomptes, celle du 31 décembre N-1."
ENVELOPES = {"constante": "Constante", "hausse": "Avec une hausse", "inflation": "Indexée sur l’inflation"}


def told() -> Told:
    """What was asked on screen, or at first."""
    first, state = outcomes.told_at_first(), st.session_state
    scale = next((one for one in scales() if one.id == state.get("montants_pour")), first.scale)
    return Told(round(100 * state.get("perd_au_dela", first.beyond_cents / 100)), scale)


def traits() -> list[str]:
    """What doctors are grouped by."""
    return who_gains.labels()


def ask() -> Told:
    """Controls of how national figures are told."""
    first, labels = outcomes.told_at_first(), {one.id: one.label for one in scales()}
    one, other = st.columns([1, 2.2], vertical_alignment="bottom")
    with one:
        fields.number("Gagner ou perdre : plus de (€/an)", "perd_au_dela", first.beyond_cents / 100, 0, 50_000)
    other.selectbox(
        "Montants nationaux pour", list(labels), format_func=labels.__getitem__, key="montants_pour",
        help="Les seconds et les troisièmes sont payés, par hypothèse, comme la moyenne des premiers.",
    )  # fmt: skip
    return told()


def whole(view: str, people: Population, place: int, before: Version, after: Version, with_means: bool) -> None:
    """One view of the country."""
    found = outcomes.outcome(people, before, after, with_means, ask())
    if found is None:
        st.info(OTHER_READING)
        return
    if view == "budget":
        budget(found, place, people, with_means)
    else:
        {"pays": country, "perdants": losers}[view](found)
    for given, priced in ((before, found.before), (after, found.after)):
        if priced.version.calendar != given.calendar:
            st.caption(ON_ADVANCES.format(given.label))


def country(found: Outcome) -> None:
    """Cost, distribution of gains and losses, point of balance."""
    says = in_words.spread_in_words(found)
    st.markdown(says)
    controls.chart(tables.bars_of_gains(found), charts.gains(), says, tables.GAINS_TOLD, "gains")
    st.markdown(in_words.balance_in_words(found))
    st.caption("Le pays ligne par ligne, comparaison et scénario :")
    versions, names = (found.before.version, found.after.version), views.labels()
    changes = rows.read(by_line(found.before, found.after), LineChange)
    lines = pay_lines.exported([pay_lines.named(one, *versions, names) for one in changes])
    widgets.export_buttons(lines, "scenario-pays-lignes", "csv_pays_lignes")
    st.caption(FICTIVE)


def losers(found: Outcome) -> None:
    """Share of doctors who lose, group by group."""
    groups = tables.groups(found)
    traits = list(dict.fromkeys(one.trait for one in groups))
    trait = st.selectbox("Selon", ["", *traits], format_func=lambda one: one or "Tous les groupes", key="selon")
    kept = [one for one in groups if one.trait == trait] if trait else groups
    says = in_words.groups_in_words(kept)
    st.markdown(says)
    bars = tables.bars_of_groups(kept)
    controls.chart(bars, sized(charts.groups(), bars.num_rows, 22), says, tables.GROUPS_TOLD, "groupes")
    if few := in_words.too_few_in_words(kept):
        st.caption(few)
    st.caption(
        f"Perdre : toucher en un an plus de {french.euros(found.told.beyond_cents)} de moins que dans la comparaison. "
        f"Intervalles à 95 %. {FICTIVE}"
    )


def budget(found: Outcome, place: int, people: Population, with_means: bool) -> None:
    """The envelope, constant, raised or indexed; one button scales the scenario to it."""
    kind = st.segmented_control(
        "Enveloppe", list(ENVELOPES), required=True, format_func=ENVELOPES.__getitem__,
        key="enveloppe",
    )  # fmt: skip
    rate, years = drafts.inflation()
    one, two, three = st.columns(3, vertical_alignment="bottom")
    with one:
        rise = fields.number("Hausse (%)", "hausse", 5, -20, 50, disabled=kind != "hausse")
    with two:
        yearly = fields.number("Inflation par an (%) · hypothèse", "inflation", rate * 100, 0, 15)
    with three:
        index = (1 + yearly / 100) ** fields.number("Pendant (années)", "annees_inflation", years, 0, 10, whole=True)
    factor = {"constante": 1.0, "hausse": 1 + rise / 100}.get(str(kind), index)
    envelope = round(found.before.cost_cents * factor)
    both = (found.of_all(found.after.cost_cents), found.of_all(envelope))
    constant = st.toggle("En euros constants", key="euros_constants", help="Montants divisés par la hausse des prix.")
    cost, target = ((amount / index if constant else amount) for amount in both)
    says = in_words.budget_in_words(cost, target, in_words.cost_place(found))
    st.progress(min(cost / target / 1.5, 1.0) if target else 0.0, text=says)
    st.caption("La barre pleine vaut une fois et demie l’enveloppe : les deux tiers de la barre sont l’enveloppe.")
    draft = controls.kept()[place]
    scale = outcomes.to_envelope(people, found.after.version, envelope, with_means)
    st.button(
        "Ramener le scénario à l’enveloppe",
        key="ramener",
        icon=":material/balance:",
        on_click=controls.replace,
        args=(place, Draft(draft.base, {**draft.changes, **scale})),
        help="Socle, C2S et prévention multipliés par un même facteur ; les taux et les moyennes ne bougent pas.",
    )
    st.caption(FICTIVE)


def three(
    choice: Choice, people: Population | None, drafts: Sequence[Draft], before: Version, with_means: bool
) -> None:
    """The three scenarios beside the comparison: cost, gain, losers, parts."""
    if people is None:
        st.info(ABSENT)
        return
    how = ask()
    named: dict[str, Priced] = {"Comparaison": price(people, as_counted(before, people), with_means=with_means)}
    summaries = []
    for name, draft in zip(controls.NAMES, drafts, strict=True):
        try:
            found = outcomes.outcome(people, before, controls.version_of(draft), with_means, how)
        except UserError as mistake:
            st.warning(f"{name} : {mistake}")
            continue
        if found is None:
            st.info(f"{name} : {OTHER_READING}")
            continue
        named[name] = found.after
        version = controls.version_of(draft)
        summaries.append(in_words.summary(name, version, draft, found, views.of_mine(choice, version, with_means)))
    beside = {key: [one[key] for one in summaries] for key in (summaries[0] if summaries else {})}
    tabular.table(beside, "Les trois scénarios", "trois_scenarios")
    doctors = max(int(people.weight.sum()), 1)
    bars = pay_lines.bars({name: priced.by_part for name, priced in named.items()}, doctors)
    says = "Euros par médecin et par an, en moyenne, part par part."
    columns = {"version": "Scénario", "part": "Part", "euros": "Euros par médecin"}
    st.markdown(says)
    controls.chart(bars, sized(by_part(), len(named), 44), says, columns, "trois")
    st.caption(f"{french.ROUNDED_APART} {FICTIVE}")
