"""What a page may ask of a server that others reach: to be drawn, to be given a file of its own, no more. Streamlit’s own
page can also ask to clear what is kept for all, to stop the server, or to write on its disk."""

from collections.abc import Container

from google.protobuf.message import DecodeError
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg

ASKED = {"rerun_script", "stop_script", "app_heartbeat", "load_git_info", "file_urls_request"}
FILE = "deferred_file"


def may_pass(content: bytes, given: Container[str] | None = None) -> bool:
    """Is this a message of a page? `given`: files whose making was offered to it; None: any."""
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except DecodeError:
        return False
    kind = message.WhichOneof("type")
    if kind != "backend_operation_request":
        return kind in ASKED
    asked = message.backend_operation_request
    if asked.WhichOneof("payload") != FILE:
        return False
    return given is None or asked.deferred_file.file_id in given


def only_those(receive: Receive, given: Container[str] | None = None) -> Receive:
    """The messages of a websocket without the others, which are not answered."""

    async def passed() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or may_pass(message.get("bytes") or b"", given):
                return message

    return passed
