"""The SQL steps: what their first lines say is what they do, they keep to the portable subset, the README draws them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.tokens import TokenType

from calculators import drawings
from calculators.engine import PARAMETER
from calculators.steps import Node, graph, header, steps

ROOT = Path(__file__).parent.parent
FILES = sorted(
    file
    for room in ("calculators", "sample_data")
    for file in (ROOT / room).rglob("*.sql")
    if "readers" not in file.parts
)
PORTABLE = [file for file in FILES if "calculators" in file.parts and file.parent.name not in ("compact", "merging")]
"""The store and the tables of a practice folder are built by DuckDB, from dates and texts; fictitious data are measured by
DuckDB."""

ALLOWED = {
    *(
        exp.Select,
        exp.From,
        exp.Join,
        exp.Where,
        exp.Group,
        exp.Having,
        exp.Order,
        exp.Ordered,
        exp.Union,
        exp.Subquery,
    ),
    *(exp.Table, exp.TableAlias, exp.Column, exp.Alias, exp.Identifier, exp.Literal, exp.Null, exp.Boolean),
    *(exp.Placeholder, exp.Cast, exp.DataType, exp.Case, exp.If, exp.Coalesce, exp.Paren),
    *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is, exp.Between, exp.Like),
    *(exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Neg, exp.Abs, exp.DPipe, exp.Greatest, exp.Least),
    *(exp.Count, exp.Sum, exp.Min, exp.Max, exp.Window, exp.RowNumber, exp.Star, exp.Distinct),
}
JOINS = {"", "INNER", "LEFT", "SEMI", "ANTI"}
TYPES = {exp.DataType.Type[name] for name in ("INT", "BIGINT", "DOUBLE", "TEXT")}
"""A day is an integer: no date."""
SPELLINGS = {TokenType.DCOLON, TokenType.VARCHAR}
"""Told apart by their spelling: a cast is `cast(…)`, a text is `string` (Spark wants the length of a varchar)."""


def parsed(sql: str) -> exp.Expression:
    """The tree of the text as DuckDB runs it."""
    return sqlglot.parse_one(PARAMETER.sub(r"$\1", sql), read="duckdb")


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", FILES, ids=name)
def test_the_first_lines_of_a_step_say_what_it_reads_and_gives(file: Path):
    text = file.read_text(encoding="utf-8")
    said, tree = header(text), parsed(text)
    named_inside = {query.alias for query in tree.find_all(exp.CTE)}
    assert sorted(said.reads) == sorted({table.name for table in tree.find_all(exp.Table)} - named_inside)
    assert sorted(said.parameters) == sorted({one.name for one in tree.find_all(exp.Placeholder)})
    assert list(said.columns) == tree.named_selects


@pytest.mark.parametrize("file", PORTABLE, ids=name)
def test_a_step_keeps_to_the_subset_every_engine_accepts(file: Path):
    assert sorted(set(outside(file.read_text(encoding="utf-8")))) == []


def outside(sql: str) -> Iterator[str]:
    """What a text has that an engine may refuse, or take in another way."""
    first, *tokens = sqlglot.tokenize(sql)
    if first.token_type != TokenType.SELECT:
        yield f"starts with {first.text}"
    yield from (token.text for token in tokens if token.token_type in SPELLINGS)
    tree = parsed(sql)
    for node in tree.walk():
        if type(node) not in ALLOWED:
            yield type(node).__name__
        elif reason := misused(node):
            yield f"{type(node).__name__}: {reason}"
    yield from (f"{column} is a sum not cast" for column in uncast_sums(tree))


def misused(node: exp.Expression) -> str:
    """Why an allowed construct is not allowed in this form; empty when it is."""
    match node:
        case exp.Join():
            kinds = {node.kind, node.side, node.method}
            return "" if kinds <= JOINS and node.args.get("on") and not node.args.get("using") else node.sql()
        case exp.Group() | exp.Union():
            more = {key for key, value in node.args.items() if value} - {
                "this",
                "expression",
                "expressions",
                "distinct",
            }
            return ", ".join(sorted(more - {"order"}))
        case exp.DataType():
            return "" if node.this in TYPES else str(node.this)
        case exp.Identifier():
            return f"quoted {node.name}" if node.quoted else ""
        case exp.Star():
            return "" if isinstance(node.parent, exp.Count) else "of columns"
        case exp.Distinct():
            return "" if isinstance(node.parent, exp.Select) and not node.args.get("on") else "inside"
        case exp.Cast():
            return "" if type(node) is exp.Cast else "of another kind"
    return ""


def uncast_sums(tree: exp.Expression) -> Iterator[str]:
    """Columns of the result that are sums: not cast, DuckDB makes them of 128 bits, which become reals on the way."""
    if isinstance(tree, exp.Union):
        yield from (column for side in (tree.this, tree.expression) for column in uncast_sums(side))
        return
    for column in tree.expressions:
        cast = {id(one) for outer in column.find_all(exp.Cast) for one in outer.find_all(exp.Sum)}
        if any(id(one) not in cast for one in column.find_all(exp.Sum)):
            yield column.alias_or_name


@pytest.mark.parametrize(
    "sql",
    [
        "select a::int as a from t",
        "select a from t qualify row_number() over (order by a) = 1",
        "select a, count(*) as n from t group by all",
        "select a from t order by all",
        "select a from t where a not in (select b from u)",
        "select a from t where not exists (select b from u where u.b = t.a)",
        "select list(a) as a from t",
        "select [1, 2] as a from t",
        "select count(distinct a) as n from t",
        "select distinct on (a) a, b from t",
        "select * from t",
        "select t.* from t",
        "from t select a",
        "with c as (select a from t) select a from c",
        "select a from t, u",
        "select a from t cross join u",
        "select a from t full join u on u.a = t.a",
        "select a from t join u using (a)",
        "select a from t asof join u on t.a >= u.a",
        "select a from t union all by name select a from u",
        "select a from t except select a from u",
        "select sum(a) as a from t",
        "select max(a) filter (where b) as a from t",
        "select cast(a as date) as a from t",
        "select cast(a as varchar) as a from t",
        "select try_cast(a as integer) as a from t",
        "select date '2025-01-01' as a from t",
        "select year(a) as a from t",
        "select a // b as a from t",
        "select a / b as a from t",
        'select "a" from t',
        "select a from t limit 3",
        "select f(a) as a from t",
    ],
)
def test_what_is_outside_the_subset_is_noticed(sql: str):
    assert list(outside(sql))


@pytest.mark.parametrize(
    ("wrong", "head"),
    [
        ("no lines", "select a from t"),
        ("no columns", "-- in: t\nselect a from t"),
        ("no meaning", "-- in: t\n-- out: a\nselect a from t"),
    ],
)
def test_a_step_that_does_not_say_what_it_does_is_refused(wrong: str, head: str):
    with pytest.raises(ValueError, match="-- in:"):
        header(head)


def test_the_notes_of_the_first_lines_are_no_names():
    text = "-- in: t (a, b), u; :first (a day),\n--     :last\n-- out: a (0: no; 1: yes), b: what it is\nselect a, b from t"
    assert header(text) == (("t", "u"), ("first", "last"), ("a", "b"))


def test_an_arrow_goes_from_what_a_step_reads_to_what_it_makes():
    found = graph("prevention")
    chains, dated = Node("prevention", "chains"), Node("prevention", "dated")
    gaps = Node("prevention", "gaps", given=True)
    assert {arrow.of for arrow in found.arrows if arrow.to == chains} == {dated, gaps}  # the chains before are its own
    read = {arrow.of for arrow in found.arrows if arrow.to == Node("prevention", "acts_counted")}
    assert Node("records/views", "acts_done") in read
    assert Node("prevention", "entries", given=True) in found.nodes


def test_every_step_is_drawn_and_no_table_turns_in_a_circle():
    found = graph()
    assert {(step.room, step.table) for step in steps()} == {node[:2] for node in found.nodes if not node.given}
    left = set(found.arrows)
    while ready := {arrow for arrow in left if arrow.of not in {other.to for other in left}}:
        left -= ready
    assert left == set()


def test_the_readme_draws_the_steps_as_they_are():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(drawings.MARKS.findall(readme)), "no mark"
    drawn = {room for rooms in re.findall(r"<!-- steps: (.+?) -->", readme) for room in rooms.split()}
    assert drawn == {step.room for step in steps()}
    assert drawings.written(readme) == readme, "python -m calculators.drawings README.md"
