"""Break the prevention engine, and the counting of measures, one small change at a time: do the tests notice?

    python -m tests.mutation            everything, about 40 minutes
    python -m tests.mutation python     operators, numbers and booleans of calculators/prevention and dates.py; 10 minutes
    python -m tests.mutation sql        the SQL steps and the shared views: comparisons, joins, booleans, min and max
    python -m tests.mutation rules      the numbers of the rule files
    python -m tests.mutation measures   the SQL steps that count the measures of relevance
    python -m tests.mutation --only recorded_events.sql
    python -m tests.mutation measures --one-in 5

Each mutant lives in memory only. SQL mutants are judged by the comparison of engine and oracle on drawn records, those of
the shared views by plain sums over the canonical rows, those of the measures by the comparison with their own oracle; rule
mutants by the examples of the rule files, read through the oracle, and by the published ALD lists; Python mutants by the
tests of their module, those of the engine by the comparison too, in a process that imports the program again.
Prints the survivors and the number killed of each file; exits with 1 when a survivor is not explained in
`explained.toml`.
"""

import argparse
import io
import os
import re
import signal
import sys
import tempfile
import time
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from calculators.pertinence import measure as measure_module
from calculators.prevention import indicator as indicator_module
from calculators.records import views
from tests.mutation import measures_judge, python_judge, rules_judge, sql_judge, views_judge

ROOM, VIEWS = Path(indicator_module.__file__).parent, Path(views.__file__).parent
MEASURES = Path(measure_module.__file__).parent
EXPLAINED = Path(__file__).with_name("explained.toml")

SQL_CHANGES = [
    (r"<=", ("<", "=")),
    (r">=", (">", "=")),
    (r"(?<![<>=])<(?![=>])", ("<=", ">")),
    (r"(?<![<>=\-])>(?!=)", (">=", "<")),
    (r"(?<![<>=])=(?!=)", ("<>",)),
    (r"\band\b", ("or",)),
    (r"\bor\b", ("and",)),
    (r"\bmin\(", ("max(",)),
    (r"\bmax\(", ("min(",)),
    (r"\bleast\(", ("greatest(",)),
    (r"\bgreatest\(", ("least(",)),
    (r"\bleft join\b", ("join",)),
    (r"\bsemi join\b", ("anti join",)),
    (r"\bunion\b(?! all)", ("union all",)),
    (r"\bunion all\b", ("union",)),
    (r"\bis not null\b", ("is null",)),
    (r"\bis null\b", ("is not null",)),
    (r"\bnot (?!null|in)", ("",)),
    (r"\bdesc\b", ("asc",)),
    (r"(?<=[ (])\+ ", ("- ",)),
    (r"(?<=[ (])- (?=\w)", ("+ ",)),
    (r"(?<![\w.])\d+(?![\w.'])", ("{+1}",)),
    (r"\bdistinct\b", ("",)),
]
RULE_CHANGES = [
    (r"(?<![\w.\"-])(\d+)(?![\w.\"-])", ("{+1}", "{-1}")),
    (r'sex = "F"', ('sex = "M"',)),
    (r'kind = "calendar_year"', ('kind = "campaign"',)),
    (r'kind = "campaign"', ('kind = "calendar_year"',)),
]


WORDS_ONLY = r"^\s*#|^(why|label|title|url|date|national_rate|valid_|beyond|name|chosen|alternative)"
"""Lines of a rule file that decide nothing."""


PYTHON_CHANGES = {
    "<": ("<=",),
    "<=": ("<",),
    ">": (">=",),
    ">=": (">",),
    "==": ("!=",),
    "!=": ("==",),
    "+": ("-",),
    "//": ("*",),
    "and": ("or",),
    "or": ("and",),
    "not": ("",),
    "True": ("False",),
    "False": ("True",),
    "min": ("max",),
    "max": ("min",),
    "any": ("all",),
    "all": ("any",),
}


class Mutant(NamedTuple):
    file: Path
    line: int
    before: str
    after: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.file.relative_to(ROOM.parent)}:{self.line}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What `explained.toml` calls it: lines move."""
        return self.file.name, self.before, self.after


def mutants(file: Path, changes: list[tuple[str, tuple[str, ...]]], skip: str) -> Iterator[Mutant]:
    """Every single change of a file, outside the lines that match `skip`."""
    text = file.read_text(encoding="utf-8")
    for pattern, replacements in changes:
        for match in re.finditer(pattern, text):
            line_start = text.rfind("\n", 0, match.start()) + 1
            line = text[line_start : text.find("\n", match.start())]
            if re.search(skip, line):
                continue
            for replacement in replacements:
                new = _filled(replacement, match.group())
                changed = text[: match.start()] + new + text[match.end() :]
                yield Mutant(
                    file, text.count("\n", 0, match.start()) + 1, line.strip(), f"{match.group()} → {new}", changed
                )


def python_mutants(file: Path) -> Iterator[Mutant]:
    """Every single change of an operator, a number, a boolean or an aggregate; words and annotations stay."""
    text = file.read_text(encoding="utf-8")
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        for new in _python_changes(token):
            row, column = token.start
            begin = starts[row - 1] + column
            changed = text[:begin] + new + text[begin + len(token.string) :]
            yield Mutant(file, row, token.line.strip(), f"{token.string} → {new}", changed)


def _python_changes(token: tokenize.TokenInfo) -> tuple[str, ...]:
    if token.type == tokenize.NUMBER and token.string.isdigit():
        return (str(int(token.string) + 1),)
    if token.type in (tokenize.OP, tokenize.NAME):
        return PYTHON_CHANGES.get(token.string, ())
    return ()


def _filled(replacement: str, found: str) -> str:
    if replacement in ("{+1}", "{-1}"):
        return str(int(found) + (1 if "+" in replacement else -1))
    return replacement


def all_mutants(what: str | None, only: str | None) -> list[Mutant]:
    found: list[Mutant] = []
    if what in (None, "python"):  # first: its judge forks, best done before an engine has run here
        for file in [*sorted(ROOM.glob("*.py")), ROOM.parent / "dates.py"]:
            if file.stem in python_judge.TESTS:
                found += python_mutants(file)
    if what in (None, "sql"):
        for file in [*sorted(ROOM.glob("*.sql")), *sorted(VIEWS.glob("*.sql"))]:
            found += mutants(file, SQL_CHANGES, r"^\s*--")
    if what in (None, "rules"):
        for file in sorted((ROOM / "indicators").rglob("*.toml")):
            head, _, _ = file.read_text(encoding="utf-8").partition("[[example]]")
            last = head.count("\n")
            found += [m for m in mutants(file, RULE_CHANGES, WORDS_ONLY) if m.line <= last]
    if what in (None, "measures"):
        for file in filter(measures_judge.is_judged, sorted(MEASURES.glob("*.sql"))):
            found += mutants(file, SQL_CHANGES, r"^\s*--")
    return [mutant for mutant in found if only is None or only in mutant.name]


class TooSlowError(Exception):
    """A mutant that turns a join into a product: noticed by whoever waits."""


def is_killed(mutant: Mutant) -> bool:
    """Do the tests notice? An engine that refuses the text, or never ends, has noticed too."""
    judge = judge_of(mutant.file)
    signal.signal(signal.SIGPROF, _too_slow)
    signal.setitimer(signal.ITIMER_PROF, judge.SECONDS)  # of CPU: a busy machine is no reason
    try:
        judge.judge(mutant.file, mutant.text)
    except Exception:  # whatever breaks has been noticed
        return True
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return False


def _too_slow(*_: object) -> None:
    raise TooSlowError


def judge_of(file: Path) -> ModuleType:
    if file.parent in (VIEWS, MEASURES):
        return views_judge if file.parent == VIEWS else measures_judge
    return {".sql": sql_judge, ".toml": rules_judge, ".py": python_judge}[file.suffix]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("python", "sql", "rules", "measures"))
    parser.add_argument("--only", help="part of a file name")
    parser.add_argument("--one-in", type=int, default=1, help="try one mutant in so many")
    options = parser.parse_args()
    everything = all_mutants(options.what, options.only)[:: options.one_in]
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mutation-") as tempfile.tempdir:
        for file in {_tests_of(mutant.file): mutant.file for mutant in everything}.values():
            judge_of(file).judge(file, file.read_text(encoding="utf-8"))  # what nobody changed must pass
        survivors = _survivors(everything)
    tempfile.tempdir = None
    unexplained = _tell(everything, survivors)
    for file, number in Counter(mutant.file for mutant in everything).items():
        killed = number - sum(mutant.file == file for mutant in survivors)
        print(f"{file.relative_to(ROOM.parent)}: {killed} of {number}")
    killed = len(everything) - len(survivors)
    took = f"{time.perf_counter() - start:.0f} s, {sum(os.times()[:4]):.0f} s of CPU"
    print(f"{killed} of {len(everything)} killed ({100 * killed / max(1, len(everything)):.1f} %), {took}")
    return 1 if unexplained else 0


def _tests_of(file: Path) -> Path | str:
    """A Python file has tests of its own; all SQL steps share theirs, and so do the views and the rule files."""
    return file if file.suffix == ".py" else judge_of(file).__name__


def _survivors(everything: list[Mutant]) -> list[Mutant]:
    survivors = []
    for number, mutant in enumerate(everything, start=1):
        if not is_killed(mutant):
            survivors.append(mutant)
        print(f"\r{number}/{len(everything)}, {len(survivors)} survivors", end="", file=sys.stderr, flush=True)
        if number == len(everything) or everything[number].file != mutant.file:
            # a mutant that left something broken behind it would seem to kill all those after it
            judge_of(mutant.file).judge(mutant.file, mutant.file.read_text(encoding="utf-8"))
    print(file=sys.stderr)
    return survivors


def _tell(everything: list[Mutant], survivors: list[Mutant]) -> int:
    """Print them with their explanation; how many have none. An explanation of what is killed by now has had its day."""
    explained = {tuple(e["mutant"]): e["reason"] for e in tomllib.loads(EXPLAINED.read_text())["survivor"]}
    for mutant in survivors:
        reason = explained.get(mutant.key, "NOT EXPLAINED")
        print(f"{mutant.name}  {mutant.after}\n    {mutant.before}\n    {reason}")
    for key in ({mutant.key for mutant in everything} - {mutant.key for mutant in survivors}) & set(explained):
        print(f"killed, though explained: {key}")
    return sum(mutant.key not in explained for mutant in survivors)


if __name__ == "__main__":
    sys.exit(main())
