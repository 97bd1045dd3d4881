"""Tables of the page *Données*."""

from collections.abc import Sequence

import pyarrow as pa

from calculators.records.sources import Source
from dashboard.donnees import in_words

TEXT, NUMBER, DAY = pa.string(), pa.int64(), pa.date32()
SOURCES = pa.schema(
    [
        *(("Document", TEXT), ("Nature", TEXT), ("Patients", NUMBER), ("Période couverte", TEXT)),
        *(("Lues", NUMBER), ("Reprises", NUMBER), ("Écartées", NUMBER), ("Importé le", DAY), ("Daté du", DAY)),
        ("État", TEXT),
    ]
)


def sources(found: Sequence[Source]) -> pa.Table:
    """One row per document of a folder, in their order."""
    rows = [
        (
            *(one.name, in_words.kind(one.kind), len(one.patient_ids), in_words.days(one)),
            *(one.lines_read, one.lines_kept, one.lines_aside, one.imported_on, one.created_on),
            "remplacé" if one.superseded_by else "",
        )
        for one in found
    ]
    return pa.Table.from_pylist([dict(zip(SOURCES.names, row, strict=True)) for row in rows], schema=SOURCES)
