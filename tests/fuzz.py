"""Damaged inputs, by the thousand: the program answers each with the clean result, or says why not, in French.

    python -m tests.fuzz --inputs 10000 [--seed 1]

Kinds: command lines, data folders (tables, dataset.toml, names), compact copies, rule files, source documents and archives,
links and fields of the pages (`fuzz_pages.py`).
An answer is at fault when it is unforeseen, in English, a traceback, takes over 10 s of processor, or is another result
than the clean one without a word. Prints what failed, with the seed that gives it again, and the peak of memory.
"""

import argparse
import contextlib
import io
import json
import random
import resource
import shutil
import signal
import sys
import tempfile
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from calculators.catalogue import SHIPPED as SETS
from calculators.prevention import indicator
from dashboard import command, shipped
from tests import practice
from tests.dashboard.serving.server import Server, serving
from tests.fuzz_pages import ENGLISH, Site, fields, links
from tests.records.histories import ordinary

SECONDS = 10
"""Of processor time; on the clock more is given, for other programs may have the machine."""
ON_THE_CLOCK = 60
TOLD_EVERY = 500
SHIPPED = SETS | {"indicators": Path(indicator.__file__).with_name("indicators")}
PEOPLE = [(f"p{n}", f"19{50 + n}-03-0{1 + n}", "FM"[n % 2]) for n in range(6)]
ACTS = [(f"p{n}", "2026-01-05", "nabm", "1577", 1, "d1", "01") for n in range(6)]
DRUGS = [(f"p{n}", "2025-10-20", None, "J07BB02", 1, 900, "d1", "01") for n in range(6)]
WORDS = [
    "", "all", "d1", "p1", "2026-06-30", "2025", "-1", "0", "99999999999999999999", "é", "\u2028", "\x1b[31m", "=1+1",
    "../..", "--", "-", "'", '"', "«", "\ud800", "*", "~", "[", "file://x", "inf", "nan", "true", "1e9", "2025-13-45",
    "convention_2024",
]  # fmt: skip


class TooLongError(Exception):
    """It took more than SECONDS."""


@dataclass(frozen=True)
class Answer:
    """What a command gave."""

    code: int
    out: str
    err: str


@dataclass
class Inputs:
    """A clean folder and its result, and a place to damage copies of it."""

    work: Path
    draw: random.Random
    server: Server

    def __post_init__(self) -> None:
        self.clean = practice.write(
            self.work / "clean", patients=PEOPLE, acts=ACTS, deliveries=DRUGS, ald=[("p1", 5)], c2s=[("p2",)]
        )
        self.result = self.ask(self.clean)
        assert self.result.code == 0, self.result.err

    def ask(self, folder: Path) -> Answer:
        return run("prevention", str(folder), "--doctor", "all", "--as-of", "2026-06-30")

    def copy(self) -> Path:
        folder = self.work / "copie"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.clean, folder, ignore=shutil.ignore_patterns(".tableau-mt*"))
        return folder


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Cut, repeated, with bytes changed, emptied, or something else altogether."""
    size = len(content)
    match draw.randrange(8):
        case 0:
            return content[: draw.randrange(size + 1)]
        case 1:
            return content[draw.randrange(size + 1) :]
        case 2:
            place = draw.randrange(size + 1)
            return content[:place] + draw.randbytes(draw.randrange(1, 40)) + content[place:]
        case 3:
            return b""
        case 4:
            return content + content
        case 5:
            return draw.randbytes(draw.randrange(200))
        case 6:
            return content.replace(*draw.choice(SWAPS))
        case _:
            changed = bytearray(content)
            for _ in range(draw.randrange(1, 6)):
                changed[draw.randrange(size)] = draw.randrange(256)
            return bytes(changed)


SWAPS = [
    (b"=", b"= ="), (b'"', b"'"), (b"\n", b"\r\n"), (b"2026", b"20260"), (b"true", b"vrai"), (b"<", b"&lt;"), (b"1", b"-1"),
    (b"[", b"[["), (b"a", b"\xff"), (b" ", b"\x00"), (b"0", b"0" * 400), (b".", b","), (b"e", "\u2028".encode()),
]  # fmt: skip


def run(*arguments: str) -> Answer:
    """A command in this process, stopped after SECONDS."""
    out, err = io.StringIO(), io.StringIO()
    _limit(SECONDS, ON_THE_CLOCK)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = command.main(list(arguments))
            except SystemExit as leaving:
                code = int(leaving.code or 0)
    finally:
        _limit(0, 0)
    return Answer(code, out.getvalue(), err.getvalue())


def fault_of(answer: Answer, clean: Answer | None = None) -> str:
    """What is wrong with an answer; empty when nothing is."""
    if answer.code not in (0, 1, 2):
        return f"exit code {answer.code}"
    if found := ENGLISH.search(answer.err):
        return f"says « {found.group()} »"
    if answer.code == 2 and not answer.err.strip():
        return "refuses without a word"
    if clean and answer.code == 0 and answer.out != clean.out and not answer.err.strip():
        return "another result without a word"
    return ""


def command_lines(inputs: Inputs) -> str:
    """Arguments in any order, of any value."""
    verbs = [name for name in command.COMMANDS if name not in ("serve", "sample", "forget")]
    options = ["--doctor", "--as-of", "--year", "--version", "--versions", "--set", "--out", "--reference", "--scenario",
               "--to", "--format", "--memory", "--indicator", "--with-means", "--help"]  # fmt: skip
    draw = inputs.draw
    given = [draw.choice(verbs), str(draw.choice([inputs.clean, inputs.work / "absent", "x" * 300]))]
    for _ in range(draw.randrange(6)):
        given += [draw.choice(options), draw.choice(WORDS)]
    if "--to" in given or "--out" in given:  # what is written stays in our folder
        given = [str(inputs.work / "ecrit" / "r.csv") if before in ("--to", "--out") else one
                 for before, one in zip(["", *given], given, strict=False)]  # fmt: skip
    return fault_of(run(*given))


def folders(inputs: Inputs) -> str:
    """One file of a data folder damaged, replaced or misplaced."""
    folder, draw = inputs.copy(), inputs.draw
    file = draw.choice(sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != "."))
    match draw.randrange(6):
        case 0:
            file.unlink()
        case 1:
            other = draw.choice(sorted(folder.glob("*.parquet")))
            file.write_bytes(other.read_bytes())
        case 2:
            file.unlink()
            file.mkdir()
        case 3 if file.suffix == ".parquet":
            pq.write_table(_other_type(pq.read_table(file), draw), file)
        case 4 if file.suffix == ".toml":
            lines = file.read_text(encoding="utf-8").splitlines()
            place = draw.randrange(len(lines))
            lines[place] = (
                lines[place].partition("=")[0] + "= " + draw.choice(["1", '"x"', "true", "[]", "1979-05-27", "nan"])
            )
            file.write_text("\n".join(lines), encoding="utf-8")
        case _:
            content = file.read_bytes()
            whole = file.suffix == ".parquet"  # its bytes carry no checksum: cut it, do not change it quietly
            file.write_bytes(content[: draw.randrange(len(content))] if whole else damaged(content, draw))
    answer = inputs.ask(folder)
    return fault_of(answer, None if file.name == "dataset.toml" else _only_if_equal(file, inputs)) or fault_of(
        run("check", str(folder))
    )


def _only_if_equal(file: Path, inputs: Inputs) -> Answer | None:
    """A table that is whole but says other things, or an optional one that is not there, gives another result rightly."""
    if not file.exists():
        return None
    try:
        return inputs.result if pq.read_table(file).equals(pq.read_table(inputs.clean / file.name)) else None
    except Exception:
        return inputs.result


def _other_type(table: pa.Table, draw: random.Random) -> pa.Table:
    place = draw.randrange(table.num_columns)
    name, size = table.column_names[place], table.num_rows
    others = [
        pa.array(["é"] * size), pa.array([1.5] * size), pa.nulls(size), pa.array([True] * size), pa.array([[1]] * size),
        pa.array([2**60] * size), pa.array([b"\xff"] * size), pa.array([date(1600, 1, 1)] * size), pa.array([-1] * size),
    ]  # fmt: skip
    return table.set_column(place, draw.choice([name, name.upper(), name + " "]), draw.choice(others))


def copies(inputs: Inputs) -> str:
    """A compact copy damaged in any way is made again: same figures."""
    folder, draw = inputs.copy(), inputs.draw
    inputs.ask(folder)
    file = draw.choice(sorted(path for path in (folder / ".tableau-mt").rglob("*") if path.is_file()))
    match draw.randrange(4):
        case 0:
            file.unlink()
        case 1:
            file.write_bytes(file.read_bytes()[: draw.randrange(file.stat().st_size)])
        case 2:
            file.unlink()
            file.mkdir()
        case _:
            if file.suffix == ".json":
                content = json.loads(file.read_text())
                content[draw.choice(list(content))] = draw.choice([None, 1, [], {}, "x"])
                file.write_text(json.dumps(content))
            else:
                file.write_bytes(draw.randbytes(300))
    answer = inputs.ask(folder)
    return "other figures from a damaged copy" if answer != inputs.result else ""


def rule_files(inputs: Inputs) -> str:
    """A rule file of ours, damaged: checked, and used."""
    draw = inputs.draw
    kind = draw.choice(["indicators", "versions", "scenarios", "sets"])
    source = draw.choice(sorted(SHIPPED[kind].glob("*.toml")))
    file = inputs.work / f"regle_{draw.randrange(3)}.toml"
    file.write_bytes(damaged(source.read_bytes(), draw))
    folder = str(inputs.clean)
    asked = {
        "indicators": ["indicator", "check", str(file), folder],
        "versions": ["agreement", "check", str(file), folder],
        "scenarios": ["scenario", "check", str(file)],
        "sets": ["prevention", folder, "--doctor", "all", "--as-of", "2026-06-30", "--set", str(file)],
    }[kind]
    return fault_of(run(*asked))


def documents(inputs: Inputs) -> str:
    """A document or an archive, damaged."""
    draw, to = inputs.draw, inputs.work / "importe"
    shutil.rmtree(to, ignore_errors=True)
    content = ordinary().encode()
    if draw.random() < 0.4:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
            for number in range(draw.randrange(1, 4)):
                name = draw.choice(["a.xml", "é/b.xml", "../c.xml", "d.txt", "." * 5, "x" * 200 + ".xml"])
                archive.writestr(f"{number}{name}", draw.choice([content, damaged(content, draw)]))
        content = draw.choice([packed.getvalue(), damaged(packed.getvalue(), draw)])
    else:
        content = damaged(content, draw)
    file = inputs.work / draw.choice(["doc.xml", "doc.zip", "doc", "été [1].xml", "doc.pdf"])
    file.write_bytes(content)
    return fault_of(run("import", str(file), "--to", str(to)))


def pages(kind: Callable[[Site], str]) -> Callable[[Inputs], str]:
    """A kind that asks the server, which must say nothing of its own."""

    def ask(inputs: Inputs) -> str:
        before = len(inputs.server.said())
        typed = [word for word in WORDS if word != "\ud800"]  # no browser sends half a character
        fault = kind(Site(inputs.server, inputs.draw, typed))
        return fault or inputs.server.said()[before:]

    ask.__name__ = kind.__name__
    return ask


KINDS: tuple[Callable[[Inputs], str], ...] = (
    command_lines, folders, copies, rule_files, documents, pages(links), pages(fields),
)  # fmt: skip


def campaign(number: int, seed: int, progress: Callable[[int], None] = lambda _: None) -> Iterator[str]:
    """What failed among so many inputs: kind, seed and fault, a line each. `progress` is told how many were given."""
    for said in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(said, _too_long)
    with tempfile.TemporaryDirectory() as work, serving(shipped.PRACTICES, Path(work)) as server:
        inputs = Inputs(Path(work), random.Random(seed), server)
        for place in range(number):
            kind = KINDS[place % len(KINDS)]
            inputs.draw = random.Random(f"{seed}-{place}")
            try:
                fault = kind(inputs)
            except Exception:
                fault = traceback.format_exc(limit=-3)
            if fault:
                yield f"{kind.__name__} {seed}-{place} : {fault}"
            progress(place + 1)


def _limit(processor: float, clock: float) -> None:
    signal.setitimer(signal.ITIMER_PROF, processor)
    signal.setitimer(signal.ITIMER_REAL, clock)


def _too_long(_number: int, _frame: object) -> None:
    raise TooLongError


def _told(inputs: int) -> None:
    if inputs % TOLD_EVERY == 0:
        print(f"{inputs} inputs", file=sys.stderr, flush=True)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--inputs", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    faults = []
    for fault in campaign(given.inputs, given.seed, _told):
        print(fault, flush=True)
        faults.append(fault)
    kinds = Counter(fault.split()[0] for fault in faults)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{given.inputs} inputs, {len(faults)} faults {dict(kinds)}, peak {peak:.0f} MB")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
