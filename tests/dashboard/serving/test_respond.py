"""What is put around every answer."""

import asyncio

import pytest
from starlette.types import Send

from dashboard.serving import respond


def test_who_leaves_while_he_is_read_ends_without_a_word():
    async def left(_scope: object, _receive: object, _send: object) -> None:
        raise respond.GONE[1]

    asyncio.run(respond.Respond(left)({"type": "websocket"}, None, None))


def answered(path: str, kind: bytes = b"text/html") -> dict[str, object]:
    """The start of the answer, where there is a page or a file under every address."""
    sent: list[dict[str, object]] = []

    async def everywhere(_scope: object, _receive: object, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": b"<head></head>"})

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    asyncio.run(respond.Respond(everywhere)({"type": "http", "path": path, "headers": []}, None, send))
    return sent[0]


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/patient/123", b"/patient"),
        ("/nimporte/quoi/encore", b"/nimporte"),
        ("//ailleurs.fr/x", b"/ailleurs.fr"),
        ("/é\r\nx/y", b"/%C3%A9%0D%0Ax"),
    ],
)
def test_a_page_under_a_page_would_stay_white_and_is_the_one_above(path: str, to: bytes):
    start = answered(path)
    assert (start["status"], dict(start["headers"])[b"location"]) == (307, to)


@pytest.mark.parametrize("path", ["/", "/patient", "/patient/", "/media/0f1e.html"])
def test_a_page_is_where_it_is(path: str):
    assert answered(path)["status"] == 200


def test_a_file_under_a_folder_is_where_it_is():
    assert answered("/static/js/index.js", b"text/javascript")["status"] == 200
