"""What the doctor says of his contracts and commitments counts in the income and in the rules, and what he does not say is
told and never nought."""

import re
from datetime import date

import pytest

from calculators import economy
from calculators.errors import UserError
from calculators.practice import aids
from calculators.practice.assistant import There
from calculators.practice.limits import NO_COMMITMENT, NOT_IN_OPTAM
from calculators.records.facts import Fact, Facts, read_practice
from calculators.records.store import Store, open_store
from tests import practice
from tests.economy.cabinets import DAY

OPEN = date(9999, 12, 31)
Said = tuple[str, str, date, date]


def of(*said: Said) -> Facts:
    epoch = date(1970, 1, 1)
    return Facts(
        [Fact("d1", key, value, (first - epoch).days, (last - epoch).days) for key, value, first, last in said]
    )


def lines(year: int, *said: Said, fees_cents: int = 0) -> list[tuple[str, int | None, date | None, str | None]]:
    rows = aids.lines("d1", year, of(*said), fees_cents)
    return [(row["line"], row["amount_cents"], row.get("due_on"), row.get("basis")) for row in rows]


SINCE = date(2024, 9, 1)
NOTHING = ("contrat", None, None, None)
NO_ASSISTANT = ("assistant", None, None, None)


# the assistant
@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([("assistant_signed_on", "2024-09-01", SINCE, OPEN)], There(SINCE, is_signed=True)),
        ([("assistant_signed_on", "2026-09-01", SINCE, OPEN)], None),
        ([("assistant_signed_on", "2024-09-01", SINCE, OPEN), ("assistant_etp", "0", SINCE, OPEN)], None),
        ([], None),
    ],
)
def test_a_contract_is_there_from_its_signature_unless_there_is_no_assistant(said, wanted):
    assert aids.there("d1", of(*said), date(2025, 12, 31)) == wanted


def test_the_first_two_years_of_an_assistant_meet_in_one_calendar_year():
    said = ("assistant_etp", "1", SINCE, OPEN), ("assistant_signed_on", "2024-09-01", SINCE, OPEN)
    assert lines(2025, *said) == [
        NOTHING,
        ("assistant.annee_1", 2_533_333, date(2025, 8, 1), "officiel"),  # 38 000 € × 8/12
        ("assistant.annee_2", 933_333, date(2025, 12, 1), "officiel"),  # 28 000 € × 4/12
    ]
    assert lines(2029, *said) == [NOTHING, ("assistant.annee_3", 2_200_000, date(2029, 12, 1), "officiel")]


def test_without_a_signature_the_aid_is_a_hypothesis_from_the_first_day_said():
    [_, first, second] = aids.lines("d1", 2025, of(("assistant_etp", "0.5", SINCE, OPEN)), 0)
    assert (first["amount_cents"], second["amount_cents"]) == (1_266_667, 466_667)
    assert first["basis"] == second["basis"] == "hypothese"
    assert "signature non saisie" in first["reason"]


def test_an_assistant_who_leaves_or_changes_counts_by_the_month():
    june = date(2025, 6, 30)
    said = ("assistant_etp", "1", SINCE, june), ("assistant_etp", "0.5", june + DAY, OPEN)
    assert [(line, cents) for line, cents, _, _ in lines(2025, *said)[1:]] == [
        ("assistant.annee_1", 1_900_000), ("assistant.annee_1", 316_667), ("assistant.annee_2", 466_667)
    ]  # fmt: skip
    assert lines(2025, ("assistant_etp", "0", SINCE, OPEN)) == [NOTHING]


def test_an_aid_that_nobody_published_is_told_and_is_not_that_of_another_option():
    [_, row] = aids.lines("d1", 2025, of(("assistant_etp", "2", SINCE, OPEN)), 0)
    assert (row["amount_cents"], row["reason"]) == (None, "aide non publiée pour 2 équivalent temps plein")


# the contract
@pytest.mark.parametrize(
    ("year", "cents"), [(2022, [2_500_000]), (2023, [2_500_000]), (2025, [0])]
)  # fmt: skip
def test_a_caim_is_paid_in_two_instalments(year, cents):
    signed = date(2022, 7, 1)
    said = ("contract", "CAIM", signed, date(2027, 6, 30)), ("contract.signed_on", "2022-07-01", signed, OPEN)
    assert [row[1] for row in lines(year, *said) if row[0] == "contrat.CAIM"] == cents


def test_a_caim_without_its_signature_is_unknown():
    rows = list(aids.lines("d1", 2025, of(("contract", "CAIM", SINCE, OPEN)), 0))
    assert (rows[0]["amount_cents"], rows[0]["reason"]) == (None, aids.NO_SIGNATURE)


def test_a_contract_by_the_year_counts_its_months_up_to_its_term():
    coscom = ("contract", "COSCOM", date(2025, 4, 1), OPEN)
    assert lines(2025, coscom)[0] == ("contrat.COSCOM", 375_000, date(2025, 12, 1), "presse")
    signed = ("contract.signed_on", "2022-03-01", date(2022, 3, 1), OPEN)
    cotram = ("contract", "COTRAM", date(2022, 3, 1), OPEN)
    assert lines(2025, cotram, signed, fees_cents=12_000_000)[0][1] == 200_000  # 10 % of fees, 2 months of 12
    assert lines(2024, cotram, signed, fees_cents=30_000_000)[0][1] == 2_000_000  # 20 000 € at most
    assert lines(2026, cotram, signed) == [NO_ASSISTANT]


def test_who_says_none_has_no_line_and_who_says_nothing_is_unknown():
    assert lines(2025, ("contract", "aucun", SINCE, OPEN)) == [NO_ASSISTANT]
    assert lines(2025) == [NOTHING, NO_ASSISTANT]
    mid = date(2025, 7, 1)
    left = ("contract", "COSCOM", SINCE, OPEN), ("contract", "aucun", mid, OPEN)
    assert lines(2025, *left)[0][1] == 250_000


# commitments of the OPTAM
def in_sector_2(path, *facts: str, sector: str = "2_optam", overrun: int = 0) -> Store:
    """A hundred acts of 1 000 € of base, 45 of which at the base, 32 000 € beyond."""
    acts = [
        {"patient_id": "p1", "date": "2025-03-03", "system": "ngap", "code": "G", "performer_id": "d1",
         "quantity": 1, "base_cents": 100_000, "paid_cents": 100_000 + over}
        for over in [0] * 45 + [58_181] * 54 + [3_200_000 - 58_181 * 54]
    ]  # fmt: skip
    doctor = {"doctor_id": "d1", "sector": sector}
    folder = practice.write(path / "d", patients=[("p1", "1960-01-01", "F")], acts=acts, doctors=[doctor])
    (folder / "practice.toml").write_text(
        "".join(f'[[fact]]\ndoctor_id = "d1"\nkey = "{one.split("=")[0]}"\nvalue = "{one.split("=")[1]}"\n'
                "from_date = 2025-01-01\n" for one in facts)
    )  # fmt: skip
    return open_store(folder)


def held(store: Store) -> dict[str, tuple[float | None, float | None, str | None]]:
    rows = economy.limits(store, 2025, "d1").to_pylist()
    return {row["rule"]: (row["value"], row["limit"], row["reason"]) for row in rows if row["rule"].startswith("optam")}


def test_overruns_beside_what_was_promised(tmp_path):
    promised = "optam.taux_depassement=0.32", "optam.part_opposable=0.5"
    assert held(in_sector_2(tmp_path, *promised)) == {
        "optam_taux_depassement": (0.32, 0.32, "engagement tenu"),
        "optam_part_opposable": (0.45, 0.5, "engagement non tenu"),
    }


def test_a_commitment_that_is_not_typed_is_told_and_not_supposed(tmp_path):
    assert held(in_sector_2(tmp_path, "optam.taux_depassement=0.3")) == {
        "optam_taux_depassement": (0.32, 0.3, "engagement non tenu"),
        "optam_part_opposable": (0.45, None, NO_COMMITMENT),
    }


def test_a_commitment_without_an_adhesion_is_told(tmp_path):
    assert held(in_sector_2(tmp_path, "optam.part_opposable=0.5", sector="1")) == {
        "optam_part_opposable": (None, 0.5, NOT_IN_OPTAM)
    }


@pytest.mark.parametrize(
    ("said", "told"),
    [("optam.taux_depassement=1.5", "une part entre 0 et 1"), ("contract.signed_on=2025-02-31", "une date qui existe"),
     ("contract.days=8", "un nombre de 7 au plus"), ("contract=COSKOM", "aucun, CAIM")],
)  # fmt: skip
def test_a_value_of_the_file_that_cannot_be_is_told_at_once(tmp_path, said, told):
    with pytest.raises(UserError, match=rf"Fichier « practice.toml », fait n° 1 : .*\. Attendu : {told}"):
        held(in_sector_2(tmp_path, said))


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ('key = "optam"\nvalue = true', "la clé « from_date » du fait n° 1 manque"),
        (
            'key = "optam"\nvalue = true\nfrom_date = "hier"',
            "« from_date » du fait n° 1 vaut « hier » ; une date",
        ),
        (
            'key = "optam"\nvalue = [1]\nfrom_date = 2025-01-01',
            "« value » du fait n° 1 vaut « [1] » : un texte, une date,",
        ),
    ],
)
def test_a_fault_of_the_file_counts_the_facts_from_one_and_is_told_once(tmp_path, fact, told):
    path = tmp_path / "practice.toml"
    path.write_text(f'[[fact]]\ndoctor_id = "d1"\n{fact}\n')
    with pytest.raises(UserError, match=re.escape(told)) as fault:
        read_practice(path)
    assert str(fault.value).count("Fichier") == 1


# the income as a whole
def test_the_income_has_the_shared_savings_with_what_is_not_known_of_them(tmp_path):
    store = in_sector_2(tmp_path, "oam_concerne=true", "oam_taux_national=0.11", "contract=COSCOM")
    rows = {row["line"]: row for row in economy.income(store, 2025, "d1").to_pylist()}
    oam = rows["interessement.orthese_mandibulaire"]
    assert (oam["amount_cents"], oam["basis"], oam["block"]) == (19_066, "proposition", "interessement")
    assert rows["interessement.ipp"]["amount_cents"] is None
    assert rows["interessement.ipp"]["reason"]
    assert rows["contrat.COSCOM"]["amount_cents"] == 500_000
    assert rows["assistant"]["amount_cents"] is None


def test_who_is_not_concerned_has_no_such_line(tmp_path):
    store = in_sector_2(tmp_path, "oam_concerne=false")
    lines_ = economy.income(store, 2025, "d1")["line"].to_pylist()
    assert "interessement.orthese_mandibulaire" not in lines_
    before = economy.income(store, 2020, "d1")["line"].to_pylist()
    assert not [one for one in before if one.startswith("interessement")]
