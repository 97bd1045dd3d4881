"""`tableau-mt sources DIR`: the documents a practice folder was made from; `--remove ID` withdraws one.

`--same KEY KEY` and `--distinct KEY KEY` answer what `import` leaves open (« peut-être le même patient »).
"""

from argparse import Namespace
from collections.abc import Iterator
from datetime import date

from calculators.errors import UserError
from calculators.french import count, plain, short_day
from calculators.given import exists
from calculators.records import practice
from calculators.records.sources import Source
from dashboard.command.output import say
from dashboard.command.report import say_allowed
from dashboard.donnees import in_words

SHOWN = 8
"""Characters of an id that are shown, and suffice to name it."""


def run(asked: Namespace) -> int:
    if not exists(asked.folder / "dataset.toml"):
        raise UserError(
            f"« {asked.folder} » n’est pas un dossier de données : indiquez un dossier qui contient dataset.toml."
        )
    if asked.remove is not None:
        return _remove(asked)
    if asked.same or asked.distinct:
        return _answer(asked)
    for source in practice.listed(asked.folder):
        print("\n".join(_told(source)))
    say_allowed(asked.folder)
    return 0


def _answer(asked: Namespace) -> int:
    """What the page asks under « deux fiches, un seul patient ? »"""
    for pairs, same in ((asked.same, True), (asked.distinct, False)):
        for one, other in pairs:
            changed = practice.answer(asked.folder, (one, other), same, date.today())
            what = "sont un seul patient" if same else "sont deux patients"
            say(f"{one} et {other} {what} ; {plain(count(changed.patients, 'patient'))} dans le dossier.")
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
    yield f"{source.source_id[:SHOWN]}  {in_words.kind(source.kind)}  {source.title}  ({source.name})"
    patients = plain(count(len(source.patient_ids), "patient"))
    yield f"    {patients}, {in_words.period(source)}, importé le {short_day(source.imported_on)}"
    yield f"    {plain(in_words.lines(source))}"
    yield from (f"    {reason}" for reason in source.reasons)
    if source.superseded_by:
        yield f"    remplacé par {source.superseded_by[:SHOWN]}"
