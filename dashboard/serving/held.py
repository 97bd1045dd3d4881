"""What a session holds, looked up one key at a time.

Each field of a page asks Streamlit for all that the session holds, to look at one key of it: two hundred entries copied
for each of forty fields took four tenths of the processor time of *Scénarios*.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.state.common import is_element_id
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX


class Held(Mapping[str, Any]):
    """What `SafeSessionState.filtered_state` gives, without the copy: keys of the program, never Streamlit's own."""

    def __init__(self, session: SafeSessionState) -> None:
        self._session = session

    def __getitem__(self, key: str) -> Any:
        if is_element_id(key) or key.startswith(STREAMLIT_INTERNAL_KEY_PREFIX):
            raise KeyError(key)
        with self._session._lock:
            return self._session._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._copied())

    def __len__(self) -> int:
        return len(self._copied())

    def __repr__(self) -> str:
        return repr(self._copied())

    def _copied(self) -> dict[str, Any]:
        with self._session._lock:
            return self._session._state.filtered_state


def look_up_one_by_one() -> None:
    """From now on, in this process."""
    SafeSessionState.filtered_state = property(Held)  # type: ignore[assignment]
