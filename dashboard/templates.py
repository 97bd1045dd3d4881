"""HTML documents to print (report, letters) from the templates of this folder: everything is escaped."""

import re
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from calculators import french

HERE = Path(__file__).parent


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"day": french.day, "short_day": french.short_day, "bold": _bold}
    return made


def render(template: str, **content: object) -> bytes:
    """The document in UTF-8. `template`: path from this folder."""
    return _environment().get_template(template).render(content).encode()


def _bold(text: str) -> Markup:
    """The bold of our sentences, once they are escaped."""
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text)))
