"""The long runs in a short form: they start, they end, and they find what they are there to find."""

import random

import pytest
from streamlit.proto.Element_pb2 import Element

from dashboard import shipped
from tests import fuzz, soak
from tests.dashboard.serving.server import Server, serving
from tests.fuzz_pages import Site
from tests.visitor import Shown

pytestmark = pytest.mark.slow


def test_damaged_inputs_are_answered_with_the_clean_result_or_in_french():
    assert list(fuzz.campaign(len(fuzz.KINDS), seed=11)) == []  # each kind once


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with serving(shipped.PRACTICES, tmp_path_factory.mktemp("longue-vie"), ahead=False) as up:
        yield up


def test_visitors_come_and_go_without_a_fault_and_the_server_itself_ends_their_sessions(server: Server):
    """Memory needs its ten minutes, and sessions their two, to be judged. Nobody comes after them: see
    `end_old_sessions`."""
    watch = soak.Watch(server)
    soak.crowd(watch, visitors=4, seed=5, seconds=4)
    assert watch.faults == []
    assert watch.runs > 10
    held = watch.descriptors()
    soak.wait_until_alone(watch, held - 3)
    assert watch.descriptors() < held


def test_memory_that_grows_is_found(server: Server):
    watch = soak.Watch(server, peaks=[(1.0, 400.0), (12.0, 441.0)])
    soak.judge(watch, 120, watch.descriptors())
    assert watch.faults == ["memory 400 MB in the first 10 minutes, 441 MB later"]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (fuzz.Answer(3, "", "x"), "exit code 3"),
        (fuzz.Answer(2, "", "Invalid value"), "says « Invalid »"),
        (fuzz.Answer(2, "", ""), "refuses without a word"),
        (fuzz.Answer(0, "b", ""), "another result without a word"),
        (fuzz.Answer(0, "b", "Une ligne écartée."), ""),
    ],
)
def test_a_wrong_answer_is_found(answer: fuzz.Answer, fault: str):
    assert fuzz.fault_of(answer, fuzz.Answer(0, "a", "")) == fault


def test_an_error_box_and_an_english_alert_are_found(server: Server):
    box, alert = Element(), Element()
    box.exception.type, box.exception.message = "KeyError", "x"
    alert.alert.body = "The value is missing"
    site = Site(server, random.Random(1), [])
    assert site.fault_of(Shown({(0,): box})) == "error box: KeyError x"
    assert site.fault_of(Shown({(0,): alert})) == "says « The value is missing »"
    assert site.fault_of(Shown()) == ""
