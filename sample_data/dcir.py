"""Canonical tables written as an extraction of the DCIR (SNDS), with the anomalies of a true one: `export(folder, to)`.

Equal input and seed, equal files. One file of claims per table and flux month, `ER_PRS_F_AAAAMM.csv` or `.parquet`; the
columns of each month are in an order of their own, and every second month of parquet writes its integers as text.
Lost on the way: the day of birth, the sector and the zone of a doctor, his birth date, first installation and last day, the
spelling of NGAP letters, and the patient keys, which become pseudonyms.
"""

import argparse
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb

from calculators import french
from calculators import rules as rule_files
from calculators.engine import connect, parquet
from calculators.records.folder import Folder, open_folder
from calculators.rules import Frozen, Reference

HERE = Path(__file__).parent
Form = Literal["csv", "parquet"]
Progress = Callable[[str, float], None]
KEYS = (
    *("DCT_ORD_NUM", "FLX_DIS_DTD", "FLX_EMT_NUM", "FLX_EMT_ORD", "FLX_EMT_TYP", "FLX_TRT_DTD", "ORG_CLE_NUM"),
    *("PRS_ORD_NUM", "REM_TYP_AFF"),
)
CODES = {
    "ER_BIO_F": ("nabm", "ltrim(code, '0') as BIO_PRS_IDE, quantity as BIO_ACT_QSN, 1 as BIO_ORD_NUM"),
    "ER_CAM_F": ("ccam", "code as CAM_PRS_IDE, 1 as CAM_ACT_COD, 0 as CAM_TRT_PHA, 1 as CAM_ORD_NUM"),
    "ER_TIP_F": ("lpp", "code as TIP_PRS_IDE, quantity as TIP_ACT_QSN, 1 as TIP_ORD_NUM"),
    "ER_PHA_F": ("cip13", "code as PHA_PRS_C13, quantity as PHA_ACT_QSN, unit_price as PHA_ACT_PRU, 1 as PHA_ORD_NUM"),
}


class Noise(Frozen):
    """Shares of lines (or people) with each anomaly."""

    reversals: float
    payment_parts: float
    supplements: float
    for_information: float
    two_numbers: float


class Delay(Frozen):
    most_months: int


class Layout(Frozen):
    """`dcir.toml`."""

    reference: tuple[Reference, ...]
    nature: dict[str, int]
    letters: dict[str, int]
    noise: Noise
    delay: Delay


QUIET = Noise(reversals=0, payment_parts=0, supplements=0, for_information=0, two_numbers=0)


def layout() -> Layout:
    return rule_files.load(HERE / "dcir.toml", Layout)


def export(
    folder: Path,
    to: Path,
    seed: int = 1,
    form: Form = "csv",
    noise: Noise | None = None,
    progress: Progress | None = None,
    memory: str = "2GB",
) -> None:
    """Write the tables of a data folder as an extraction of the DCIR into the new folder `to`. `progress(sentence, share
    done)` is called before each flux month. Raises UnusableFolderError when the folder cannot be read."""
    given = open_folder(folder)
    to.mkdir(parents=True)
    connection = connect(memory)
    try:
        _Export(connection, given, to, seed, form, layout(), noise or layout().noise).write(progress)
    finally:
        connection.close()


class _Export:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folder: Folder,
        to: Path,
        seed: int,
        form: Form,
        plan: Layout,
        noise: Noise,
    ) -> None:
        self.connection, self.folder, self.to, self.seed, self.form = connection, folder, to, seed, form
        self.plan, self.noise, self.random = plan, noise, random.Random(seed)

    def write(self, progress: Progress | None) -> None:
        for table in ("patients", "registrations", "ald", "c2s", "acts", "deliveries", "doctors"):
            if files := self.folder.files.get(table):
                self.connection.execute(
                    f"create view {table} as select * from {parquet(files, 'union_by_name = true')}"
                )
        self._name_professionals()
        self._people()
        self._professionals()
        self._claims(progress)

    def _chance(self, salt: str, *columns: str) -> str:
        """A number from 0 to 1 drawn for a row, always the same."""
        return f"(hash({', '.join(columns)}, '{salt}-{self.seed}') % 1000003) / 1000003.0"

    def _save(self, name: str, sql: str, as_text: bool = False) -> None:
        columns = [row[0] for row in self.connection.sql(f"describe {sql}").fetchall()]
        self.random.shuffle(columns)
        chosen = ", ".join(f"cast({c} as varchar) as {c}" if as_text else c for c in columns)
        target = str((self.to / f"{name}.{self.form}").absolute()).replace("'", "''")
        how = "format csv, header" if self.form == "csv" else "format parquet, compression zstd"
        self.connection.execute(f"copy (select {chosen} from ({sql})) to '{target}' ({how})")

    def _people(self) -> None:
        """Pseudonyms of 17 characters; now and then two of them for one person, whose lines are shared out."""
        two = self._chance("two", "patient_id")
        psa = "substr(md5(patient_id || '-{}-" + str(self.seed) + "'), 1, 17)"
        self.connection.execute(
            f"create table people as select *, {psa.format(1)} as psa, "
            f"case when {two} < {self.noise.two_numbers} then {psa.format(2)} else {psa.format(1)} end as psa_2, "
            f"substr(md5(patient_id || '-{self.seed}'), 1, 18) as person from patients "
            "left join (select patient_id, min(d.department) as department from registrations "
            "join doctors d using (doctor_id) group by patient_id) using (patient_id)"
        )
        numbers = " union ".join(f"select {psa} as psa, * exclude (psa, psa_2) from people" for psa in ("psa", "psa_2"))
        self._save(
            "IR_BEN_R",
            "select psa as BEN_NIR_PSA, 1 as BEN_RNG_GEM, person as BEN_IDT_ANO, psa as BEN_NIR_ANO, "
            "year(birth_date) as BEN_NAI_ANN, lpad(cast(month(birth_date) as varchar), 2, '0') as BEN_NAI_MOI, "
            "case sex when 'M' then 1 when 'F' then 2 else 0 end as BEN_SEX_COD, "
            "coalesce(died_on, date '1600-01-01') as BEN_DCD_DTE, lpad(coalesce(department, '99'), 3, '0') as BEN_RES_DPT "
            f"from ({numbers}) order by psa",
        )
        keys = "p.psa as BEN_NIR_PSA, 1 as BEN_RNG_GEM"
        end = "coalesce(r.to_date, date '1600-01-01')"
        self._save(
            "IR_MTT_R",
            f"select {keys}, n.number as MTT_PFS_NUM, r.from_date as MTT_DEP_DTE, {end} as MTT_FIN_DTE from registrations r "
            f"join people p using (patient_id) join ({_NUMBERS}) n on n.id = r.doctor_id order by all",
        )
        if self.folder.has("ald"):
            self._save(
                "IR_IMB_R",
                f"select {keys}, r.ald as IMB_ALD_NUM, 41 as IMB_ETM_NAT, r.from_date as IMB_ALD_DTD, {end} as IMB_ALD_DTF, "
                "'' as MED_MTF_COD from ald r join people p using (patient_id) order by all",
            )
        if self.folder.has("c2s"):
            self._save(
                "IR_ORC_R",
                f"select {keys}, 89 as BEN_CTA_TYP, r.from_date as MLL_CTA_DSD, {end} as MLL_CTA_DSF from c2s r "
                "join people p using (patient_id) order by all",
            )

    def _name_professionals(self) -> None:
        ids = [
            f"select distinct {role}_id as id, {role}_specialty as specialty from {table}"
            for table, role in (("acts", "performer"), ("deliveries", "prescriber"))
            if self.folder.has(table)
        ]
        everyone = " union ".join(["select doctor_id as id, cast(null as varchar) as specialty from doctors", *ids])
        self.connection.execute(
            f"create table professionals as select id, max(specialty) as specialty from ({everyone}) "
            "where id is not null group by id"
        )

    def _professionals(self) -> None:
        month = "cast(extract('{}' from coalesce(d.active_to, date '2026-12-31')) as integer)"
        self._save(
            "DA_PRA_R",
            f"select n.number as PFS_PFS_NUM, s.id as STA_PFS_NUM, {month.format('year')} as DTE_ANN_TRT, "
            f"lpad(cast({month.format('month')} as varchar), 2, '0') as DTE_MOI_FIN, "
            "case when d.specialty in ('gp', 'gp_mep') then 1 else coalesce(try_cast(s.specialty as integer), 99) end "
            "as PFS_PRA_SPE, case when d.sector = '2' then '3' else '1' end as CNV_CNV_COD, "
            "case when d.specialty = 'gp_mep' then '1' else '' end as PRA_MEP_COD, "
            "coalesce(d.installed_on, date '1600-01-01') as EXC_EFF_DSD, "
            "case d.department when '2A' then '20000' when '2B' then '20200' else rpad(d.department, 5, '0') end "
            "as PFS_COD_POS "
            f"from professionals s join ({_NUMBERS}) n using (id) left join doctors d on d.doctor_id = s.id order by all",
        )
        if self.folder.has("deliveries"):
            self._save(
                "IR_PHA_R",
                "select cip13 as PHA_CIP_C13, min(atc) as PHA_ATC_CLA, min(atc) as PHA_ATC_C07 from deliveries "
                "where cip13 is not null group by cip13 order by all",
            )

    def _claims(self, progress: Progress | None) -> None:
        self.connection.execute(f"create temp table claims as {self._lines()}")
        months = [row[0] for row in self.connection.sql("select distinct flux from claims order by 1").fetchall()]
        for done, flux in enumerate(months):
            if progress:
                progress(f"Flux de {french.month(flux)}", done / len(months))
            self._month(flux, as_text=self.form == "parquet" and done % 2 == 1)

    def _lines(self) -> str:
        """Every line of care, the true ones and those that a reader has to leave out, with its flux month and keys."""
        letters = " ".join(f"when '{letter}' then {number}" for letter, number in self.plan.letters.items())
        nature = self.plan.nature
        parts = []
        if self.folder.has("acts"):
            parts.append(
                "select patient_id, date, system, code, quantity, cast(null as bigint) as base, performer_id as performer, "
                "performer_specialty, cast(null as varchar) as prescriber, cast(null as varchar) as prescriber_specialty, "
                f"case system when 'nabm' then {nature['nabm']} when 'ccam' then {nature['ccam']} "
                f"when 'lpp' then {nature['lpp']} when 'ngap' then case code {letters} end else cast(code as integer) end "
                "as nature, 1 as whole from acts"
            )
        if self.folder.has("deliveries"):
            parts.append(
                "select patient_id, date, 'cip13', cip13, boxes, base_cents, null, null, prescriber_id, "
                f"prescriber_specialty, {nature['deliveries']}, 1 from deliveries where cip13 is not null"
            )
        numbered = (
            "select *, row_number() over (order by patient_id, date, system, code, quantity, base, performer, prescriber) "
            f"as n from ({' union all '.join(parts)})"
        )
        n = self.noise
        chosen = {
            name: self._chance(name, "n")
            for name in ("reversals", "payment_parts", "supplements", "for_information", "delay", "delay_2", "number")
        }
        plain = "select *, 0 as dpn, 0 as maj, 1 as rem, 0 as copy from numbered"
        kinds = [
            plain,
            *(
                f"select * replace ({sign} * quantity as quantity, {sign} * base as base), 0, 0, 1, {copy} from numbered "
                f"where {chosen['reversals']} < {n.reversals}"
                for sign, copy in ((1, 1), (-1, 2))
            ),
            f"select * replace (0 as base), 0, 0, 2, 0 from numbered where {chosen['payment_parts']} < {n.payment_parts}",
            f"select * replace (500 as base), 0, 2, 1, 3 from numbered where {chosen['supplements']} < {n.supplements}",
            f"select *, 71, 0, 1, 4 from numbered where {chosen['for_information']} < {n.for_information}",
        ]
        delay = (
            f"1 + cast(floor({self.plan.delay.most_months} * case when copy in (0, 3, 4) then {chosen['delay']} "
            f"else {chosen['delay_2']} end) as integer)"
        )
        return (
            f"with numbered as ({numbered}), noisy as ({' union all '.join(kinds)}) "
            f"select c.*, cast(date_trunc('month', c.date) + to_months({delay}) as date) as flux, "
            f"case when {chosen['number']} < 0.5 then p.psa else p.psa_2 end as psa, p.birth_date, p.sex "
            "from noisy c join people p using (patient_id)"
        )

    def _month(self, flux: date, as_text: bool) -> None:
        self.connection.execute(
            "create or replace temp table month as select *, "
            "n // 5 as DCT_ORD_NUM, flux as FLX_DIS_DTD, 100 + n % 7 as FLX_EMT_NUM, copy + 1 as FLX_EMT_ORD, "
            "n % 3 as FLX_EMT_TYP, flux - 3 as FLX_TRT_DTD, '01C' || cast(n % 101 as varchar) as ORG_CLE_NUM, "
            "n % 5 + 1 as PRS_ORD_NUM, rem as REM_TYP_AFF, "
            "case when quantity <> 0 then round(base / quantity / 100.0, 2) end as unit_price "
            f"from claims where flux = date '{flux}'"
        )
        keys = ", ".join(KEYS)
        name = f"_{flux:%Y%m}"
        self._save(
            f"ER_PRS_F{name}",
            f"select {keys}, psa as BEN_NIR_PSA, 1 as BEN_RNG_GEM, year(birth_date) as BEN_NAI_ANN, "
            "case sex when 'M' then 1 else 2 end as BEN_SEX_COD, "
            "case when date < birth_date + interval 2 year then 1000 + datediff('month', birth_date, date) "
            "else datediff('year', birth_date, date) end as BEN_AMA_COD, date as EXE_SOI_DTD, "
            "strftime(date, '%Y%m') as EXE_SOI_AMD, nature as PRS_NAT_REF, quantity as PRS_ACT_QTE, "
            "cast(base / 100.0 as decimal(12, 2)) as BSE_REM_BSE, cast(base / 100.0 as decimal(12, 2)) as PRS_PAI_MNT, "
            "e.number as PFS_EXE_NUM, coalesce(try_cast(performer_specialty as integer), 0) as PSE_SPE_COD, "
            "w.number as PFS_PRE_NUM, coalesce(try_cast(prescriber_specialty as integer), 0) as PSP_SPE_COD, "
            "date as PRE_PRE_DTD, dpn as DPN_QLF, 0 as PRS_DPN_QLP, maj as CPL_MAJ_TOP, 0 as EXO_MTF from month m "
            f"left join ({_NUMBERS}) e on e.id = m.performer left join ({_NUMBERS}) w on w.id = m.prescriber",
            as_text,
        )
        for table, (system, columns) in CODES.items():
            self._save(f"{table}{name}", f"select {keys}, {columns} from month where system = '{system}'", as_text)


_NUMBERS = (
    "select id, lpad(cast(10000000 + row_number() over (order by id) as varchar), 8, '0') as number from professionals"
)
"""Practice number of each professional; his id is the number that stays his wherever he practises."""


def main() -> None:
    """`python -m sample_data.dcir DIR --to DIR [--form csv|parquet] [--seed N]`."""
    parser = argparse.ArgumentParser(description="Écrit un dossier de données sous la forme d’une extraction du DCIR.")
    parser.add_argument("folder", type=Path, help="dossier de données")
    parser.add_argument("--to", type=Path, required=True, help="dossier à écrire")
    parser.add_argument("--form", choices=("csv", "parquet"), default="csv", help="forme des fichiers")
    parser.add_argument("--seed", type=int, default=1, help="graine des anomalies")
    given = parser.parse_args()
    export(given.folder, given.to, given.seed, given.form)


if __name__ == "__main__":
    main()
