"""What a holder does with what he receives: in any order, with files that come twice, late, changed or not at all."""

import random
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.comparison import shares, sums
from calculators.comparison.campaign import Campaign
from calculators.comparison.shares import COLUMN, UnusableContributionError
from calculators.comparison.sums import SumError
from calculators.errors import UserError
from tests.comparison import oracle
from tests.comparison.campaigns import AFTER, CLOSED, HOLDERS, KEYS, campaign, counts, send, sobriety
from tests.comparison.oracle import Message


@pytest.fixture(autouse=True)
def own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sums.platformdirs, "user_state_path", lambda _: tmp_path / "etat")


def both_sums(one: Campaign, sent: Path, to: Path) -> tuple[Path, Path]:
    for holder in one.holders:
        found = sums.receive(one, one.turn, sums.files_in([sent / holder]))
        sums.release(one, one.turn, found, to / holder, AFTER)
    return to / one.holders[0], to / one.holders[1]


def group(one: Campaign, to: Path, doctors: int = 6) -> Path:
    for key in KEYS[:doctors]:
        send(one, counts(one), to, key)
    return to


messages = st.lists(
    st.tuples(st.sampled_from(KEYS[:8]), st.integers(1, 4), st.integers(0, 40), st.integers(0, 40)), max_size=20
)


@pytest.mark.slow
@given(messages, st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_any_order_with_files_twice_and_replaced_gives_the_total_of_the_oracle(
    tmp_path_factory: pytest.TempPathFactory, drawn: list, order: random.Random
):
    one, place = campaign(), tmp_path_factory.mktemp("envois")
    sent = [Message(key, 1, counts(one)) for key in KEYS[:5]]
    sent += [Message(key, 1 + counter, [1, a + b, a, a + b, b]) for key, counter, a, b in drawn]
    sent = list({(message.key, message.counter): message for message in sent}.values())
    files = [send(one, message.numbers, place / str(n), message.key, message.counter) for n, message in enumerate(sent)]
    totals = []
    for side in (0, 1):
        mine = [pair[side] for pair in files] + [pair[side] for pair in order.sample(files, len(files) // 2)]
        order.shuffle(mine)
        found = sums.receive(one, 2, mine)
        assert len(found.kept) == len({message.key for message in sent})
        assert len(found.kept) + len(found.replaced) + len(found.repeated) == len(mine)
        totals.append(np.sum([kept.shares for kept in found.kept.values()], axis=0, dtype=np.uint64))
    assert shares.together(*totals).tolist() == oracle.total(sent, 5)


def test_two_sums_give_the_totals(tmp_path: Path):
    one = campaign(indicators=2)
    for place, key in enumerate(KEYS[:6]):
        send(one, counts(one, 30 + place, 10), tmp_path / "e", key)
    found = sums.put_together(*both_sums(one, tmp_path / "e", tmp_path))
    rows = found.parts["prevention jeu"]
    assert rows["doctors"] == 6
    assert rows["acte_1 17-39 F eligible"] == 6 * 30 + 15
    assert rows["acte_0 0-16 F up_to_date"] == 60
    assert found.too_few == ()


@pytest.mark.parametrize("dropped", [0, 1])
def test_a_file_that_reached_one_holder_only_is_told(tmp_path: Path, dropped: int):
    one, sent = campaign(), group(campaign(), tmp_path / "e")
    gone = sorted((sent / HOLDERS[dropped]).iterdir())[0]
    key = shares.read(gone, one, 2).about.key[:8]
    gone.unlink()
    with pytest.raises(SumError, match=f"{HOLDERS[1 - dropped]} en a 1 que l’autre n’a pas.*{key}"):
        sums.put_together(*both_sums(one, sent, tmp_path))


def test_a_replacement_that_reached_one_holder_only_is_told(tmp_path: Path):
    one, sent = campaign(), group(campaign(), tmp_path / "e")
    _, late = send(one, counts(one), sent, KEYS[0], 2)
    late.unlink()
    with pytest.raises(SumError, match=r"urps en a 1 .*faculte en a 1 "):
        sums.put_together(*both_sums(one, sent, tmp_path))


@pytest.mark.parametrize(
    ("counter", "number", "said"), [(1, "", "compteur"), (2, "same", "numéro"), (1, "same", "numéro")]
)
def test_a_contribution_replayed_with_another_content_is_refused(tmp_path: Path, counter: int, number: str, said: str):
    one = campaign()
    first, _ = send(one, counts(one), tmp_path / "a")
    drawn = shares.read(first, one, 2).about.number
    again, _ = send(one, counts(one, 31), tmp_path / "b", counter=counter, number=drawn if number else "")
    with pytest.raises(UnusableContributionError, match=f"même {said}.*changée ou rejouée"):
        sums.receive(one, 2, [first, again])


def test_the_number_of_another_doctor_is_refused(tmp_path: Path):
    one = campaign()
    first, _ = send(one, counts(one), tmp_path)
    drawn = shares.read(first, one, 2).about.number
    other, _ = send(one, counts(one), tmp_path, KEYS[1], number=drawn)
    with pytest.raises(UnusableContributionError, match="même numéro"):
        sums.receive(one, 2, [first, other])


def test_one_sum_is_released_per_campaign_and_round(tmp_path: Path):
    one, sent = campaign(), group(campaign(), tmp_path / "e")
    both_sums(one, sent, tmp_path / "first")
    both_sums(one, sent, tmp_path / "again")  # the same set may be asked for again
    send(one, counts(one), sent, KEYS[6])
    with pytest.raises(SumError, match="la différence des deux dirait"):
        both_sums(one, sent, tmp_path / "more")
    assert not (tmp_path / "more").exists()
    (tmp_path / "etat" / "released.json").write_text("{", encoding="utf-8")
    with pytest.raises(SumError, match="n’est pas lisible"):
        both_sums(one, sent, tmp_path / "more")


def test_nothing_is_released_before_the_closing_day_is_over(tmp_path: Path):
    one, sent = campaign(), group(campaign(), tmp_path / "e")
    found = sums.receive(one, 2, sums.files_in([sent / "urps"]))
    for day in (date(2026, 1, 1), CLOSED):
        with pytest.raises(SumError, match="ouverte jusqu’au 28 février 2026"):
            sums.release(one, 2, found, tmp_path / "s", day)
    sums.release(one, 2, found, tmp_path / "s", AFTER)


def test_the_minimum_holds_for_the_files(tmp_path: Path):
    one, sent = campaign(), group(campaign(), tmp_path / "e", 4)
    with pytest.raises(SumError, match="4 médecins ont répondu : 5 au moins"):
        both_sums(one, sent, tmp_path)


def test_the_minimum_holds_part_by_part(tmp_path: Path):
    two = [{"id": one, "hash": "0" * 16, "indicators": ["acte_0"]} for one in ("large", "petit")]
    one = campaign(sets=two)
    for place, key in enumerate(KEYS[:6]):
        in_small = place < 4
        send(one, [1, *[30, 10] * 2, int(in_small), *([30, 10] * 2 if in_small else [0] * 4)], tmp_path / "e", key)
    found = sums.put_together(*both_sums(one, tmp_path / "e", tmp_path))
    assert set(found.parts) == {"prevention large"}
    assert found.too_few == ("prevention petit",)
    for place, key in enumerate(KEYS[:6]):
        send(one, [int(place < 4), *[30, 10] * 2, int(place < 4), *[30, 10] * 2], tmp_path / "f", key)
    with pytest.raises(SumError, match="a déjà été donnée"):
        both_sums(one, tmp_path / "f", tmp_path / "g")
    other = campaign(sets=two, id="b" * 32)
    for place, key in enumerate(KEYS[:6]):
        send(other, [int(place < 4), *[30, 10] * 2, int(place < 4), *[30, 10] * 2], tmp_path / "h", key)
    with pytest.raises(SumError, match="Moins de 5 médecins"):
        sums.put_together(*both_sums(other, tmp_path / "h", tmp_path / "i"))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([1, -31, 0, 30, 10], "0-16 F eligible"),
        ([1, 30_000 * 8, 0, 30, 10], "0-16 F eligible"),
        ([1, 30, 200, 30, 10], "à jour que de concernés"),
        ([5, 30, 10, 30, 10], "médecins pour 6 contributions"),
    ],
)
def test_impossible_totals_are_told_and_refused(tmp_path: Path, numbers: list[int], said: str):
    one, sent = campaign(), group(campaign(), tmp_path / "e", 5)
    send(one, [sum(x) for x in zip(numbers, [0, -150 if numbers[1] < 0 else 0, 0, 0, 0], strict=True)], sent, KEYS[5])
    with pytest.raises(SumError, match=f"impossible.*{said}"):
        sums.put_together(*both_sums(one, sent, tmp_path))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([1, 10, 1000, 1, 5, 3], "somme de carrés trop petite"),
        ([1, 10, -1, 10**6, 5, 3], "17-39 F cents"),
        ([1, 10, 110_000_000, 1_300_000_000_000_000, 5, 25], "100000 € par patient"),
        ([1, 0, 5, 25, 0, 0], "somme de carrés trop petite"),
    ],
)
def test_impossible_strata_are_refused(tmp_path: Path, row: list[int], said: str):
    one = sobriety(tracked=("C09AA05",))
    for place, key in enumerate(KEYS[:20]):
        send(one, row if place == 0 else [1, 0, 0, 0, 0, 0], tmp_path / "e", key)
    with pytest.raises(SumError, match=said):
        sums.put_together(*both_sums(one, tmp_path / "e", tmp_path))


def test_files_of_both_holders_are_not_summed_together(tmp_path: Path):
    one, sent = campaign(), group(campaign(), tmp_path / "e")
    with pytest.raises(SumError, match="faculte et urps"):
        sums.receive(one, 2, sums.files_in([sent / "urps", sent / "faculte"]))
    with pytest.raises(SumError, match="n’existe pas"):
        sums.files_in([tmp_path / "absent"])


def written(file: Path, table: pa.Table, about: bytes | None) -> Path:
    pq.write_table(table.replace_schema_metadata({shares.ABOUT: about} if about is not None else {}), file)
    return file


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array([1] * 4, pa.uint64()), "4 nombres, 5 sont attendus"),
        (pa.array([1] * 6, pa.uint64()), "6 nombres, 5 sont attendus"),
        (pa.array([1] * 5, pa.int64()), "int64"),
        (pa.array(["x"] * 5), "string"),
        (pa.array([1, 2, 3, 4, None], pa.uint64()), "manque des nombres"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, column: pa.Array, said: str):
    one = campaign()
    about = pq.read_schema(send(one, counts(one), tmp_path)[0]).metadata[shares.ABOUT]
    with pytest.raises(UnusableContributionError, match=said):
        shares.read(written(tmp_path / "x.parquet", pa.table({"share": column}), about), one, 2)


@pytest.mark.parametrize(
    "about", [None, b"", b"{", b"[1]", b"{" * 1500, b"x" * 3000, b'{"layout": 1}', b'{"layout": 1, "campaign": 3}']
)
def test_a_file_that_says_nothing_right_of_itself_is_refused(tmp_path: Path, about: bytes | None):
    table = pa.table([pa.array([1] * 5, pa.uint64())], schema=COLUMN)
    with pytest.raises(UnusableContributionError, match=r"x\.parquet"):
        shares.read(written(tmp_path / "x.parquet", table, about), campaign(), 2)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(50) + b"PAR1", b"texte"])
def test_what_is_no_parquet_is_told_in_french(tmp_path: Path, content: bytes):
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(UnusableContributionError, match="n’est pas une contribution lisible"):
        shares.read(tmp_path / "x.parquet", campaign(), 2)


def test_what_was_cut_or_changed_never_passes_for_a_contribution(tmp_path: Path):
    file, _ = send(campaign(), counts(campaign()), tmp_path)
    content = file.read_bytes()
    for cut in range(0, len(content), 37):
        file.write_bytes(content[:cut])
        with pytest.raises(UnusableContributionError):
            shares.read(file, campaign(), 2)


def test_another_campaign_round_or_doctor_is_refused(tmp_path: Path):
    one, other = campaign(), campaign(title="Autre")
    file, _ = send(other, counts(one), tmp_path / "a")
    with pytest.raises(UnusableContributionError, match="autre campagne"):
        shares.read(file, one, 2)
    file, _ = send(one, counts(one), tmp_path / "b", round_=1)
    with pytest.raises(UnusableContributionError, match="est du tour 1"):
        shares.read(file, one, 2)
    file, _ = send(one, counts(one), tmp_path / "c", KEYS[20])
    with pytest.raises(UnusableContributionError, match="médecin invité"):
        shares.read(file, one, 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contributions": []}, "contributions"),
        ({"round": 7}, "round"),
        ({"holder": "faculte"}, "faculte et de faculte"),
        ({"campaign": "0" * 64}, "n’est pas de la campagne"),
        ({"more": 1}, "inconnue"),
    ],
)
def test_a_sum_that_was_changed_is_refused(tmp_path: Path, change: dict, said: str):
    one, sent = campaign(), group(campaign(), tmp_path / "e")
    pair = both_sums(one, sent, tmp_path)
    about = tomllib.loads((pair[0] / "sum.toml").read_text(encoding="utf-8"))
    (pair[0] / "sum.toml").write_text(tomli_w.dumps(about | change), encoding="utf-8")
    with pytest.raises(UserError, match=said):
        sums.put_together(*pair)


def test_a_sum_alone_twice_or_cut_is_refused(tmp_path: Path):
    one, sent = campaign(), group(campaign(), tmp_path / "e")
    first, second = both_sums(one, sent, tmp_path)
    with pytest.raises(SumError, match="sont de urps et de urps"):
        sums.put_together(first, first)
    with pytest.raises(SumError, match=r"sum\.toml y manque"):
        sums.put_together(first, tmp_path / "absent")
    (second / "sum.parquet").write_bytes(b"PAR1")
    with pytest.raises(SumError, match="parquet entier"):
        sums.put_together(first, second)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"minimum": 4}, "5 au moins"),
        ({"holders": ("a", "a")}, "noms différents"),
        ({"invited": ()}, "invited"),
        ({"sets": (), "cells": ()}, "rien n’est additionné"),
        ({"cells": ()}, "« sets » et « cells » vont"),
        ({"id": "x"}, "id"),
        ({"year": 1999}, "2000 au moins"),
        ({"closes_on": "demain"}, "une date est attendue"),
        ({"surprise": 1}, "inconnue"),
    ],
)
def test_a_campaign_file_that_cannot_be_is_told_in_french(tmp_path: Path, changes: dict, said: str):
    content = campaign().model_dump(mode="json", exclude_none=True) | changes
    (tmp_path / "c.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    with pytest.raises(UserError, match=said):
        sums.load_campaign(tmp_path / "c.toml")


def test_twenty_doctors_are_the_least_where_sobriety_is_summed():
    with pytest.raises(ValueError, match="20 médecins au moins"):
        sobriety(minimum=19)


@pytest.mark.parametrize(
    ("one", "round_"), [(sobriety(), 2), (sobriety(), 3), (sobriety(tracked=()), 1), (campaign(), 1)]
)
def test_a_round_is_played_with_its_own_file(one: Campaign, round_: int):
    with pytest.raises(UserError, match="tour"):
        one.parts(round_)
