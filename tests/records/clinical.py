"""Tiny clinical documents (CDA) of every type but the reimbursement history: say what matters, the rest is ordinary.

clinical("vac", section("11369-6", vaccine(cis="61077869", when="1975")))
"""

TEMPLATES = {
    "vsm": "1.2.250.1.213.1.1.1.13", "ips": "1.2.250.1.213.1.1.1.51", "dlu": "1.2.250.1.213.1.1.1.22",
    "vac": "1.2.250.1.213.1.1.1.37", "note": "1.2.250.1.213.1.1.1.46", "cs8": "1.2.250.1.213.1.1.1.5.1",
    "cs9": "1.2.250.1.213.1.1.1.5.2", "cs24": "1.2.250.1.213.1.1.1.5.3", "bio": "1.2.250.1.213.1.1.1.55",
    "trod": "1.2.250.1.213.1.1.1.59", "img": "1.2.250.1.213.1.1.1.45", "d2lm": "1.2.250.1.213.1.1.1.27",
    "edisp": "1.2.250.1.213.1.1.1.54", "exit": "1.2.250.1.213.1.1.1.29", "entry": "1.2.250.1.213.1.1.1.21",
    "prescription": "1.2.250.1.213.1.1.1.39", "scan": "1.3.6.1.4.1.19376.1.2.20",
}  # fmt: skip
LOINC, ATC, CIM10 = "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.73", "2.16.840.1.113883.6.3"
CIS, CIP, CIP_TOO = "1.2.250.1.213.2.3.1", "1.2.250.1.213.2.3.2", "1.2.250.1.213.2.3.3"
CCAM, CCAM_TOO, NABM = "1.2.250.1.215.300.1", "1.2.250.1.213.2.5", "1.2.250.1.213.2.7"
PS = "1.2.250.1.71.4.2.1"
NAME = (
    "<name><family qualifier='BR'>NAISSANCE</family><given>ALINE MARIE-LOUISE</given><given qualifier='BR'>ALINE</given>"
    "<family qualifier='CL'>EPOUSE</family></name>"
)
PATIENT_IDS = "<id root='1.2.250.1.213.1.4.8' extension='2 79 03 51 215 189 89'/><id root='1.2.3' extension='77'/>"


def clinical(
    kind: str, *body: str, header: str = "", event: str = "", birth: str = "19790328", sex: str = "F", name: str = NAME,
    ids: str = PATIENT_IDS, contact: str = "", created: str = "20210401171000+0100", code: str = "1",
    done: str = "20210104092200", template: str = "",
) -> str:  # fmt: skip
    """A whole document. `event` replaces the code of the service, `done` is its first day."""
    root = template or TEMPLATES[kind]
    started = f"<effectiveTime><low value='{done}'/></effectiveTime>" if done else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="{root}"/><id root="{root}.7.2"/>
<code code="{code}" displayName="Un document"/><title>Un titre</title><effectiveTime value="{created}"/>
<setId root="{root}.7"/><versionNumber value="2"/>
<recordTarget><patientRole>{ids}{contact}<patient>{name}<administrativeGenderCode code="{sex}"/>
<birthTime value="{birth}"/><guardian><guardianPerson><name><family>TUTEUR</family></name></guardianPerson></guardian>
</patient></patientRole></recordTarget>
<author><assignedAuthor>{_who("801234567897", "G15_10/SM40")}</assignedAuthor></author>{header}
<documentationOf><serviceEvent>{event}{started}<performer><assignedEntity>{_who("801234534765", "G15_10/SM55")}
</assignedEntity></performer></serviceEvent></documentationOf>
<component><structuredBody>{"".join(body)}</structuredBody></component></ClinicalDocument>"""


def _who(number: str, specialty: str) -> str:
    return f'<id root="{PS}" extension="{number}"/><code code="{specialty}"/>'


def section(code: str, *entries: str, title: str = "Une section") -> str:
    held = "".join(f"<entry>{entry}</entry>" for entry in entries)
    own = f'<code code="{code}" codeSystem="{LOINC}"/><title>{title}</title>'
    return f"<component><section>{own}{held}</section></component>"


def coded(tag: str, system: str, code: str, more: str = "") -> str:
    return f'<{tag} code="{code}" codeSystem="{system}" displayName="Un libellé"{more}/>'


def vaccine(
    cis="", cip="", atc="", when="", rank="", lot="", about="", status="completed", no_date='nullFlavor="NAV"'
) -> str:
    own = f'code="{cis}" codeSystem="{CIS}"' if cis else 'nullFlavor="NA"'
    translations = (coded("translation", ATC, atc) if atc else "") + (coded("translation", CIP_TOO, cip) if cip else "")
    told = f'<value xsi:type="INT" value="{rank}"/>'
    nth = f"<entryRelationship><observation>{coded('code', LOINC, '30973-2')}{told}</observation></entryRelationship>"
    return (
        f'<substanceAdministration moodCode="EVN" {about}>{coded("code", "1.2", "INITIMMUNIZ")}'
        f'<statusCode code="{status}"/>'
        f'<effectiveTime {f"""value="{when}" """ if when else no_date}/><doseQuantity value="2"/><consumable>'
        f"<manufacturedProduct><manufacturedMaterial><code {own}>{translations}</code>"
        f"<lotNumberText>{lot}</lotNumberText></manufacturedMaterial></manufacturedProduct></consumable>"
        f"{nth if rank else ''}</substanceAdministration>"
    )


def problem(code: str, system: str = CIM10, start="20190811", end="", about='negationInd="false"') -> str:
    until = f'<high value="{end}"/>' if end else ""
    return (
        f'<act moodCode="EVN"><statusCode code="active"/><entryRelationship><observation moodCode="EVN" {about}>'
        f'<effectiveTime><low value="{start}"/>{until}</effectiveTime>'
        f"{coded('value', system, code)}</observation></entryRelationship></act>"
    )


def procedure(code: str, system: str = CCAM, when="20180114", mood="EVN", about="", inside="", templates="") -> str:
    return (
        f'<procedure moodCode="{mood}" {about}>{templates}<code code="{code}" codeSystem="{system}">{inside}</code>'
        f'<effectiveTime value="{when}"/></procedure>'
    )


def treatment(cip: str = "3400938022209") -> str:
    """A drug of a list of treatments: event, completed, with its codes, and still no delivery."""
    return vaccine(cis="63564053", cip=cip, when="20190811")


def result(code="4548-4", value='<value xsi:type="PQ" value="7.1" unit="%"/>', when="20140402", system=LOINC, more="",
           status="completed", about="") -> str:  # fmt: skip
    return (
        f'<observation moodCode="EVN" {about}><templateId root="1.3.6.1.4.1.19376.1.3.1.6"/>'
        f'<code code="{code}" codeSystem="{system}"/><statusCode code="{status}"/><effectiveTime value="{when}"/>'
        f"{value}{more}</observation>"
    )


def chapter(*held: str, status="completed") -> str:
    """The act that holds results, as a laboratory report nests them."""
    within = "".join(f'<entryRelationship typeCode="COMP">{one}</entryRelationship>' for one in held)
    return f'<act moodCode="EVN"><statusCode code="{status}"/>{within}</act>'


def sampling(when: str, code: str = "", system: str = NABM) -> str:
    return procedure(code, system, when, templates='<templateId root="1.3.6.1.4.1.19376.1.3.1.2"/>')


def sampler(when: str) -> str:
    return (
        '<participant typeCode="PRF"><functionCode code="PRELV"/><time xsi:type="IVL_TS">'
        f'<high value="{when}"/></time></participant>'
    )


def treating(number: str, family: str = "MARTIN") -> str:
    return (
        '<participant typeCode="INF"><functionCode code="PCP"/><associatedEntity>'
        f'<id root="{PS}" extension="{number}"/><associatedPerson><name><family>{family}</family></name>'
        "</associatedPerson></associatedEntity></participant>"
    )


def dispensed(cip="3400933516390", boxes="2", unit="30009000", mood="EVN") -> str:
    code = f'<translation code="{cip}" codeSystem="{CIP}"/>' if cip else ""
    return (
        f'<supply moodCode="{mood}"><quantity value="{boxes}" unit="{unit}"/><product><manufacturedProduct>'
        f"<manufacturedMaterial><code>{code}</code></manufacturedMaterial></manufacturedProduct></product>"
        '<entryRelationship><substanceAdministration moodCode="INT"><author><time value="20210102"/><assignedAuthor>'
        f"{_who('801234567897', 'G15_10/SM26')}</assignedAuthor></author></substanceAdministration></entryRelationship>"
        "<entryRelationship><substanceAdministration moodCode='EVN'><consumable/></substanceAdministration>"
        "</entryRelationship></supply>"
    )
