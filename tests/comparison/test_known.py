"""References that were received: kept whole, checked before they are used, chosen and said."""

import stat
import tomllib
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tomli_w

from calculators import results
from calculators.comparison import known
from calculators.comparison.known import UnusableCopyError, checksums
from calculators.errors import UserError
from calculators.records.folder import Dataset
from calculators.sobriety.definition import load_definition
from calculators.sobriety.publish import publish
from calculators.sobriety.reference_files import UnusableReferenceError
from dashboard import shipped
from dashboard.command import main
from tests import practice
from tests.once import made_once

ADDED = date(2026, 11, 20)
SHIPPED = shipped.REFERENCES / "2025"


def published(to: Path) -> None:
    publish(SHIPPED, to, load_definition(2025), "URPS d’essai")


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "copie", published)


@pytest.fixture(autouse=True)
def own_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(known, "shelf", lambda: tmp_path / "gardees")
    return tmp_path / "gardees"


def changed(copy: Path, to: Path, change: Callable[[dict], object] | None = None, **tables: pa.Table) -> Path:
    """The copy with other tables or another `reference.toml`, whose checksums are right."""
    to.mkdir()
    for file in copy.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    for name, table in tables.items():
        pq.write_table(table, to / f"{name}.parquet")
    about = tomllib.loads((to / "reference.toml").read_text(encoding="utf-8"))
    about["checksums"] = checksums({f.name: f.read_bytes() for f in to.iterdir() if f.name != "reference.toml"})
    if change:
        change(about)
    (to / "reference.toml").write_text(tomli_w.dumps(about), encoding="utf-8")
    return to


def real(copy: Path, to: Path, **about: object) -> Path:
    return changed(copy, to, lambda found: found.update({"synthetic": False} | about))


def archive(folder: Path, to: Path, within: str = "") -> Path:
    with zipfile.ZipFile(to, "w") as made:
        for file in folder.iterdir():
            made.write(file, f"{within}{file.name}")
    return to


def with_column(table: pa.Table, name: str, change: Callable[[list], list]) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(
        place, table.schema.field(name), pa.array(change(table[name].to_pylist()), table[name].type)
    )


def test_a_folder_and_a_zip_of_it_are_one_reference(copy: Path, tmp_path: Path):
    added = results.add_reference(copy, ADDED)
    again = results.add_reference(archive(copy, tmp_path / "c.zip", "copie/"), date(2026, 11, 21))
    assert added == again
    assert [one.id for one in known.known()] == [added.id]
    assert (added.year, added.maker, added.synthetic, added.doctors) == (2025, "URPS d’essai", True, 2813)
    assert added.added_on == ADDED
    modes = {stat.S_IMODE(file.stat().st_mode) for file in added.path.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(added.path.stat().st_mode) == 0o700


def test_what_is_kept_gives_the_figures_of_what_was_given(copy: Path):
    added = results.add_reference(copy, ADDED)
    for name in ("strata", "scope", "classes", "distribution"):
        assert (added.path / f"{name}.parquet").read_bytes() == (copy / f"{name}.parquet").read_bytes()


def test_an_exact_reference_is_not_added(tmp_path: Path):
    with pytest.raises(UnusableCopyError, match=r"cells\.parquet.*reference publish"):
        results.add_reference(SHIPPED, ADDED)
    assert known.known() == []


def test_a_file_changed_on_the_way_is_refused(copy: Path, tmp_path: Path):
    folder = changed(copy, tmp_path / "c")
    content = bytearray((folder / "scope.parquet").read_bytes())
    content[40] ^= 1
    (folder / "scope.parquet").write_bytes(content)
    with pytest.raises(UnusableCopyError, match=r"scope\.parquet.*a changé en chemin"):
        results.add_reference(folder, ADDED)
    assert known.known() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda about: about.update(year="2025"), "year vaut « 2025 »"),
        (lambda about: about.update(year=20_250), "year vaut « 20250 »"),
        (lambda about: about.pop("published"), "référence exacte"),
        (lambda about: about.update(checksums={}), "checksums"),
        (lambda about: about["definition"].update(hash="0" * 16), "autre définition"),
        (lambda about: about.update(year=2001), "Aucune définition"),
        (lambda about: about.pop("built_on"), "built_on"),
        (lambda about: about.update(layout=99), "autre version"),
        (lambda about: about["counts"].pop("patients"), "effectifs"),
    ],
)
def test_a_reference_that_says_something_else_is_refused(copy: Path, tmp_path: Path, change: Callable, said: str):
    with pytest.raises(UserError, match=said):
        results.add_reference(changed(copy, tmp_path / "c", change), ADDED)
    assert known.known() == []


@pytest.mark.parametrize(
    ("table", "column", "change", "said"),
    [
        ("strata", "patients", lambda values: [10, *values[1:]], "11 patients au moins"),
        ("strata", "sum_cents", lambda values: [-1, *values[1:]], "montant positif"),
        ("strata", "mean_cents", lambda values: [1.0, *values[1:]], r"sum_cents / patients"),
        ("strata", "mean_cents", lambda values: [float("nan"), *values[1:]], r"sum_cents / patients"),
        ("strata", "var_cents2", lambda values: [float("inf"), *values[1:]], "nombre positif"),
        ("strata", "stratum", lambda values: [values[1], *values[1:]], "une ligne par strate"),
        ("strata", "sex", lambda values: ["M", *values[1:]], "ne sont pas ceux de la strate"),
        ("strata", "merged_with", lambda values: ["Z", *values[1:]], "strates jointes"),
        ("scope", "initiations", lambda values: [3, *values[1:]], "rien de moins de 11"),
        ("scope", "atc", lambda values: [None, *values[1:]], "classe ATC"),
        ("classes", "patients", lambda values: [9, *values[1:]], "rien de moins de 11"),
        ("classes", "stratum", lambda values: ["Z", *values[1:]], "strate de strata"),
        ("distribution", "doctors", lambda _: [19], "20 médecins au moins"),
        ("distribution", "tau", lambda _: [4.0], "tau"),
        ("distribution", "p50", lambda _: [float("nan")], "p50"),
    ],
)
def test_a_reference_that_cannot_be_a_published_copy_is_refused(
    copy: Path, tmp_path: Path, table: str, column: str, change: Callable, said: str
):
    wrong = with_column(pq.read_table(copy / f"{table}.parquet"), column, change)
    with pytest.raises(UnusableReferenceError, match=said):
        results.add_reference(changed(copy, tmp_path / "c", **{table: wrong}), ADDED)
    assert known.known() == []


def test_too_many_rows_are_refused_before_they_are_read(copy: Path, tmp_path: Path):
    many = pa.table({"atc": pa.array(["A"] * 300_000)})
    with pytest.raises(UnusableReferenceError, match="300000 lignes"):
        results.add_reference(changed(copy, tmp_path / "c", scope=many), ADDED)


@pytest.mark.parametrize("name", ["cells.parquet", "../evade.parquet", "notes.txt"])
def test_an_archive_with_another_file_is_refused_and_writes_nothing(copy: Path, tmp_path: Path, name: str):
    made = archive(copy, tmp_path / "c.zip")
    with zipfile.ZipFile(made, "a") as opened:
        opened.writestr(name, b"x")
    with pytest.raises(UnusableCopyError):
        results.add_reference(made, ADDED)
    assert known.known() == []
    assert not (tmp_path / "evade.parquet").exists()


def test_a_file_too_large_once_unpacked_is_refused(copy: Path, tmp_path: Path):
    made = tmp_path / "c.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for file in copy.iterdir():
            opened.writestr(file.name, bytes(30_000_000) if file.name == "scope.parquet" else file.read_bytes())
    with pytest.raises(UnusableCopyError, match=r"scope\.parquet : 30 Mo, 20 au plus"):
        results.add_reference(made, ADDED)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"not a zip"])
def test_what_is_no_archive_is_told_in_french(tmp_path: Path, content: bytes):
    (tmp_path / "c.zip").write_bytes(content)
    with pytest.raises(UnusableCopyError, match="n’est pas une archive zip lisible"):
        results.add_reference(tmp_path / "c.zip", ADDED)


def test_real_data_are_compared_with_the_latest_real_reference_of_their_year(copy: Path, tmp_path: Path):
    older = results.add_reference(real(copy, tmp_path / "a", built_on=date(2026, 1, 1)), ADDED)
    results.add_reference(copy, ADDED)
    assert known.preferred(2025) == older
    newer = results.add_reference(real(copy, tmp_path / "b", built_on=date(2026, 2, 1)), ADDED)
    assert known.preferred(2025) == newer
    assert known.preferred(2024) is None
    assert known.remove(newer.id[:8]).id == newer.id
    assert known.preferred(2025) == older


def test_an_id_that_is_not_there_is_told_with_those_that_are(copy: Path):
    with pytest.raises(UserError, match="aucune référence n’est gardée"):
        known.remove("2025")
    added = results.add_reference(copy, ADDED)
    with pytest.raises(UserError, match=added.id):
        known.remove("2024")


def test_a_shelf_with_strange_things_is_read_all_the_same(copy: Path, own_shelf: Path):
    added = results.add_reference(copy, ADDED)
    (own_shelf / "2025-torn").mkdir()
    (own_shelf / "2025-torn" / "reference.toml").write_text("year = ", encoding="utf-8")
    (own_shelf / "file").write_text("x", encoding="utf-8")
    assert known.known() == [added]


def real_practice(folder: Path) -> Path:
    """A hundred and one women of 75 seen and treated, of a real doctor."""
    ids = [f"p{n:03d}" for n in range(101)]
    about = Dataset.model_validate(practice.dataset().model_dump() | {"synthetic": False})
    return practice.write(
        folder,
        about,
        patients=[(one, "1950-06-15", "F") for one in ids],
        acts=[(one, "2025-05-02", "ngap", "G", 1, "d1", "01") for one in ids],
        deliveries=[(one, "2025-05-02", None, "C09AA05", 1, 9000 + 100 * n, "d1", "01") for n, one in enumerate(ids)],
        ald=[],
        c2s=[],
    )


@pytest.mark.slow
def test_the_command_adds_lists_uses_and_removes(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data, given = real_practice(tmp_path / "d"), real(copy, tmp_path / "c")
    asked = ["sobriety", str(data), "--doctor", "all", "--year", "2025"]
    assert main(asked) == 2
    assert "tableau-mt reference add" in capsys.readouterr().err
    assert main(["reference", "add", str(given)]) == 0
    said = capsys.readouterr().err
    [one] = known.known()
    assert str(one.path) in said
    assert "Sans autre choix, les données réelles de 2025 lui sont comparées" in said
    assert main(["reference", "list"]) == 0
    assert capsys.readouterr().out.startswith(f"{one.id} : année 2025, URPS d’essai, ")
    assert main(asked) == 0
    shown = capsys.readouterr()
    assert "Auteur : URPS d’essai." in shown.err
    assert str(one.path) in shown.err
    assert len(shown.out.splitlines()) == 2
    assert main([*asked, "--reference", one.id]) == 0
    assert capsys.readouterr().out == shown.out
    assert main(["reference", "remove", one.id]) == 0
    assert main(["reference", "list"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.slow
def test_a_fictitious_reference_serves_real_data_only_when_it_is_named(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    data = real_practice(tmp_path / "d")
    assert main(["reference", "add", str(copy)]) == 0
    assert "Elle est fictive" in capsys.readouterr().err
    assert main(["sobriety", str(data), "--doctor", "all", "--year", "2025"]) == 2
