"""What the program keeps for itself as JSON, under a seal: what was changed since, by a disk or by a hand, is not believed
and is made again. It keeps nothing secret, nor from whoever makes the seal anew."""

import hashlib
import json
from pathlib import Path
from typing import Any


def seal(content: dict[str, Any]) -> str:
    """Text of the content and its seal."""
    as_read = json.loads(json.dumps(content))  # a number that is a key is a text then
    return json.dumps({"seal": _digest(as_read), "content": as_read})


def opened(path: Path) -> dict[str, Any]:
    """The content of such a file. Raises OSError, or ValueError when the seal is broken or there is none."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        content: dict[str, Any] = kept["content"]
        if kept["seal"] == _digest(content):
            return content
    except (KeyError, TypeError, RecursionError) as fault:
        raise ValueError(path.name) from fault
    raise ValueError(path.name)


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
