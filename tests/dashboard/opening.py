"""Open a page as a script and read what it says."""

import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
MORAL = re.compile(r"\b(mauvais|bons? élèves?|vertueu\w*|pires?|médiocres?|cancres?|laxistes?|irresponsables?)\b", re.I)


def opened(page: str, **url: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=30)
    for name, value in url.items():
        app.query_params[name] = value
    app.run()
    if page == "aujourdhui":
        return app
    app.switch_page(f"pages/{page}.py")
    for name, value in url.items():
        app.query_params[name] = value
    return app.run()


def words(app: AppTest) -> str:
    """Everything a reader sees, tables of the grid aside."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error)
    said = [element.value for kind in kinds for element in kind]
    said += [f"{metric.label} {metric.value}" for metric in app.metric]
    said += [str(cell) for table in app.table for cell in [*table.value.columns, *table.value.to_numpy().ravel()]]
    return "\n".join(said)
