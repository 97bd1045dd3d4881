"""An indicator beside its variant: who changes is who is judged otherwise, and the other doctors are told from five on."""

from collections import Counter
from datetime import date
from pathlib import Path
from statistics import median

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.catalogue import Catalogue
from calculators.defaults import defaults
from calculators.prevention.assess import assess
from calculators.prevention.indicator import HERE, load_set
from calculators.prevention.variants import OUT, Move, compared, differs, variants_of
from calculators.records.store import open_store
from tests import practice

STATUSES = ("up_to_date", "due", "unknown", "excluded")
CHOSEN = load_set(defaults().prevention.set)
ORIGINAL = next(one for one in CHOSEN.indicators if one.id.endswith("pneumocoque"))
VERDICTS = st.dictionaries(st.tuples(st.integers(0, 7), st.integers(0, 5)), st.sampled_from(STATUSES), max_size=40)


def table(verdicts: dict[tuple[int, int], str]) -> pa.Table:
    rows = [{"doctor_id": f"d{d}", "patient_id": f"d{d}-{p}", "status": status} for (d, p), status in verdicts.items()]
    return pa.Table.from_pylist(
        rows, pa.schema([(name, pa.string()) for name in ("doctor_id", "patient_id", "status")])
    )


@given(before=VERDICTS, after=VERDICTS)
def test_who_changes_is_who_has_another_status_and_rates_are_of_known_answers(before, after):
    found = compared(table(before), table(after), "d0")
    everyone = {patient for doctor, patient in {*before, *after} if doctor == 0}
    pairs = Counter((before.get((0, one), OUT), after.get((0, one), OUT)) for one in everyone)
    assert {(one.before, one.after): one.patients for one in found.moves} == {
        pair: many for pair, many in pairs.items() if pair[0] != pair[1]
    }
    for held, counts, peers in zip((before, after), (found.original, found.variant), found.peers, strict=True):
        mine = [status for (doctor, _), status in held.items() if doctor == 0]
        assert (counts.up_to_date, counts.due, counts.unknown) == tuple(map(mine.count, STATUSES[:3]))
        rates = []
        for other in range(1, 8):
            known = [status for (doctor, _), status in held.items() if doctor == other and status in STATUSES[:2]]
            rates += [100 * known.count("up_to_date") / len(known)] if known else []
        assert peers == (median(rates) if len(rates) >= 5 else None)


def older_too(folder: Path) -> None:
    """The vaccine for everybody from 65 on, as the calendar of vaccinations says."""
    text = (HERE / "indicators" / f"{ORIGINAL.id}.toml").read_text(encoding="utf-8")
    added = '[[eligible]]\nlabel = "65 ans et plus"\nage = { min = 65 }\n\n[[done]]'
    text = text.replace(
        f'id = "{ORIGINAL.id}"', f'id = "pneumo_65"\nvariant_of = "{ORIGINAL.id}"\nauthor = "Un syndicat"'
    )
    text = text.partition("[[example]]")[0].replace("[[done]]", added, 1)
    (folder / "indicators").mkdir()
    (folder / "indicators" / "pneumo_65.toml").write_text(text, encoding="utf-8")


def test_a_file_beside_the_data_is_a_variant_and_says_who_it_adds(tmp_path: Path):
    folder = practice.write(
        tmp_path / "cabinet",
        practice.dataset(covers_from=date(2015, 1, 1)),
        patients=[("vieux", "1950-01-01", "F"), ("jeune", "1990-01-01", "F"), ("ald", "1950-01-01", "M")],
        registrations=[(one, "d1", "2019-01-01") for one in ("vieux", "jeune", "ald")],
        ald=[("ald", 8, "2018-01-01")],
        acts=[(one, "2025-05-05", "ngap", "G") for one in ("vieux", "jeune", "ald")],
        deliveries=[("vieux", "2025-01-02", None, "N02BE01", 1)],
    )
    older_too(folder)
    known = Catalogue(folder)
    board = known.board(known.sets[CHOSEN.id]).rules
    one = next(one for one in variants_of(board, []) if one.variant.author)
    assert (one.original.id, one.variant.id, one.variant.author) == (ORIGINAL.id, "pneumo_65", "Un syndicat")
    before, after = (
        assess(open_store(folder), rules, date(2025, 12, 31)) for rules in (one.original_alone, one.variant_alone)
    )
    found = compared(before, after, "d1")
    assert [move for move in found.moves if move.before == OUT] == [Move(OUT, "due", 1)]
    assert (found.original.concerned, found.variant.concerned) == (1, 2)


def test_what_another_set_words_differently_is_a_variant_and_what_it_only_tells_otherwise_is_not():
    others = [load_set(path.stem) for path in sorted((HERE / "sets").glob("*.toml"))]
    found = variants_of(CHOSEN, others)
    worded = {
        path.stem
        for other in others
        if other.id != CHOSEN.id
        for path in (HERE / "indicators" / other.id).glob("*.toml")
    }
    assert found
    assert {one.variant.id for one in found} <= worded
    for one in found:
        assert one.variant_alone.id != CHOSEN.id
        assert differs(one.original, one.variant)
    assert not differs(ORIGINAL, ORIGINAL.model_copy(update={"label": "autre", "national_rate": 1.0, "author": "moi"}))


@pytest.mark.parametrize("wrong", ["Majuscule", "a b", ""])
def test_a_variant_names_an_id(tmp_path: Path, wrong: str):
    older_too(tmp_path)
    file = tmp_path / "indicators" / "pneumo_65.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(f'"{ORIGINAL.id}"', f'"{wrong}"'), encoding="utf-8")
    [aside] = Catalogue(tmp_path).board(CHOSEN).set_aside
    assert "variant_of" in aside.reason
