"""Faults of libraries and of the system as French sentences: what happened, to which file, and what to do."""

import errno
import os

import duckdb
import pyarrow as pa

FORGOTTEN = "Si cela se reproduit, signalez-le en joignant ce message."
BY_NUMBER = {
    errno.ENOSPC: "il n’y a plus de place sur le disque ; libérez-en, puis recommencez",
    errno.EDQUOT: "votre part du disque est pleine ; libérez-en, puis recommencez",
    errno.EACCES: "l’accès est refusé ; vérifiez que vous avez le droit de lire et d’écrire à cet endroit",
    errno.EPERM: "l’accès est refusé ; vérifiez que vous avez le droit de lire et d’écrire à cet endroit",
    errno.EROFS: "le disque est protégé en écriture ; choisissez un autre endroit",
    errno.ENOENT: "le fichier ou le dossier n’existe pas (ou plus) ; vérifiez son nom",
    errno.ENOTDIR: "un fichier est à la place d’un dossier de ce chemin ; vérifiez le chemin",
    errno.EISDIR: "un fichier est attendu, c’est un dossier ; vérifiez le chemin",
    errno.EEXIST: "il existe déjà ; choisissez un autre nom",
    errno.ENAMETOOLONG: "le nom est trop long pour ce disque ; donnez-en un plus court",
    errno.EMFILE: "trop de fichiers sont ouverts ; fermez d’autres programmes, puis recommencez",
    errno.ENFILE: "trop de fichiers sont ouverts ; fermez d’autres programmes, puis recommencez",
    errno.EIO: "le disque ne répond pas bien ; vérifiez-le, ou copiez le dossier ailleurs",
    errno.EBUSY: "il est utilisé par un autre programme ; fermez-le, puis recommencez",
    errno.ETXTBSY: "il est utilisé par un autre programme ; fermez-le, puis recommencez",
    errno.ELOOP: "ce raccourci tourne en rond ; donnez le chemin du vrai fichier",
    errno.EXDEV: "le fichier est sur un autre disque ; choisissez un endroit du même disque",
    errno.EBADF: "la sortie est fermée ; donnez un fichier avec --out",
}


def in_french(problem: BaseException) -> str | None:
    """The sentence for a fault that is not the program's own; None for any other."""
    match problem:
        case OSError():
            return _of_system(problem)
        case MemoryError() | duckdb.OutOfMemoryException() | pa.ArrowMemoryError():
            return "La mémoire ne suffit pas : fermez d’autres programmes, ou traitez moins de données à la fois."
        case RecursionError():
            return "Un fichier contient trop de niveaux imbriqués les uns dans les autres : il ne peut pas être lu."
        case duckdb.IOException() | duckdb.Error():
            return _of_library(problem, "Les données n’ont pas pu être lues ou écrites jusqu’au bout")
        case pa.ArrowException():
            return _of_library(problem, "Un fichier parquet n’a pas pu être lu ou écrit jusqu’au bout")
        case UnicodeError():
            return _of_library(problem, "Un texte n’a pas pu être lu ou écrit : il n’est pas en UTF-8")
    return None


def _of_system(problem: OSError) -> str:
    where = f"« {_shown(problem.filename)} » : " if problem.filename is not None else ""
    what = BY_NUMBER.get(problem.errno or 0, f"le système a refusé l’opération (code {problem.errno})")
    said = f"{where}{what}."
    return said[0].upper() + said[1:]


def _of_library(problem: BaseException, what: str) -> str:
    """The library's first line is kept, as a detail: it names the file and the column."""
    detail = _shown(str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__)
    space = " Il n’y a peut-être plus de place sur le disque." if "no space" in detail.lower() else ""
    return f"{what}.{space} « tableau-mt check » dit quel fichier du dossier est en cause. Détail : {detail}"


def _shown(name: object) -> str:
    text = os.fsdecode(name) if isinstance(name, (str, bytes, os.PathLike)) else str(name)
    return text if len(text) <= 300 else text[:300] + "…"
