"""The graph of the SQL steps drawn in Mermaid, for the pages and for the README.

    python -m calculators.drawings README.md

draws it again there, between its marks: `<!-- steps: room … -->` and `<!-- end -->`.
"""

import re
import sys
from pathlib import Path

from calculators.steps import SHARED, Arrow, Graph, Node, graph

LOOK = '%%{init: {"flowchart": {"wrappingWidth": 300}}}%%'
"""No name is cut in two."""
SHAPES = {"step": '["{}"]', "records": '[("{}")]', "given": '(["{}"])'}
MARKS = re.compile(r"(<!-- steps: (?P<rooms>.+?) -->\n).*?(<!-- end -->)", flags=re.S)


def mermaid(*rooms: str) -> str:
    """The steps of some rooms: what they make (boxes), the tables of the records (cylinders), what is given (round)."""
    drawn = _without_dictionaries(graph(*rooms), rooms)
    nodes = [f"    {_id(node)}{SHAPES[_shape(node, rooms)].format(node.table)}" for node in drawn.nodes]
    return "\n".join([LOOK, "flowchart TB", *nodes, *_arrows(drawn.arrows)])


def written(text: str) -> str:
    """A text in Markdown with each drawing it asks for."""

    def drawn(found: re.Match[str]) -> str:
        return f"{found[1]}```mermaid\n{mermaid(*found['rooms'].split())}\n```\n{found[3]}"

    return MARKS.sub(drawn, text)


def _without_dictionaries(drawn: Graph, rooms: tuple[str, ...]) -> Graph:
    """Without the keys that a room only looks words up in: they would cross everything."""
    kept = [node for node in drawn.nodes if _shape(node, rooms) != "records" or not node.table.endswith("_keys")]
    return Graph(tuple(kept), tuple(arrow for arrow in drawn.arrows if arrow.of in kept))


def _arrows(arrows: tuple[Arrow, ...]) -> list[str]:
    """One line per table made: all it reads."""
    read: dict[Node, list[str]] = {}
    for of, to in arrows:
        read.setdefault(to, []).append(_id(of))
    return [f"    {' & '.join(of)} --> {_id(to)}" for to, of in read.items()]


def _shape(node: Node, rooms: tuple[str, ...]) -> str:
    if node.given:
        return "given"
    return "records" if node.room in SHARED and node.room not in rooms else "step"


def _id(node: Node) -> str:
    return f"{node.room.rpartition('/')[2]}_{node.table}"


if __name__ == "__main__":
    readme = Path(sys.argv[1])
    readme.write_text(written(readme.read_text(encoding="utf-8")), encoding="utf-8")
