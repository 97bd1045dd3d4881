"""Faults of libraries and of the system as French sentences: what happened, to which file, and what to do."""

import errno
import os
import re
import tomllib
import zipfile
import zlib
from xml.etree.ElementTree import ParseError

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
    import duckdb  # here: what does not read data does without
    import pyarrow as pa

    match problem:
        case OSError():
            where = f"« {_shown(problem.filename)} » : " if problem.filename is not None else ""
            said = f"{where}{cause(problem)}."
            return said[0].upper() + said[1:]
        case MemoryError() | duckdb.OutOfMemoryException() | pa.ArrowMemoryError():
            return "La mémoire ne suffit pas : fermez d’autres programmes, ou traitez moins de données à la fois."
        case RecursionError():
            return "Un fichier contient trop de niveaux imbriqués les uns dans les autres : il ne peut pas être lu."
        case duckdb.Error() | pa.ArrowException():
            return _of_tables(str(problem))
        case UnicodeError():
            return f"Un texte ne peut pas être lu ou écrit : {cause(problem)}."
    return None


def cause(problem: BaseException) -> str:
    """Why something could not be read or written, in a few French words without a full stop; never the library's own."""
    match problem:
        case OSError():
            return BY_NUMBER.get(problem.errno or 0, f"le système a refusé l’opération (code {problem.errno})")
        case tomllib.TOMLDecodeError():
            place = re.search(r"line (\d+), column (\d+)", str(problem))
            return f"ligne {place[1]}, colonne {place[2]}" if place else "la fin du fichier manque"
        case ParseError():
            line, column = problem.position
            return f"ligne {line}, colonne {column + 1}"
        case UnicodeError():
            return "il n’est pas en UTF-8"
        case zipfile.BadZipFile() | zlib.error() | EOFError():
            return "l’archive est abîmée ou incomplète"
        case NotImplementedError():
            return "sa compression n’est pas connue"
        case RuntimeError():
            return "elle est protégée par un mot de passe"
        case RecursionError():
            return "trop de niveaux sont imbriqués les uns dans les autres"
    return "le contenu n’est pas celui attendu"


def _of_tables(said: str) -> str:
    """The library's words are English; what it names is kept."""
    if "no space" in said.lower():
        return f"Le disque : {BY_NUMBER[errno.ENOSPC]}."
    named = re.search(r"[\"'“]([^\"'”\n]+\.(?:parquet|tmp))[\"'”]", said)
    which = f"« {_shown(named[1])} »" if named else "Un fichier de données"
    return (
        f"{which} n’a pas pu être lu ou écrit jusqu’au bout. « tableau-mt check » dit ce qui ne va pas dans le dossier."
    )


def _shown(name: object) -> str:
    text = os.fsdecode(name) if isinstance(name, (str, bytes, os.PathLike)) else str(name)
    return text if len(text) <= 300 else text[:300] + "…"
