"""Runs the SQL steps of the measures in order, over an engine that sees the compact tables and the views of `records`.

Decisions:
* the list is that of 31 December of the year, of patients alive then; the year before has a list of its own: where several
  years are asked of, every step runs once for all of them;
* a delivered line is what is left of (patient, ATC, day, prescriber) once reversals are netted; an act, of (patient, act,
  day, prescriber); amounts by ground of exoneration come from the same lines;
* in one count a line of a class is there once, though several lists have the class; lists of different packs of it (a
  reference medicine and its biosimilar) add up, each netted by itself: both were delivered, and a share is over both;
* discharges of one day are one, whatever their kinds: a patient who goes from one ward to another leaves hospital once;
* a patient on two lists counts for both doctors; one of unknown sex fits no stratum and is left out;
* an ALD or a C2S that is not recorded counts as absent in the strata: whoever compares asks whether it is recorded.
"""

from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa

from calculators import dates
from calculators.engine import Engine, Params, in_front, no_rows, sql_text
from calculators.pertinence.measure import Counted
from calculators.pertinence.rule_tables import EVERYBODY, Rules, table
from calculators.records.views import with_rights
from calculators.steps import header

PACKAGE = "calculators.pertinence"
EMPTY = {
    "seen": "year doctor patient", "listed_before": "year doctor patient",
    "covers": "year patient deliveries_from acts_from",
    "delivery_lines": "patient drug day prescriber quantity units cents",
    "pack_lines": "list patient drug day prescriber quantity units cents",
    "act_lines": "list patient act day prescriber quantity units cents",
    "events": "year doctor patient list source item day prescriber own quantity units cents",
    "counted": "entry doctor patient source item day prescriber quantity units cents",
    "line_values": "entry doctor patient value lines unpriced",
    "found_beside": "entry rule doctor patient list day forbidden",
    "chain_values": "entry doctor patient value", "leave_values": "entry doctor patient value",
    "molecule_values": "entry doctor patient value", "exempt_values": "entry doctor patient value lines unpriced",
    "tested": "measure doctor patient", "alds_held": "year patient ald",
}  # fmt: skip
"""Tables of what no measure asks for."""


class Steps:
    """One run over a year. `doctors`: keys, all if None; `rights`: parameters of the views of rights on a day;
    `by_patient`: is what is covered said patient by patient? `board`: counts of the prevention board (entry, doctor,
    patient, value); `patients`: first key, and the key after the last, of those looked at."""

    def __init__(
        self, engine: Engine, rules: Rules, rights: Callable[[int], Params], doctors: Sequence[int] | None,
        by_patient: bool = False, board: pa.Table | None = None, patients: tuple[int, int] | None = None,
    ) -> None:  # fmt: skip
        self.engine, self.rules = engine, rules
        self._by_patient = by_patient
        self._params: Params = rules.params | rights(rules.last)
        self._params |= {"complete_from": None if by_patient else -dates.OPEN_END}
        self._params |= {"doctor_from": min(doctors or [0]), "doctor_to": max(doctors or [EVERYBODY])}
        if patients:
            self._params |= {"patient_from": patients[0], "patient_to": patients[1]}
        self._given = rules.tables() | ({"board_values": board} if board is not None else {})
        self._ask(doctors)

    def listed(self) -> None:
        """seen, listed_before, covers, listed, then alds_held."""
        asked = [one.denominator for one in self.rules.measures]
        wanted = {
            "seen": any(one.seen for one in asked), "listed_before": any(one.over_before is not None for one in asked),
            "covers": self._by_patient,
        }  # fmt: skip
        for step, needed in wanted.items():
            self._run_if(needed, step)
        self._shown("", ["days"])  # on which the rights are read
        self._run("listed")
        counts = [one.counted for one in self.rules.entries]
        by_ald = any(one.by_exemption for one in counts) or any(test.ald for one in asked for test in one.tests)
        self._run_if(by_ald, "alds_held")

    def values(self) -> None:
        """From drug_lists to patient_values, then tested and measured. Needs listed."""
        counts = [one.counted for one in self.rules.entries]
        self._run("drug_lists")
        if self.rules.wanted():
            self._lines(counts)
        else:
            self._leave_empty("events", "counted", "line_values")
        self._run_if(any(one.amount == "chain_days" for one in counts), "chain_values", "chain_dates")
        self._run_if(any(one.leaves for one in counts), "leave_values", "leave_lines")
        self._run_if(any(one.amount == "molecules_3" for one in counts), "molecule_values", "molecule_dates")
        self._run_if(any(one.by_exemption for one in counts), "exempt_values", "told_alds")
        self._run("patient_values")
        self._run_if(any(one.denominator.tests for one in self.rules.measures), "tested", "tests_met")
        self._run("measured")

    def _lines(self, counts: Sequence[Counted]) -> None:
        lists = self.rules.lists.values()
        packs = [one for one in lists if one.packs]
        self._run_if(any(one.atc and one not in packs for one in lists), "delivery_lines")
        self._run_if(bool(packs), "pack_lines")
        self._run_if(any(one.source == "acts" for one in lists), "act_lines", "act_lists")
        self._run("events")
        self._run("picked")
        if any(one.first or one.without_ald for one in counts):
            self._run("kept")
        else:
            self.engine.define("kept", "select * from picked")
        self._run_if(any(one.present or one.absent for one in counts), "found_beside")
        self._run("counted")
        self._run("line_values")

    def cells(self) -> None:
        """population and measure_cells. Needs measured."""
        for step in ("population", "measure_cells"):
            self._run(step)

    def shares(self) -> None:
        """patient_shares. Needs measured."""
        self._run("patient_shares")

    def rows(self, table: str, order: str) -> pa.Table:
        """Rows of a table that was made, in order."""
        return self.engine.fetch(f"select * from {table} order by {order}")

    def fetch(self, sql: str, tables: Iterable[str]) -> pa.Table:
        """Rows of a query over these tables of the rules or of the steps."""
        return self.engine.fetch(self._shown(sql, tables), self._params)

    def _run_if(self, wanted: bool, step: str, *before: str) -> None:
        if wanted:
            for name in (*before, step):
                self._run(name)
        else:
            self._leave_empty(step)

    def _leave_empty(self, *steps: str) -> None:
        self._given |= {step: table(EMPTY[step], []) for step in steps}

    def _run(self, step: str) -> None:
        text = sql_text(PACKAGE, step)
        self.engine.step(step, self._shown(with_rights(text), header(text).reads), self._params)

    def _shown(self, sql: str, tables: Iterable[str]) -> str:
        """The text, once the tables that it reads are there, each when it is first needed: of forty a measure reads half.
        An empty one stands in the text, where an engine sees that it is empty and leaves out what reads it."""
        empty = {}
        for name in tables:
            given = self._given.get(name)
            if given is not None and given.num_rows:
                self.engine.view(name, self._given.pop(name))
            elif given is not None:
                empty[name] = no_rows(given.schema)
        return in_front(sql, empty)

    def _ask(self, doctors: Sequence[int] | None) -> None:
        if doctors is None:
            self.engine.define("asked", "select distinct doctor from registrations")
        else:
            self.engine.view("asked", pa.table({"doctor": pa.array(doctors, pa.int32())}))
