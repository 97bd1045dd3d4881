"""What the program keeps for itself is believed whole or not at all."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as hypo

from calculators import sealed

CONTENT = {"lines": 27, "doubtful": ["Une ligne répétée."], "sizes": {"acts.parquet": 812}, "none": None}
VALUES = hypo.recursive(
    hypo.none() | hypo.booleans() | hypo.integers(-3, 99) | hypo.text(max_size=5),
    lambda inner: hypo.lists(inner, max_size=3) | hypo.dictionaries(hypo.text(max_size=5), inner, max_size=3),
)


def test_what_was_sealed_is_read_again(tmp_path: Path):
    (file := tmp_path / "kept.json").write_text(sealed.seal(CONTENT), encoding="utf-8")
    assert sealed.opened(file) == CONTENT
    file.write_text(sealed.seal({"years": {2025: 1, 999: 2}, "name": "\ud800"}), encoding="utf-8")
    assert sealed.opened(file) == {"years": {"2025": 1, "999": 2}, "name": "\ud800"}


@given(part=hypo.sampled_from(["seal", "content", *CONTENT]), value=VALUES)
def test_whatever_was_changed_breaks_the_seal(tmp_path_factory: pytest.TempPathFactory, part: str, value: object):
    kept = json.loads(sealed.seal(CONTENT))
    place = kept if part in kept else kept["content"]
    same, place[part] = json.dumps(place[part]) == json.dumps(value), value
    file = tmp_path_factory.mktemp("kept") / "kept.json"
    file.write_text(json.dumps(kept), encoding="utf-8")
    if same:
        assert sealed.opened(file) == CONTENT
        return
    with pytest.raises(ValueError, match="kept"):
        sealed.opened(file)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "{}", '{"content": 1}', "[" * 100_000])
def test_what_is_no_sealed_file_is_told_apart(tmp_path: Path, text: str):
    (file := tmp_path / "kept.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError):  # noqa: PT011  of whichever reader gives up first
        sealed.opened(file)
