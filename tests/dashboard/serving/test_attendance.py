"""The door of a room: its code, names, practices; and that closing it forgets everybody."""

import pytest

from dashboard.serving import attendance
from dashboard.serving.attendance import TRIES, Attendance, RefusedError

HERE = "10.0.0.7"


def test_a_participant_has_a_name_of_his_own_and_practices_go_round():
    room = Attendance(("M01", "M02", "M03"))
    came = [room.enter(room.code, name, HERE) for name in ("Anne", " Anne\n", "\x00", "Zoé" * 40)]
    assert [one.name for one in came] == ["Anne", "Anne (2)", "Participant", ("Zoé" * 40)[:30]]
    assert {one.practice for one in came} == {"M01", "M02", "M03"}
    assert len({one.token for one in came}) == 4
    assert room.of(came[1].token) == came[1]
    assert room.of("") is None


def test_a_wrong_code_is_refused_and_after_many_the_address_waits_alone(monkeypatch: pytest.MonkeyPatch):
    clock = [0.0]
    monkeypatch.setattr(attendance.time, "monotonic", lambda: clock[0])
    room = Attendance()
    wrong = f"{(int(room.code) + 1) % 10**6:06}"
    for _ in range(TRIES):
        with pytest.raises(RefusedError, match="n’est pas celui"):
            room.enter(wrong, "x", HERE)
    with pytest.raises(RefusedError, match="attendez") as refused:
        room.enter(room.code, "x", HERE)
    assert refused.value.waiting
    assert room.enter(room.code, "x", "10.0.0.8").name == "x"
    clock[0] = attendance.WITHIN_SECONDS + 1
    assert room.enter(room.code, "y", HERE).name == "y"


def test_closing_forgets_everybody_and_opening_again_has_another_code():
    room = Attendance()
    before = room.enter(room.code, "Anne", HERE)
    codes = {room.code}
    room.close()
    assert (room.people(), room.of(before.token)) == ([], None)
    with pytest.raises(RefusedError, match="fermé"):
        room.enter(room.code, "Anne", HERE)
    for _ in range(5):
        room.open()
        codes.add(room.code)
    assert len(codes) > 1
    assert room.of(before.token) is None


def test_the_room_fills(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(attendance, "MOST_PEOPLE", 2)
    room = Attendance()
    for _ in range(2):
        room.enter(room.code, "x", HERE)
    with pytest.raises(RefusedError, match="pleine"):
        room.enter(room.code, "x", HERE)
