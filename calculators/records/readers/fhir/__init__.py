"""FHIR R4, in JSON: Bundles (document, collection, searchset, transaction, batch), NDJSON, lists, single resources.

What was planned, asked or declared is never a row; what is not taken is counted, by resource and by code system. Results
keep their LOINC (`acts`, system `loinc`); nothing is converted. Nothing here covers a period: it is evidence of what it
holds, and of nothing else.
"""

import json
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256

from calculators.records.readers.fhir.resources import Holder, holders
from calculators.records.readers.fhir.rows import Rows
from calculators.records.readers.shape import Document, SourceError, SourceFile

__all__ = ["KINDS", "read", "recognise"]

KINDS = ("fhir",)
TITLES = {"document": "Document FHIR", "resources": "Ressources FHIR"}
SAYS = re.compile(r'"resourceType"\s*:\s*"[A-Z]')


def recognise(head: bytes, name: str) -> str | None:
    """`fhir` for JSON that says the type of a resource near its start."""
    try:
        start = head.decode(json.detect_encoding(head), errors="ignore").lstrip("\ufeff \t\r\n")
    except LookupError:
        return None
    return KINDS[0] if start[:1] in ("{", "[") and SAYS.search(start) else None


def read(sources: Sequence[SourceFile]) -> Iterator[Document]:
    """One document per Bundle; files of loose resources of one folder are one. A file that cannot be read is told by the
    SourceError raised once all documents are given."""
    refused = []
    for found in holders(list(sources)):
        if isinstance(found, SourceError):
            refused.append(str(found))
        else:
            yield _document(found)
    if refused:
        raise SourceError("\n".join(refused))


def _document(holder: Holder) -> Document:
    rows = Rows(holder)
    rows.take_all()
    sources = holder.sources
    identity = sha256("".join(sorted(sha256(source.content()).hexdigest() for source in sources)).encode())
    return Document(
        kind=KINDS[0],
        name=sources[0].name if len(sources) == 1 else f"{sources[0].path.parent} ({len(sources)} fichiers)",
        title=rows.title or TITLES.get(holder.kind, "Lot de ressources FHIR"),
        source_id=identity.hexdigest(),
        people=tuple(rows.people.values()),
        tables=rows.tables(),
        created_on=rows.created_on,
        document_id=rows.document_id,
        set_id=rows.set_id,
        version=rows.version,
        replaces=rows.replaces,
        read=dict(rows.met),
        unmapped=rows.unmapped(),
        proposed=rows.proposed(),
    )
