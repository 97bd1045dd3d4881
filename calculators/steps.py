"""The SQL steps, by what they say of themselves on their first lines: what one reads, its parameters, what it gives.

    -- in: registrations, asked (doctor), ages (age, birth_from, birth_to); :list_day, :doctor (-1: every doctor)
    -- out: doctor, patient, age: the list on that day, one row per doctor and patient

Tables, then parameters after a semicolon; columns, then their meaning after a colon. What stands in brackets is a note. The
tests compare both lines with the parsed text. A file makes the table of its name; `x_first` makes the table x, and `x_next`
makes it anew from the one before, `x_before`.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SHARED = ("records/views", "records/compact")
"""Rooms whose tables all others read."""
READERS = "records/readers"
"""Below it a source is turned into tables, in DuckDB's own words: no step of a calculator."""
NOTE = re.compile(r"\([^()]*\)")
HEAD = re.compile(r"in:(?P<reads>[^:;]+)(?:;(?P<parameters>.*?))? out:(?P<columns>[^:]+):(?P<meaning>.+)")


class Header(NamedTuple):
    """Names of the tables read, of the parameters, and of the columns given, each in the order written."""

    reads: tuple[str, ...]
    parameters: tuple[str, ...]
    columns: tuple[str, ...]


class Step(NamedTuple):
    """A file of a room (the folder, from calculators), and the table it makes."""

    room: str
    file: str
    table: str
    header: Header


class Node(NamedTuple):
    """A table. `given`: no step makes it, it comes from rules, from what is asked, or from the source files."""

    room: str
    table: str
    given: bool = False


class Arrow(NamedTuple):
    """The step that makes `to` reads `of`."""

    of: Node
    to: Node


class Graph(NamedTuple):
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]


@cache
def header(sql: str) -> Header:
    """The first lines of a step. Raises ValueError when they are not in this form."""
    first = re.match(r"(?:--.*\n)*", sql)
    lines = " ".join(line.removeprefix("--").strip() for line in first[0].splitlines()) if first else ""
    found = HEAD.fullmatch(NOTE.sub("", lines))
    if not found:
        raise ValueError(f"no « -- in: » and « -- out: » as calculators/steps.py has them: {lines[:80]}")
    parameters = (found["parameters"] or "").replace(":", "")
    return Header(*(_names(listed) for listed in (found["reads"], parameters, found["columns"])))


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(",") if name.strip())


@cache
def steps() -> tuple[Step, ...]:
    """Every step of the calculators, by room and file."""
    found = []
    for file in sorted(HERE.rglob("*.sql")):
        room, table = file.parent.relative_to(HERE).as_posix(), re.sub("_(first|next)$", "", file.stem)
        if room.startswith(READERS):
            continue
        found.append(Step(room, file.name, table, header(file.read_text(encoding="utf-8"))))
    return tuple(found)


def graph(*rooms: str) -> Graph:
    """The steps of these rooms and what they read, wherever it comes from, in the order of the files; all without rooms."""
    nodes: dict[Node, None] = {}
    arrows: dict[Arrow, None] = {}
    for step in steps():
        if not rooms or step.room in rooms:
            to = Node(step.room, step.table)
            read = [_read(step.room, name.removesuffix("_before")) for name in step.header.reads]
            nodes |= dict.fromkeys([*read, to])
            arrows |= dict.fromkeys(Arrow(of, to) for of in read if of != to)
    return Graph(tuple(nodes), tuple(arrows))


def _read(room: str, table: str) -> Node:
    """The table of that name: of the room itself, else of those shared, else given."""
    made = {(step.room, step.table) for step in steps()}
    where = next((where for where in (room, *SHARED) if (where, table) in made), None)
    return Node(where, table) if where else Node(room, table, given=True)
