"""Results of a laboratory report: one act per LOINC line, on the day of the sampling.

* Day, in order: the sampling of the same act, the sampling of the header, the result, the service, the document. When
  sampling and result are more than a month apart it is told.
* Value: the number of the principal unit; the same result in another unit (`translation`) is not a second one. A limit is
  a comparator with its value, « <1.0 mg/L » too. Coded or in words, the act is kept without a value.
* An earlier result (`REFR`) is not a result of this report. A code of the laboratory's own is counted, never guessed.
"""

import math
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from xml.etree.ElementTree import Element

from calculators.records.readers.cda.codes import CODES
from calculators.records.readers.cda.parse import (
    V3,
    attribute,
    coded,
    day_within,
    happened,
    local_type,
    text,
)
from calculators.records.readers.cda.people import UNKNOWN, Professional, professional
from calculators.records.readers.cda.rows import Result, Rows
from calculators.records.readers.cda.sections import title_of

APART = 31
"""Days between sampling and result beyond which it is told."""
LOINC = re.compile(r"[0-9]{1,7}-[0-9]")
NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,12})?([eE][+-]?[0-9]{1,2})?")
UNIT = r"(?:10\*[0-9]+|/?[A-Za-zµ%‰\[{])[^\s<>]{0,19}"
IN_WORDS = re.compile(rf"\s*(<=|>=|<|>|≤|≥)?\s*([+-]?[0-9]{{1,12}}(?:[.,][0-9]{{1,12}})?)\s*({UNIT})?\s*")
COMPARATORS = {"≤": "<=", "≥": ">="}


class Around(NamedTuple):
    """What a result inherits from what it is in."""

    sampled: date | None
    performer: Professional
    done: bool


class Defaults(NamedTuple):
    """What the header says for all results."""

    sampled: date | None
    served: date | None
    performer: Professional
    prescriber: Professional


def read(rows: Rows, section: Element, defaults: Defaults) -> None:
    """Results of the section's own entries, and acts of sampling that have a code."""
    title = title_of(section)
    for element, around in _walk(section, defaults):
        if _has(element, CODES.words.sampling_template):
            _sampling(rows, title, element, around, defaults)
        elif _has(element, CODES.words.result_template):
            _result(rows, title, element, around, defaults)


def holds_results(section: Element) -> bool:
    templates = (CODES.words.result_template, CODES.words.sampling_template)
    return any(attribute(one, "root") in templates for one in section.iter(V3 + "templateId"))


def _walk(section: Element, defaults: Defaults) -> Iterator[tuple[Element, Around]]:
    """Samplings and results in order, with what they inherit; earlier results are not entered."""
    start = Around(None, defaults.performer, True)
    waiting = [(entry, start) for entry in reversed(section.findall(V3 + "entry"))]
    while waiting:
        element, around = waiting.pop()
        if element.tag == V3 + "section" or element.get("typeCode") == "REFR":
            continue
        if element.tag in (V3 + "act", V3 + "organizer"):
            around = _inside(element, around)
        elif element.tag in (V3 + "observation", V3 + "procedure"):
            yield element, around
        waiting.extend((child, around) for child in reversed(element))


def _inside(element: Element, around: Around) -> Around:
    children = [*element.iterfind(V3 + "entryRelationship"), *element.iterfind(V3 + "component")]
    samplings = (one for child in children for one in child.iterfind(V3 + "procedure"))
    days = (_day(one) for one in samplings if _has(one, CODES.words.sampling_template))
    performer = professional(element.iterfind(f"{V3}performer/{V3}assignedEntity"))
    return Around(
        next((found for found in days if found), around.sampled),
        performer if performer != UNKNOWN else around.performer,
        around.done and happened(element),
    )


def _has(element: Element, template: str) -> bool:
    return any(attribute(one, "root") == template for one in element.iterfind(V3 + "templateId"))


def _day(element: Element) -> date | None:
    return next((found for one in element.iterfind(V3 + "effectiveTime") if (found := day_within(one))), None)


def _sampling(rows: Rows, title: str, procedure: Element, around: Around, defaults: Defaults) -> None:
    """A sampling is an act when its code is one of a nomenclature of acts."""
    code = procedure.find(V3 + "code")
    ours = [] if code is None else [pair for pair in coded(code.iter()) if pair[0] in CODES.acts and pair[1]]
    when = _day(procedure) or defaults.sampled
    if ours and when and around.done and happened(procedure):
        rows.read[title] += 1
        rows.act(when, CODES.acts[ours[0][0]], ours[0][1], prescriber=defaults.prescriber)


def _result(rows: Rows, title: str, observation: Element, around: Around, defaults: Defaults) -> None:
    rows.read[title] += 1
    code = observation.find(V3 + "code")
    written = [] if code is None else coded(code.iter())
    loinc = next((one for system, one in written if system == CODES.words.loinc and LOINC.fullmatch(one)), None)
    if not around.done or not happened(observation):
        rows.note("Analyse non faite", "annulée, refusée ou seulement demandée ; non reprise")
    elif loinc is None:
        rows.note("Code de laboratoire non relié", "l’analyse n’a pas de code LOINC ; non reprise")
    else:
        _measured(rows, observation, loinc, around, defaults)


def _measured(rows: Rows, observation: Element, loinc: str, around: Around, defaults: Defaults) -> None:
    when = _when(rows, observation, around, defaults)
    if when is None:
        rows.note("Analyse sans date", "ni le prélèvement, ni le résultat, ni le document n’ont de jour ; non reprise")
    else:
        result = _value(rows, observation)
        rows.act(when, "loinc", loinc, 1, around.performer, defaults.prescriber, result)


def _when(rows: Rows, observation: Element, around: Around, defaults: Defaults) -> date | None:
    sampled, found = around.sampled or defaults.sampled, _day(observation)
    if sampled and found and abs((found - sampled).days) > APART:
        rows.note(
            "Prélèvement et résultat à plus d’un mois l’un de l’autre", "le jour du prélèvement est pris ; à vérifier"
        )
    return sampled or found or defaults.served


def _value(rows: Rows, observation: Element) -> Result:
    found = next((result for one in observation.iterfind(V3 + "value") if (result := _read(one))), None)
    if found is None:
        rows.note("Résultat codé, en texte ou absent", "l’acte est repris sans valeur")
    return found or Result()


def _read(value: Element) -> Result | None:
    kind = local_type(value)
    if kind in ("PQ", "REAL", "INT", "MO"):
        return _measure(value, None)
    if kind.startswith("IVL"):
        return _limit(value)
    return None if kind in ("CD", "CE", "CV", "CO", "BL") else _in_words(text(value) or attribute(value, "value"))


def _limit(value: Element) -> Result | None:
    """« < high » or « > low »; two bounds are not one value."""
    low, high = (value.find(V3 + bound) for bound in ("low", "high"))
    low_result, high_result = _measure(low, ">"), _measure(high, "<")
    if low_result and high_result:
        return None
    return low_result or high_result or _measure(value.find(V3 + "center"), None)


def _measure(element: Element | None, comparator: str | None) -> Result | None:
    number = _number(attribute(element, "value"))
    return None if number is None else Result(number, attribute(element, "unit").strip() or None, comparator)


def _in_words(written: str) -> Result | None:
    found = IN_WORDS.fullmatch(written)
    number = _number(found[2]) if found else None
    if not found or number is None:
        return None
    unit = (found[3] or "").strip()
    return Result(number, unit or None, COMPARATORS.get(found[1], found[1]))


def _number(written: str) -> float | None:
    number = float(written.strip().replace(",", ".")) if NUMBER.fullmatch(written.strip()) else None
    return number if number is not None and math.isfinite(number) else None
