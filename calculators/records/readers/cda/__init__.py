"""French clinical documents (CDA R2, CI-SIS): one document is one patient.

Only a reimbursement history (REMB) covers its period; everything else is evidence of what it tells. Only histories and
dispensings give deliveries: a treatment in a summary, a letter or a prescription is none. Codes are in `cda.toml`.
"""

from collections.abc import Iterator, Sequence

from calculators.records.readers.cda.codes import CODES
from calculators.records.readers.cda.parse import announced
from calculators.records.readers.cda.reading import reading
from calculators.records.readers.shape import Document, SourceFile

__all__ = ["KINDS", "name_of", "read", "recognise"]

KINDS: tuple[str, ...] = tuple(dict.fromkeys(known.kind for known in CODES.document))


def recognise(head: bytes, name: str) -> str | None:
    """Kind of a document from its first bytes, or None. In an envelope it may need all of them."""
    said = announced(head)
    return said.known.kind if said and said.known else None


def name_of(head: bytes) -> str:
    """What type of document it is, in French; empty when it is not a CDA."""
    said = announced(head)
    return said.known.name if said and said.known else ""


def read(sources: Sequence[SourceFile]) -> Iterator[Document]:
    """One document per source, in order. Raises SourceError (French) at the first that cannot be read: to go on with
    the others, read them one by one."""
    for source in sources:
        yield reading(source).document
