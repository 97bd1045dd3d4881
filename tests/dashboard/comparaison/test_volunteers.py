"""The pages of a group of volunteers: what leaves is told before it leaves, who answered without what."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from calculators import collecting, french
from calculators.catalogue import Catalogue
from calculators.comparison import sent
from calculators.comparison.campaign import Campaign, key_hash
from calculators.defaults import defaults
from calculators.prevention import group
from dashboard.comparaison import volunteers
from tests.comparison.campaigns import HOLDERS, KEYS, campaign, counts, send
from tests.comparison.test_known import real_practice
from tests.dashboard.opening import opened, told, unfolded, words

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def practice_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = real_practice(tmp_path / "d")
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(folder))
    yield folder
    st.cache_resource.clear()


def of_this_program() -> Campaign:
    rules = Catalogue().sets[defaults().prevention.set]
    invited = [key_hash(key) for key in KEYS[:20]]
    drawn = ("C09AA05",)
    return collecting.start("Groupe d’essai", 2025, HOLDERS, campaign().closes_on, invited, drawn, [rules], False)


def test_what_leaves_is_told_before_anything_is_written(practice_folder: Path):
    def page() -> None:
        import os
        from pathlib import Path

        from calculators import collecting
        from calculators.catalogue import Catalogue
        from calculators.records.store import open_store
        from dashboard.comparaison import volunteers
        from tests.dashboard.comparaison.test_volunteers import of_this_program

        one = of_this_program()
        found = collecting.tell(open_store(Path(os.environ["TABLEAU_MT_DOSSIER"])), one, 1, "d1", Catalogue())
        volunteers.what_leaves(found, one)

    app = unfolded(AppTest.from_function(page, default_timeout=30).run())
    assert [fault.message for fault in app.exception] == []
    said = french.plain(words(app))
    assert "101 initiations de 1 classes" in said
    assert "En tout 4 nombres" in said
    assert "un porteur seul ne peut rien en lire" in said
    assert app.dataframe[0].value["Nombre"].tolist() == [1, 1, 101, 101]
    assert not (practice_folder / sent.FILE).exists()


def test_who_answered_is_shown_and_what_he_answered_is_not(tmp_path: Path):
    one = campaign()
    files = [send(one, counts(one, 77, 33), tmp_path, key)[0] for key in KEYS[:6]]
    (tmp_path / "autre.parquet").write_bytes(b"x")
    sent_files = [(file.name, file.read_bytes()) for file in [*files, tmp_path / "autre.parquet"]]
    names = {key_hash(KEYS[0]): "dr-ardant"}
    answered, wrong = volunteers._read(one, sent_files)
    assert set(answered) == {key_hash(key) for key in KEYS[:6]}
    assert len(wrong) == 1
    assert "autre.parquet" in wrong[0]
    assert volunteers._names(f"medecin;cle\ndr-ardant;{KEYS[0]}\n".encode()) == names


def test_the_page_opens_on_its_three_sections():
    app = opened("comparaison")
    assert [fault.message for fault in app.exception] == []
    assert told(app.error) == []
    said = words(app)
    assert "avant que rien ne soit écrit" in said
    assert "qui a répondu" in said
    assert len(group.cells((17, 40, 55, 65, 75))) == 48
