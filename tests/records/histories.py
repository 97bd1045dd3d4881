"""Tiny reimbursement histories (CDA REMB) for tests: say what matters, the rest is ordinary.

history([section("Médicaments", drug("3400930000001", "20250301"))], ins="1", period=("20250101", "20250630"))
"""

CIP, UCD, LPP = "1.2.250.1.215.200.1.1.1", "1.2.250.1.215.200.1.1.2", "1.2.250.1.215.200.2.1"
ATC2, ATC5, SUBSTANCE = "1.2.250.1.215.200.1.2.1", "1.2.250.1.215.200.1.2.2", "1.2.250.1.215.200.1.3.1"
GHS, NGAP, CCAM, NABM = (f"1.2.250.1.215.200.{end}" for end in ("3.1", "3.3", "3.4", "4.1"))
PS = "1.2.250.1.71.4.2.1"
GP = "G15_10/SM54"


def history(
    sections=(), ins="279035121518989", birth="19790328", sex="F", period=("20250101", "20250630"),
    created="20250701120000+0100", code="REMB", title="Données de remboursement", root="1.2.250.1.213.1.4.10",
) -> str:  # fmt: skip
    """A whole document; `period` may be None."""
    covered = (
        f"<documentationOf><serviceEvent><effectiveTime><low value='{period[0]}154500+0100'/>"
        f"<high value='{period[1]}154500+0100'/></effectiveTime></serviceEvent></documentationOf>"
        if period
        else ""
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<code code="{code}" codeSystem="1.2.250.1.213.1.1.4.12" displayName="Type du document"/>
<title>{title}</title><effectiveTime value="{created}"/>
<recordTarget><patientRole><id extension="{ins}" root="{root}"/><id extension="77" root="1.2.3"/>
<patient><name><family qualifier="BR">PAT-TROIS</family><given>DOMINIQUE</given></name>
<administrativeGenderCode code="{sex}"/><birthTime value="{birth}"/></patient></patientRole></recordTarget>
{covered}<component><structuredBody>{"".join(sections)}</structuredBody></component></ClinicalDocument>"""


def section(title: str, *statements: str) -> str:
    entries = "".join(f"<entry>{statement}</entry>" for statement in statements)
    return f"<component><section><title>{title}</title><text>récit</text>{entries}</section></component>"


def drug(cip="3400930000001", *days: str, system=CIP, group="C10", boxes="1", supplies="", about="") -> str:
    """A drug dispensed on these days; `supplies` replaces them, `about` is put in the statement's tag."""
    given = supplies or "".join(supply(day, boxes) for day in days)
    codes = f'<translation code="{cip}" codeSystem="{system}"/><translation code="{group}" codeSystem="{ATC2}"/>'
    inner = f'<translation><translation code="1636" codeSystem="{SUBSTANCE}"/></translation>'
    return _administration(codes + inner, given, about)


def vaccine(cip: str, atc: str, day: str, about='negationInd="false"') -> str:
    codes = f'<translation code="{cip}" codeSystem="{CIP}"/><translation code="{atc}" codeSystem="{ATC5}"/>'
    return _administration(codes, supply(day, ""), about)


def _administration(codes: str, supplies: str, about: str) -> str:
    given = "".join(f'<entryRelationship typeCode="REFR">{one}</entryRelationship>' for one in [supplies] if one)
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="EVN" {about}><statusCode code="completed"/>'
        f'<effectiveTime><low nullFlavor="UNK"/></effectiveTime><consumable><manufacturedProduct>'
        f"<manufacturedMaterial><code>{codes}</code></manufacturedMaterial></manufacturedProduct></consumable>"
        f"{given}</substanceAdministration>"
    )


def supply(
    day: str = "",
    boxes: str = "1",
    prescribed: str = "",
    number="10100997245",
    specialty=GP,
    device: str = "",
    mood="EVN",
) -> str:
    quantity = f'<quantity value="{boxes}"/>' if boxes else ""
    performed = f'<performer><time value="{day}"/><assignedEntity><id nullFlavor="UNK"/></assignedEntity></performer>'
    material = (
        f'<participant><participantRole><playingDevice><code><translation code="{device}" codeSystem="{LPP}"/></code>'
        "</playingDevice></participantRole></participant>"
        if device
        else ""
    )
    return (
        f'<supply classCode="SPLY" moodCode="{mood}">{quantity}{performed if day else ""}'
        f'<author><time value="{prescribed or day}"/><assignedAuthor>{_person(number, specialty)}'
        f"</assignedAuthor></author>{material}</supply>"
    )


def act(system: str, code: str, day: str, number="", specialty="") -> str:
    return (
        f'<procedure classCode="PROC" moodCode="EVN"><code code="{code}" codeSystem="{system}"/>'
        f'<statusCode code="completed"/><effectiveTime value="{day}"/>'
        f"<performer><assignedEntity>{_person(number, specialty)}</assignedEntity></performer></procedure>"
    )


def stay(code: str, system: str = GHS, first="20250515") -> str:
    return (
        f'<encounter classCode="ENC" moodCode="EVN"><code code="IMP" codeSystem="2.16.840.1.113883.5.4"><qualifier>'
        f'<value code="{code}" codeSystem="{system}"/></qualifier></code>'
        f'<effectiveTime><low value="{first}"/></effectiveTime></encounter>'
    )


def nothing(code="no-known-procedures") -> str:
    return (
        f'<procedure classCode="PROC" moodCode="EVN"><code code="{code}" codeSystem="2.16.840.1.113883.5.1150.1"/>'
        '<effectiveTime nullFlavor="NA"/></procedure>'
    )


def _person(number: str, specialty: str) -> str:
    identifier = f'<id root="{PS}" extension="{number}"/>' if number else '<id nullFlavor="UNK"/>'
    return identifier + (f'<code code="{specialty}" codeSystem="1.2.250.1.213.1.1.4.5"/>' if specialty else "")


def ordinary() -> str:
    """One line of every kind."""
    return history(
        [
            section(
                "Médicaments", drug("3400930000001", "20250301"), drug("9064295", "20250302", system=UCD, boxes="4")
            ),
            section("Vaccinations", vaccine("3400932857241", "J07AM01", "20250410")),
            section("Dispositifs médicaux", supply("20250528", "2", device="1397790")),
            section("Hospitalisations", stay("1940")),
            section("Soins médicaux et dentaires", act(NGAP, "G", "20250311", "810100997245", GP)),
            section("Radiologie", act(CCAM, "QEQK004", "20250430", "10000441302", "G15_10/SM55")),
            section("Biologie", act(NABM, "552", "20250515")),
        ]
    )
