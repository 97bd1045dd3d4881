"""References received: those kept here, which one is used, adding and removing one."""

import tempfile
from datetime import date
from pathlib import Path

import streamlit as st

from calculators import french, given, results
from calculators.comparison import known
from calculators.comparison.known import Known
from calculators.errors import UserError
from dashboard import data
from dashboard.widgets import Choice
from dashboard.words import plain

UNCORRECTED = "Elle tient compte de l’âge, du sexe, de l’ALD et de la C2S, de rien d’autre."


def section(choice: Choice) -> None:
    every = known.known()
    if not every:
        st.info(
            "Aucune référence n’a été ajoutée sur cet ordinateur. Demandez à votre URPS, à votre caisse ou à une faculté la "
            "copie que fait « tableau-mt reference publish » : un dossier, ou un fichier zip.",
            icon=":material/info:",
        )
    for one in every:
        _one(choice, one)
    _add()


def _one(choice: Choice, one: Known) -> None:
    with st.container(border=True):
        used = data.chosen_reference(choice.place, one.year) == str(one.path)
        st.markdown(f"**{plain.text(one.id)}** · année {one.year}{' · **utilisée**' if used else ''}")
        st.markdown(plain.text(who(one)))
        st.caption(plain.text(f"Gardée dans {one.path}"))
        st.button("Retirer", key=f"retirer_{one.id}", on_click=_remove, args=(one.id,))


def who(one: Known) -> str:
    """Who made it, of how many doctors and patients, for which year, and what it does not correct for."""
    kind = " Données fictives." if one.synthetic else ""
    if one.rates_only:
        return (
            f"{one.maker or 'Auteur non dit'}, à partir de : {one.source}. Taux de prévention de "
            f"{french.count(one.doctors, 'médecin')} au 31/12/{one.year} ; construite le {french.short_day(one.built_on)}, "
            f"ajoutée le {french.short_day(one.added_on)}.{kind}"
        )
    return (
        f"{one.maker or 'Auteur non dit'}, à partir de : {one.source}. {french.count(one.doctors, 'médecin')}, "
        f"{french.count(one.patients, 'patient')}, année {one.year} ; construite le {french.short_day(one.built_on)}, "
        f"ajoutée le {french.short_day(one.added_on)}.{kind} {UNCORRECTED}"
    )


def _add() -> None:
    st.subheader("Ajouter une référence reçue")
    dropped = st.file_uploader("Fichier zip d’une référence publiée", type=["zip"], key="reference_zip")
    with st.form("ajouter_reference", border=False):
        typed = st.text_input(
            "Ou son dossier", placeholder="chemin d’un dossier de cet ordinateur", key="chemin_reference"
        )
        asked = st.form_submit_button("Ajouter")
    if not asked:
        return
    if dropped is None and not typed.strip():
        raise UserError("Donnez le fichier zip ou le dossier d’une référence publiée : rien n’a été ajouté.")
    with tempfile.TemporaryDirectory(prefix="reference-") as scratch:
        source = given.path(typed) if typed.strip() else Path(scratch) / "reference.zip"
        if dropped is not None and not typed.strip():
            source.write_bytes(dropped.getvalue())
        added = results.add_reference(source, date.today())
    data.forget()
    st.success(plain.text(f"Référence gardée : {added.id}. {who(added)}"), icon=":material/check:")


def _remove(id_: str) -> None:
    known.remove(id_)
    data.forget()
