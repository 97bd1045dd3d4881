"""Links and fields of the pages, given what nobody foresaw: a page that ends, in French, without an error box.

Part of `tests/fuzz.py`. A link may carry anything; a field takes what the browser lets one type or choose.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from google.protobuf.message import Message
from streamlit.proto.WidgetStates_pb2 import WidgetState

from dashboard.launch import UNFORESEEN
from tests.dashboard.opening import ADDRESSES
from tests.dashboard.serving.server import Server
from tests.visitor import Shown, Visitor, visiting

ENGLISH = re.compile(
    r"Traceback|Erreur imprévue|\b(error|invalid|expected|missing|must be|should be|cannot|could not|failed|unable)\b",
    re.I,
)
NOWHERE = "pirate"
NAMES = [
    "medecin", "date", "dossier", "patient", "indicateur", "sujet", "s1", "s2", "s3", "lien", "presenter", "jeton", "vue",
    "annee", "accord", "inconnu",
]  # fmt: skip
USUAL = [
    "M01", "M12", "2026-06-30", "2025-12-31", "convention_2024", "option_2", "1", "vaccin_grippe", "M01-0001", "prevention",
    "convention_2024~socle.ald_des_80_ans=90", "option_1~majoration.zip=0.5",
]  # fmt: skip
DAYS = ["2000-01-01", "2020-02-29", "2024-06-30", "2026-07-01", "2100-12-31"]
FIELDS = (
    "text_input", "text_area", "number_input", "selectbox", "date_input", "checkbox", "button", "multiselect", "slider",
    "button_group",
)  # fmt: skip


@dataclass
class Site:
    """A server, and what it had said before an input."""

    server: Server
    draw: random.Random
    words: list[str]

    def fault_of(self, *seen: Shown) -> str:
        """What is wrong with pages that were shown."""
        for shown in seen:
            for box in shown.all("exception"):
                return f"error box: {box.type} {box.message}"
            for alert in shown.all("alert"):
                if alert.body == UNFORESEEN or ENGLISH.search(alert.body):
                    return f"says « {alert.body} »"
        return ""


def links(site: Site) -> str:
    """A link that somebody wrote or cut."""
    draw = site.draw
    given = [(draw.choice(NAMES), draw.choice([*USUAL, *site.words])) for _ in range(draw.randrange(1, 5))]
    query = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in given)
    if draw.random() < 0.2:
        query = draw.choice(
            [query[: draw.randrange(len(query))], query + "&&=%", "%" + query, query.replace("=", "%3D", 1)]
        )
    with visiting(site.server) as visitor:
        return _told(site, visitor, f"?{query}", [visitor.open(draw.choice([*ADDRESSES, NOWHERE]), query)])


def fields(site: Site) -> str:
    """A page on which several fields are filled or pressed, one after the other."""
    draw = site.draw
    with visiting(site.server) as visitor:
        seen = [visitor.open(draw.choice(ADDRESSES), f"medecin={draw.choice(['M01', 'M04', 'M12'])}")]
        done = []
        for _ in range(draw.randrange(1, 5)):
            here = [one for kind in FIELDS for one in seen[-1].all(kind)]
            widget = draw.choice(here)
            state = _changed(widget, draw, site.words)
            done.append(
                f"{getattr(widget, 'label', '')}={str(state).partition('id:')[2].partition(chr(10))[2].strip()[:60]}"
            )
            seen.append(visitor.rerun(state))
        return _told(site, visitor, " ".join(done), seen)


def _told(site: Site, visitor: Visitor, what: str, seen: list[Shown]) -> str:
    fault = site.fault_of(*seen)
    return f"{visitor.page or 'aujourdhui'} {what} : {fault}" if fault else ""


def _changed(widget: Message, draw: random.Random, words: list[str]) -> WidgetState:
    """The state of a field after somebody touched it."""
    state = WidgetState(id=widget.id)
    match type(widget).__name__:
        case "TextInput" | "TextArea":
            state.string_value = draw.choice([*words, "/tmp", "été"])
        case "NumberInput":
            state.double_value = draw.choice(list(_numbers(widget)))
        case "Selectbox":
            state.string_value = draw.choice(list(widget.options) or [""])
        case "DateInput":
            state.string_array_value.data.append(draw.choice(DAYS))
        case "Checkbox":
            state.bool_value = draw.random() < 0.5
        case "MultiSelect":
            chosen = draw.sample(list(widget.options), draw.randrange(min(4, len(widget.options) + 1)))
            state.string_array_value.data.extend(chosen)
        case "Slider":
            state.double_array_value.data.extend(
                sorted([draw.uniform(widget.min, widget.max) // 1 for _ in widget.default])
            )
        case "ButtonGroup":
            state.string_array_value.data.extend([draw.choice([option.content for option in widget.options])])
        case _:
            state.trigger_value = True
    return state


def _numbers(widget: Message) -> Iterator[float]:
    """Ends of what the field takes, and between."""
    low = widget.min if widget.has_min else -1e6
    high = min(widget.max, 1e15) if widget.has_max else 1e6
    whole = widget.data_type == widget.INT
    for number in (low, high, (low + high) / 3, widget.default, low + widget.step):
        if low <= number <= high:
            yield float(round(number)) if whole else number
