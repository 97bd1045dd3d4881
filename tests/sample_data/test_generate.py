"""The generator: nothing absurd, reproducible, and what it says of itself is true."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from calculators.errors import UnusableFolderError, UserError
from calculators.prevention.indicator import load_set
from calculators.records.check import check
from calculators.records.folder import open_folder
from calculators.records.tables import TABLES
from sample_data import further, model
from sample_data.generate import generate

pytestmark = pytest.mark.slow

DOCTORS, SEED = 4, 7
GENERATED = ["doctors", "patients", "registrations", "ald", "c2s", "acts", "deliveries", "stays", "sick_leaves"]
DAY_OF = {"acts": "date", "deliveries": "date", "stays": "entry", "sick_leaves": "from_date"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("engendre") / "population"
    generate(DOCTORS, SEED, to)
    return to


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two doctors, a block each, drawn one after the other."""
    to = tmp_path_factory.mktemp("engendre") / "deux"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sample_data.generate.BLOCK", 1)
        generate(2, SEED, to)
    return to


@pytest.fixture(scope="module")
def rows(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in GENERATED:
        connection.execute(f"create view {name} as select * from read_parquet('{folder / name}/*.parquet')")
    connection.execute(
        "create view care as select patient_id, date, code as what from acts union all "
        "select patient_id, date, atc from deliveries"
    )
    return connection


def count(rows: duckdb.DuckDBPyConnection, query: str) -> int:
    """Rows of a query that should have none."""
    found: Any = rows.execute(f"select count(*) from ({query})").fetchone()
    return int(found[0])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


NOBODY = {
    "an act or a delivery before birth": "select * from care join patients using (patient_id) where date < birth_date",
    "an act or a delivery after death": "select * from care join patients using (patient_id) where date > died_on",
    "a registration before birth": (
        "select * from registrations join patients using (patient_id) where from_date < birth_date"
    ),
    "a registration with a dead patient": (
        "select * from registrations join patients using (patient_id) where coalesce(to_date, date '9999-01-01') > died_on"
    ),
    "two registrations at a time": (
        "select * from registrations a join registrations b on a.patient_id = b.patient_id and a.from_date < b.from_date "
        "and coalesce(a.to_date, date '9999-01-01') >= b.from_date"
    ),
    "a list before the practice opened": (
        "select * from registrations join doctors using (doctor_id) where from_date < installed_on - interval 6 year"
    ),
    "a woman with a prostate drug": (
        "select * from deliveries join patients using (patient_id) where sex = 'F' and (atc like 'G04C%' or "
        "atc in ('L02AE02', 'L02BB04'))"
    ),
    "a man with the pill or a breast screening": (
        "select * from care join patients using (patient_id) where sex = 'M' and (what like 'G03%' or "
        "what in ('QEQK004', 'QEQK001', '4127', '0013', 'JKFA026'))"
    ),
    "a pill before 15 or after 51": (
        "select * from deliveries join patients using (patient_id) where atc like 'G03A%' and "
        "(date_diff('day', birth_date, date) < 15 * 365 or date_diff('day', birth_date, date) > 51 * 365.25)"
    ),
    "a vaccine against HPV after 26": (
        "select * from deliveries join patients using (patient_id) where atc like 'J07BM%' and "
        "date_diff('day', birth_date, date) not between 11 * 365 and 26 * 365.25"
    ),
    "a test of the cervix outside 25 to 65": (
        "select * from acts join patients using (patient_id) where code in ('4127', '0013') and "
        "date_diff('year', birth_date, date) not between 24 and 66"
    ),
    "a test of the cervix after a hysterectomy": (
        "select * from acts t join acts o using (patient_id) where t.code in ('4127', '0013') and o.code = 'JKFA026' "
        "and t.date >= o.date"
    ),
    "a screening of the colon or the breast outside 50 to 75": (
        "select * from acts join patients using (patient_id) where code in ('9434', 'QEQK004') and "
        "date_diff('day', birth_date, date) not between 50 * 365.25 - 1 and 75 * 365.25 + 1"
    ),
    "HbA1c without ALD 8": (
        "select * from acts where code = '1577' and patient_id not in (select patient_id from ald where ald = 8)"
    ),
    "a child's certificate after three": (
        "select * from acts join patients using (patient_id) where code = 'COE' and "
        "date_diff('day', birth_date, date) > 3 * 365"
    ),
    "an adult's medicine given to a child": (
        "select * from deliveries join patients using (patient_id) where date_diff('day', birth_date, date) < 10 * 365 "
        "and substr(atc, 1, 3) in ('C09', 'C10', 'A10', 'N05', 'N06', 'G04') "
        "and atc not in ('N06BA04') and patient_id not in (select patient_id from ald where ald = 8)"
    ),
    "dementia before 50": (
        "select * from ald join patients using (patient_id) where ald = 15 and "
        "date_diff('year', birth_date, coalesce(died_on, date '2026-06-30')) < 50"
    ),
    "a right that begins before birth": (
        "select * from (select patient_id, from_date from ald union all select patient_id, from_date from c2s) r "
        "join patients using (patient_id) where r.from_date < birth_date"
    ),
    "more boxes back than dispensed": (
        "select patient_id, atc, date from deliveries group by all having sum(boxes) <= 0"
    ),
    "a line without a price or at a price that is not the product's": (
        "select cip13 from deliveries group by cip13 having count(distinct base_cents // boxes) <> 1"
    ),
    "drugs and care after the last day": "select * from care where date > date '2026-06-30'",
}  # fmt: skip


@pytest.mark.parametrize("absurdity", NOBODY, ids=lambda text: text.replace(" ", "_"))
def test_nobody_has(rows: duckdb.DuckDBPyConnection, absurdity: str) -> None:
    assert count(rows, NOBODY[absurdity]) == 0


def test_the_absurdities_looked_for_exist_in_kind(rows: duckdb.DuckDBPyConnection) -> None:
    """Each code above is met by someone: the checks are not empty."""
    for code in ("QEQK004", "4127", "0013", "9434", "1577", "COE"):
        assert count(rows, f"select * from acts where code = '{code}'") > 0, code
    for prefix in ("G04C", "G03A", "J07BM", "C09"):
        assert count(rows, f"select * from deliveries where atc like '{prefix}%'") > 0, prefix


def test_a_diabetic_of_ald_8_is_treated_and_followed(rows: duckdb.DuckDBPyConnection) -> None:
    """On the list for a year, grown-up diabetes or not: an antidiabetic, and HbA1c within the last three years."""
    diabetic = (
        "select a.patient_id from ald a join registrations r using (patient_id) where ald = 8 and a.to_date is null "
        "and a.from_date < '2024-01-01' and r.to_date is null"
    )
    assert count(rows, diabetic) > 100
    treated = "select patient_id from deliveries where atc like 'A10%' and date > '2025-01-01'"
    assert count(rows, f"{diabetic} and patient_id not in ({treated})") == 0
    tested = "select patient_id from acts where code = '1577' and date > '2023-06-30'"
    assert count(rows, f"{diabetic} and patient_id not in ({tested})") == 0


def test_treatments_stop_and_start(rows: duckdb.DuckDBPyConnection) -> None:
    spans = (
        "select patient_id, min(date) as begins, max(date) as ends from deliveries where atc like 'C10AA%' "
        "group by all having count(*) > 3"
    )
    started = count(rows, f"select * from ({spans}) where begins > '2021-12-31'")
    stopped = count(rows, f"select * from ({spans}) where ends < '2025-12-31'")
    everyone = count(rows, spans)
    assert 0.1 < started / everyone < 0.5
    assert 0.1 < stopped / everyone < 0.6


def test_a_prescription_is_dispensed_at_once(rows: duckdb.DuckDBPyConnection) -> None:
    """Long treatments of a patient share the days of his visits."""
    per_day = (
        "select patient_id, date, count(*) as lines from deliveries where substr(atc, 1, 3) in ('C09', 'C10', 'A10', "
        "'C07', 'B01') group by all"
    )
    together: Any = rows.execute(f"select avg(lines) from ({per_day})").fetchone()
    assert together[0] > 1.3


def test_acts_and_drugs_go_together(rows: duckdb.DuckDBPyConnection) -> None:
    """Prevention acts of one patient are correlated: those screened for the breast are more often vaccinated."""
    women = (
        "select p.patient_id, exists(from acts a where a.patient_id = p.patient_id and code = 'QEQK004') as screened, "
        "exists(from deliveries d where d.patient_id = p.patient_id and atc like 'J07BB%') as vaccinated "
        "from patients p join registrations r using (patient_id) where sex = 'F' and r.to_date is null "
        "and birth_date between '1953-01-01' and '1960-12-31'"
    )
    shares = rows.execute(f"select screened, avg(vaccinated::int) from ({women}) group by 1 order by 1").fetchall()
    assert shares[1][1] > shares[0][1] + 0.03


def test_the_folder_passes_the_check_without_an_error(folder: Path) -> None:
    found = check(folder)
    assert not found.set_aside
    assert {problem.rule for problem in found.problems} <= {"hors_periode_couverte"}
    assert {problem.severity for problem in found.problems} <= {"information"}


def test_the_folder_says_it_is_fictitious(folder: Path) -> None:
    told = tomllib.loads((folder / "dataset.toml").read_text())
    assert told["synthetic"] is True
    assert "fictif" in told["title"].lower()


def test_the_columns_and_types_are_those_of_the_canonical_tables(folder: Path) -> None:
    import pyarrow.parquet as pq

    for name in GENERATED:
        for file in (folder / name).glob("*.parquet"):
            found = pq.read_table(file)
            assert found.schema.equals(TABLES[name].schema_of(found)), name


def test_equal_seed_gives_equal_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        generate(1, seed, tmp_path / name)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    other = contents(tmp_path / "c")
    drawn = {name: content for name, content in contents(tmp_path / "a").items() if name in other and "/" in name}
    assert all(other[name] != content for name, content in drawn.items() if name.endswith(".parquet"))


def test_a_doctor_is_the_same_whatever_the_number_of_doctors(folder: Path, tmp_path: Path) -> None:
    generate(2, SEED, tmp_path / "deux")
    for name in GENERATED:
        key = "doctor_id" if name == "doctors" else "patient_id"
        of = f"select * from read_parquet('{{}}/{name}/*.parquet') where {key}[:6] in ('D00001', 'D00002')"
        large, small = (duckdb.sql(of.format(path)).to_arrow_table() for path in (folder, tmp_path / "deux"))
        assert large.num_rows > 0
        assert large.equals(small), name


def test_an_interrupted_run_goes_on_and_ends_with_the_same_bytes(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sample_data.generate.BLOCK", 1)

    def stop(_sentence: str, _share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(2, SEED, tmp_path / "coupe", progress=stop)
    assert not (tmp_path / "coupe" / "dataset.toml").exists()
    generate(2, SEED, tmp_path / "coupe")
    assert contents(tmp_path / "coupe") == contents(pair)


def test_blocks_drawn_side_by_side_give_the_same_bytes(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sample_data.generate.BLOCK", 1)
    monkeypatch.setattr("sample_data.generate.WORTH_A_PROCESS", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    told: list[float] = []
    generate(2, SEED, tmp_path / "ensemble", progress=lambda _, share: told.append(share))
    assert contents(tmp_path / "ensemble") == contents(pair)
    assert told == pytest.approx([1 / 2, 1])


def test_a_first_day_leaves_out_the_lines_before_it_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    since = date(2025, 3, 1)
    generate(DOCTORS, SEED, tmp_path / "court", since=since)
    for name in GENERATED:
        cut = f" where {DAY_OF[name]} >= '{since}'" if name in DAY_OF else ""
        wanted, found = (
            duckdb.sql(f"select * from read_parquet('{path}/{name}/*.parquet'){where}").to_arrow_table()
            for path, where in ((folder, cut), (tmp_path / "court", ""))
        )
        assert found.num_rows > 0
        assert found.equals(wanted), name
    about = open_folder(tmp_path / "court").dataset
    assert {about.covers_from, *(cover.covers_from for cover in about.covers.values())} == {since}


def test_a_first_day_after_the_last_one_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="02/07/2026, vient après le dernier jour des données, 30/06/2026"):
        generate(1, SEED, tmp_path / "jamais", since=date(2026, 7, 2))
    assert not (tmp_path / "jamais").exists()


def test_a_folder_of_another_seed_or_of_someone_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "autre").mkdir()
    (tmp_path / "autre" / "notes.txt").write_text("à garder")
    with pytest.raises(UnusableFolderError, match="autre chose"):
        generate(1, 1, tmp_path / "autre")
    generate(1, 1, tmp_path / "tirage")
    before = contents(tmp_path / "tirage")
    with pytest.raises(UnusableFolderError, match="graine 1"):
        generate(1, 2, tmp_path / "tirage")
    assert contents(tmp_path / "tirage") == before


def test_every_prevention_code_of_the_population_is_one_the_rules_know(rows: duckdb.DuckDBPyConnection) -> None:
    """Acts that are not ordinary care, and every vaccine that counts, are found in the rule file."""
    given, sections = model.load(), model.rule_codes().values()
    ordinary = {tuple(given.raw["contacts"][name])
                for name in ("consultation", "visit", "teleconsultation", "specialist")}  # fmt: skip
    ordinary |= {tuple(pair) for pair in given.raw["biology"]["tests"].values()}
    ordinary |= set(further.codes())
    known = {(system, code) for section in sections for system in model.SYSTEMS for code in section.get(system, ())}
    met = set(rows.execute("select distinct system, code from acts").fetchall())
    assert met - ordinary <= known
    assert len(met & known) > 12


def test_the_eligible_ald_are_those_of_the_signed_rules() -> None:
    """The model vaccinates and tests the people the rules look at."""
    rules = {indicator.id: indicator for indicator in load_set("convention_2024").indicators}
    for given in model.load().raw["prevention"].values():
        if isinstance(given, dict) and "ald" in given:
            listed = {ald for entry in rules[given["indicator"]].eligible for ald in entry.ald or ()}
            assert set(given["ald"]) == listed, given["indicator"]


def test_every_parameter_has_a_source() -> None:
    raw = model.load().raw
    for title, section in raw.items():
        if isinstance(section, dict) and title not in ("sources", "dataset", "treatments", "episodes", "published"):
            assert section["source"] in raw["sources"], title
    for label, _value, _unit, source in raw["published"].values():
        assert source in raw["sources"], label
