"""Clinical documents: what happened becomes rows, what is planned, refused or only listed never does."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.records.readers import cda
from calculators.records.readers.cda.people import birth
from calculators.records.readers.cda.rows import SCHEMAS
from calculators.records.readers.shape import Document, SourceError, SourceFile
from tests.records import clinical as made
from tests.records.clinical import (
    CCAM_TOO,
    TEMPLATES,
    chapter,
    clinical,
    coded,
    dispensed,
    problem,
    procedure,
    result,
    sampler,
    sampling,
    section,
    treating,
    treatment,
    vaccine,
)
from tests.records.histories import drug, history, nothing, ordinary, stay, supply
from tests.records.histories import section as remb_section
from tests.records.histories import vaccine as remb_vaccine

DAY = date(2021, 1, 4)


def read(content: str | bytes, name: str = "d.xml") -> Document:
    with TemporaryDirectory() as place:
        file = Path(place) / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return next(cda.read([SourceFile(file)]))


def rows(document: Document, table: str, *columns: str) -> list[tuple]:
    found = document.tables[table].to_pylist() if table in document.tables else []
    return [tuple(row[column] for column in columns) for row in found]


def told(document: Document) -> dict[str, int]:
    return {one.what: one.number for one in document.unmapped}


# --- what a document is


@pytest.mark.parametrize(
    ("type_", "kind"),
    [("vsm", "cda_synthese"), ("ips", "cda_synthese"), ("dlu", "cda_synthese"), ("vac", "cda_vaccination"),
     ("note", "cda_vaccination"), ("cs8", "cda_certificat"), ("cs9", "cda_certificat"), ("cs24", "cda_certificat"),
     ("bio", "cda_biologie"), ("trod", "cda_biologie"), ("img", "cda_imagerie"), ("d2lm", "cda_imagerie"),
     ("edisp", "cda_dispensation"), ("exit", "cda_liaison"), ("entry", "cda_liaison"), ("prescription", "cda_autre"),
     ("scan", "cda_autre")],
)  # fmt: skip
def test_the_template_tells_the_type_whatever_the_code_says(type_: str, kind: str):
    for code in ("11502-2", "34133-9", "18748-4", "60591-5", "REMB"):
        content = clinical(type_, code=code)
        assert cda.recognise(content.encode(), "x") == kind
        assert read(content).kind == kind


def test_an_unknown_type_is_named_by_its_own_label_and_left_with_the_count_of_its_sections():
    document = read(clinical("vac", section("30954-2", result(), result(), title="Examens"), template="1.2.3"))
    assert (document.kind, dict(document.tables), document.read) == ("cda_autre", {}, {"Examens": 2})
    assert told(document) == {"Document non lu": 1, "Examens": 2}
    assert cda.name_of(clinical("vac", template="1.2.3").encode()) == "Un document"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.encode("utf-16"),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        lambda text: text.replace("UTF-8", "windows-1252").encode("cp1252"),
        lambda text: text.encode("cp1252"),
        lambda text: text.replace("UTF-8", "UTF-16").encode(),
        lambda text: (
            text.replace("<", "<h:").replace("<h:/", "</h:").replace("<h:?", "<?").replace("xmlns=", "xmlns:h=")
        ),
        lambda text: _inside("<x:stylesheet xmlns:x='http://www.w3.org/1999/XSL/Transform'>{}</x:stylesheet>", text),
        lambda text: _inside("<Signed xmlns='urn:s'><Object>{}</Object><Signature/></Signed>", text),
    ],
    ids=["UTF-16", "BOM", "Latin-1", "Windows", "said to be UTF-8", "said to be UTF-16", "prefix", "XSL", "signed"],
)
def test_encodings_prefixes_and_envelopes_change_nothing(change):
    name = "<name><family qualifier='BR'>INVENTÉE</family><given>Zoé</given></name>"
    document = read(change(clinical("vac", section("11369-6", vaccine(cis="61077869", when="2019")), name=name)))
    assert (document.people[0].family, document.people[0].given) == ("INVENTÉE", "Zoé")
    assert rows(document, "vaccinations", "cis") == [("61077869",)]


def _inside(envelope: str, document: str) -> str:
    return envelope.format(document.partition("?>")[2])


def test_a_prefix_of_a_type_is_not_part_of_it():
    written = '<value xsi:type="c:IVL_PQ"><high value="1.0" unit="mg/L"/></value>'
    document = read(clinical("bio", section("1", chapter(result(value=written)))))
    assert rows(document, "acts", "value", "unit", "comparator") == [(1.0, "mg/L", "<")]


def test_a_document_has_a_set_a_version_and_what_it_replaces():
    related = "<relatedDocument typeCode='{}'><parentDocument><id root='{}'/></parentDocument></relatedDocument>"
    document = read(clinical("vac", header=related.format("RPLC", "1.9") + related.format("APND", "1.8")))
    root = TEMPLATES["vac"]
    assert (document.document_id, document.set_id, document.version) == (f"{root}.7.2", f"{root}.7", 2)
    assert (document.replaces, document.created_on) == (("1.9",), date(2021, 4, 1))


# --- whose it is


def test_a_person_has_a_birth_name_a_used_one_and_all_his_given_names():
    contact = (
        "<telecom value='tel:0199001111' use='H'/><telecom value='tel:0639982222' use='MC'/>"
        "<telecom value='mailto:279035121518989@patient.mssante.fr'/><telecom value='mailto:aline@exemple.fr'/>"
    )
    person = read(clinical("vac", contact=contact)).people[0]
    assert (person.number, person.family, person.used_family) == ("279035121518989", "NAISSANCE", "EPOUSE")
    assert (person.given, person.phone, person.email) == ("ALINE MARIE-LOUISE", "0639982222", "aline@exemple.fr")
    assert (person.birth, person.birth_precision, person.sex) == (date(1979, 3, 28), "day", "F")


def test_the_address_that_is_a_number_is_never_an_address():
    contact = "<telecom value='MAILTO:279035121518989@Patient.MSSante.fr'/>"
    assert read(clinical("vac", contact=contact)).people[0].email == ""


def test_a_local_number_is_no_national_number_and_a_test_number_makes_the_document_fictitious():
    local = read(clinical("vac", ids="<id root='1.2.3' extension='279035121518989'/>"))
    assert (local.people[0].number, local.synthetic) == ("", False)
    tried = read(clinical("vac", ids="<id root='1.2.250.1.213.1.4.10' extension='279035121518989'/>"))
    assert (tried.people[0].number, tried.synthetic) == ("279035121518989", True)


def test_a_document_of_nobody_is_refused():
    with pytest.raises(SourceError, match="identifiant du patient"):
        read(clinical("vac", ids="", name="<name/>"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("19790328", (date(1979, 3, 28), "day")),
        ("197903281200+0100", (date(1979, 3, 28), "day")),
        ("19790300", (date(1979, 3, 1), "month")),
        ("197903", (date(1979, 3, 1), "month")),
        ("19790231", (date(1979, 2, 1), "month")),
        ("1950", (date(1950, 12, 31), "year")),
        ("19500000", (date(1950, 12, 31), "year")),
        ("19510015", (date(1951, 1, 15), "year")),
        ("19511399", (date(1951, 12, 31), "year")),
        ("19512003", (date(1951, 1, 3), "year")),
        ("00000101", None),
        ("inconnue", None),
        ("", None),
    ],
)
def test_a_birth_of_unknown_day_or_month_is_the_conventional_one(written: str, expected):
    assert birth(written) == expected


def test_a_lunar_birth_is_read_and_told():
    document = read(clinical("vac", birth="19500000"))
    assert (document.people[0].birth, document.people[0].birth_precision) == (date(1950, 12, 31), "year")
    assert told(document) == {"Date de naissance incomplète": 1}
    assert read(clinical("vac", birth="")).people[0].birth is None


def test_a_treating_doctor_is_only_proposed():
    document = read(clinical("vsm", header=treating("801234567897") + treating("00B1057294", "DURAND")))
    assert [one.reason for one in document.proposed] == [
        "DURAND (n° 00B1057294) : à confirmer, aucune inscription",
        "MARTIN (n° 01234567897) : à confirmer, aucune inscription",
    ]
    assert "registrations" not in document.tables


# --- reimbursement histories


def test_a_history_covers_its_four_domains_and_nothing_else_covers():
    document = read(ordinary())
    assert {one.domain for one in document.covered} == {"acts", "deliveries", "biology", "stays"}
    assert {(one.from_date, one.to_date) for one in document.covered} == {(date(2025, 1, 1), date(2025, 6, 30))}
    assert all(read(clinical(type_)).covered == () for type_ in TEMPLATES)
    assert read(history([remb_section("Médicaments", drug("3400930000001", "20250301"))], period=None)).covered == ()


def test_an_empty_history_is_a_patient_covered_with_nothing_done():
    document = read(history([remb_section("Biologie", nothing(), nothing("02276797"))]))
    assert (len(document.covered), document.read, document.tables, document.unmapped) == (4, {}, {}, ())


def test_a_history_gives_stays_and_their_end_may_be_missing():
    open_end = stay("1940")
    closed = stay("1721", first="20250412").replace("/></effectiveTime>", "/><high value='20250415'/></effectiveTime>")
    document = read(history([remb_section("Hospitalisations", open_end, closed, nothing("02276797"))]))
    assert rows(document, "stays", "entry", "exit", "kind", "ghm") == [
        (date(2025, 5, 15), None, "mco", None),
        (date(2025, 4, 12), date(2025, 4, 15), "mco", None),
    ]


def test_a_line_after_the_period_is_kept_and_told():
    document = read(history([remb_section("Médicaments", drug("3400930000001", "20250702"))]))
    assert rows(document, "deliveries", "date") == [(date(2025, 7, 2),)]
    assert told(document)["Ligne datée après la période du document"] == 1


def test_a_group_of_three_characters_does_not_hide_the_class_of_the_presentation():
    lines = [drug("3400930000001", "20250301"), drug("9064295", "20250302", group="W99"),
             remb_vaccine("3400932857241", "J07AM", "20250303")]  # fmt: skip
    document = read(history([remb_section("Médicaments", *lines)]))
    assert rows(document, "deliveries", "cip13", "atc") == [
        ("3400930000001", None), (None, "W99"), ("3400932857241", "J07AM"),
    ]  # fmt: skip


@pytest.mark.parametrize(("unpacked", "boxes"), [("true", 1), ("false", 28)])
def test_what_is_dispensed_by_the_unit_is_not_counted_in_boxes(unpacked: str, boxes: int):
    said = f'<observation moodCode="EVN"><code code="MED-559"/><value xsi:type="BL" value="{unpacked}"/></observation>'
    line = drug("3400930000001", "20250301", boxes="28").replace(
        "</substanceAdministration>", f"<entryRelationship>{said}</entryRelationship></substanceAdministration>"
    )
    document = read(history([remb_section("Médicaments", line)]))
    assert rows(document, "deliveries", "boxes") == [(boxes,)]
    assert ("Médicament délivré à l’unité" in told(document)) is (unpacked == "true")


def test_the_day_of_the_prescription_is_kept_beside_that_of_the_dispensing():
    found = read(history([remb_section("M", drug(supplies=supply("20250301", prescribed="20250228")))]))
    assert rows(found, "deliveries", "date", "prescribed_on") == [(date(2025, 3, 1), date(2025, 2, 28))]


# --- summaries and letters


@pytest.mark.parametrize("type_", ["vsm", "ips", "dlu", "exit", "entry", "prescription"])
@pytest.mark.parametrize("code", ["10160-0", "10183-2", "18610-6", "57828-6", "18776-5"])
def test_a_treatment_is_never_a_delivery(type_: str, code: str):
    document = read(clinical(type_, section(code, treatment(), title="Traitements")))
    assert not document.tables.keys() & {"deliveries", "vaccinations"}
    assert (document.read["Traitements"], told(document)["Traitements"]) == (1, 1)


def test_acts_of_a_summary_are_those_that_were_done_in_a_known_nomenclature():
    document = read(
        clinical("vsm", section("47519-4", procedure("DDAF004"), procedure("ECQH010", mood="INT"), procedure("X", "1.2"),
                                procedure("QEQK004", about='negationInd="true"'), procedure("HHQE004", when="2018"),
                                procedure("no-known-procedures", "1.2")))
    )  # fmt: skip
    assert rows(document, "acts", "date", "system", "code") == [(date(2018, 1, 14), "ccam", "DDAF004")]
    assert told(document) == {"Acte non fait ou seulement prévu": 2, "Acte sans code connu": 1, "Acte sans date": 1}


def test_what_is_planned_in_a_summary_is_no_act_and_no_vaccine():
    planned = section("18776-5", procedure("QEQK004"), vaccine(atc="J07BB02", when="20210101"), title="Plan")
    document = read(clinical("ips", planned))
    assert (dict(document.tables), told(document)) == ({}, {"Plan": 2})


def test_a_diagnosis_is_a_condition_and_an_ald_is_only_possible():
    held = [problem("I20.0"), problem("N10", start="20180422", end="20180430"), problem("E11", about='negationInd="true"'),
            problem("no-problem-info", "1.2"), problem("MED-276", "1.2.250.1.213.1.1.4.322")]  # fmt: skip
    document = read(clinical("vsm", section("11450-4", *held)))
    assert rows(document, "conditions", "system", "code", "from_date", "to_date") == [
        ("cim10", "I20.0", date(2019, 8, 11), None),
        ("cim10", "N10", date(2018, 4, 22), date(2018, 4, 30)),
    ]
    assert [one.what for one in document.proposed] == ["ALD 13 possible"]
    assert "ald" not in document.tables
    assert told(document) == {"Diagnostic écarté": 1, "Diagnostic sans code connu": 1}


def test_a_letter_of_exit_gives_the_stay_of_its_header_and_one_of_entry_none():
    time = "<effectiveTime><low value='20191029111700+0100'/><high value='20191203'/></effectiveTime>"
    within = f"<componentOf><encompassingEncounter>{time}</encompassingEncounter></componentOf>"
    assert rows(read(clinical("exit", header=within)), "stays", "entry", "exit") == [
        (date(2019, 10, 29), date(2019, 12, 3))
    ]
    assert "stays" not in read(clinical("entry", header=within)).tables
    assert told(read(clinical("exit")))["Séjour sans date d’entrée"] == 1


# --- vaccines


def test_an_injection_has_the_precision_that_is_written():
    held = [vaccine(cis="61077869", cip="3400936466425", atc="J07AN", when="1975", rank="1", lot="23542"),
            vaccine(atc="J07AM", when="20090928094914+0100"), vaccine(atc="J07BB02", when="202011"),
            vaccine(atc="J07AL02")]  # fmt: skip
    document = read(clinical("vac", section("11369-6", *held), birth="19790328"))
    assert rows(document, "vaccinations", "date", "precision", "cip13", "cis", "atc", "rank", "lot", "not_done") == [
        (date(1975, 1, 1), "year", "3400936466425", "61077869", "J07AN", 1, "23542", False),
        (date(2009, 9, 28), "day", None, None, "J07AM", None, None, False),
        (date(2020, 11, 1), "month", None, None, "J07BB02", None, None, False),
        (DAY, "before", None, None, "J07AL02", None, None, False),
    ]
    assert told(document) == {"Vaccin daté d’avant la naissance": 1}


def test_what_was_not_injected_is_said_so_or_is_no_row():
    held = [vaccine(atc="J07AN", about='negationInd="true"'), vaccine(atc="J07BM03", status="cancelled"),
            vaccine(atc="J07BM03").replace('moodCode="EVN"', 'moodCode="INT"'), vaccine(atc="J06BB"), vaccine(),
            vaccine(cis="no-known-immunizations")]  # fmt: skip
    document = read(clinical("cs8", section("11369-6", *held), birth="20210101"))
    assert rows(document, "vaccinations", "atc", "not_done") == [("J07AN", True)]
    assert told(document) == {
        "Produit qui n’est pas un vaccin": 1, "Vaccin noté comme non fait": 1, "Vaccin prévu ou annulé": 2,
        "Vaccin sans code connu": 1,
    }  # fmt: skip


def test_a_dose_is_one_dose_whatever_the_quantity_and_ranks_make_no_dates():
    held = [vaccine(atc="J07BD52", rank=rank) for rank in ("1", "2", "0", "deux", "9999999")]
    document = read(clinical("cs24", section("11369-6", *held), birth="20190101"))
    assert rows(document, "vaccinations", "rank", "precision") == [
        (1, "before"), (2, "before"), (None, "before"), (None, "before"), (None, "before"),
    ]  # fmt: skip


@pytest.mark.parametrize("type_", ["dlu", "ips"])
def test_vaccines_of_a_summary_are_injections_too(type_: str):
    assert rows(read(clinical(type_, section("11369-6", vaccine(atc="J07BB01")))), "vaccinations", "precision") == [
        ("before",)
    ]


# --- child certificates


@pytest.mark.parametrize("type_", ["cs8", "cs9", "cs24"])
def test_a_certificate_is_the_proof_of_the_exam_unless_it_is_dated_before_the_birth(type_: str):
    proof = rows(
        read(clinical(type_, birth="20201225")), "acts", "date", "system", "code", "performer_id", "performer_specialty"
    )
    assert proof == [(DAY, "ngap", "COE", "01234567897", "12")]
    early = read(clinical(type_, birth="20210105"))
    assert "acts" not in early.tables
    assert told(early) == {"Examen daté d’avant la naissance": 1}


# --- laboratory


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('<value xsi:type="PQ" value="0.62" unit="g/L"><translation value="0.7" code="mol"/></value>', (0.62, "g/L", None)),
        ('<value xsi:type="REAL" value="2.0"/>', (2.0, None, None)),
        ('<value xsi:type="INT" value="3"/>', (3.0, None, None)),
        ('<value xsi:type="IVL_PQ"><low value="90" unit="mL/min"/></value>', (90.0, "mL/min", ">")),
        ('<value xsi:type="IVL_PQ"><high value="1.0" unit="mg/L"/></value>', (1.0, "mg/L", "<")),
        ('<value xsi:type="IVL_PQ"><low value="1"/><high value="2"/></value>', (None, None, None)),
        ('<value xsi:type="ED">&lt;1.0 mg/L</value>', (1.0, "mg/L", "<")),
        ('<value xsi:type="ST">≥ 1,5 g/L</value>', (1.5, "g/L", ">=")),
        ('<value xsi:type="ST">positif</value>', (None, None, None)),
        ('<value xsi:type="ST">12 à 15</value>', (None, None, None)),
        ('<value xsi:type="ST">5,2 10*9/L</value>', (5.2, "10*9/L", None)),
        ('<value xsi:type="ST">500 /mL</value>', (500.0, "/mL", None)),
        ('<value xsi:type="ST">12/15</value>', (None, None, None)),
        ('<value xsi:type="CD" code="10828004" displayName="positif"/>', (None, None, None)),
        ('<value xsi:type="PQ" value="NaN" unit="%"/>', (None, None, None)),
        ('<value xsi:type="PQ" value="1e99" unit="%"/>', (1e99, "%", None)),
        ('<value nullFlavor="UNK"/>', (None, None, None)),
        ("", (None, None, None)),
    ],
)  # fmt: skip
def test_a_result_keeps_its_value_its_unit_and_its_limit(value: str, expected: tuple):
    document = read(clinical("bio", section("18719-5", chapter(result(value=value)))))
    assert rows(document, "acts", "system", "code", "value", "unit", "comparator") == [("loinc", "4548-4", *expected)]


def test_the_day_of_a_result_is_that_of_the_sampling():
    def day(*held: str, header: str = "", done: str = "20210104") -> list[tuple]:
        return rows(read(clinical("bio", section("1", chapter(*held)), header=header, done=done)), "acts", "date")

    of_act, of_header = sampling("20210102"), sampler("202101030735+0100")
    assert day(of_act, result(), header=of_header) == [(date(2021, 1, 2),)]
    assert day(result(), header=of_header) == [(date(2021, 1, 3),)]
    assert day(result(when="20210101")) == [(date(2021, 1, 1),)]
    assert day(result(when="")) == [(date(2021, 1, 4),)]
    assert day(result(when=""), done="") == [(date(2021, 4, 1),)]


def test_a_sampling_far_from_the_result_is_told():
    document = read(clinical("bio", section("1", chapter(result(when="20140402"))), header=sampler("20210104")))
    assert told(document)["Prélèvement et résultat à plus d’un mois l’un de l’autre"] == 1


def test_a_sampling_with_a_code_is_an_act_of_its_own():
    document = read(clinical("bio", section("1", chapter(sampling("20210102", "27"), result("77379-6")))))
    assert rows(document, "acts", "date", "system", "code") == [
        (date(2021, 1, 2), "nabm", "0027"),
        (date(2021, 1, 2), "loinc", "77379-6"),
    ]


def test_earlier_cancelled_and_local_results_are_not_results_of_the_report():
    earlier = f'<entryRelationship typeCode="REFR">{result("2345-7")}</entryRelationship>'
    local = result("", system="", more="").replace(
        '<code code="" codeSystem=""/>', f"<code>{coded('translation', '1.2.250.1.2.3.4', '1234')}</code>"
    )
    held = [
        result(more=earlier),
        result("3016-3", status="aborted"),
        result("3024-7", about='negationInd="true"'),
        local,
    ]
    document = read(clinical("bio", section("1", chapter(*held))))
    assert rows(document, "acts", "code") == [("4548-4",)]
    assert told(document)["Analyse non faite"] == 2
    assert told(document)["Code de laboratoire non relié"] == 1
    assert document.read == {"Une section": 4}


def test_results_are_found_at_any_depth_and_two_of_one_code_are_two_lines():
    battery = f"<organizer><component>{result()}</component><component>{result()}</component></organizer>"
    assert rows(read(clinical("trod", section("1", chapter(chapter(battery))))), "acts", "code") == [("4548-4",)] * 2


def test_who_asked_and_who_did_are_told_apart():
    number = f"<id root='{made.PS}' extension='810002422979'/>"
    asked = f"<participant typeCode='REF'><associatedEntity>{number}</associatedEntity></participant>"
    document = read(clinical("bio", section("1", chapter(result())), header=asked))
    assert rows(document, "acts", "performer_id", "prescriber_id") == [("01234534765", "10002422979")]


def test_a_report_that_is_only_a_picture_gives_nothing_and_says_so():
    content = clinical("bio")
    body = content[content.index("<component>") : content.index("</ClinicalDocument>")]
    document = read(content.replace(body, "<component><nonXMLBody><text>JVBERi0=</text></nonXMLBody></component>"))
    assert (dict(document.tables), told(document)) == ({}, {"Document sans contenu structuré": 1})


# --- imaging


@pytest.mark.parametrize("system", [made.CCAM, CCAM_TOO, "1.2.250.1.215.200.3.4"])
def test_a_screening_mammogram_is_the_act_of_its_header(system: str):
    for template in ("1.2.250.1.213.1.1.1.27", "1.2.250.1.213.1.1.1.28"):
        document = read(clinical("d2lm", event=coded("code", system, "QEQK004"), template=template))
        assert rows(document, "acts", "date", "system", "code", "performer_id", "performer_specialty") == [
            (DAY, "ccam", "QEQK004", "01234534765", "06")
        ]


def test_an_imaging_act_is_coded_in_a_translation_and_told_once():
    done = procedure("24727-0", made.LOINC, "20210104", inside=coded("translation", made.CCAM, "ACQH004"))
    contrast = treatment("3400936915657")
    document = read(clinical("img", section("55111-9", done, contrast), event=coded("code", made.CCAM, "ACQH004")))
    assert rows(document, "acts", "date", "code", "performer_id") == [(DAY, "ACQH004", "01234534765")]
    assert (document.tables.keys(), told(document)) == ({"acts"}, {"Acte dit deux fois par le document": 1})


# --- dispensing


def test_a_dispensing_is_dated_by_the_header_and_counted_in_boxes():
    held = [dispensed(), dispensed("", "3", "30015500"), dispensed(unit=""), dispensed(mood="INT")]
    document = read(clinical("edisp", section("60590-7", *held)))
    assert rows(document, "deliveries", "date", "cip13", "boxes", "prescriber_id", "prescribed_on") == [
        (DAY, "3400933516390", 2, "01234567897", date(2021, 1, 2)),
        (DAY, None, 1, "01234567897", date(2021, 1, 2)),
        (DAY, "3400933516390", 2, "01234567897", date(2021, 1, 2)),
    ]
    assert told(document)["Quantité qui n’est pas en boîtes"] == 1
    assert told(document)["Ligne annulée, refusée ou seulement prévue"] == 1


def test_what_has_no_day_at_all_is_told_and_never_dated():
    held = [section("11369-6", vaccine(atc="J07AN"), title="Vaccins"), section("60590-7", dispensed(), title="Boîtes"),
            section("1", chapter(result(when="")), title="Résultats")]  # fmt: skip
    for type_, what in (
        ("vac", "Vaccin sans date"),
        ("edisp", "Boîtes"),
        ("bio", "Analyse sans date"),
        ("cs8", "Examen sans date"),
    ):
        document = read(clinical(type_, *held, created="", done=""))
        assert not document.tables
        assert told(document)[what] == 1


# --- drawn and damaged documents

DAYS = st.dates(date(1990, 1, 1), date(2025, 12, 31))
ATCS = st.sampled_from(["J07AN", "J07BB02", "J07AL", "J07BD52", "J07"])
INJECTIONS = st.lists(
    st.tuples(DAYS, st.sampled_from(["day", "month", "year"]), ATCS, st.none() | st.integers(1, 9), st.booleans()),
    max_size=6,
)
RESULTS = st.lists(
    st.tuples(
        DAYS,
        st.sampled_from(["4548-4", "14682-9", "77379-6"]),
        st.integers(-(10**6), 10**6).map(lambda n: n / 1000),
        st.sampled_from(["g/L", "%", "m[IU]/L"]),
        st.sampled_from([None, "<", ">"]),
    ),
    max_size=6,
)
FORMS = {"day": "%Y%m%d", "month": "%Y%m", "year": "%Y"}


@settings(max_examples=6 * settings.default.max_examples)
@given(INJECTIONS)
def test_injections_written_as_a_booklet_are_read_back_equal(drawn):
    held = [
        vaccine(
            atc=atc, when=_written(day, precision), rank=str(rank or ""), about=f'negationInd="{str(refused).lower()}"'
        )
        for day, precision, atc, rank, refused in drawn
    ]
    document = read(clinical("vac", section("11369-6", *held), birth="19700101"))
    expected = [(_first(day, precision), precision, atc, rank, refused) for day, precision, atc, rank, refused in drawn]
    assert rows(document, "vaccinations", "date", "precision", "atc", "rank", "not_done") == expected


def _written(day: date, precision: str) -> str:
    return day.strftime(FORMS[precision])


def _first(day: date, precision: str) -> date:
    return day.replace(month=1, day=1) if precision == "year" else day.replace(day=1) if precision == "month" else day


@settings(max_examples=6 * settings.default.max_examples)
@given(RESULTS)
def test_results_written_as_a_report_are_read_back_equal(drawn):
    held = []
    for day, code, number, unit, limit in drawn:
        bound = {"<": "high", ">": "low"}.get(limit or "")
        inner = f'<{bound} value="{number}" unit="{unit}"/>' if bound else ""
        value = (
            f'<value xsi:type="IVL_PQ">{inner}</value>'
            if bound
            else f'<value xsi:type="PQ" value="{number}" unit="{unit}"/>'
        )
        held.append(chapter(sampling(f"{day:%Y%m%d}"), result(code, value, when=f"{day:%Y%m%d}")))
    document = read(clinical("bio", section("1", *held)))
    expected = [(day, "loinc", code, number, unit, limit) for day, code, number, unit, limit in drawn]
    assert rows(document, "acts", "date", "system", "code", "value", "unit", "comparator") == expected


LINES = st.lists(st.tuples(DAYS, st.sampled_from(["3400930000001", "3400932857241"]), st.integers(-50, 50)), max_size=8)


@settings(max_examples=6 * settings.default.max_examples)
@given(LINES)
def test_deliveries_written_as_a_history_are_read_back_equal(drawn):
    held = [drug(cip, f"{day:%Y%m%d}", boxes=str(boxes)) for day, cip, boxes in drawn]
    document = read(history([remb_section("Médicaments", *held)], period=("19900101", "20251231")))
    assert rows(document, "deliveries", "date", "cip13", "boxes") == drawn
    assert document.read == ({"Médicaments": len(drawn)} if drawn else {})


LIMIT = '<value xsi:type="IVL_PQ"><high value="1"/></value>'
WHOLE = {
    type_: clinical(
        type_,
        section("11369-6", vaccine(cis="61077869", cip="3400936466425", atc="J07AN", when="1975", rank="1")),
        section("11450-4", problem("I20.0")),
        section("47519-4", procedure("DDAF004")),
        section("18719-5", chapter(sampling("20210102", "27"), result(), result(value=LIMIT))),
        section("60590-7", dispensed()),
        header=sampler("20210104") + treating("801234567897"),
        event=coded("code", made.CCAM, "QEQK004"),
    ).encode()
    for type_ in TEMPLATES
}  # fmt: skip
PIECES = st.sampled_from(
    [b"", b"<", b">", b'"', b"'", b"\xff", b"\x00", b"&x;", b"-", b"99999999999999999999", b"<section/>", b"<entry>",
     b'nullFlavor="UNK"', b"20250230", b"00010101", b"99991231", b"1e9", b"Infinity", b"xsi:type='PQ'", b"\xc3"]
)  # fmt: skip
MUTATIONS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), min_size=1, max_size=4)


@pytest.mark.slow
@settings(max_examples=15 * settings.default.max_examples)
@given(st.sampled_from(sorted(WHOLE)), MUTATIONS, st.booleans())
def test_a_damaged_document_is_read_or_refused_in_words(type_: str, mutations, truncated: bool):
    content = WHOLE[type_]
    for place, length, piece in mutations:
        position = int(place * len(content))
        content = content[:position] + piece + (b"" if truncated else content[position + length :])
    _readable(content)


VALUES = sorted({piece for piece in WHOLE["bio"].replace(b"'", b'"').split(b'"')[1::2] if len(piece) < 40})


@pytest.mark.slow
@settings(max_examples=15 * settings.default.max_examples)
@given(
    st.sampled_from(sorted(WHOLE)),
    st.lists(st.tuples(st.sampled_from(VALUES), PIECES | st.sampled_from(VALUES)), min_size=1, max_size=4),
)
def test_strange_values_never_break_the_reader(type_: str, replaced):
    content = WHOLE[type_].replace(b"'", b'"')
    for old, new in replaced:
        content = content.replace(b'"' + old + b'"', b'"' + new.replace(b'"', b"").replace(b"'", b"") + b'"')
    _readable(content)


def _readable(content: bytes) -> None:
    cda.recognise(content[:65536], "d.xml")
    try:
        document = read(content)
    except SourceError:
        return
    assert all(SCHEMAS[name].names == table.schema.names for name, table in document.tables.items())
    assert all(
        row["patient_id"] == document.people[0].key for table in document.tables.values() for row in table.to_pylist()
    )
