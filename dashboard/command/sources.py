"""`tableau-mt sources DIR`: the documents a practice folder was made from; `--remove ID` withdraws one."""

from argparse import Namespace
from collections.abc import Iterator

from calculators.errors import UserError
from calculators.french import count, number, plain, short_day
from calculators.given import exists
from calculators.records import practice
from calculators.records.sources import Source
from dashboard.command.output import say

SHOWN = 8
"""Characters of an id that are shown, and suffice to name it."""


def run(asked: Namespace) -> int:
    if not exists(asked.folder / "dataset.toml"):
        raise UserError(
            f"« {asked.folder} » n’est pas un dossier de données : indiquez un dossier qui contient dataset.toml."
        )
    if asked.remove is not None:
        return _remove(asked)
    for source in practice.listed(asked.folder):
        print("\n".join(_told(source)))
    return 0


def _remove(asked: Namespace) -> int:
    changed = practice.remove(asked.folder, asked.remove)
    (gone,) = changed.removed
    left = plain(count(changed.patients, "patient"))
    say(f"« {gone.name} » ({gone.source_id[:SHOWN]}) est retiré ; il reste {left} dans le dossier.")
    for sentence in changed.maybe:
        say(sentence)
    return 0


def _told(source: Source) -> Iterator[str]:
    """A source in two to four lines; its patients are counted, never named."""
    yield f"{source.source_id[:SHOWN]}  {source.kind}  {source.title}  ({source.name})"
    period = (
        f"couvre du {short_day(source.covers_from)} au {short_day(source.covers_to)}"
        if source.covers_from
        else "ne couvre aucune période"
    )
    patients = plain(count(len(source.patient_ids), "patient"))
    yield f"    {patients}, {period}, importé le {short_day(source.imported_on)}"
    lines = (source.lines_read, source.lines_kept, source.lines_aside)
    yield "    " + plain("lignes : {} lues, {} reprises, {} signalées".format(*map(number, lines)))
    yield from (f"    {reason}" for reason in source.reasons)
    if source.superseded_by:
        yield f"    remplacé par {source.superseded_by[:SHOWN]}"
