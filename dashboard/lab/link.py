"""All that the lab shows as one word, for a link: three scenarios, what they are compared with, switches, view, slides.

    1.eNqrVipWsopWSs7PK0vNK8nMz4s3MjAyUdJRyi-A8BBMQ6VYHaVkJSultILcEpiyFCDfKCUlJcnEwFKpFgDL0Bdh

The figure is the version of the form; the rest is a short JSON, deflated with its checksum: a link that was cut or altered
is refused, it never shows other figures. It holds no folder, no doctor and no patient.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError

from calculators.errors import UserError
from calculators.forfait.version import TOLD, Version
from calculators.rules import Frozen

VERSION = 1
LONGEST, LARGEST = 8_000, 40_000
"""Characters of the word; bytes once inflated."""
CUT = (
    "Ce lien est incomplet ou abîmé : il a pu être coupé en chemin. Demandez-le de nouveau, ou demandez le fichier du "
    "scénario (TOML), qui s’ouvre dans « Partager »."
)
NEWER = (
    "Ce lien vient d’une version plus récente du programme. Mettez celui-ci à jour, ou demandez le fichier du scénario "
    "(TOML), qui s’ouvre dans « Partager »."
)
Amount = Annotated[float, Field(allow_inf_nan=False, ge=-1_000_000, le=1_000_000)]
Word = Annotated[str, Field(max_length=60)]


class Shown(Frozen):
    """What the lab shows. A field that is as here when nothing is said is left out of the link: these values belong to
    the form of the link, and change with its version only.

    `digest`: of the rules behind the figures, see `digest`.
    """

    model_config = ConfigDict(populate_by_name=True)

    drafts: tuple[str, str, str] = Field(alias="s")
    compared: Word = Field(alias="c")
    digest: Word = Field("", alias="d")
    active: int = Field(0, alias="a", ge=0, le=2)
    means: bool = Field(True, alias="m")
    view: Word = Field("liste", alias="v")
    beyond: Amount = Field(500, alias="p")
    scale: Word = Field("reference", alias="n")
    envelope: Word = Field("constante", alias="e")
    rise: Amount = Field(5, alias="r")
    inflation: Amount = Field(2, alias="i")
    years: Amount = Field(2, alias="y")
    constant: bool = Field(False, alias="k")
    trait: Word = Field("", alias="t")
    grouped: Word = Field("cabinets", alias="b")
    variant: Annotated[str, Field(max_length=120)] = Field("", alias="x")
    detail: Word = Field("", alias="g")
    patients: Amount = Field(1_000, alias="u")
    ald: Amount = Field(230, alias="w")
    old: Amount = Field(80, alias="o")
    slides: tuple[Word, ...] = Field((), alias="l", max_length=60)


def encode(shown: Shown) -> str:
    """The word of a state."""
    said = shown.model_dump(by_alias=True, exclude_defaults=True)
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return f"{VERSION}.{base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip('=')}"


def decode(word: str) -> Shown:
    """The inverse of `encode`. Raises UserError in French: cut, altered, of a later program."""
    number, dot, packed = word.strip().partition(".")
    if number.isascii() and number.isdigit() and int(number[:9]) > VERSION:
        raise UserError(NEWER)
    if number != str(VERSION) or not dot or len(word) > LONGEST:
        raise UserError(CUT)
    try:
        return Shown.model_validate(_inflated(packed))
    except (ValueError, ValidationError, binascii.Error, zlib.error, RecursionError):
        raise UserError(CUT) from None


def _inflated(packed: str) -> Any:
    inflate = zlib.decompressobj()
    text = inflate.decompress(
        base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True), LARGEST
    )
    if not inflate.eof or inflate.unused_data:
        raise ValueError
    return json.loads(text)


def digest(versions: Iterable[Version], country: int) -> str:
    """Eight characters that change with the agreements named or with the population they are priced on."""
    told = "\n".join(sorted({version.model_dump_json(exclude=TOLD) for version in versions}))
    return f"{zlib.crc32(told.encode(), country):08x}"


def word_of(text: str) -> str:
    """The word in a link that was pasted whole, or the word itself."""
    _, found, after = text.strip().partition("lien=")
    return (after if found else text.strip()).partition("&")[0].partition("#")[0]
