"""A group of volunteers, seen by one who contributes (what would leave, before it does) and by one who organises (who
answered, never what)."""

import io
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import streamlit as st

from calculators import collecting, given
from calculators.collecting import Told
from calculators.comparison import shares
from calculators.comparison.campaign import LARGEST, Campaign, key_hash, load_campaign
from calculators.errors import UserError
from dashboard import data, tabular, widgets
from dashboard.comparaison import in_words
from dashboard.widgets import Choice
from dashboard.words import plain

MOST_FILES = 5000


def contribute(choice: Choice) -> None:
    """What would leave this practice, in words and as a table, then the two files."""
    st.markdown(
        "L’organisateur d’un groupe vous a envoyé un fichier de campagne et une clé. Ouvrez le fichier : vous verrez ce qui "
        "partirait de votre cabinet avant que rien ne soit écrit."
    )
    campaign = _campaign("campagne_contributeur")
    if campaign is None:
        return
    reference = None
    if campaign.reference:
        typed = st.text_input("Dossier de la référence publiée au tour 2", key="reference_tour_3")
        if not typed.strip():
            return
        reference = given.path(typed)
    known = data.rules(choice.place)
    found = collecting.tell(data.store(choice.place), campaign, campaign.turn, choice.doctor, known, reference)
    what_leaves(found, campaign)
    _write(choice, campaign, found)


def _campaign(key: str) -> Campaign | None:
    """The campaign of a file that is dropped, said in words."""
    dropped = st.file_uploader("Fichier de campagne", type=["toml"], key=key)
    if dropped is None:
        return None
    if dropped.size > LARGEST:
        raise UserError("Ce fichier est trop grand pour une campagne.")
    with tempfile.TemporaryDirectory(prefix="campagne-") as scratch:
        file = Path(scratch) / "campaign.toml"
        file.write_bytes(dropped.getvalue())
        campaign = load_campaign(file)
    st.markdown(plain.text(in_words.campaign(campaign)))
    return campaign


def what_leaves(found: Told, campaign: Campaign) -> None:
    st.markdown(f"#### Ce qui partirait, tour {found.round}")
    st.markdown("\n".join(f"* {plain.text(said)}" for said in in_words.told(found, campaign)))

    def draw() -> None:
        tabular.grid(table(found), "Tous les nombres qui seraient additionnés", "ce_qui_part")

    widgets.folded("Tous les nombres, ligne par ligne", "tous_les_nombres", draw)
    st.caption(in_words.PROTECTS)


def table(found: Told) -> pa.Table:
    """Every row that would be summed, zeros included."""
    lines = [(part, row, value) for part, rows in found.parts.items() for row, value in rows.items()]
    parts, rows, values = zip(*lines, strict=True)
    return pa.table({"Partie": parts, "Ligne": rows, "Nombre": values})


def _write(choice: Choice, campaign: Campaign, found: Told) -> None:
    if choice.place.uploaded:
        st.info("Ces données sont ouvertes pour cette visite seulement : gardez-les dans un dossier pour contribuer.")
        return
    with st.form("contribuer", border=False):
        key = st.text_input("Clé reçue de l’organisateur", key="cle", type="password")
        asked = st.form_submit_button("Couper en deux parts", icon=":material/call_split:")
    if asked:
        if not key.strip():
            raise UserError("Donnez la clé que l’organisateur vous a envoyée : rien n’a été écrit.")
        with tempfile.TemporaryDirectory(prefix="contribution-") as scratch:
            files = collecting.contribute(found, campaign, key, Path(choice.place.path), Path(scratch), date.today())
            written = [(file.parent.name, file.name, file.read_bytes()) for file in files]
            st.session_state["contribution"] = (choice.doctor, campaign.hash, written)
    whose, of, parts = st.session_state.get("contribution", ("", "", []))
    if (whose, of) != (choice.doctor, campaign.hash):
        return
    for holder, name, content in parts:
        st.download_button(f"La part de {holder}", content, file_name=f"{holder}-{name}", key=f"part_{holder}",
                           icon=":material/download:", on_click="ignore")  # fmt: skip
    st.caption("Envoyez chaque part à son porteur, séparément, et aucune des deux à l’autre.")


def organise(_choice: Choice) -> None:
    """Who answered, by the keys of the campaign; the numbers are shares, and are not shown."""
    st.markdown("Pour qui organise, ou porte : qui a répondu. Ce qu’il a répondu ne se lit pas dans une part, ni ici.")
    campaign = _campaign("campagne_organisateur")
    if campaign is None:
        return
    dropped = st.file_uploader(
        "Fichiers reçus", type=["parquet", "zip"], accept_multiple_files=True, key="contributions_recues"
    )
    invited = st.file_uploader("Invitations (invitations.csv), pour les nommer", type=["csv"], key="invitations")
    names = _names(invited.getvalue()) if invited else {}
    if dropped:
        answers(campaign, [(file.name, file.getvalue()) for file in dropped], names)


def _names(content: bytes) -> dict[str, str]:
    """Hash of the key -> the doctor invited."""
    lines = (line.split(";") for line in content.decode("utf-8", errors="replace").splitlines()[1:])
    return {key_hash(line[1]): line[0].strip() for line in lines if len(line) == 2}


def answers(campaign: Campaign, files: list[tuple[str, bytes]], names: dict[str, str]) -> None:
    """One row per doctor invited: answered or not; then the files that are no contribution."""
    answered, wrong = _read(campaign, files)
    there = sum(key in answered for key in campaign.invited)
    st.markdown(
        f"**{there} médecins sur {len(campaign.invited)} ont répondu** au tour {campaign.turn} ; {campaign.minimum} au "
        "moins sont nécessaires."
    )
    shown = sorted((names.get(key, f"clé {key[:8]}"), answered.get(key, 0)) for key in campaign.invited)
    tabular.grid(
        pa.table({"Médecin": [who for who, _ in shown], "A répondu": ["oui" if n else "non" for _, n in shown],
                  "Envois": [n for _, n in shown]}),
        "Qui a répondu", "qui_a_repondu",
    )  # fmt: skip
    for said in wrong:
        st.warning(plain.text(said), icon=":material/help:")


def _read(campaign: Campaign, files: list[tuple[str, bytes]]) -> tuple[dict[str, int], list[str]]:
    """Hash of the key -> highest counter received; sentences about the files that do not count."""
    answered: dict[str, int] = {}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="collecte-") as scratch:
        for place, (name, content) in enumerate(_unpacked(files)):
            file = Path(scratch) / f"{place}.parquet"
            file.write_bytes(content)
            try:
                about = shares.read(file, campaign, campaign.turn).about
                answered[about.key] = max(about.counter, answered.get(about.key, 0))
            except UserError as fault:
                wrong.append(str(fault).replace(str(file), name))
    return answered, wrong


def _unpacked(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """The files, and those of zip archives, within limits."""
    found: list[tuple[str, bytes]] = []
    for name, content in files:
        if not name.endswith(".zip"):
            found.append((name, content))
            continue
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                inside = [one for one in archive.infolist() if one.filename.endswith(".parquet")]
                if len(inside) > MOST_FILES or any(one.file_size > shares.LARGEST for one in inside):
                    raise UserError(f"« {name} » : {MOST_FILES} contributions au plus sont attendues, petites.")
                found += [(one.filename, archive.read(one)) for one in inside]
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
            raise UserError(f"« {name} » n’est pas une archive zip lisible.") from None
    return found[:MOST_FILES]
