"""A table on a page: on screen, on paper, as a file.

The grid is a picture of the rows in sight, and shows days and numbers in the language of the browser. Paper gets a table of
its own: the first rows, and where the others are.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from calculators import french
from dashboard import export, saving

EUROS = " (€)"
"""Ends the heading of a column of euros."""
YEARS = (1900, 2100)
"""Whole numbers between these are years when all of a column are."""
PRINTED = 50
"""Rows that go on paper."""
ON_SCREEN = "a_l_ecran"
"""Ends the key of a container that does not go on paper."""
CONTROLS = "reglages"
"""Ends the key of one whose fields do not either: the line under the title says what they say (`serving/paper.js`)."""
TOLD = "dits"
"""Ends the key of one of which that line says nothing: the page tells them in words of its own."""


def table(columns: Mapping[str, Sequence[str]], says: str, key: str | None, saved: pa.Table | None = None) -> None:
    """A table that is all in sight, and the way to keep it; `saved`: what the file holds, else the same as numbers where
    they are. Without a `key`, its file is offered elsewhere."""
    if not any(map(len, columns.values())):  # the browser would say it in English
        st.caption(f"{says}{french.NBSP}: rien à montrer.")
        return
    st.table(columns, hide_index=True, border="horizontal", alt=says)
    if key:
        xlsx(export.unprinted(columns) if saved is None else saved, key)


def grid(rows: pa.Table, says: str, key: str, saved: pa.Table | None = None, offered: bool = False, **how: Any) -> Any:
    """A table one can sort and search; `how`: as for `st.dataframe`. `saved`: what the file holds when it is not what is
    seen; `offered`: its file is offered elsewhere."""
    days = [field.name for field in rows.schema if pa.types.is_date(field.type)]
    dates = {name: st.column_config.DateColumn(format="DD/MM/YYYY") for name in days}
    shown = dates | how.pop("column_config", {}) | _in_euros(rows)
    shown |= _in_french(rows, shown)
    event = st.dataframe(rows, hide_index=True, key=key, alt=says, column_config=shown, **how)
    on_paper(rows)
    if not offered:
        xlsx(rows if saved is None else saved, key)
    return event


def _in_euros(rows: pa.Table) -> dict[str, Any]:
    """How columns of euros that have cents are read: with two decimals and the sign, which the heading then lacks."""
    return {
        name: st.column_config.NumberColumn(name.removesuffix(EUROS), format="euro")
        for name, column in zip(rows.column_names, rows.columns, strict=True)
        if name.endswith(EUROS)
        and pa.types.is_floating(column.type)
        and pc.any(pc.not_equal(pc.floor(column), column)).as_py()
    }


def _in_french(rows: pa.Table, told: Mapping[str, Any]) -> dict[str, Any]:
    """How columns of numbers are read of which no format is told: the grid would write them with a point and no space."""
    found = {}
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        config = told.get(name, st.column_config.NumberColumn())
        if is_number(column.type) and not _are_years(column) and _lacks_a_format(config):
            found[name] = config | {"type_config": config["type_config"] | {"format": "localized"}}
    return found


def is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _are_years(column: pa.ChunkedArray) -> bool:
    if not pa.types.is_integer(column.type) or column.null_count == len(column):
        return False
    ends = pc.min_max(column).as_py()
    return bool(YEARS[0] <= ends["min"] <= ends["max"] < YEARS[1])


def _lacks_a_format(config: Any) -> bool:
    """A column may also be told by its heading alone, or hidden."""
    kind = config.get("type_config") if isinstance(config, dict) else None
    return bool(kind and kind["type"] == "number" and not kind["format"])


def xlsx(rows: pa.Table, key: str) -> None:
    """The way to keep a table, small: there are many."""
    st.download_button(
        "XLSX", data=partial(export.xlsx, rows, saving.source()), file_name=f"{key.replace('_', '-')}.xlsx",
        mime=saving.XLSX, key=f"{key}_xlsx", on_click="ignore", icon=":material/table:", type="tertiary",
        help="Enregistrer ce tableau",
    )  # fmt: skip


def on_paper(rows: pa.Table, everything: int | None = None, said: str = "") -> None:
    """What is printed in place of a table on screen: its first rows, and where the others are. `everything`: how many there
    are, when they are more than the rows; `said`: a line above them, what they were chosen by."""
    st.html(_line(said) + printed(rows, everything))


def line_on_paper(said: str) -> None:
    """One line that is printed and not on screen."""
    if said:
        st.html(_line(said))


def _line(said: str) -> str:
    return f'<p class="sur-papier">{escape(said)}</p>' if said else ""


def printed(rows: pa.Table, everything: int | None = None) -> str:
    """An HTML table of the first rows, in French."""
    shown = rows.slice(0, PRINTED)
    heads = "".join(f"<th>{escape(name)}</th>" for name in rows.column_names)
    cells = zip(*(column.to_pylist() for column in shown.columns), strict=True)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(_cell(one))}</td>' for one in line)}</tr>" for line in cells)
    left = (rows.num_rows if everything is None else everything) - shown.num_rows
    more = f"<p>{french.count(left, 'autre ligne', 'autres lignes')} : bouton XLSX de la page.</p>" if left else ""
    return f'<div class="sur-papier"><table><tr>{heads}</tr>{lines}</table>{more}</div>'


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case int():
            return french.number(value)
        case float():
            return french.number(value, 0 if value == round(value) else 2)
        case list():
            return ", ".join(map(_cell, value))
        case str():
            return value
    return french.short_day(value)
