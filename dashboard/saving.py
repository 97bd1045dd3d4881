"""A chart and its figures as files: image with its source, table that a spreadsheet opens. Made when they are asked for."""

from functools import partial

import pyarrow as pa
import streamlit as st

from calculators import french
from dashboard import data, export, pictures
from dashboard.charts import Spec

WIDTH = 900
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def chart(rows: pa.Table, spec: Spec, figures: pa.Table, key: str, source: str) -> None:
    """Its image, drawn or in points, and its figures. `source` stands under the image."""
    name = key.replace("_", "-")
    files = (
        ("Image (PNG)", partial(pictures.png, spec, rows, WIDTH, source), "png", "image/png"),
        ("Image (SVG)", partial(_drawn, spec, rows, source), "svg", "image/svg+xml"),
        ("CSV pour Excel", partial(export.excel_csv, figures, source), "csv", "text/csv"),
        ("XLSX", partial(export.xlsx, figures, source), "xlsx", XLSX),
    )
    with st.container(horizontal=True, gap="small"):
        for label, made, suffix, mime in files:
            st.download_button(
                label, data=made, file_name=f"{name}.{suffix}", mime=mime, key=f"{key}_{suffix}", on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip


def _drawn(spec: Spec, rows: pa.Table, source: str) -> bytes:
    return pictures.svg(spec, rows, WIDTH, source).encode()


def source() -> str:
    """Where the figures of a page come from, beside what leaves it."""
    choice = st.session_state.get("choice")
    if choice is None:  # no folder can be opened
        return ""
    about = data.dataset(choice.place)
    fictive = ", données fictives" if about.synthetic and "fictif" not in about.title else ""
    return f"Source : tableau-mt, {about.title}{fictive}, au {french.day(choice.as_of)}."
