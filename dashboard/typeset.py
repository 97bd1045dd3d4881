"""Documents as PDF from the Typst templates of this folder. Texts are data, never Typst: nothing in them is run."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.pictures import FONTS

HERE = Path(__file__).parent
ACCESSIBLE = "ua-1"
Runs = list[tuple[str, bool]]
"""A sentence cut where its bold begins and ends."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def pdf(template: str, content: Mapping[str, Any], pictures: Mapping[str, str] | None = None) -> bytes:
    """An accessible PDF; one that is less so when a text holds a sign that no font here draws. `template`: path from this
    folder; `content`: JSON that it reads; `pictures`: SVG by file name."""
    import typst  # only when asked for: it is large

    told = {"main.typ": _read(template), "content.json": json.dumps(content, ensure_ascii=False).encode()}
    told |= {name: text.encode() for name, text in (pictures or {}).items()}
    made: Any = typst.compile  # it takes files by name too, which its types do not say
    fonts = {"font_paths": [str(FONTS)], "ignore_system_fonts": True}
    try:
        return bytes(made(told, **fonts, pdf_standards=[ACCESSIBLE]))
    except typst.TypstError as fault:
        if "could not be displayed" not in str(fault):
            raise
        return bytes(made(told, **fonts))


@cache
def _read(template: str) -> bytes:
    return (HERE / template).read_bytes()


def plain(text: str) -> str:
    """Without the characters that no document holds."""
    return CONTROL.sub("", text)


def runs(text: str) -> Runs:
    """The bold of our sentences, between `**`."""
    pieces = plain(text).split("**")
    return [(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]
