"""The encoding of a text that somebody saved: its mark, UTF-8 when all of it is, else the most plausible in France."""

import codecs
import re
from collections import Counter

import charset_normalizer

SAMPLE = 1 << 20
"""Bytes in which accents are looked for."""
PLAUSIBLE = frozenset("éèêëàâäîïôöùûüçÉÈÊËÀÂÎÏÔÙÛÇœŒæ°€’«»–…²")
FRENCH = ("cp1252", "mac_roman", "cp850")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 avec marque",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows (cp1252)",
    "mac_roman": "Macintosh",
    "cp850": "DOS (cp850)",
}
"""How an encoding is called in front of the user."""


def encoding_of(content: bytes) -> str:
    """Name of the encoding of a text: its mark, UTF-8 when all of it is, else the most plausible of the French ones."""
    for mark, name in MARKS:
        if content.startswith(mark):
            return name
    if (wide := _without_mark(content[:4096])) is not None:
        return wide
    if _is_utf8(content):
        return "utf-8"
    sample = _around_accents(content)
    scores = {name: _plausibility(sample, name) for name in FRENCH}
    best = max(scores.values())
    equal = [name for name in FRENCH if scores[name] == best]
    if len(equal) == 1:
        return equal[0]
    found = charset_normalizer.from_bytes(sample, cp_isolation=equal).best()
    return found.encoding if found and found.encoding in equal else equal[0]


def _without_mark(head: bytes) -> str | None:
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 4 and even < odd // 4:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 4 and odd < even // 4 else None


def _is_utf8(content: bytes) -> bool:
    """A letter cut at the end is no fault: it may be the head of a file."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    try:
        for start in range(0, len(view), SAMPLE):
            decoder.decode(view[start : start + SAMPLE])
    except UnicodeDecodeError:
        return False
    return True


def _around_accents(content: bytes) -> bytes:
    """The part of a long text that holds something to tell encodings apart."""
    first = re.search(rb"[\x80-\xff]", content)
    start = max(0, first.start() - 1000) if first else 0
    return content[start : start + SAMPLE]


def _plausibility(sample: bytes, encoding: str) -> int:
    """Accented letters of French, less the signs nobody types; capitals inside a word of small letters are not French."""
    text = sample.decode(encoding, errors="replace")
    foreign = Counter(sign for sign in text if ord(sign) > 127)
    score = sum(number if sign in PLAUSIBLE else -number for sign, number in foreign.items() if sign != "\u00a0")
    return score - 2 * len(re.findall(r"[a-zé][ÉÈÊËÀÂÎÏÔÙÛÇŠŽ‚ƒ„…†‡ˆ‰]|[a-z][‚Š…‡ˆ“”]+[a-z]", text))


def decoded(content: bytes) -> str:
    """All of a small text, without its mark."""
    return content.decode(encoding_of(content)).lstrip("\ufeff")
