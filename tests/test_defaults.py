"""Every rule named in `defaults.toml` is there; the file says of what is chosen only what a person may choose."""

from calculators.catalogue import Catalogue
from calculators.defaults import defaults

KNOWN = Catalogue()


def test_every_rule_named_by_default_is_at_hand():
    given = defaults()
    assert {given.prevention.set, given.prevention.peers} <= set(KNOWN.sets)
    pay = given.forfait
    agreements = {*pay.in_force, pay.compared_with, *pay.drafts, pay.affirmed, pay.counted}
    assert agreements <= set(KNOWN.versions)
    assert set(pay.in_sight) <= set(KNOWN.scenarios)


def test_the_agreements_in_force_follow_one_another_and_the_last_pays_the_set_of_the_board():
    signed = [KNOWN.versions[name] for name in defaults().forfait.in_force]
    starts = [version.valid_from for version in signed]
    assert None not in starts
    assert starts == sorted(starts)
    assert signed[-1].indicator_set == defaults().prevention.set


def test_what_is_affirmed_pays_indicators():
    assert KNOWN.versions[defaults().forfait.affirmed].indicator_set is not None
