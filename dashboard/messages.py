"""Letters and text messages to patients: texts by contact, one printable page per patient, one line per message."""

import functools
import html
import math
import tomllib
from datetime import date
from pathlib import Path

import pyarrow as pa

from dashboard import wording

TEMPLATES = Path(__file__).with_name("messages.toml")
OTHER = "autre"
COMMON = set("@£$¥èéùìòÇ\nØøÅå_ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
             "abcdefghijklmnopqrstuvwxyzäöñüà\r^{}[]~\\|€")  # fmt: skip
"""Alphabet of a text message of 160 characters; with any other, a message holds 70."""
STYLE = """
@page { size: A4; margin: 22mm }
body { font: 11.5pt/1.55 "Source Sans 3", "Segoe UI", Helvetica, Arial, sans-serif; color: #1c2b36; max-width: 165mm;
       margin: 1rem auto }
article { break-after: page; white-space: pre-line } article:last-child { break-after: auto }
header { display: flex; justify-content: space-between; margin-bottom: 18mm; white-space: normal }
"""


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
    pages = "".join(_letter(text, patient, on) for patient in patients)
    head = f'<meta charset="utf-8"><title>Lettres du {on:%d/%m/%Y}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="fr"><head>{head}</head><body>{pages}</body></html>'.encode()


def _letter(text: str, patient: str, on: date) -> str:
    header = f"<header><span>Patient {html.escape(patient)}</span><span>Le {wording.day(on)}</span></header>"
    return f"<article>{header}{html.escape(text.strip())}</article>"


def texts(text: str, patients: list[str]) -> pa.Table:
    """One row per message."""
    return pa.table({"Patient": pa.array(patients, pa.string()), "Message": [text.strip()] * len(patients)})


def length(text: str) -> str:
    """« 118 caractères, 1 SMS par patient »."""
    size, whole, part = (len(text), 160, 153) if set(text) <= COMMON else (len(text), 70, 67)
    sent = 1 if size <= whole else math.ceil(size / part)
    return f"{wording.count(size, 'caractère')}, {sent}{wording.NBSP}SMS par patient"
