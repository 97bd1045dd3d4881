"""FHIR R4: the worked bundle, every container, and what must never become a row."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.records.readers import fhir
from calculators.records.readers.shape import Document, SourceError, SourceFile

INS = "urn:oid:1.2.250.1.213.1.4.8"
BDPM, ATC, CVX = (
    "https://smt.esante.gouv.fr/terminologie-bdpm",
    "http://www.whocc.no/atc",
    "http://hl7.org/fhir/sid/cvx",
)
LOINC, CCAM = "http://loinc.org", "https://smt.esante.gouv.fr/terminologie-ccam"
ABOUT = {"reference": "Patient/a"}
Json = dict[str, Any]


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def patient(**more: Any) -> Json:
    return {"resourceType": "Patient", "id": "a", "gender": "female", "birthDate": "1984-03-12"} | more


def immunization(**more: Any) -> Json:
    plain = {
        "resourceType": "Immunization",
        "status": "completed",
        "patient": ABOUT,
        "occurrenceDateTime": "2024-10-15",
    }
    return plain | {"vaccineCode": coded(BDPM, "61402736")} | more


def dispense(**more: Any) -> Json:
    return {
        "resourceType": "MedicationDispense", "status": "completed", "subject": ABOUT,
        "medicationCodeableConcept": coded(BDPM, "3400938022209"), "quantity": {"value": 2, "code": "30009000"},
        "whenHandedOver": "2025-02-05T23:30:00+01:00",
    } | more  # fmt: skip


def observation(loinc: str = "4548-4", **more: Any) -> Json:
    return {
        "resourceType": "Observation", "status": "final", "subject": ABOUT, "code": coded(LOINC, loinc),
        "effectiveDateTime": "2025-06-04", "valueQuantity": {"value": 7.1, "unit": "%", "code": "%"},
    } | more  # fmt: skip


def procedure(**more: Any) -> Json:
    done = {"status": "completed", "subject": ABOUT, "performedDateTime": "2025-04-02"}
    return {"resourceType": "Procedure", "code": coded(CCAM, "QEQK004")} | done | more


WORKED = [
    patient(
        identifier=[{"system": INS, "value": "284037500000114", "use": "official",
                     "type": {"coding": [{"code": "INS-NIR"}]}}],
        name=[{"use": "official", "family": "INVENTEE", "given": ["ALINE", "MARIE"]}, {"use": "usual", "family": "AUTRE"}],
        contact=[{"identifier": [{"system": INS, "value": "184037500000196"}]}],
    ),
    immunization(),
    immunization(status="not-done", vaccineCode=coded(ATC, "J07BM")),
    immunization(vaccineCode=coded(CVX, "216"), occurrenceDateTime="2023"),
    dispense(),
    {"resourceType": "MedicationRequest", "status": "active", "subject": ABOUT,
     "medicationCodeableConcept": coded(BDPM, "3400938022209")},
    observation(),
    observation(status="cancelled"),
    observation("14959-1", valueQuantity={"value": 32, "unit": "mg/g"}),
    procedure(),
    {"resourceType": "ServiceRequest", "status": "active", "subject": ABOUT, "code": coded(CCAM, "QEQK004")},
    {"resourceType": "Condition", "subject": ABOUT, "code": coded("http://hl7.org/fhir/sid/icd-10", "E11"),
     "clinicalStatus": {"coding": [{"code": "active"}]}},
    {"resourceType": "Encounter", "status": "finished", "class": {"code": "IMP"}, "subject": ABOUT,
     "period": {"start": "2025-01-02", "end": "2025-01-05"}},
]  # fmt: skip


def bundle(*resources: Json, kind: str = "collection") -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources]}


def read(folder: Path, *contents: Any) -> list[Document]:
    folder.mkdir(exist_ok=True)
    for number, content in enumerate(contents):
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{number}.json").write_text(text, encoding="utf-8")
    return list(fhir.read([SourceFile(path) for path in sorted(folder.iterdir())]))


def one(folder: Path, *contents: Any) -> Document:
    (document,) = read(folder / "x", *contents)
    return document


def rows(document: Document, table: str, *columns: str) -> list[tuple[Any, ...]]:
    if table not in document.tables:
        return []
    return [tuple(row[name] for name in columns) for row in document.tables[table].to_pylist()]


def left(document: Document) -> dict[str, int]:
    return {
        what: sum(o.number for o in document.unmapped if o.what == what) for what in (o.what for o in document.unmapped)
    }


def is_the_worked_bundle(document: Document) -> bool:
    return (
        rows(document, "vaccinations", "date", "precision", "cis", "atc", "not_done")
        == [
            (date(2024, 10, 15), "day", "61402736", None, False),
            (date(2024, 10, 15), "day", None, "J07BM", True),
            (date(2023, 1, 1), "year", "62189757", "J07AL02", False),
        ]
        and rows(document, "deliveries", "date", "cip13", "boxes") == [(date(2025, 2, 5), "3400938022209", 2)]
        and rows(document, "acts", "date", "system", "code", "value", "unit")
        == [
            (date(2025, 6, 4), "loinc", "4548-4", 7.1, "%"),
            (date(2025, 6, 4), "loinc", "14959-1", 32.0, "mg/g"),
            (date(2025, 4, 2), "ccam", "QEQK004", None, None),
        ]
        and rows(document, "stays", "entry", "exit") == [(date(2025, 1, 2), date(2025, 1, 5))]
        and rows(document, "conditions", "system", "code") == [("cim10", "E11")]
        and rows(document, "patients", "patient_id", "birth_date", "sex") == [("a", date(1984, 3, 12), "F")]
    )


def test_the_worked_bundle_gives_its_rows_and_counts_what_it_leaves(tmp_path: Path):
    document = one(tmp_path, bundle(*WORKED))
    assert is_the_worked_bundle(document)
    (person,) = document.people
    assert (person.key, person.number, person.family, person.given) == (
        "a",
        "284037500000114",
        "INVENTEE",
        "ALINE MARIE",
    )
    assert (person.used_family, person.birth, person.sex, person.keeps_key) == ("AUTRE", date(1984, 3, 12), "F", True)
    assert left(document) == {"Immunization": 1, "MedicationRequest": 1, "ServiceRequest": 1, "Observation": 1}
    assert "ald" not in document.tables
    assert document.covered == ()
    assert document.read["Observation"] == 3


@pytest.mark.parametrize("kind", ["collection", "searchset", "transaction", "batch", ""])
def test_a_bundle_of_any_type_says_the_same(tmp_path: Path, kind: str):
    assert is_the_worked_bundle(one(tmp_path, bundle(*WORKED, kind=kind)))


def test_lines_lists_single_resources_and_pages_of_a_search_say_the_same(tmp_path: Path):
    lines = "\n".join(json.dumps(resource) for resource in WORKED)
    assert is_the_worked_bundle(one(tmp_path / "ndjson", lines) if (tmp_path / "ndjson").mkdir() is None else None)
    for name, contents in {
        "list": [WORKED],
        "single": WORKED,
        "by-type": [WORKED[:1], WORKED[1:4], WORKED[4:]],
        "pages": [bundle(*WORKED[1:], kind="searchset"), WORKED[0]],
    }.items():
        (tmp_path / name).mkdir()
        document = one(tmp_path / name, *contents)
        assert sorted(map(str, rows(document, "acts", "code", "value"))) == [
            "('14959-1', 32.0)", "('4548-4', 7.1)", "('QEQK004', None)",
        ], name  # fmt: skip
        assert len(document.people) == 1


def test_references_are_met_by_url_by_urn_by_version_and_by_number(tmp_path: Path):
    urn = "urn:uuid:6a1b0000-0000-4000-8000-000000000001"
    anonymous = {name: value for name, value in WORKED[0].items() if name != "id"}
    by_urn = {"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": urn, "resource": anonymous}, {"resource": procedure(subject={"reference": urn})},
        {"resource": procedure(subject={"identifier": {"value": "284037500000114"}}, performedDateTime="2025-04-03")},
    ]}  # fmt: skip
    assert (
        len(rows(one(tmp_path / "urn" if (tmp_path / "urn").mkdir() is None else tmp_path, by_urn), "acts", "date"))
        == 2
    )
    others = ["http://serveur.example/fhir/Patient/a", "Patient/a/_history/3"]
    document = one(tmp_path, bundle(patient(), *(procedure(subject={"reference": name}) for name in others)))
    assert len(rows(document, "acts", "date")) == 2


def test_a_document_is_about_its_subject_alone(tmp_path: Path):
    composition = {
        "resourceType": "Composition", "id": "c2", "subject": ABOUT, "date": "2025-07-01T10:00:00Z", "title": "Synthèse",
        "identifier": {"value": "set-1"},
        "relatesTo": [{"code": "replaces", "targetReference": {"reference": "Composition/c1"}}],
    }  # fmt: skip
    mother = patient(id="b", birthDate="1960-01-01")
    document = one(
        tmp_path,
        bundle(
            composition, patient(), mother, procedure(), procedure(subject={"reference": "Patient/b"}), kind="document"
        ),
    )
    assert [person.key for person in document.people] == ["a"]
    assert len(rows(document, "acts", "date")) == 1
    assert (document.title, document.document_id, document.set_id, document.replaces) == (
        "Synthèse",
        "c2",
        "set-1",
        ("c1",),
    )
    assert document.created_on == date(2025, 7, 1)


def test_the_number_of_the_insured_an_old_one_and_that_of_a_contact_are_not_the_patients(tmp_path: Path):
    insured = {"system": INS, "value": "1", "type": {"coding": [{"code": "NH"}]}}
    old, mine = {"system": INS, "value": "2", "use": "old"}, {"system": "urn:oid:1.2.250.1.213.1.4.9", "value": "3 4"}
    contact = [{"extension": [{"valueIdentifier": {"system": INS, "value": "5"}}]}]
    document = one(tmp_path, bundle(patient(identifier=[insured, old, mine], contact=contact)))
    assert document.people[0].number == "34"
    hidden = [
        {"system": "email", "value": "284037500000114@patient.mssante.fr"},
        {"system": "phone", "value": "0199000001"},
    ]
    (tmp_path / "y").mkdir()
    person = one(tmp_path / "y", bundle(patient(telecom=hidden))).people[0]
    assert (person.phone, person.email) == ("0199000001", "")


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (patient(active=False), "désactivée"),
        (patient(birthDate=""), "naissance"),
        (procedure(status="in-progress"), "in-progress"),
        (procedure(performedDateTime="2025"), "sans jour"),
        (procedure(subject={"reference": "Patient/zzz"}), "absent de la source"),
        (procedure(code=coded("http://snomed.info/sct", "1")), "non relié"),
        (procedure(code=coded("urn:local", "1")), "non relié"),
        (procedure(code={"text": "mammographie"}), "sans code"),
        (observation(category=[coded("x", "vital-signs")]), "laboratoire"),
        (observation(dataAbsentReason=coded("x", "not-performed"), valueQuantity=None), "non réalisé"),
        (observation(effectiveDateTime="2025-06"), "prélèvement"),
        (dispense(status="cancelled"), "cancelled"),
        (dispense(whenHandedOver=None), "délivrance"),
        (immunization(vaccineCode=coded(CVX, "998")), "non relié"),
        (immunization(status="entered-in-error"), "entered-in-error"),
        ({"resourceType": "Condition", "subject": ABOUT, "verificationStatus": coded("x", "refuted")}, "réfutée"),
        ({"resourceType": "Condition", "subject": ABOUT, "clinicalStatus": coded("x", "resolved")}, "active"),
        ({"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": ABOUT}, "séjour"),
        ({"resourceType": "MedicationStatement", "status": "active", "subject": ABOUT}, "délivrance"),
        ({"resourceType": "Claim", "patient": ABOUT}, "facturation"),
        ({"resourceType": "Basic"}, "non reprise"),
    ],
)
def test_what_did_not_happen_or_cannot_be_said_is_left_and_counted(tmp_path: Path, resource: Json, reason: str):
    known = [] if resource["resourceType"] == "Patient" else [patient()]
    document = one(tmp_path, bundle(*known, resource))
    assert [o.number for o in document.unmapped if reason in o.reason] == [1], document.unmapped
    assert set(document.tables) == {"patients"}


def test_the_day_of_a_result_is_the_sampling(tmp_path: Path):
    specimen = {"resourceType": "Specimen", "id": "s", "collection": {"collectedDateTime": "2025-05-30T23:50:00+02:00"}}
    late = observation(specimen={"reference": "Specimen/s"}, effectivePeriod={"start": "2025-06-02"})
    inside = observation(
        "2160-0",
        contained=[specimen | {"id": "q"}],
        specimen={"reference": "#q"},
        effectiveDateTime=None,
        issued="2025-06-09",
    )
    only = observation("3016-3", effectiveDateTime=None, issued="2025-06-09T08:00:00Z")
    document = one(tmp_path, bundle(patient(), specimen, late, inside, only))
    assert rows(document, "acts", "code", "date") == [
        ("4548-4", date(2025, 5, 30)), ("2160-0", date(2025, 5, 30)), ("3016-3", date(2025, 6, 9)),
    ]  # fmt: skip


def test_a_panel_gives_its_components_and_a_report_counts_nothing_twice(tmp_path: Path):
    panel = observation("24331-1", valueQuantity=None, component=[
        {"code": coded(LOINC, "13457-7"), "valueQuantity": {"value": 1.2, "unit": "g/L", "comparator": "<"}},
        {"code": coded(LOINC, "2571-8"), "valueInteger": 3},
    ])  # fmt: skip
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "subject": ABOUT,
        "result": [{"reference": "Observation/1"}],
    }
    document = one(tmp_path, bundle(patient(), panel, report, observation(id="1"), observation(id="1")))
    assert rows(document, "acts", "code", "value", "comparator") == [
        ("13457-7", 1.2, "<"), ("2571-8", 3.0, None), ("4548-4", 7.1, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "boxes", "noted"),
    [
        ({"value": 3, "unit": "30009000"}, 3, False),
        ({"value": 3, "unit": "boîte(s)"}, 3, False),
        ({"value": 3}, 3, False),
        ({"value": 28, "unit": "comprimé(s)", "code": "{tbl}"}, 1, True),
        ({"value": 150, "unit": "mL", "code": "mL"}, 1, True),
        ({"value": 1.5, "unit": "30009000"}, 1, True),
        (None, 1, True),
    ],
)
def test_boxes_are_counted_only_when_the_quantity_is_in_boxes(tmp_path: Path, quantity: Any, boxes: int, noted: bool):
    document = one(tmp_path, bundle(patient(), dispense(quantity=quantity)))
    assert rows(document, "deliveries", "boxes") == [(boxes,)]
    assert any("boîtes" in o.reason for o in document.unmapped) == noted


def test_a_drug_and_its_prescriber_are_found_through_references(tmp_path: Path):
    drug = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"coding": [{"system": BDPM, "code": "3400938022209"}, {"system": ATC, "code": "N02BE01"}]},
    }
    asked = {"resourceType": "MedicationRequest", "id": "r", "requester": {"reference": "PractitionerRole/p"}}
    role = {"resourceType": "PractitionerRole", "id": "p", "practitioner": {"reference": "Practitioner/d"}}
    doctor = {"resourceType": "Practitioner", "id": "d", "identifier": [{"value": "10001234567"}]}
    given_out = dispense(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"},
                         authorizingPrescription=[{"reference": "MedicationRequest/r"}])  # fmt: skip
    document = one(tmp_path, bundle(patient(), drug, asked, role, doctor, given_out))
    assert rows(document, "deliveries", "cip13", "atc", "prescriber_id") == [
        ("3400938022209", "N02BE01", "10001234567")
    ]


@pytest.mark.parametrize(
    ("authored", "said"),
    [("2025-01-20T09:00:00+01:00", date(2025, 1, 20)), ("2025-01", None), ("2025-07-01", None), ("", None)],
)
def test_who_prescribed_and_when_are_those_of_the_order(tmp_path: Path, authored: str, said: date | None):
    order = {"id": "r", "requester": {"reference": "Practitioner/d"}, "authoredOn": authored}
    doctor = {"resourceType": "Practitioner", "id": "d", "identifier": [{"value": "10001234567"}]}
    resources = [
        {"resourceType": "ServiceRequest"} | order, {"resourceType": "MedicationRequest"} | order, doctor,
        observation(basedOn=[{"reference": "ServiceRequest/r"}]), procedure(),
        dispense(authorizingPrescription=[{"reference": "MedicationRequest/r"}]),
    ]  # fmt: skip
    document = one(tmp_path, bundle(patient(), *resources))
    assert rows(document, "acts", "system", "prescriber_id", "prescribed_on") == [
        ("loinc", "10001234567", said), ("ccam", None, None),
    ]  # fmt: skip
    assert rows(document, "deliveries", "prescriber_id", "prescribed_on") == [("10001234567", said)]


@pytest.mark.parametrize(
    ("cvx", "atc", "cis"),
    [("140", "J07BB", None), ("3", "J07BD52", None), ("03", "J07BD52", None), ("162", "J07AH09", None),
     ("216", "J07AL02", "62189757"),
     ("152", "J07AL", None), ("207", "J07BN", None)],
)  # fmt: skip
def test_a_cvx_code_is_a_class_and_a_product_only_where_there_is_one(
    tmp_path: Path, cvx: str, atc: str, cis: str | None
):
    document = one(tmp_path, bundle(patient(), immunization(vaccineCode=coded(CVX, cvx))))
    assert rows(document, "vaccinations", "atc", "cis") == [(atc, cis)]


def test_a_vaccination_told_without_a_date_was_done_before_it_was_recorded(tmp_path: Path):
    told = immunization(occurrenceDateTime=None, occurrenceString="dans l’enfance", recorded="2024-02-01",
                        protocolApplied=[{"doseNumberPositiveInt": 2}], lotNumber="L1")  # fmt: skip
    document = one(tmp_path, bundle(patient(), told))
    assert rows(document, "vaccinations", "date", "precision", "rank", "lot") == [(date(2024, 2, 1), "before", 2, "L1")]


def test_the_medecin_traitant_is_proposed_and_a_death_is_kept(tmp_path: Path):
    document = one(
        tmp_path, bundle(patient(generalPractitioner=[{"display": "Dr A"}], deceasedDateTime="2025-01-01T04:00:00Z"))
    )
    assert [o.what for o in document.proposed] == ["Médecin traitant Dr A"]
    assert rows(document, "patients", "died_on") == [(date(2025, 1, 1),)]
    assert "registrations" not in document.tables


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"resourceType": 3}', '{"a": 1}', "[" * 100_000, '{"resourceType": "Patient"}\n{"resour'],
)
def test_what_is_not_fhir_is_refused_with_its_name(tmp_path: Path, content: str):
    with pytest.raises(SourceError, match=r"0\.json"):
        one(tmp_path, content)


def test_one_bad_file_does_not_stop_the_others_and_is_told_at_the_end(tmp_path: Path):
    for number, content in enumerate(("{", json.dumps(bundle(*WORKED)))):
        (tmp_path / f"{number}.json").write_text(content, encoding="utf-8")
    documents = fhir.read([SourceFile(path) for path in sorted(tmp_path.iterdir())])
    assert is_the_worked_bundle(next(documents))
    with pytest.raises(SourceError, match=r"0\.json"):
        next(documents)


def test_other_encodings_are_read(tmp_path: Path):
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        file = tmp_path / f"{encoding}.json"
        named = patient(name=[{"family": "ÉÀÇ"}])
        file.write_bytes(json.dumps(bundle(named), ensure_ascii=False).encode(encoding))
        (document,) = fhir.read([SourceFile(file)])
        assert document.people[0].family == "ÉÀÇ"
        assert fhir.recognise(file.read_bytes(), "x") == "fhir"


def test_fhir_is_recognised_by_its_content():
    assert fhir.recognise(b'\n {"id": 1, "resourceType": "Bundle"', "x.txt") == "fhir"
    assert fhir.recognise(b'[{"resourceType":"Patient"}', "x") == "fhir"
    assert fhir.recognise(b'{"a": 1}', "bundle.json") is None
    assert fhir.recognise(b'<Bundle xmlns="http://hl7.org/fhir">', "bundle.json") is None
    assert fhir.recognise(b"", "bundle.json") is None


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["Patient/a", "final"])
)
NAMES = st.sampled_from(["coding", "code", "system", "value", "reference", "start", "unit", "use", "url", "identifier"])
ANY = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)


@given(st.data())
def test_damaged_resources_never_crash(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    resources = json.loads(json.dumps(WORKED))
    for _ in range(data.draw(st.integers(1, 4))):
        broken = data.draw(st.sampled_from(resources))
        broken[data.draw(st.sampled_from(sorted(broken)))] = data.draw(ANY)
    try:
        documents = read(tmp_path_factory.mktemp("f") / "x", bundle(*resources))
    except SourceError:
        return
    assert {document.kind for document in documents} == {"fhir"}


DAYS = st.dates(date(2015, 1, 1), date(2026, 6, 30))


@given(
    st.lists(
        st.tuples(DAYS, st.sampled_from(["4548-4", "2160-0"]), st.floats(0, 500).map(lambda x: round(x, 2))), max_size=5
    ),
    st.lists(st.tuples(DAYS, st.sampled_from(["QEQK004", "HHFE002"])), max_size=5),
    st.lists(st.tuples(DAYS, st.integers(3400930000000, 3400939999999).map(str), st.integers(1, 9)), max_size=5),
    st.lists(st.tuples(DAYS, st.sampled_from(["J07BB02", "J07AL"]), st.integers(1, 4)), max_size=5),
)
def test_rows_written_as_fhir_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, results: list, acts: list, boxes: list, doses: list
):
    def measured(value: float) -> Json:
        return {"value": value, "unit": "%"}

    def boxed(number: int) -> Json:
        return {"value": number, "unit": "30009000"}

    resources = [
        *(
            observation(code, effectiveDateTime=f"{day}T08:00:00+02:00", valueQuantity=measured(v))
            for day, code, v in results
        ),
        *(procedure(code=coded(CCAM, code), performedDateTime=str(day)) for day, code in acts),
        *(
            dispense(whenHandedOver=str(day), medicationCodeableConcept=coded(BDPM, cip13), quantity=boxed(number))
            for day, cip13, number in boxes
        ),
        *(
            immunization(
                occurrenceDateTime=str(day),
                vaccineCode=coded(ATC, atc),
                protocolApplied=[{"doseNumberPositiveInt": number}],
            )
            for day, atc, number in doses
        ),
    ]
    (document,) = read(tmp_path_factory.mktemp("f") / "x", bundle(patient(), *resources))
    assert rows(document, "acts", "date", "code", "value") == [*results, *((day, code, None) for day, code in acts)]
    assert rows(document, "deliveries", "date", "cip13", "boxes") == boxes
    assert rows(document, "vaccinations", "date", "atc", "rank") == doses
    assert document.unmapped == ()
