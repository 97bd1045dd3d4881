"""Letters and text messages to patients: texts by contact, one printable page per patient, one line per message."""

import functools
import math
import tomllib
from datetime import date
from pathlib import Path

import pyarrow as pa

from calculators import french
from dashboard.templates import render

TEMPLATES = Path(__file__).with_name("messages.toml")


OTHER = "autre"


COMMON = set("@£$¥èéùìòÇ\nØøÅå_ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
             "abcdefghijklmnopqrstuvwxyzäöñüà\r^{}[]~\\|€")  # fmt: skip
"""Alphabet of a text message of 160 characters; with any other, a message holds 70."""


@functools.cache
def templates() -> dict[str, dict[str, str]]:
    """letter and sms by contact; `autre` for any other."""
    return tomllib.loads(TEMPLATES.read_text(encoding="utf-8"))


def template(contact: str) -> tuple[str, str]:
    """The letter and the text message for a contact."""
    found = templates().get(contact, templates()[OTHER])
    return found["letter"].strip(), found["sms"].strip()


def letters(text: str, patients: list[str], on: date) -> bytes:
    """An HTML document to print, one page per patient with his id."""
    return render("prevention/letters.html", text=text.strip(), patients=patients, on=on)


def texts(text: str, patients: list[str]) -> pa.Table:
    """One row per message."""
    return pa.table({"Patient": pa.array(patients, pa.string()), "Message": [text.strip()] * len(patients)})


def length(text: str) -> str:
    """« 118 caractères, 1 SMS par patient »."""
    size, whole, part = (len(text), 160, 153) if set(text) <= COMMON else (len(text), 70, 67)
    sent = 1 if size <= whole else math.ceil(size / part)
    return f"{french.count(size, 'caractère')}, {sent}{french.NBSP}SMS par patient"
