"""What is put around every answer."""

import asyncio

from dashboard.serving import respond


def test_who_leaves_while_he_is_read_ends_without_a_word():
    async def left(_scope: object, _receive: object, _send: object) -> None:
        raise respond.GONE[1]

    asyncio.run(respond.Respond(left)({"type": "websocket"}, None, None))
