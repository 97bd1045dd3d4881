"""What `indicator check` and `agreement check` say of a file: its examples, and what it leaves unsaid."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from calculators.french import plain
from calculators.rules import Outcome


def tell(line: str) -> None:
    """One line of the report, with the spaces of a terminal."""
    print(plain(line))


def tell_examples(outcomes: Sequence[Outcome]) -> bool:
    """How many examples pass; each that does not, with what came out. Do they all?"""
    passed = [one for one in outcomes if one.passed]
    if not outcomes:
        tell("Exemples : aucun.")
    else:
        tell(f"Exemples : {len(passed)} sur {len(outcomes)} comme attendu.")
    for line in otherwise(outcomes):
        tell(f"  {line}")
    return len(passed) == len(outcomes)


def otherwise(outcomes: Iterable[Outcome]) -> list[str]:
    """What came out of each example that does not pass."""
    return [
        f"Exemple « {one.name} » : « {key} » donne {_said(found)}, le fichier attend {_said(expected)}."
        for one in outcomes
        for key, (expected, found) in one.differences.items()
    ]


def tell_unsaid(lines: Iterable[str]) -> None:
    """What the file leaves unsaid."""
    lines = list(lines)
    if lines:
        tell("À compléter ou à vérifier :")
    for line in lines:
        tell(f"  - {line}")


def tell_rows(rows: Sequence[Sequence[str]]) -> None:
    """Aligned columns: the first to the left, figures to the right."""
    printed = [[plain(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in printed) for column in range(len(printed[0]))]
    for name, *figures in printed:
        cells = [figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True)]
        print("  " + "  ".join([name.ljust(widths[0]), *cells]).rstrip())


def _said(value: Any) -> str:
    match value:
        case None:
            return "rien"
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case list():
            return " ; ".join(map(str, value)) if value else "rien"
        case _:
            return f"« {value} »"
