"""What no text of ours may hold: English, a code of ours, a raw number, a long sentence, a line that begins with a sign."""

import re
from functools import cache
from pathlib import Path

import streamlit

from calculators.records.tables import TABLES
from calculators.sobriety.ratio import SCHEMA

LITERAL = re.compile(r'"((?:[^"\\\n]|\\.){2,160})"|`((?:[^`\\$]|\\.){2,160})`')
SENTENCE = re.compile(r"[A-Z][A-Za-z'’,.?!:()/&…\-]*(?: [A-Za-z'’,.?!:()/&…\-]+)*")
SHARED = set(re.findall(r"\w+", """
    absent accepter action active ald application article assistant atc axis base but cache calendar change cis classes
    close cob cod code codes cog coh col com comment commune compare condition content copier csv cumul data date dates dense
    description document documents doses double effect est excel excluded extraction face fermer file fin france glp has
    image images importer info information installation interval inverse jan label lecture lit log long lot mai max maximum
    menu mes message messages min minimal minimum mode mois mon nature net non note nov oct opaque option options ordre
    original page pages pairs parents part parts patient patients place plus png point points port position positions
    possible prevention principe public qpv quantile question ratio rectangle region rejeter sans second secteur section
    service sexe simple source sources standard sur stock svg système table tableau tables test tests ticket titre total
    transport type types union usage vaccination verdict version vide visible zac zip zone
"""))  # fmt: skip
"""Words that French has too, abbreviations, file formats."""
COMMAND = re.compile(r"«\s*tableau-mt[^»]*»")
PATH = re.compile(r"(?<!\S)/(?:[^\s/]+/)+[^\s/]+")
CODES = re.compile(r"\b[a-z]+_[a-z0-9_]+\b")
RAW = re.compile(r"(?<![\w,.\-/ ])\d{4,}(?![\w\-/])|\d\.\d")
MOST_WORDS = 30
BREAKS = re.compile(r" [;:!?%€»]|« ")


@cache
def english() -> frozenset[str]:
    """Words of the texts of the installed Streamlit, and of the names of our columns."""
    words: set[str] = set()
    for file in (Path(streamlit.__file__).parent / "static" / "static" / "js").glob("*.js"):
        for found in LITERAL.finditer(file.read_text(encoding="utf-8", errors="ignore")):
            if SENTENCE.fullmatch(text := found[1] or found[2]):
                words |= set(re.findall(r"[a-z]{3,}", text.lower()))
    names = [column.name for table in TABLES.values() for column in table.columns]
    names += SCHEMA.names
    return frozenset(words | {word for name in names for word in name.split("_") if len(word) > 2}) - SHARED


def english_in(text: str) -> set[str]:
    """Its words that are English; a command is quoted as it is typed, a path is the user's."""
    return set(re.findall(r"[a-zà-ÿœ]+", PATH.sub("", COMMAND.sub("", text)).lower())) & english()
