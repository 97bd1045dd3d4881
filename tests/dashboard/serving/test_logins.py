"""Sessions end at logout, without a click for a while, and at their end whatever is done; and what a page may ask."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.serving import messages
from dashboard.serving.logins import Logins
from dashboard.serving.server_gate import _local


def test_a_session_ends_by_itself_or_by_its_owner():
    clock = [0.0]
    logins = Logins(lambda: clock[0])
    logins.use(session_minutes=10, idle_minutes=2)
    one, other = logins.begin("ana", "Ana"), logins.begin("bob", "Bob")
    assert logins.of(one.token) is one
    assert logins.of("") is None
    clock[0] = 119
    assert logins.of(one.token, clicked=True) is one
    clock[0] = 121
    assert (logins.of(one.token), logins.of(other.token)) == (one, None)
    assert logins.end_expired() == [other]
    for now in range(200, 600, 100):
        clock[0] = now
        assert logins.of(one.token, clicked=True) is one
    clock[0] = 600
    assert logins.of(one.token, clicked=True) is None
    third = logins.begin("ana", "Ana")
    assert logins.end(third.token) is third
    assert (logins.of(third.token), logins.end(third.token)) == (None, None)


@pytest.mark.parametrize(
    ("asked", "gone_to"),
    [("/prevention?medecin=M03", "/prevention?medecin=M03"), ("//evil.example", "/"), ("https://evil.example", "/"),
     ("/\\evil.example", "/"), ("evil", "/"), ("", "/"), ("/connexion?vers=/", "/"), ("/deconnexion", "/"),
     ("/a\nLocation: x", "/")],
)  # fmt: skip
def test_one_comes_back_to_a_page_of_this_server_alone(asked: str, gone_to: str):
    assert _local(asked) == gone_to


def message(kind: str, file: str = "") -> bytes:
    made = BackMsg()
    if kind in ("rerun_script", "file_urls_request"):
        getattr(made, kind).SetInParent()
    elif kind == "deferred_file":
        made.backend_operation_request.deferred_file.file_id = file
    elif kind in ("install_skills", "dataframe_chunk"):
        getattr(made.backend_operation_request, kind).SetInParent()
    else:
        setattr(made, kind, True)
    return made.SerializeToString()


def test_a_page_may_ask_to_be_drawn_and_for_its_own_files_and_nothing_else():
    mine = {"abc": "M03"}
    passing = [
        message("rerun_script"),
        message("stop_script"),
        message("file_urls_request"),
        message("deferred_file", "abc"),
    ]
    assert [messages.may_pass(one, mine) for one in passing] == [True] * 4
    others = [message(kind) for kind in ("clear_cache", "debug_shutdown_runtime", "install_skills", "dataframe_chunk")]
    others += [message("deferred_file", "def"), b"\xff\xff", b""]
    assert [messages.may_pass(one, mine) for one in others] == [False] * len(others)
    assert messages.may_pass(message("deferred_file", "def"))
