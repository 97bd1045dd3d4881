"""Views of the scenario lab: this list, the practices, the country, who loses, the budget, three scenarios at once."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from calculators import french, rows
from calculators.errors import UserError
from calculators.forfait.compare import LineChange, by_line
from calculators.forfait.population import Population, Priced, price, reading
from calculators.forfait.version import Version
from dashboard import data, widgets
from dashboard.charts import by_part, moves, sized, titled
from dashboard.lab import charts, controls, drafts, in_words, outcomes, tables
from dashboard.lab.drafts import Draft
from dashboard.lab.outcomes import Outcome
from dashboard.widgets import Choice
from dashboard.words import pay_lines

OTHER_READING = (
    "La population de référence a été comptée avec la liste du 31 décembre N-1, l’âge au 31 décembre N et le dernier "
    "contact avec le médecin en 24 mois. Ce scénario lit la liste autrement : voyez « Cette liste » et « Cabinets »."
)
ENVELOPES = {"constante": "Constante", "hausse": "Avec une hausse", "inflation": "Indexée sur l’inflation"}
FICTIVE = "Population de référence fictive, tirée d’après des statistiques publiées : des ordres de grandeur."


def year_priced(choice: Choice) -> int:
    """The last year whose indicators are complete in these data."""
    about, year = data.dataset(choice.place), choice.as_of.year
    return year if date(year, 12, 31) <= about.covers_to else year - 1


def of_folder(choice: Choice, version: Version) -> Population:
    """Every list of the sample, or this doctor's alone, as the version reads them."""
    doctor = None if data.is_sample(choice.place) else choice.doctor
    return data.population(choice.place, doctor, year_priced(choice), reading(version))


def of_mine(choice: Choice, version: Version, with_means: bool) -> int:
    """Cents of the list on screen."""
    priced = price(of_folder(choice, version), version, with_means=with_means)
    return int(priced.totals[priced.population.doctors.doctor_id == choice.doctor].sum())


def this_list(choice: Choice, before: Priced, after: Priced) -> None:
    """This doctor's total under both, and what moved line by line."""
    mine = next((one for one in outcomes.practices(before, after, {}) if one.doctor == choice.doctor), None)
    if mine is None:
        st.info("Ce médecin n’a personne sur sa liste au jour que l’accord retient.")
        return
    one, two, three = st.columns(3)
    one.metric("Comparaison", french.euros(mine.before_cents), help=before.version.label)
    two.metric("Scénario", french.euros(mine.after_cents))
    three.metric("Écart", french.signed_euros(mine.gap_cents))
    st.caption(f"Année {after.population.year}, liste et indicateurs de ce médecin ; DONUM est un plafond.")
    moved(before, after, choice.doctor)


def moved(before: Priced, after: Priced, doctor: str) -> None:
    """Lines that differ, in euros: they sum to the difference."""
    names = labels()
    lines = [
        pay_lines.named(one, before.version, after.version, names) for one in outcomes.lines_of(before, after, doctor)
    ]
    if not lines:
        st.write("Aucune ligne ne change.")
        return
    st.table(pay_lines.printed(lines), hide_index=True, border="horizontal", alt="Ce qui change, ligne par ligne")
    widgets.export_button(pay_lines.exported(lines), "scenario-lignes", "csv_lignes")


def practices(choice: Choice, before: Priced, after: Priced) -> None:
    """Each doctor of the folder."""
    sample = data.is_sample(choice.place)
    names = {one: story.name for one, story in data.stories().items()} if sample else {}
    found = outcomes.practices(before, after, names)
    if not sample:
        st.info("Seuls les cabinets d’exemple sont comparés entre eux ; vos données restent celles d’un seul médecin.")
    below = sum(one.gap_cents < 0 for one in found)
    says = f"{french.count(below, 'cabinet')} sur {len(found)} {'perd' if below < 2 else 'perdent'} avec ce scénario."
    st.markdown(says)
    columns = {"label": "Cabinet", "before": "Comparaison (€)", "after": "Scénario (€)", "euros": "Écart (€)"}
    spec = titled(sized(moves(), len(found), 26), "Écart en euros par an")
    controls.chart(tables.bars_of_practices(found), spec, says, columns, "cabinets")


def country(found: Outcome) -> None:
    """Cost, distribution of gains and losses, point of balance."""
    says = in_words.spread_in_words(found)
    st.markdown(says)
    columns = {"start": "De (€)", "end": "À (€)", "doctors": "Médecins", "side": "Côté"}
    controls.chart(tables.bars_of_gains(found), charts.gains(), says, columns, "gains")
    st.markdown(in_words.balance_in_words(found))
    st.caption("Le pays ligne par ligne, comparaison et scénario :")
    versions, names = (found.before.version, found.after.version), labels()
    changes = rows.read(by_line(found.before, found.after), LineChange)
    lines = pay_lines.exported([pay_lines.named(one, *versions, names) for one in changes])
    widgets.export_button(lines, "scenario-pays-lignes", "csv_pays_lignes")
    st.caption(FICTIVE)


def losers(found: Outcome) -> None:
    """Share of doctors who lose, group by group."""
    groups = tables.groups(found)
    traits = list(dict.fromkeys(one.trait for one in groups))
    trait = st.selectbox("Selon", ["", *traits], format_func=lambda one: one or "Tous les groupes", key="selon")
    kept = [one for one in groups if one.trait == trait] if trait else groups
    says = in_words.groups_in_words(kept)
    st.markdown(says)
    columns = {"trait": "Selon", "group": "Groupe", "doctors": "Médecins", "share": "Part qui perd",
               "mean": "Écart moyen (€)"}  # fmt: skip
    spec = sized(charts.groups(), len(kept), 22)
    controls.chart(tables.bars_of_groups(kept), spec, says, columns, "groupes")
    st.caption("Perdre : toucher moins que dans la comparaison, fût-ce d’un euro. " + FICTIVE)


def budget(found: Outcome, place: int, people: Population, with_means: bool) -> None:
    """The envelope, constant, raised or indexed; one button scales the scenario to it."""
    kind = st.segmented_control(
        "Enveloppe", list(ENVELOPES), default="constante", required=True, format_func=ENVELOPES.__getitem__,
        key="enveloppe",
    )  # fmt: skip
    rate, years = drafts.inflation()
    one, two, three = st.columns(3, vertical_alignment="bottom")
    rise = one.number_input("Hausse (%)", -20, 50, 5, key="hausse", disabled=kind != "hausse")
    yearly = two.number_input("Inflation par an (%) · hypothèse", 0.0, 15.0, rate * 100, 0.5, key="inflation")
    years = three.number_input("Pendant (années)", 0, 10, years, key="annees_inflation")
    index = (1 + yearly / 100) ** years
    factor = {"constante": 1.0, "hausse": 1 + rise / 100}.get(str(kind), index)
    envelope = round(found.before.cost_cents * factor)
    constant = st.toggle("En euros constants", key="euros_constants", help="Montants divisés par la hausse des prix.")
    cost, target = ((amount / index if constant else amount) for amount in (found.after.cost_cents, envelope))
    says = in_words.budget_in_words(cost, target)
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
        st.info("La population de référence n’est pas livrée avec cette installation.")
        return
    named: dict[str, Priced] = {"Comparaison": price(people, before, with_means=with_means)}
    summaries = []
    for name, draft in zip(controls.NAMES, drafts, strict=True):
        try:
            found = outcomes.outcome(people, before, controls.version_of(draft), with_means)
        except UserError as mistake:
            st.warning(f"{name} : {mistake}")
            continue
        if found is None:
            st.info(f"{name} : {OTHER_READING}")
            continue
        named[name] = found.after
        version = controls.version_of(draft)
        summaries.append(in_words.summary(name, version, draft, found, of_mine(choice, version, with_means)))
    st.table(
        {key: [one[key] for one in summaries] for key in (summaries[0] if summaries else {})},
        hide_index=True,
        border="horizontal",
        alt="Les trois scénarios",
    )
    doctors = max(int(people.weight.sum()), 1)
    bars = pay_lines.bars({name: priced.by_part for name, priced in named.items()}, doctors)
    says = "Euros par médecin et par an, en moyenne, part par part."
    columns = {"version": "Scénario", "part": "Part", "euros": "Euros par médecin"}
    st.markdown(says)
    controls.chart(bars, sized(by_part(), len(named), 44), says, columns, "trois")
    st.caption(FICTIVE)


def present_link(choice: Choice) -> None:
    """To the large screens."""
    links = {slot: draft.link for slot, draft in zip(controls.SLOTS, controls.kept(), strict=True)}
    st.page_link(
        "pages/scenarios.py",
        label="Présenter : une idée par écran, flèches du clavier",
        icon=":material/slideshow:",
        query_params=widgets.url_of(choice, presenter="1", **links),
    )


def labels() -> dict[str, str]:
    """Names of the prevention lines."""
    return data.labels(controls.here())
