"""Who looks at the page that is being drawn, on a server of many doctors."""

import hashlib
from datetime import datetime

import streamlit as st

from dashboard.serving import logins, settings, tabs
from dashboard.serving.audit import Trail
from dashboard.serving.logins import COOKIE, LOGINS, Person
from dashboard.serving.settings import Right

NOTED = "acces_note"
_trail: Trail | None = None


def write_to(trail: Trail) -> None:
    """Where accesses are written down."""
    global _trail
    _trail = trail


def person() -> Person | None:
    """Who it is, as of today; nobody once he has left or it has lasted long enough."""
    login = LOGINS.of(st.context.cookies.get(COOKIE, ""))
    if login is None:
        return None
    tabs.belongs_to(login.token)
    return logins.person(login, settings.now())


def forget() -> None:
    """What this tab held, once he has left."""
    st.session_state.clear()


def note(one: Person, doctor: str, what: str, patient: str | None = None) -> None:
    """He looks at this, of this doctor: written once, until he looks at something else. A patient is told by a digest of his
    key."""
    one.login.doctor = doctor
    told = f"{what} {hashlib.sha256(patient.encode()).hexdigest()[:16]}" if patient else what
    if st.session_state.get(NOTED) != (doctor, told) and _trail is not None:
        st.session_state[NOTED] = doctor, told
        _trail.note(datetime.now(), one.login.identity, "consultation", doctor, told)


def may(one: Person, doctor: str, needs: frozenset[Right]) -> bool:
    """Is he given all of this for the doctor?"""
    return needs <= one.rights.get(doctor, frozenset())
