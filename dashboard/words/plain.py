"""Texts of others (data, links, files) shown as text: Streamlit would read Markdown, links and pictures in them."""

import re

SPECIAL = re.compile(r"[\\`*_\[\]<>~$|@]|:(?=[a-zA-Z/])|(?<=www)\.|^(?=[#>+-])|(?<=^\d)\.", re.MULTILINE)


def text(given: object) -> str:
    """The same characters, none of which is Markdown."""
    return SPECIAL.sub(lambda found: "\\" + found.group(), str(given))
