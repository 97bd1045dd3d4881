"""What a session holds, looked up one key at a time, is what Streamlit's own copy of it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.safe_session_state import SafeSessionState

from dashboard.serving.held import Held, look_up_one_by_one

OWN_COPY = SafeSessionState.filtered_state
KEYS = ("medecin", "date", "filtre_age")
FIELDS = {key: f"$$ID-0f-{key}" for key in KEYS} | {"None": "$$ID-1f-None"}


@st.composite
def sessions(draw: st.DrawFn) -> SafeSessionState:
    """Values set by the program and fields of the page, of this run and of those before; some fields are gone."""
    state = SessionState()
    for key in draw(st.lists(st.sampled_from([*KEYS, "choix", "$$STREAMLIT_INTERNAL_KEY_x"]))):
        state[key] = draw(st.one_of(st.none(), st.integers()))
    for key in draw(st.lists(st.sampled_from(list(FIELDS)), unique=True)):
        _field(state, key, draw(st.text(max_size=3)))
    if draw(st.booleans()):
        state._compact_state()
    if draw(st.booleans()):
        for key in draw(st.lists(st.sampled_from(KEYS))):
            _field(state, key, draw(st.text(max_size=3)))
    if draw(st.booleans()):
        state._key_id_mapper.clear()  # fields that a page no more has
    return SafeSessionState(state, lambda: None)


def _field(state: SessionState, key: str, value: str) -> None:
    name = FIELDS[key]
    state._set_widget_metadata(WidgetMetadata(name, lambda it: it, lambda it: it, "string_value"))
    if key != "None":
        state._set_key_widget_mapping(name, key)
    state._new_widget_state.set_widget_from_proto(WidgetState(id=name, string_value=value))


@given(sessions())
def test_the_same_as_the_copy(session: SafeSessionState) -> None:
    whole = OWN_COPY.fget(session)
    held = Held(session)
    assert dict(held) == whole
    assert len(held) == len(whole)
    for key in [*KEYS, "choix", "absent", "$$STREAMLIT_INTERNAL_KEY_x", *FIELDS.values()]:
        assert (key in held) == (key in whole), key
        assert held.get(key, "rien") == whole.get(key, "rien"), key


def test_it_stands_in_for_the_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SafeSessionState, "filtered_state", OWN_COPY)
    look_up_one_by_one()
    session = SafeSessionState(SessionState(), lambda: None)
    session["medecin"] = "M03"
    assert isinstance(session.filtered_state, Held)
    assert str(session.filtered_state) == "{'medecin': 'M03'}"
