"""What was said of the change, put to the test: verdict, figures, assumptions."""

import streamlit as st

from calculators import french
from calculators.forfait.claims import Claim, Tested, claims
from calculators.forfait.country import scales
from dashboard import data, tabular, widgets
from dashboard.lab import claims as claims_in_words
from dashboard.lab import slides
from dashboard.widgets import Choice
from dashboard.words import rule_texts


def show(choice: Choice) -> None:
    st.title("Vérifier les affirmations")
    st.markdown("Ce qui a été dit du changement, recalculé. Un verdict ne vaut que pour le calcul décrit.")
    if data.country() is None:
        st.info("La population de référence n’est pas livrée avec cette installation.")
        return
    version, old = pick(choice)
    for claim in claims():
        tested = data.tested(choice.place, claim, version, old)
        if tested is None:
            continue
        with st.container(border=True):
            st.subheader(claim.label)
            icon, word = claims_in_words.VERDICT[tested.verdict]
            st.badge(word, color="blue" if tested.verdict == "holds" else "orange", icon=icon)
            st.markdown(claims_in_words.range_in_words(tested))
            readings(tested)
            behind(tested, data.labels(choice.place))
            method(claim)
    st.caption(f"Population : {scales()[0].label}. {slides.FICTIVE}")
    widgets.method_link(choice, "forfait")


def readings(tested: Tested) -> None:
    """Every reading with its figure; those that could not be computed are named."""
    if tested.readings:
        tabular.grid(
            claims_in_words.readings(tested), f"Lectures : {tested.claim.label}", f"lectures_{tested.claim.id}"
        )
    if words := claims_in_words.left_out_in_words(tested):
        st.caption(words)


def behind(tested: Tested, names: dict[str, str]) -> None:
    """The rows behind the first reading, and as a file."""
    table, claim = claims_in_words.table(tested, names), tested.claim
    if not table.num_rows:
        return

    def draw() -> None:
        tabular.grid(table, claim.label, f"table_{claim.id}", offered=True)
        widgets.export_buttons(table, f"affirmation-{claim.id}", f"csv_{claim.id}")

    widgets.folded("Les chiffres de la première lecture", f"chiffres_{claim.id}", draw)


def pick(choice: Choice) -> tuple[str, str]:
    """The agreement the statements are about, and what it replaces: those that the country can be priced under."""
    known, new, before = data.comparable(choice.place)
    first, last = data.affirmed(choice.place)
    one, other = st.columns(2)
    name = one.selectbox(
        "Accord", new, index=new.index(first), format_func=lambda n: known[n].label, key="accord_affirme"
    )
    old = other.selectbox(
        "Ce qu’il remplace", before, index=before.index(last), format_func=lambda n: known[n].label,
        key="accord_remplace",
    )  # fmt: skip
    if left := [version.label for version in data.versions(choice.place) if version.id not in known]:
        st.caption(
            f"Non proposé : {french.listed(left)}. La population de référence n’a pas été comptée comme cet accord lit une "
            "liste, ou pour ses indicateurs."
        )
    return str(name), str(old)


def method(claim: Claim) -> None:
    def draw() -> None:
        st.markdown(f"{claim.how}\n\n**Hors du test :** {claim.not_tested}")
        st.markdown(rule_texts.references(claim.reference))

    widgets.folded("Comment c’est testé, ce qui ne l’est pas", f"methode_{claim.id}", draw)


widgets.page(show)
