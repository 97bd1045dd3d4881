"""A chart of the screen as a file: the same specification, its rows in it, French numbers and days, a font that ships."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import font_source_sans_pro
import pyarrow as pa

from dashboard.charts import NUMBERS, TIMES, Spec

FONT = "Source Sans Pro"
FONTS = files(font_source_sans_pro).joinpath("files")
ON_SCREEN = "Source Sans"


def svg(spec: Spec, rows: pa.Table, width: int, source: str = "") -> str:
    """To be printed at any size. `width` in pixels; `source` stands under the chart."""
    return str(_converter().vegalite_to_svg(_whole(spec, rows, width, source), **_french()))


def png(spec: Spec, rows: pa.Table, width: int, source: str = "") -> bytes:
    """For a document or a slide, at twice the pixels asked."""
    return bytes(_converter().vegalite_to_png(_whole(spec, rows, width, source), scale=2, **_french()))


@cache
def _converter() -> Any:
    import vl_convert  # only when asked for: it is large

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


def _french() -> dict[str, Any]:
    return {"format_locale": NUMBERS, "time_format_locale": TIMES}


def recoloured(spec: Spec, colours: Mapping[str, str]) -> Spec:
    """The specification with other colours."""
    text = json.dumps(spec)
    for old, new in colours.items():
        text = text.replace(old, new)
    made: Spec = json.loads(text)
    return made


def _whole(spec: Spec, rows: pa.Table, width: int, source: str) -> Spec:
    named = json.loads(json.dumps(spec).replace(f'"{ON_SCREEN}"', f'"{FONT}"'))
    config = {"background": "white", **named.get("config", {})}
    values = json.loads(json.dumps(rows.to_pylist(), default=str))
    whole = {**named, "config": config, "width": width, "data": {"values": values}}
    return whole | ({"title": _under(source)} if source else {})


def _under(source: str) -> Spec:
    return {"text": source, "anchor": "start", "orient": "bottom", "fontSize": 12, "fontWeight": "normal",
            "color": "#52616b", "offset": 12}  # fmt: skip
