"""A visitor without a browser: speaks to the server as Streamlit's own page does, many at once for little memory.

What it reads of a page is what a person would: headings, sentences, alerts, fields, files to download.
"""

import hashlib
import http.client
import socket
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

from tests.dashboard.serving.server import Room, Server

SECONDS = 60
XSRF = "_streamlit_xsrf"


@dataclass
class Shown:
    """A page as it stands when its run has ended."""

    elements: dict[tuple[int, ...], Element] = field(default_factory=dict)
    complete: bool = False

    def all(self, kind: str) -> list[Message]:
        """Elements of a kind, in the order of the page: alert, exception, heading, text_input…"""
        return [getattr(one, kind) for _, one in sorted(self.elements.items()) if one.WhichOneof("type") == kind]

    @property
    def title(self) -> str:
        return next((one.body for one in self.all("heading") if one.tag == "h1"), "")


class Visitor:
    """One tab: a session of the server, left when the connection closes."""

    seconds = SECONDS
    """As long as it waits for an answer."""

    def __init__(self, server: Server, connection: ClientConnection) -> None:
        self.server, self.connection = server, connection
        self.states: dict[str, WidgetState] = {}
        self.pages: dict[str, str] = {}
        self.page, self.query, self.session = "", "", ""
        self.cached: dict[str, bytes] = {}
        self.received = 0
        """Bytes of messages."""

    def open(self, page: str = "", query: str = "") -> Shown:
        """A page of the menu (its name in the address), with what follows « ? »."""
        self.page, self.query = page, query
        return self.rerun()

    def rerun(self, *states: WidgetState) -> Shown:
        """Run the page again with these fields changed; a trigger is forgotten after it."""
        held = self.states | {state.id: state for state in states}
        self.states = {key: state for key, state in held.items() if state.WhichOneof("value") != "trigger_value"}
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = "" if self.page in self.pages else self.page
        message.rerun_script.page_script_hash = self.pages.get(self.page, "")
        message.rerun_script.widget_states.widgets.extend(held.values())
        self.connection.send(message.SerializeToString())
        return self._until_finished()

    def leave_at_once(self) -> None:
        """Ask for the page again and do not wait."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        self.connection.send(message.SerializeToString())

    def type_in(self, widget: Message, text: str) -> Shown:
        """Into a field of text."""
        return self.rerun(WidgetState(id=widget.id, string_value=text))

    def press(self, widget: Message) -> Shown:
        """A button."""
        return self.rerun(WidgetState(id=widget.id, trigger_value=True))

    def download(self, url: str) -> bytes:
        """A file the page offers, with the cookie of the visitor."""
        return self._http("GET", url, None)

    def give(self, widget: Message, name: str, content: bytes) -> Shown:
        """A file into a field for files."""
        message = BackMsg()
        message.file_urls_request.request_id = "1"
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self.session
        self.connection.send(message.SerializeToString())
        answer = next(one for one in self._messages() if one.WhichOneof("type") == "file_urls_response")
        [urls] = answer.file_urls_response.file_urls
        boundary = "limite-" + hashlib.sha256(content).hexdigest()[:16]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        self._http("PUT", urls.upload_url, body, f"multipart/form-data; boundary={boundary}")
        state = WidgetState(id=widget.id)
        one = state.file_uploader_state_value.uploaded_file_info.add()
        one.file_id, one.name, one.size = urls.file_id, name, len(content)
        one.file_urls.CopyFrom(urls)
        return self.rerun(state)

    def _http(self, method: str, url: str, body: bytes | None, kind: str = "") -> bytes:
        cookie = f"{self.server.cookie['name']}={self.server.token}"
        headers = {"Cookie": cookie, "Origin": self.server.address}
        if method == "PUT":
            forgery = self._against_forgery(cookie)
            headers |= {"Content-Type": kind, "X-Xsrftoken": forgery, "Cookie": f"{cookie}; {XSRF}={forgery}"}
        asked = urllib.request.Request(self.server.address + url, data=body, headers=headers, method=method)
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
            return answer.read()

    def _against_forgery(self, cookie: str) -> str:
        """The word that the server wants back with each file, in a cookie and in a header."""
        asked = urllib.request.Request(f"{self.server.address}/_stcore/health", headers={"Cookie": cookie})
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
            return SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie", [])))[XSRF].value

    def _messages(self) -> Iterator[ForwardMsg]:
        while True:
            content = self.connection.recv(timeout=self.seconds)
            self.received += len(content)
            message = ForwardMsg()
            message.ParseFromString(content)
            if message.WhichOneof("type") == "ref_hash":
                message.ParseFromString(self.cached[message.ref_hash])
            elif message.metadata.cacheable:
                self.cached[message.hash] = content
            yield message

    def _until_finished(self) -> Shown:
        shown = Shown()
        for message in self._messages():
            match message.WhichOneof("type"):
                case "new_session":
                    shown, self.session = Shown(), message.new_session.initialize.session_id
                case "navigation":
                    self.pages = {one.url_pathname: one.page_script_hash for one in message.navigation.app_pages}
                case "page_info_changed":
                    self.query = message.page_info_changed.query_string
                case "delta" if message.delta.WhichOneof("type") == "new_element":
                    shown.elements[tuple(message.metadata.delta_path)] = message.delta.new_element
                case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    shown.complete = True
                    return shown
        raise AssertionError("the connection ended")


VisitorT = TypeVar("VisitorT", bound=Visitor)


@contextmanager
def visiting(server: Server) -> Iterator[Visitor]:
    """Come with the cookie of the opening link; leave at the end."""
    with connected(server, server.address, f"{server.cookie['name']}={server.token}") as visitor:
        yield visitor


@contextmanager
def taking_part(room: Room, name: str) -> Iterator[Visitor]:
    """Come into a room by its door, under the name of the room."""
    with connected(room, room.outside, come_in(room, room.code, name)[1]) as visitor:
        yield visitor


def come_in(room: Room, code: str, name: str) -> tuple[int, str, str]:
    """The form of the door: status, cookie and text of the answer."""
    door = http.client.HTTPConnection("127.0.0.1", room.port, timeout=SECONDS)
    headers = {"Host": urlsplit(room.outside).netloc, "Content-Type": "application/x-www-form-urlencoded"}
    door.request("POST", "/entrer", urlencode({"code": code, "nom": name}), headers)
    answer = door.getresponse()
    content = answer.read().decode()
    door.close()
    return answer.status, (answer.getheader("Set-Cookie") or "").partition(";")[0], content


@contextmanager
def connected(
    server: Server, address: str, cookie: str, words: Sequence[str] = ("streamlit",), kind: type[VisitorT] = Visitor
) -> Iterator[VisitorT]:
    """Through this computer, whatever the name in the address. `words`: subprotocols; the third takes up a session."""
    with (
        socket.create_connection(("127.0.0.1", server.port)) as wire,
        connect(
            f"ws://{urlsplit(address).netloc}/_stcore/stream",
            sock=wire,
            additional_headers={"Cookie": cookie},
            origin=address,
            subprotocols=list(words),
            max_size=None,
        ) as connection,
    ):
        yield kind(server, connection)
