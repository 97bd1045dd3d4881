"""`cda.toml`: which documents are known, and what their codes become here."""

from pathlib import Path
from typing import Literal

from calculators import rules

Part = Literal[
    "reimbursements",
    "acts",
    "event",
    "conditions",
    "vaccines",
    "exam",
    "results",
    "dispensing",
    "stay",
]
"""What can be read of a document."""


class Known(rules.Frozen):
    """A type of document: `kind` of kinds.toml, name in French, and what tells it."""

    kind: str
    name: str
    templates: tuple[str, ...]
    codes: tuple[str, ...] = ()
    takes: tuple[Part, ...] = ()


class _Identity(rules.Frozen):
    national: tuple[str, ...]
    test: frozenset[str]
    private_mail: str


class _Professional(rules.Frozen):
    root: str
    treating: str
    sampler: str


class _Exam(rules.Frozen):
    system: str
    code: str


class _Words(rules.Frozen):
    nothing: frozenset[str]
    undone: frozenset[str]
    rank: str
    box: str
    unpacked: str
    exam: _Exam
    vaccine_class: str
    result_template: str
    sampling_template: str
    loinc: str


class _Drugs(rules.Frozen):
    cip: frozenset[str]
    ucd: str
    cis: str
    atc: frozenset[str]
    substance: str


class _Codes(rules.Rule):
    identity: _Identity
    professional: _Professional
    document: tuple[Known, ...]
    sections: dict[Part, frozenset[str]]
    left: dict[str, str]
    words: _Words
    drugs: _Drugs
    acts: dict[str, str]
    stays: dict[str, str]
    problems: dict[str, str]
    ald: dict[str, int]
    specialties: dict[str, str]


CODES = rules.load(Path(__file__).with_name("cda.toml"), _Codes)
DRUG_SYSTEMS = CODES.drugs.cip | CODES.drugs.atc | {CODES.drugs.ucd, CODES.drugs.cis, CODES.drugs.substance}
KNOWN = DRUG_SYSTEMS | CODES.acts.keys() | CODES.stays.keys()
"""Code systems of a line of reimbursement."""
OTHER = "cda_autre"
"""Kind of a document that is not read."""

_BY_TEMPLATE = {template: known for known in CODES.document for template in known.templates}
_BY_CODE = {code: known for known in CODES.document for code in known.codes}


def known(templates: list[str], code: str, label: str) -> Known:
    """The type of a document by its templates, else by a code that no other type has; `cda_autre` with its own label."""
    for template in templates:
        if template in _BY_TEMPLATE:
            return _BY_TEMPLATE[template]
    return _BY_CODE.get(code) or Known(kind=OTHER, name=label or code or "sans type", templates=())


def part_of(section: str) -> Part | None:
    """What a section is read for, by its LOINC code."""
    return next((part for part, codes in CODES.sections.items() if section in codes), None)
