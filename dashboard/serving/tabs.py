"""The tabs that are open, and whose they are: one person's can be drawn anew, or ended, from the session of another.

There is no public way to it in Streamlit: a test says whether this one still works.
"""

from collections.abc import Callable
from typing import Any

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

_owners: dict[str, str] = {}


def belongs_to(person: str) -> None:
    """The tab that is being drawn is this person's."""
    if (run := get_script_run_ctx()) is not None:
        _owners[run.session_id] = person


def owner(tab: str) -> str | None:
    """Whose tab it is."""
    return _owners.get(tab)


def draw_again(of: Callable[[str], bool]) -> None:
    """Run the page of the tabs of these persons again, as they stand."""
    _with_each(of, _whole)


def _whole(session: Any) -> None:
    """The whole page, not the part that ran last."""
    state = ClientState()
    state.CopyFrom(session._client_state)
    state.fragment_id = ""
    session.request_rerun(state)


def end(of: Callable[[str], bool]) -> None:
    """End the sessions of these persons: what their pages hold is forgotten."""
    _with_each(of, lambda session: get_instance().close_session(session.id))


def open_now() -> set[str]:
    """Persons who have a tab open; those of closed tabs are forgotten."""
    if not exists():
        return set()
    known = {info.session.id for info in get_instance()._session_mgr.list_sessions()}
    for gone in set(_owners) - known:
        _owners.pop(gone, None)
    active = {info.session.id for info in get_instance()._session_mgr.list_active_sessions()}
    return {person for tab, person in list(_owners.items()) if tab in active}


def _with_each(of: Callable[[str], bool], do: Callable[..., None]) -> None:
    """On the thread of the server's event loop."""
    if not exists():
        return

    def run() -> None:
        for info in get_instance()._session_mgr.list_active_sessions():
            if (person := _owners.get(info.session.id)) is not None and of(person):
                do(info.session)

    get_instance()._get_async_objs().eventloop.call_soon_threadsafe(run)
