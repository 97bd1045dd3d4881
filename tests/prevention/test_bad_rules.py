"""A rule file at fault is refused in French: the file, the key, and what would be right."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from calculators.prevention.campaign import Campaigns
from calculators.prevention.indicator import HERE, load_set
from calculators.rules import RuleError

GOOD = (HERE / "indicators" / "suivi_hba1c.toml").read_text(encoding="utf-8")
SET = 'id = "essai"\nlabel = "Essai"\nindicators = ["suivi_hba1c"]\n'
WINDOW = '{ kind = "rolling", months = 12 }'
SINCE = "valid_from = 2026-01-01"

Rules = Callable[..., Path]


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    """Write a set of one indicator, its text changed, and give the path of the set."""

    def write(indicator: str = GOOD, written: str = SET, own: str | None = None) -> Path:
        for folder in ("sets", "indicators/essai"):
            (tmp_path / folder).mkdir(parents=True)
        (tmp_path / "sets" / "essai.toml").write_text(written, encoding="utf-8")
        (tmp_path / "indicators" / "suivi_hba1c.toml").write_text(indicator, encoding="utf-8")
        if own is not None:
            (tmp_path / "indicators" / "essai" / "suivi_hba1c.toml").write_text(own, encoding="utf-8")
        return tmp_path / "sets" / "essai.toml"

    return write


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_the_set_is_fine_before_it_is_changed(rules: Rules):
    assert [indicator.id for indicator in load_set(rules()).indicators] == ["suivi_hba1c"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("family =", "famille =", "la clé « famille » est inconnue ; vouliez-vous dire « family »"),
        (
            "ald = [8]",
            'ald = [8]\npoids = "50"',
            "la clé « eligible.0.poids » est inconnue ; valeurs possibles : age, ald",
        ),
        ('family = "suivi"', 'family = "suivis"', "'vaccination', 'depistage' ou 'suivi'"),
        ('codes = "hba1c"', 'codes = "hba1"', "code « hba1 » inconnu ; vouliez-vous dire « hba1c »"),
        ("ald = [8]", "ald = [8, 40]", "« eligible.0.ald.1 » vaut « 40 » ; 32 au plus est attendu"),
        ("ald = [8]", "ald = [0]", "« eligible.0.ald.0 » vaut « 0 » ; 1 au moins est attendu"),
        ("ald = [8]", "age = { min = 30, max = 20 }", "min dépasse max"),
        ("count = 2", 'count = "deux"', "un nombre entier est attendu"),
        ("count = 2", "count = 0", "un nombre plus grand que 0 est attendu"),
        (SINCE, 'valid_from = "demain"', "une date est attendue, comme 2026-01-31"),
        (SINCE, "", "la clé « valid_from » manque"),
        (SINCE, f"{SINCE}\nvalid_to = 2025-12-31", "« valid_to » (2025-12-31) est avant « valid_from » (2026-01-01)"),
        (WINDOW, '{ kind = "rolling", months = 0 }', "un nombre plus grand que 0 est attendu"),
        (WINDOW, '{ kind = "rolling", mois = 12 }', "« done.0.window.rolling.mois » est inconnue"),
        (WINDOW, '{ kind = "glissante" }', "'rolling', 'calendar_year', 'campaign'"),
        (WINDOW, '{ kind = "between_ages", from = { years = 2 }, to = { months = 24 } }', "fenêtre impossible"),
        (WINDOW, '{ kind = "between_ages", from = { years = 2, months = 1 }, to = { years = 9 } }', "une seule unité"),
    ],
)
def test_a_fault_is_named_with_its_file_its_key_and_what_would_be_right(rules: Rules, old: str, new: str, said: str):
    with pytest.raises(RuleError) as refused:
        load_set(rules(changed(old, new)))
    message = str(refused.value)
    assert "suivi_hba1c.toml" in message
    assert said in message
    assert "Input should" not in message


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (SET.replace("hba1c", "hba1b"), "« suivi_hba1b » n’existe pas ; vouliez-vous dire « suivi_hba1c »"),
        (SET.replace("label", "libelle"), "la clé « libelle » est inconnue"),
        (SET + 'unpaid = ["vaccin_ror"]\n', "« unpaid » cite vaccin_ror, absent de « indicators »"),
        (SET.replace('["suivi_hba1c"]', '["suivi_hba1c", "suivi_hba1c"]'), "un indicateur est cité deux fois"),
        (SET.replace('["suivi_hba1c"]', "[]"), "1 élément au moins est attendu"),
        ("id = ", "n’est pas un fichier TOML lisible"),
    ],
)
def test_a_set_at_fault_is_named(rules: Rules, written: str, said: str):
    with pytest.raises(RuleError) as refused:
        load_set(rules(written=written))
    assert "essai.toml" in str(refused.value)
    assert said in str(refused.value)


def test_an_indicator_the_package_does_not_know_may_stand_beside_a_set(rules: Rules, tmp_path: Path):
    written = rules(changed('id = "suivi_hba1c"', 'id = "nouveau"'), SET.replace("suivi_hba1c", "nouveau"))
    (tmp_path / "indicators" / "suivi_hba1c.toml").rename(tmp_path / "indicators" / "nouveau.toml")
    assert [indicator.id for indicator in load_set(written).indicators] == ["nouveau"]


def test_a_single_cause_is_told_once(rules: Rules):
    with pytest.raises(RuleError) as refused:
        load_set(rules(changed("ald = [8]", "ald = [40]")))
    assert str(refused.value).count("Fichier") == 1


def test_two_wordings_in_force_on_one_day_are_refused(rules: Rules):
    with pytest.raises(RuleError, match=r"« essai/suivi_hba1c\.toml » : .* chevauche la version commune"):
        load_set(rules(own=GOOD))


@pytest.mark.parametrize(
    ("common", "own"),
    [
        (f"{SINCE}\nvalid_to = 2026-12-31", "valid_from = 2027-01-01"),
        (SINCE, "valid_from = 2024-01-01\nvalid_to = 2025-12-31"),
    ],
)
def test_a_wording_may_follow_another(rules: Rules, common: str, own: str):
    assert load_set(rules(changed(SINCE, common), own=changed(SINCE, own))).indicators


@pytest.mark.parametrize(
    ("common", "own"),
    [
        (f"{SINCE}\nvalid_to = 2026-12-31", "valid_from = 2026-12-31"),
        (SINCE, "valid_from = 2024-01-01\nvalid_to = 2026-01-01"),
    ],
)
def test_one_common_day_is_too_much(rules: Rules, common: str, own: str):
    with pytest.raises(RuleError, match="chevauche"):
        load_set(rules(changed(SINCE, common), own=changed(SINCE, own)))


@pytest.mark.parametrize("state", ["propose", "retire"])
def test_a_wording_not_in_force_may_stand_beside_the_one_that_is(rules: Rules, state: str):
    own = changed('state = "en_vigueur"', f'state = "{state}"')
    assert load_set(rules(own=own)).indicator("suivi_hba1c").state == state


def campaigns(*days: tuple[str, str]) -> Campaigns:
    listed = [{"opens": sourced(opens), "closes": sourced(closes)} for opens, closes in days]
    return Campaigns.model_validate(CALENDAR | {"vaccine": {"grippe": {"label": "la grippe", "campaign": listed}}})


def sourced(day: str, source: str = "essai") -> dict[str, str]:
    return {"on": day, "source": source}


CALENDAR = {
    "usual": "grippe",
    "source": {"essai": {"title": "essai", "date": "2025-01-01", "basis": "hypothese"}},
    "default": {"opens": "10-15", "closes": "01-31", "source": "essai"},
    "vaccine": {"grippe": {"label": "la grippe"}},
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"usual": "rougeole"}, "« usual » nomme « rougeole »"),
        ({"default": {"opens": "10-15", "closes": "01-31", "source": "ailleurs"}}, "source non décrite : ailleurs"),
        (
            {
                "vaccine": {
                    "grippe": {
                        "label": "la grippe",
                        "campaign": [{"opens": sourced("2025-10-14"), "closes": sourced("2026-01-31", "un journal")}],
                    }
                }
            },
            "source non décrite : un journal",
        ),
    ],
)
def test_a_calendar_names_what_it_describes(change: dict[str, Any], said: str):
    with pytest.raises(ValidationError, match=said):
        Campaigns.model_validate(CALENDAR | change)


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [("2026-10-15", "2026-10-14", "ferme avant d’ouvrir"), ("2026-01-31", "2026-03-01", "ouvre avant la fin")],
)
def test_campaigns_do_not_overlap(opens: str, closes: str, said: str):
    with pytest.raises(ValidationError, match=said):
        campaigns(("2025-10-14", "2026-01-31"), (opens, closes))


def test_a_campaign_may_last_one_day_and_open_the_day_after_another_closes():
    both = campaigns(("2025-10-14", "2026-01-31"), ("2026-02-01", "2026-02-01")).of("grippe")
    assert both.is_open(date(2026, 2, 1))
    assert not both.is_open(date(2026, 2, 2))
