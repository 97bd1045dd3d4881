"""`tableau-mt import FILES --to DIR`: add documents to a practice folder; `--replace`: in place of what it holds."""

from argparse import Namespace
from collections import Counter
from pathlib import Path

from calculators.french import count, plain
from calculators.records import practice
from calculators.records.practice import Changed
from calculators.records.readers import Document, SourceError, read_documents
from dashboard.command.output import say


def run(asked: Namespace) -> int:
    _refuse_inside(asked.sources, asked.to)
    documents, left = read_documents(asked.sources)
    if not documents:
        raise SourceError(
            "\n".join(left) or "Aucun fichier à lire : indiquez un fichier, une archive zip ou un dossier."
        )
    for sentence in left:
        say(sentence)
    if asked.replace and (gone := practice.goes(asked.to)):
        say(f"Remplacement de « {asked.to} » : {gone}")
    changed = practice.add(asked.to, documents, asked.doctor or "", instead=asked.replace)
    new = {one.source_id for one in changed.added}
    _say_read([one for one in documents if one.source_id in new])
    _say_changed(changed, asked.to)
    return 0


def _refuse_inside(paths: list[Path], to: Path) -> None:
    target = to.resolve()
    if inside := [path for path in paths if path.resolve().is_relative_to(target)]:
        raise SourceError(f"« {inside[0]} » est dans le dossier à écrire, « {to} » : choisissez un autre dossier.")


def _say_read(documents: list[Document]) -> None:
    read: Counter[str] = sum((Counter(one.read) for one in documents), Counter())
    for kind, lines in read.items():
        say(f"{kind} : {plain(count(lines, 'ligne'))}")
    unmapped: Counter[tuple[str, str]] = Counter()
    for one in (one for document in documents for one in (*document.unmapped, *document.proposed)):
        unmapped[one.what, one.reason] += one.number
    for (what, reason), number in unmapped.items():
        say(f"À savoir : {what} ({number}) : {reason}")


def _say_changed(changed: Changed, to: Path) -> None:
    for sentence in changed.left:
        say(f"Laissé de côté : {sentence}")
    for source in changed.superseded:
        say(f"Remplacé par une version plus récente : « {source.name} » ({source.source_id[:8]}).")
    for sentence in changed.maybe:
        say(sentence)
    if changed.known:
        say(
            plain(
                f"{count(len(changed.known), 'document était déjà là', 'documents étaient déjà là')} : rien n’a changé."
            )
        )
    if changed.added:
        added = plain(count(len(changed.added), "document ajouté", "documents ajoutés"))
        say(f"{added} ; {plain(count(changed.patients, 'patient'))} dans le dossier.")
    if changed.doctor == practice.UNNAMED:
        say(
            "Les documents ne nomment pas de médecin traitant : ajoutez --doctor NUMÉRO pour que la liste soit la vôtre."
        )
    say(f"Dossier écrit : {to}")
