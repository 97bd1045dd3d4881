"""Resources -> people and rows of the canonical tables, and the count of what was left."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from calculators import rules
from calculators.records.readers.fhir.resources import Holder, Resource, When, at, each, number, text, when
from calculators.records.readers.shape import Person, Unmapped
from calculators.records.tables import TABLES

TEXT, DAY = pa.string(), pa.date32()
SCHEMAS = {
    "patients": TABLES["patients"].schema,
    "acts": TABLES["acts"].schema,
    "deliveries": TABLES["deliveries"].schema,
    "vaccinations": pa.schema(
        [("patient_id", TEXT), ("date", DAY), ("precision", TEXT), ("cip13", TEXT), ("cis", TEXT), ("atc", TEXT),
         ("rank", pa.int16()), ("lot", TEXT), ("not_done", pa.bool_())]
    ),
    "stays": TABLES["stays"].schema,
    "conditions": pa.schema(
        [("patient_id", TEXT), ("system", TEXT), ("code", TEXT), ("from_date", DAY), ("to_date", DAY), ("label", TEXT)]
    ),
}  # fmt: skip
PROBLEMS = ("cim10", "cim11", "cisp2", "drc", "snomed")
MOST_BOXES, MOST_RANK = 2**15 - 1, 99
IGNORED = (
    *(
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "Location",
        "Medication",
        "Specimen",
        "Composition",
    ),
    *("DiagnosticReport", "RelatedPerson", "Device", "Provenance", "OperationOutcome"),
)
"""Resources that others refer to, or that only point to others."""


class _Systems(rules.Frozen):
    loinc: tuple[str, ...]
    nabm: tuple[str, ...]
    ccam: tuple[str, ...]
    ngap: tuple[str, ...]
    lpp: tuple[str, ...]
    atc: tuple[str, ...]
    medication: tuple[str, ...]
    cvx: tuple[str, ...]
    cim10: tuple[str, ...]
    cim11: tuple[str, ...]
    cisp2: tuple[str, ...]
    drc: tuple[str, ...]
    snomed: tuple[str, ...]


class _People(rules.Frozen):
    numbers: tuple[str, ...]
    insured: tuple[str, ...]
    hidden_mail: str


class _Boxes(rules.Frozen):
    units: tuple[str, ...]
    said: tuple[str, ...]


class _Vaccine(rules.Frozen):
    atc: str
    cis: str | None = None


class _Codes(rules.Frozen):
    reference: tuple[rules.Reference, ...]
    people: _People
    systems: _Systems
    take: dict[str, tuple[str, ...]]
    left: dict[str, str]
    stays: dict[str, str]
    boxes: _Boxes
    cvx: dict[str, _Vaccine]
    cvx_groups: dict[str, tuple[str, ...]]

    def vaccine(self, code: str) -> _Vaccine | None:
        """ATC (and CIS) of a CVX code."""
        group = next((atc for atc, codes in self.cvx_groups.items() if code in codes), None)
        return _Vaccine(atc=group) if group else self.cvx.get(code) or self.cvx.get(code.zfill(2))


@cache
def codes() -> _Codes:
    return rules.load(Path(__file__).with_name("fhir.toml"), _Codes)


@cache
def _system_of() -> dict[str, str]:
    return {url: name for name, urls in codes().systems.model_dump().items() for url in urls}


class Rows:
    """What one holder gives. `take_all` once, then read the rest."""

    def __init__(self, holder: Holder) -> None:
        self.holder = holder
        self.met: Counter[str] = Counter()
        self.left: Counter[tuple[str, str]] = Counter()
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.people: dict[str, Person] = {}
        self.doctors: Counter[str] = Counter()
        self._keys: dict[int, str] = {}
        """Key of each Patient taken, by the identity of its resource."""
        self._numbers: dict[str, str] = {}

    def take_all(self) -> None:
        """People first, then what happened to them."""
        resources = self.holder.resources
        for one in resources:
            self.met[text(one, "resourceType")] += 1
        subject = self.holder.resolve(self.holder.header, at(self.holder.header, "subject"))
        for one in resources:
            if text(one, "resourceType") == "Patient":
                self._person(one, subject)
        for one in resources:
            kind = text(one, "resourceType")
            if kind in codes().left:
                self._leave(kind, codes().left[kind])
            elif kind in TAKE:
                self._event(kind, one)
            elif kind not in IGNORED:
                self._leave(kind, "ressource non reprise")

    # The document

    @property
    def title(self) -> str:
        return text(self.holder.header, "title")

    @property
    def created_on(self) -> date | None:
        said = when(text(self.holder.header, "date"))
        return said.day if said else None

    @property
    def document_id(self) -> str:
        return text(self.holder.header, "id")

    @property
    def set_id(self) -> str:
        return text(self.holder.header, "identifier", "value")

    @property
    def version(self) -> int:
        for extension in each(self.holder.header, "extension"):
            if "version" in text(extension, "url").lower() and (said := text(extension, "valueString")).isdecimal():
                return int(said[:9])
        return 0

    @property
    def replaces(self) -> tuple[str, ...]:
        replaced = [one for one in each(self.holder.header, "relatesTo") if text(one, "code") == "replaces"]
        named = [
            text(one, "targetReference", "reference") or text(one, "targetIdentifier", "value") for one in replaced
        ]
        return tuple(name.rpartition("/")[2] for name in named if name)

    def tables(self) -> dict[str, pa.Table]:
        """Tables that have rows, and patients."""
        return {
            name: pa.Table.from_pylist(self.rows.get(name, []), schema=schema)
            for name, schema in SCHEMAS.items()
            if name == "patients" or self.rows.get(name)
        }

    def unmapped(self) -> tuple[Unmapped, ...]:
        return tuple(Unmapped(what, count, reason) for (what, reason), count in sorted(self.left.items()))

    def proposed(self) -> tuple[Unmapped, ...]:
        """The médecin traitant is what the source believes."""
        return tuple(
            Unmapped(f"Médecin traitant {name}", count, "à confirmer par le médecin")
            for name, count in self.doctors.items()
        )

    def _leave(self, what: str, reason: str) -> None:
        self.left[what, reason] += 1

    # People

    def _person(self, patient: Resource, subject: Resource) -> None:
        if subject and patient is not subject:
            return self._leave("Patient", "autre personne que celle du document")
        if patient.get("active") is False:
            return self._leave("Patient", "identité désactivée ou fusionnée")
        born = when(text(patient, "birthDate"))
        if born is None:
            return self._leave("Patient", "sans date de naissance")
        key = text(patient, "id") or self._url_of(patient)
        if not key or key in self.people:
            return self._leave("Patient", "sans identifiant propre")
        died = when(text(patient, "deceasedDateTime"))
        sex = {"male": "M", "female": "F"}.get(text(patient, "gender"), "U")
        person = Person(key, born.day, sex, born.precision, number=_number_of(patient), keeps_key=True)
        self.people[key] = _named(person, patient)
        self._keys[id(patient)] = key
        self._numbers |= {value: key for one in each(patient, "identifier") if (value := text(one, "value"))}
        for doctor in each(patient, "generalPractitioner"):
            if name := text(doctor, "display") or self._professional(patient, doctor):
                self.doctors[name] += 1
        self._add("patients", patient_id=key, birth_date=born.day, sex=sex, died_on=died.day if died else None)
        return None

    def _url_of(self, resource: Resource) -> str:
        return next((url for url, one in self.holder.by_reference.items() if one is resource), "").rpartition(":")[2]

    def _patient_of(self, resource: Resource) -> str | None:
        """Key of the patient whom a resource is about."""
        about = at(resource, "subject") or at(resource, "patient")
        found = self.holder.resolve(resource, about)
        if not found:
            return self._numbers.get(text(about, "identifier", "value"))
        return self._keys.get(id(found))

    def _professional(self, inside: Resource, reference: Any) -> str | None:
        """Identifier of a practitioner: the one he is known by, else that of his resource."""
        found = self.holder.resolve(inside, reference)
        if text(found, "resourceType") == "PractitionerRole":
            found = self.holder.resolve(found, at(found, "practitioner")) or found
        known = [text(one, "value") for one in (*each(reference, "identifier"), *each(found, "identifier"))]
        return next((value for value in known if value), None) or text(found, "id") or None

    # What happened

    def _event(self, kind: str, resource: Resource) -> None:
        status = text(resource, "status")
        if kind == "Immunization" and status == "not-done":
            self._leave(kind, "vaccination refusée ou non faite")
        elif kind in codes().take and status not in codes().take[kind]:
            return self._leave(kind, f"statut « {status or 'absent'} »")
        patient = self._patient_of(resource)
        if patient is None:
            return self._leave(kind, "patient absent de la source")
        TAKE[kind](self, patient, resource)
        return None

    def _add(self, table: str, **columns: Any) -> None:
        self.rows.setdefault(table, []).append(columns)

    def _coded(self, kind: str, concept: Any, wanted: tuple[str, ...]) -> tuple[str, str] | None:
        """System and code of a concept, the first of the systems wanted; the others are counted."""
        found: dict[str, str] = {}
        unknown = []
        for coding in each(concept, "coding"):
            system, code = text(coding, "system"), text(coding, "code")
            name = _system_of().get(system)
            if name and code:
                found.setdefault(name, code)
            elif system or code:
                unknown.append(f"{kind}, {system or 'système non dit'} {code}".strip())
        for name in wanted:
            if name in found:
                return name, found[name]
        others = [f"{kind}, {name} {code}" for name, code in found.items()] + unknown
        self._leave(others[0] if others else kind, "code non relié" if others else "sans code")
        return None

    def _immunization(self, patient: str, resource: Resource) -> None:
        product = self._product(each(resource, "vaccineCode", "coding"))
        if not any(product.values()):
            self._coded("Immunization", at(resource, "vaccineCode"), ())
            return None
        given = when(text(resource, "occurrenceDateTime"))
        recorded = when(text(resource, "recorded"))
        precision = given.precision if given else "before"
        day = given or recorded or self._document_day()
        if day is None:
            return self._leave("Immunization", "sans date")
        rank = at(resource, "protocolApplied", 0, "doseNumberPositiveInt")
        self._add(
            "vaccinations", patient_id=patient, date=day.day, precision=precision, **product,
            rank=rank if isinstance(rank, int) and not isinstance(rank, bool) and 0 < rank <= MOST_RANK else None,
            lot=text(resource, "lotNumber") or None, not_done=text(resource, "status") == "not-done",
        )  # fmt: skip
        return None

    def _document_day(self) -> When | None:
        return when(text(self.holder.header, "date"))

    def _product(self, codings: list[Resource]) -> dict[str, str | None]:
        """CIP13, CIS and ATC of a medication, told by their system, and by their length where two share one."""
        product: dict[str, str | None] = {"cip13": None, "cis": None, "atc": None}
        for coding in codings:
            system, code = _system_of().get(text(coding, "system")), text(coding, "code")
            if system == "medication" and code.isdecimal() and len(code) in (8, 13):
                product["cis" if len(code) == 8 else "cip13"] = code
            elif system == "atc" and 3 <= len(code) <= 7:
                product["atc"] = code
            elif system == "cvx" and (vaccine := codes().vaccine(code)):
                product["atc"] = product["atc"] or vaccine.atc
                product["cis"] = product["cis"] or vaccine.cis
        return product

    def _dispense(self, patient: str, resource: Resource) -> None:
        concept = at(resource, "medicationCodeableConcept")
        if concept is None:
            concept = at(self.holder.resolve(resource, at(resource, "medicationReference")), "code")
        product = self._product(each(concept, "coding"))
        if not any(product.values()):
            self._coded("MedicationDispense", concept, ())
        day = when(text(resource, "whenHandedOver")) or when(text(resource, "whenPrepared"))
        if day is None or day.precision != "day":
            return self._leave("MedicationDispense", "sans jour de délivrance")
        prescription = self.holder.resolve(resource, at(resource, "authorizingPrescription", 0))
        self._add(
            "deliveries", patient_id=patient, date=day.day, cip13=product["cip13"], atc=product["atc"],
            boxes=self._boxes(at(resource, "quantity")), base_cents=None,
            prescriber_id=self._professional(prescription, at(prescription, "requester")), prescriber_specialty=None,
            prescribed_on=_authored(prescription, day.day),
        )  # fmt: skip
        if not (product["cip13"] or product["atc"]) and product["cis"]:
            self._leave("MedicationDispense", "spécialité (CIS) sans présentation ni classe")
        return None

    def _boxes(self, quantity: Any) -> int:
        """A quantity that is not in boxes says one delivery, which is one box."""
        value, unit = number(quantity, "value"), text(quantity, "code") or text(quantity, "unit")
        said = text(quantity, "unit").lower()
        boxed = unit in codes().boxes.units or said in (*codes().boxes.units, *codes().boxes.said) or not (unit or said)
        if value is not None and boxed and value == int(value) and 0 < value <= MOST_BOXES:
            return int(value)
        self._leave("MedicationDispense", "quantité qui n’est pas en boîtes : comptée une boîte")
        return 1

    def _observation(self, patient: str, resource: Resource) -> None:
        categories = {text(code, "code") for one in each(resource, "category") for code in each(one, "coding")}
        if categories and "laboratory" not in categories:
            return self._leave("Observation", "autre qu’un résultat de laboratoire")
        day = self._sampling_day(resource)
        if day is None or day.precision != "day":
            return self._leave("Observation", "sans jour de prélèvement")
        parts = [resource, *each(resource, "component")]
        for part in parts:
            if part is resource and len(parts) > 1 and _value(part) == NOTHING:
                continue  # a panel: its components are the results
            self._result(patient, day.day, resource, part)
        return None

    def _result(self, patient: str, day: date, resource: Resource, part: Resource) -> None:
        if any(text(code, "code") == "not-performed" for code in each(part, "dataAbsentReason", "coding")):
            return self._leave("Observation", "résultat « non réalisé »")
        coded = self._coded("Observation", at(part, "code"), ("loinc", "nabm"))
        if coded is None:
            return None
        value, unit, comparator = _value(part)
        self._act(patient, day, coded, resource, value=value, unit=unit, comparator=comparator)
        return None

    def _sampling_day(self, resource: Resource) -> When | None:
        """The sampling, else when it was effective, else when it was issued."""
        collection = at(self.holder.resolve(resource, at(resource, "specimen")), "collection")
        said = (
            text(collection, "collectedDateTime"), text(collection, "collectedPeriod", "start"),
            text(resource, "effectiveDateTime"), text(resource, "effectivePeriod", "start"),
            text(resource, "effectiveInstant"), text(resource, "issued"),
        )  # fmt: skip
        return next((day for day in map(when, said) if day), None)

    def _procedure(self, patient: str, resource: Resource) -> None:
        done = when(text(resource, "performedDateTime")) or when(text(resource, "performedPeriod", "start"))
        if done is None or done.precision != "day":
            return self._leave("Procedure", "sans jour de réalisation")
        coded = self._coded("Procedure", at(resource, "code"), ("ccam", "nabm", "ngap", "lpp"))
        if coded:
            self._act(patient, done.day, coded, resource)
        return None

    def _act(self, patient: str, day: date, coded: tuple[str, str], resource: Resource, **result: Any) -> None:
        system, code = coded
        performer = at(resource, "performer", 0)
        by = at(performer, "actor") or performer
        order = self.holder.resolve(resource, at(resource, "basedOn", 0))
        self._add(
            "acts", patient_id=patient, date=day, system=system, code=code.zfill(4) if system == "nabm" else code,
            quantity=1, performer_id=self._professional(resource, by), performer_specialty=None,
            prescriber_id=self._professional(order, at(order, "requester")), prescribed_on=_authored(order, day), **result,
        )  # fmt: skip

    def _condition(self, patient: str, resource: Resource) -> None:
        clinical = {text(code, "code") for code in each(resource, "clinicalStatus", "coding")}
        verified = {text(code, "code") for code in each(resource, "verificationStatus", "coding")}
        if verified & {"refuted", "entered-in-error"}:
            return self._leave("Condition", "réfutée ou saisie par erreur")
        if clinical and not clinical & {"active", "recurrence", "relapse"}:
            return self._leave("Condition", "qui n’est plus active")
        coded = self._coded("Condition", at(resource, "code"), PROBLEMS)
        if coded is None:
            return None
        begun = when(text(resource, "onsetDateTime")) or when(text(resource, "onsetPeriod", "start"))
        over = when(text(resource, "abatementDateTime"))
        label = text(resource, "code", "text") or text(resource, "code", "coding", 0, "display")
        self._add(
            "conditions", patient_id=patient, system=coded[0], code=coded[1], from_date=begun.day if begun else None,
            to_date=over.day if over else None, label=label or None,
        )  # fmt: skip
        return None

    def _encounter(self, patient: str, resource: Resource) -> None:
        kind = codes().stays.get(text(resource, "class", "code"))
        if kind is None:
            return self._leave("Encounter", "autre qu’un séjour")
        entry, over = when(text(resource, "period", "start")), when(text(resource, "period", "end"))
        if entry is None or entry.precision != "day":
            return self._leave("Encounter", "sans jour d’entrée")
        left = over.day if over and over.precision == "day" else None
        self._add("stays", patient_id=patient, entry=entry.day, exit=left, kind=kind or None, ghm=None)
        return None


TAKE: dict[str, Callable[[Rows, str, Resource], None]] = {
    "Immunization": Rows._immunization, "MedicationDispense": Rows._dispense, "Observation": Rows._observation,
    "Procedure": Rows._procedure, "Condition": Rows._condition, "Encounter": Rows._encounter,
}  # fmt: skip
NOTHING: tuple[None, None, None] = (None, None, None)


def _value(part: Resource) -> tuple[float | None, str | None, str | None]:
    """Value, unit, comparator of a result; a coded or written one has no number."""
    quantity = at(part, "valueQuantity")
    value = number(quantity, "value")
    if value is not None:
        return value, text(quantity, "code") or text(quantity, "unit") or None, text(quantity, "comparator") or None
    return number(part, "valueInteger"), None, None


def _number_of(patient: Resource) -> str:
    """INS or NIR of the patient himself, without spaces; never what stands below `contact`."""
    mine: dict[str, str] = {}
    for one in each(patient, "identifier"):
        kinds = {text(code, "code") for code in each(one, "type", "coding")}
        if text(one, "use") != "old" and not kinds & set(codes().people.insured):
            mine.setdefault(text(one, "system"), text(one, "value").replace(" ", "").upper())
    return next((mine[system] for system in codes().people.numbers if mine.get(system)), "")


def _named(person: Person, patient: Resource) -> Person:
    names = {text(one, "use"): one for one in reversed(each(patient, "name"))}
    birth = names.get("official") or next(iter(each(patient, "name")), {})
    given = [one.strip() for one in (at(birth, "given") or []) if isinstance(one, str)] if isinstance(
        at(birth, "given"), list) else []  # fmt: skip
    told: dict[str, list[str]] = {"phone": [], "email": []}
    for one in each(patient, "telecom"):
        if text(one, "system") in told and codes().people.hidden_mail not in text(one, "value").lower():
            told[text(one, "system")].append(text(one, "value"))
    return replace(
        person, family=text(birth, "family"), given=" ".join(given), used_family=text(names.get("usual", {}), "family"),
        phone=next(iter(told["phone"]), ""), email=next(iter(told["email"]), ""),
    )  # fmt: skip


def _authored(order: Resource, done: date) -> date | None:
    """Day of a prescription, when it is whole and before what it asks for."""
    written = when(text(order, "authoredOn"))
    return written.day if written and written.precision == "day" and written.day <= done else None
