"""Open a page as a script and read what it says."""

import ast
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
from streamlit.testing.v1 import AppTest

from calculators import french
from dashboard import data
from dashboard.lab.link import Shown, decode

ROOT = Path(__file__).parents[2]
TITLE = re.compile(r"st\.title\(\"(.+)\"\)")
PAGES = {
    file.stem: TITLE.findall(file.read_text(encoding="utf-8"))[0]
    for file in sorted((ROOT / "dashboard" / "pages").glob("[!_]*.py"))
}
"""Every page there is, by name: its title."""
HOME = "aujourdhui"
EXPORTED: list[tuple[str, pa.Table]] = []
"""Tables that pages offered, the latest last, each with the key of its buttons."""
ADDRESSES = ["" if name == HOME else name for name in PAGES]
"""What stands after the slash for each of them."""
MORAL = re.compile(r"\b(mauvais|bons? élèves?|vertueu\w*|pires?|médiocres?|cancres?|laxistes?|irresponsables?)\b", re.I)


def opened(page: str, /, **url: str) -> AppTest:
    """A page as a link opens it; a `dossier` is first opened here, as if its path had been typed."""
    if folder := url.get("dossier"):
        data.opened_here(folder)
        url["dossier"] = str(data.token_of(folder))
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=120)
    for name, value in url.items():
        app.query_params[name] = value
    if page != "aujourdhui":
        app.switch_page(f"pages/{page}.py")
    return app.run()


def constant(page: str, name: str) -> Any:
    """What a page says by name, read in its file: importing it would run it."""
    body = ast.parse((ROOT / "dashboard" / "pages" / f"{page}.py").read_text(encoding="utf-8")).body
    [value] = [one.value for one in body if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name]
    return ast.literal_eval(value)


def worklist(app: AppTest) -> pa.Table:
    """The list of the page « Prévention », all its pages, as it is exported."""
    [found] = [table for key, table in EXPORTED if key == "export_prevention"][-1:]
    assert f"**{french.count(found.num_rows, 'patient')}**" in words(app)
    return found


def drawn(app: AppTest) -> list[dict[str, Any]]:
    """The page of it that is drawn, line by line."""
    return [line for one in app.get("bidi_component") for line in json.loads(one.proto.json)["rows"]]


def at_patient(app: AppTest, rank: int = 0) -> AppTest:
    """The page « Patient » once one of the list is chosen."""
    box = next(box for box in app.selectbox if box.label == "Patient")
    return box.set_value(box.options[rank]).run()


def at_tab(app: AppTest, name: str, page: str = "forfait") -> AppTest:
    """A page of several tabs once one is open: the others are not computed."""
    app.session_state[f"onglet_{page}"] = name
    return app.run()


def unfolded(app: AppTest) -> AppTest:
    """The page with its sections open, and those within them: of one that is folded nothing is drawn."""
    opened_here: set[str] = set()
    while closed := {_key(one.proto.id) for one in app.expander} - opened_here - {""}:
        for key in closed:
            app.session_state[key] = True
        opened_here |= closed
        app.run()
    return app


def _key(identity: str) -> str:
    """What the program calls an element, of the name that Streamlit gives it; empty of one that does not tell."""
    return identity.split("-", 2)[2] if identity else ""


def in_link(app: AppTest) -> Shown:
    """What the link of the lab says."""
    given = app.query_params["lien"]
    return decode(given if isinstance(given, str) else given[0])


def told(*groups: Iterable[Any]) -> list[str]:
    """What is said in these messages, as it is read: Markdown made harmless is plain again."""
    return [re.sub(r"\\([\\`*_\[\]<>~$|@:.#>+-])", r"\1", one.value) for group in groups for one in group]


def words(app: AppTest) -> str:
    """Everything a reader sees, tables of the grid aside."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error)
    said = told(*kinds)
    said += [f"{metric.label} {metric.value}" for metric in app.metric]
    said += [str(cell) for table in app.table for cell in [*table.value.columns, *table.value.to_numpy().ravel()]]
    return "\n".join(said)
