"""The printable report: one page of HTML with its date, its method and its limits, and no named patient."""

import html
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from calculators.prevention.worklist import Action
from calculators.records.folder import Dataset
from dashboard import sentences, wording

STYLE = """
@page { size: A4; margin: 16mm }
body { font: 10.5pt/1.45 "Source Sans 3", "Segoe UI", Helvetica, Arial, sans-serif; color: #1c2b36; max-width: 180mm;
       margin: 1rem auto }
h1 { font-size: 17pt; margin: 0 } h2 { font-size: 12pt; margin: 1.1em 0 .3em; color: #12507b }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .15em .6em .15em 0;
       border-bottom: 1px solid #d5dfe6 } td.n, th.n { text-align: right } .note { color: #52616b; font-size: 9pt }
.fictif { border: 1px solid #a15c00; color: #8a4b00; padding: .1em .5em; border-radius: .3em; font-weight: 600 }
"""
METHOD = (
    "Prévention : états calculés au jour dit, d’après les actes et délivrances du dossier ; « inconnu » quand les "
    "données ne permettent pas de savoir. Sobriété : dépense observée / attendue selon l’âge, le sexe, l’ALD et la "
    "C2S ; une dépense n’est pas une qualité. Forfait : calculé ligne par ligne d’après l’accord. Règles, sources et "
    "hypothèses : page Méthode."
)


@dataclass(frozen=True)
class Content:
    """What the page says."""

    doctor: str
    as_of: date
    dataset: Dataset
    patients: int
    rates: list[dict[str, Any]]
    actions: list[Action]
    ratio: str
    pay: str
    pay_limits: str


def page(content: Content) -> bytes:
    """A whole HTML document, to open and print."""
    about = content.dataset
    fictitious = '<span class="fictif">Données fictives</span> ' if about.synthetic else ""
    body = [
        f"<h1>Bilan au {wording.day(content.as_of)}</h1>",
        f"<p>{fictitious}Médecin {_text(content.doctor)} · {_text(about.title)} · données du "
        f"{wording.day(about.covers_from)} au {wording.day(about.covers_to)}, extraites le "
        f"{wording.day(about.extracted_on)}</p>",
        _paragraph(_beyond(content)),
        _paragraph(sentences.standing(content.patients, content.rates)),
        "<h2>À faire d’abord</h2>",
        _list([sentences.action(action) for action in content.actions] or [sentences.nothing_to_do(content.rates)]),
        "<h2>Prévention</h2>",
        _rates(content.rates),
        "<h2>Sobriété</h2>",
        _paragraph(content.ratio),
        "<h2>Forfait</h2>",
        _paragraph(content.pay),
        f'<p class="note">{_text(content.pay_limits)}</p>',
        "<h2>Méthode et limites</h2>",
        f'<p class="note">{_text(METHOD)}</p>',
    ]
    head = f'<meta charset="utf-8"><title>Bilan au {content.as_of:%d/%m/%Y}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="fr"><head>{head}</head><body>{"".join(body)}</body></html>'.encode()


def _beyond(content: Content) -> str:
    if content.as_of <= content.dataset.covers_to:
        return ""
    return "Les données s’arrêtent avant ce jour : tout est calculé comme si elles étaient complètes."


def _rates(rates: list[dict[str, Any]]) -> str:
    head = "<tr><th>Indicateur</th>" + "".join(
        f'<th class="n">{name}</th>' for name in ("Concernés", "À jour", "À faire", "Inconnus", "Taux")
    )
    return f"<table>{head}</tr>{''.join(_rate(rate) for rate in rates)}</table>"


def _rate(rate: dict[str, Any]) -> str:
    counted = [rate["up_to_date"], rate["due"], rate["unknown"]]
    if not sum(counted):
        return ""
    share = "–" if rate["rate"] is None else wording.percent(rate["rate"] / 100)
    figures = [wording.number(n) for n in (sum(counted), *counted)] + [share]
    cells = "".join(f'<td class="n">{figure}</td>' for figure in figures)
    return f"<tr><td>{_text(rate['label'])}</td>{cells}</tr>"


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in lines)}</ul>"


def _paragraph(text: str) -> str:
    return f"<p>{_text(text)}</p>" if text else ""


def _text(text: str) -> str:
    """Escaped, with the bold of our sentences."""
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text))
