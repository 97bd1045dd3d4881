"""The scripts that the first page is drawn with, asked for while the first of all is still being read.

Streamlit has a script for each kind of element and asks for it, then for those that it imports, when the first such element
arrives: two more rounds, after everything else. Where a version of Streamlit names them otherwise, they are asked for as
late as before.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

HOME = Path(str(files("streamlit"))) / "static"
SCRIPTS = HOME / "static" / "js"
ELEMENTS = ("Button", "Checkbox", "DateInput", "Html", "Metric", "PageLink", "Selectbox")
"""What the first page has, by the name that its script begins with."""
ENTRY = re.compile(r'src="\./static/js/([^"]+\.js)"')
IMPORTED = re.compile(r'(?:\bfrom|\bimport)"\./([^"]+\.js)"')
HEAD = 16_384
"""Bytes of a script that are read: it begins with what it imports, and may be megabytes."""


def links() -> bytes:
    """Of the head of the page: each script of `ELEMENTS`, and what it imports, that the entry does not import itself."""
    entry = ENTRY.findall((HOME / "index.html").read_text(encoding="utf-8"))
    first = _with_imports(entry)
    later = _with_imports(file.name for name in ELEMENTS for file in sorted(SCRIPTS.glob(f"{name}.*.js")))
    return "".join(
        f'<link rel="modulepreload" crossorigin fetchpriority="low" href="./static/js/{name}">'
        for name in later
        if name not in first
    ).encode()


def _with_imports(names: Iterable[str]) -> dict[str, None]:
    """The scripts and all that they import, each once, those that are asked for first."""
    found: dict[str, None] = {}
    left = [*names]
    while left:
        left = [*_not_in(found, left)]
        found |= dict.fromkeys(left)
        left = [name for one in left for name in _imports(SCRIPTS / one)]
    return found


def _imports(script: Path) -> list[str]:
    with script.open("rb") as begun:
        return IMPORTED.findall(begun.read(HEAD).decode("utf-8", errors="ignore"))


def _not_in(found: dict[str, None], names: Iterable[str]) -> Iterator[str]:
    return (name for name in dict.fromkeys(names) if name not in found and (SCRIPTS / name).is_file())
