"""The command line in French: commands, options, help and mistakes."""

import argparse
import re
from collections.abc import Callable, Mapping
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

from calculators import given
from calculators.errors import UserError

COMMANDS = (
    "serve",
    "atelier",
    "check",
    "import",
    "sources",
    "drugs",
    "sample",
    "prevention",
    "reconcile",
    "reference",
    "collective",
    "sobriety",
    "pertinence",
    "forfait",
    "compare",
    "income",
    "lists",
    "limits",
    "decide",
    "envelope",
    "scenario",
    "indicator",
    "agreement",
    "forget",
    "audit",
)
FRENCH = {
    "usage: ": "utilisation : ",
    "positional arguments": "arguments",
    "options": "options",
    "show this help message and exit": "afficher cette aide",
    "the following arguments are required: %s": "il manque : %s",
    "unrecognized arguments: %s": "arguments inconnus : %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "« %(value)s » inconnu ; valeurs possibles : %(choices)s",
    "expected one argument": "une valeur est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s est ambigu : %(matches)s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "invalid %(type)s value: %(value)r": "« %(value)s » n’est pas %(type)s",
}
argparse._ = lambda text: FRENCH.get(text, text)  # type: ignore[attr-defined]

Run = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """Says what was expected, then where the help is; exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message}\nAide : {self.prog} --help\n")


def given_path(text: str) -> Path:
    try:
        return given.path(text)
    except UserError as mistake:
        raise argparse.ArgumentTypeError(str(mistake)) from None


def iso_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une date ; exemple : 2025-12-31") from None


def year(text: str) -> int:
    if not (text.isdecimal() and 2000 <= int(text) <= 2100):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une année ; exemple : 2025")
    return int(text)


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number between two bounds."""

    def parse(text: str) -> int:
        if not (text.isdecimal() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nombre entier de {least} à {most}")
        return int(text)

    return parse


def host(text: str) -> str:
    """A name or an address, without port."""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?", text):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nom d’ordinateur ; exemple : 192.168.1.20")
    return text


def memory(text: str) -> str:
    """An amount of memory that both engines understand."""
    if not re.fullmatch(r"[1-9]\d*(MB|GB)", text):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une quantité de mémoire ; exemples : 8GB, 500MB")
    return text


def table_file(text: str) -> Path:
    path = given_path(text)
    if path.suffix not in (".csv", ".parquet", ".json"):
        raise argparse.ArgumentTypeError(f"« {text} » doit finir par .csv, .parquet ou .json")
    return path


def html_file(text: str) -> Path:
    path = given_path(text)
    if path.suffix != ".html":
        raise argparse.ArgumentTypeError(f"« {text} » doit finir par .html")
    return path


def reference_folder(text: str) -> Path:
    """A folder, or a reference kept here by its id."""
    path = given_path(text)
    if given.exists(path) or len(path.parts) > 1:
        return path
    from calculators.comparison import known

    return next((one.path for one in known.known() if one.id == text), path)


def rule_file(text: str) -> Path:
    path = given_path(text)
    if path.suffix != ".toml":
        raise argparse.ArgumentTypeError(f"« {text} » doit finir par .toml")
    return path


def parser(runs: Mapping[str, Run]) -> Parser:
    """The parser of `tableau-mt`; `runs` gives what each command does."""
    top = Parser(prog="tableau-mt", description="Tableau de bord du médecin traitant : prévention, sobriété, forfait.")
    top.add_argument("--version", action="version", version=f"tableau-mt {metadata.version('tableau-mt')}",
                     help="dire la version")  # fmt: skip
    commands = top.add_subparsers(dest="command", metavar="COMMANDE", required=True, parser_class=Parser)

    def command(name: str, summary: str, parent: Any = commands, run: str = "") -> Parser:
        made: Parser = parent.add_parser(name, help=summary, description=summary + ".")
        made.set_defaults(run=runs[run or name])
        return made

    _serve(command("serve", "ouvrir le tableau de bord (commande par défaut)"))
    _atelier(command("atelier", "ouvrir un atelier sur le réseau local, sur des cabinets fictifs"))
    audit = commands.add_parser("audit", help="traces d’accès d’un serveur")
    audits = audit.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    _audit_check(command("check", "vérifier que les traces d’accès sont entières", audits, "audit check"))
    _check(command("check", "vérifier un dossier de données"))
    _import(command("import", "ajouter des documents à un dossier de données"))
    _sources(command("sources", "documents dont un dossier est fait ; en retirer un"))
    drugs = commands.add_parser("drugs", help="base de médicaments : classes ATC et prix")
    loads = drugs.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    _drugs_load(command("load", "compléter un dossier de données par une base de médicaments", loads, "drugs load"))
    _sample(command("sample", "produire des données fictives"))
    _forget(command("forget", "effacer les copies compactes, ou un dossier de données"))
    _prevention(command("prevention", "état de prévention de chaque patient"))
    _reconcile(command("reconcile", "ce que dit la liste de l’Assurance maladie, à côté des données"))
    reference = commands.add_parser("reference", help="référence du ratio de sobriété")
    actions = reference.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    _reference(command("build", "construire la référence d’une année", actions, "reference build"))
    summary = "faire d’une référence la copie qui peut être transmise : aucun petit effectif, aucun médecin"
    _publish(command("publish", summary, actions, "reference publish"))
    _reference_add(command("add", "garder une référence publiée que vous avez reçue", actions, "reference add"))
    command("list", "références gardées ici, et celle qui est choisie", actions, "reference list")
    _reference_remove(command("remove", "retirer une référence gardée ici", actions, "reference remove"))
    collective = commands.add_parser("collective", help="comparaison faite par un groupe de médecins volontaires")
    turns = collective.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    _collective_start(command("start", "ouvrir une campagne : qui, quoi, jusqu’à quand", turns, "collective start"))
    summary = "dire ce qui partirait d’un cabinet, et l’écrire en deux parts"
    _contribute(command("contribute", summary, turns, "collective contribute"))
    _sum(command("sum", "pour un porteur : additionner ce qu’il a reçu, une fois", turns, "collective sum"))
    _collective_build(command("build", "réunir les deux sommes", turns, "collective build"))
    _sobriety(command("sobriety", "ratio de sobriété de chaque médecin"))
    _pertinence(command("pertinence", "mesures de pertinence des prescriptions de chaque médecin"))
    _forfait(command("forfait", "lignes du forfait de chaque médecin"))
    _compare(command("compare", "les mêmes listes sous plusieurs accords, ligne par ligne"))
    _income(command("income", "revenu de l’année de chaque médecin, bloc par bloc"))
    _lists(command("lists", "patients à voir pour une consultation longue, un âge clé ou une prévention non payée"))
    _limits(command("limits", "règles à respecter : téléconsultation, OPTAM, DONUM, associations d’actes"))
    _decide(command("decide", "contrat démographique, assistant médical, capitation : rester ou changer"))
    _envelope(command("envelope", "enveloppe de prévention, indicateur par indicateur"))
    scenario = commands.add_parser("scenario", help="scénario sur un accord")
    acts = scenario.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    _scenario_check(command("check", "vérifier un scénario avant de le jouer", acts, "scenario check"))
    for name, what, effect in (
        ("indicator", "indicateur", "qui il concernerait"),
        ("agreement", "accord", "ce qu’il paierait"),
    ):
        rule = commands.add_parser(name, help=f"{what} écrit dans un fichier")
        checks = rule.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
        summary = f"jouer les exemples d’un {what}, dire ce qui y manque et {effect}"
        _rule_check(command("check", summary, checks, f"{name} check"), what)
    return top


def _forget(made: Parser) -> None:
    made.add_argument(
        "folder", metavar="DIR", type=given_path, nargs="?", help="dossier de données (défaut : le cache)"
    )
    made.add_argument("--everything", action="store_true", help="effacer le dossier lui-même, après confirmation")
    made.add_argument("--yes", action="store_true", help="ne pas demander le nom du dossier")


def _serve(made: Parser) -> None:
    made.add_argument(
        "folder", metavar="DIR", type=given_path, nargs="?", help="dossier de données (défaut : exemples)"
    )
    made.add_argument("--port", type=whole(1, 65535), metavar="N", help="port (défaut : le premier libre dès 8501)")
    made.add_argument("--no-browser", action="store_true", help="ne pas ouvrir le navigateur")
    made.add_argument(
        "--config",
        type=rule_file,
        metavar="FILE.toml",
        help="serveur pour plusieurs médecins : identité, droits, traces",
    )


def _audit_check(made: Parser) -> None:
    made.add_argument("folder", metavar="DIR", type=given_path, help="dossier des traces (« audit » de server.toml)")


def _atelier(made: Parser) -> None:
    made.add_argument(
        "--address",
        metavar="NOM",
        type=host,
        help="nom ou adresse que les participants tapent (défaut : celle du réseau)",
    )
    made.add_argument("--listen", metavar="IP", type=host, help="adresse écoutée (défaut : toutes)")
    made.add_argument("--port", type=whole(1, 65535), metavar="N", help="port (défaut : le premier libre dès 8501)")
    made.add_argument("--no-browser", action="store_true", help="ne pas ouvrir le navigateur")


def _check(made: Parser) -> None:
    _folder(made)
    made.add_argument("--format", choices=("text", "json"), default="text", help="présentation du rapport")


def _import(made: Parser) -> None:
    made.add_argument(
        "sources", metavar="SOURCE", type=given_path, nargs="+", help="fichiers, dossiers ou archives zip à lire"
    )
    _to(made, "dossier de données qui les reçoit, créé s’il n’existe pas")
    made.add_argument("--replace", action="store_true", help="remplacer tout ce que le dossier contient")
    made.add_argument("--doctor", metavar="ID", help="médecin traitant de ceux dont les documents n’en nomment pas")


def _sources(made: Parser) -> None:
    _folder(made)
    made.add_argument("--remove", metavar="ID", help="retirer cette source (les premiers caractères suffisent)")
    for name, what in (("--same", "un seul patient"), ("--distinct", "deux patients")):
        made.add_argument(name, metavar="CLÉ", nargs=2, action="append", default=[], help=f"ces deux clés sont {what}")


def _drugs_load(made: Parser) -> None:
    what = "CIS_CIP_bdpm.txt, CIS_MITM.txt, CIS_bdpm.txt, OPEN_MEDIC_AAAA.CSV, IR_PHA_R.csv, ou leur dossier"
    made.add_argument("sources", metavar="FILE", type=given_path, nargs="+", help=what)
    _to(made, "dossier de données à compléter")
    made.add_argument("--year", type=year, metavar="N", help="année des prix (défaut : celle que disent les fichiers)")


def _sample(made: Parser) -> None:
    made.add_argument("--doctors", type=whole(1, 100_000), metavar="N", required=True, help="nombre de médecins")
    made.add_argument("--seed", type=whole(0, 2**31 - 1), metavar="S", required=True, help="graine du tirage")
    made.add_argument("--from", dest="since", type=iso_date, metavar="DATE", help="premier jour des lignes, AAAA-MM-JJ")
    made.add_argument("--as-of", type=iso_date, metavar="DATE", help="dernier jour des données, AAAA-MM-JJ")
    _to(made, "dossier de données à écrire")


def _prevention(made: Parser) -> None:
    _folder(made)
    _doctor(made)
    made.add_argument("--as-of", type=iso_date, metavar="DATE", required=True, help="jour jugé, AAAA-MM-JJ")
    made.add_argument(
        "--set", metavar="JEU", help="jeu d’indicateurs : nom ou fichier .toml (défaut : celui de l’accord en vigueur)"
    )
    made.add_argument(
        "--indicator",
        type=rule_file,
        action="append",
        default=[],
        metavar="FILE.toml",
        help="indicateur à juger en plus du jeu, jamais payé ; répétable (ceux de DIR/indicators le sont déjà)",
    )
    _doubts(made)
    _out(made)


def _reconcile(made: Parser) -> None:
    _folder(made)
    _doctor(made)
    made.add_argument("--as-of", type=iso_date, metavar="DATE", required=True, help="jour jugé, AAAA-MM-JJ")
    made.add_argument("--set", metavar="JEU", help="jeu d’indicateurs (défaut : celui de l’accord en vigueur)")
    _doubts(made)
    made.add_argument(
        "--contest",
        type=html_file,
        metavar="FILE.html",
        help="écrire la lettre qui conteste, avec les actes qui répondent",
    )
    made.add_argument("--names", action="store_true", help="nommer les patients dans cette lettre")
    _out(made)


def _reference(made: Parser) -> None:
    _folder(made)
    _year(made)
    _to(made, "dossier de la référence à écrire", "REFDIR")
    made.add_argument(
        "--engine", choices=("duckdb", "spark"), default="duckdb", help="moteur : duckdb (défaut), ou spark s’il est là"
    )
    made.add_argument("--memory", type=memory, metavar="8GB", help="mémoire que le moteur peut prendre")
    made.add_argument(
        "--set", action="append", default=[], metavar="JEU",
        help="compter aussi les taux de prévention de ce jeu d’indicateurs ; répétable",
    )  # fmt: skip
    made.add_argument("--measures", action="store_true", help="compter aussi les mesures de pertinence")
    _doubts(made)


def _publish(made: Parser) -> None:
    made.add_argument("reference", metavar="REFDIR", type=Path, help="dossier de la référence exacte")
    _to(made, "dossier de la copie à écrire", "COPY")
    made.add_argument("--maker", metavar="NOM", help="qui répond de la copie : URPS, CPAM, faculté…")


def _reference_add(made: Parser) -> None:
    made.add_argument(
        "source", metavar="FOLDER|ZIP", type=given_path, help="référence publiée : dossier ou archive zip"
    )


def _reference_remove(made: Parser) -> None:
    made.add_argument("id", metavar="ID", help="identifiant donné par « reference list », ou son début")


def two_holders(text: str) -> tuple[str, str]:
    names = [one.strip() for one in text.split(",")]
    if len(names) != 2 or not all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,30}", one) for one in names):
        raise argparse.ArgumentTypeError(
            f"« {text} » : deux noms séparés d’une virgule sont attendus, en lettres, chiffres et tirets ; exemple : "
            "urps,faculte"
        )
    return names[0], names[1]


def rounds(text: str) -> tuple[int, ...]:
    if text not in ("1,2", "1,2,3"):
        raise argparse.ArgumentTypeError(f"« {text} » : « 1,2 » ou « 1,2,3 » est attendu")
    return tuple(map(int, text.split(",")))


def _collective_start(made: Parser) -> None:
    _year(made)
    made.add_argument("--holders", type=two_holders, metavar="A,B", required=True, help="les deux porteurs")
    made.add_argument(
        "--invited", metavar="N|FILE", required=True, help="médecins invités : nombre, ou fichier (un par ligne)"
    )
    made.add_argument("--closes", type=iso_date, metavar="DATE", required=True, help="dernier jour des contributions")
    made.add_argument("--title", metavar="TITRE", default="Groupe de médecins volontaires", help="nom de la campagne")
    _to(made, "dossier de la campagne à écrire")
    made.add_argument("--only", choices=("sobriety", "prevention"), help="une des deux seulement (défaut : les deux)")
    made.add_argument("--set", action="append", default=[], metavar="JEU", help="jeu d’indicateurs ; répétable")
    made.add_argument("--measures", action="store_true", help="additionner aussi les mesures de pertinence")
    made.add_argument("--classes", type=given_path, metavar="FILE", help="fichier qui nomme les classes ATC à suivre")
    made.add_argument(
        "--minimum", type=whole(5, 4095), metavar="N", help="médecins nécessaires (défaut et moindre : 20, 5)"
    )
    made.add_argument("--rounds", type=rounds, default=(1, 2, 3), metavar="1,2,3", help="tours (défaut : les trois)")
    made.add_argument("--priced", type=given_path, metavar="DIR", help="accepter les prix de la base de ce dossier")
    made.add_argument("--fictitious", action="store_true", help="campagne sur des données fictives")


def _contribute(made: Parser) -> None:
    _folder(made)
    _doctor(made)
    made.add_argument("--campaign", type=given_path, metavar="FILE.toml", required=True, help="fichier de la campagne")
    made.add_argument("--round", type=int, choices=(1, 2, 3), required=True, help="tour")
    made.add_argument("--to", type=given_path, metavar="FOLDER", help="dossier où écrire, un sous-dossier par porteur")
    made.add_argument("--key", metavar="CLE", help="clé reçue de l’organisateur")
    made.add_argument(
        "--keys", type=given_path, metavar="FILE.csv", help="clés par médecin (défaut : à côté de la campagne)"
    )
    made.add_argument("--reference", type=given_path, metavar="COPY", help="copie publiée du tour 2, pour le tour 3")
    made.add_argument("--show", action="store_true", help="montrer tous les nombres, et ne rien écrire")
    _doubts(made)


def _sum(made: Parser) -> None:
    made.add_argument("campaign", metavar="CAMPAIGN", type=given_path, help="fichier de la campagne")
    made.add_argument(
        "files", metavar="FILES", type=given_path, nargs="+", help="contributions reçues, ou leur dossier"
    )
    _to(made, "dossier de la somme à écrire")


def _collective_build(made: Parser) -> None:
    made.add_argument("sums", metavar="SUM", type=given_path, nargs=2, help="les deux sommes")
    _to(made, "dossier à écrire", "REFERENCE")
    made.add_argument("--after", type=given_path, metavar="DIR", help="ce que le tour d’avant a donné")


def _sobriety(made: Parser) -> None:
    _folder(made)
    _doctor(made)
    _year(made)
    made.add_argument(
        "--reference",
        type=reference_folder,
        metavar="REFDIR|ID",
        help="référence : dossier, ou identifiant d’une référence gardée ici (défaut : la dernière ajoutée de l’année ; "
        "celle qui est fournie pour des données fictives)",
    )
    _doubts(made)
    _out(made)


def _pertinence(made: Parser) -> None:
    _folder(made)
    _doctor(made)
    _year(made)
    made.add_argument(
        "--measure",
        action="append",
        default=[],
        metavar="ID",
        help="mesure : nom (aussi dans DIR/measures) ou fichier .toml ; répétable (défaut : toutes)",
    )
    made.add_argument(
        "--reference",
        type=reference_folder,
        metavar="REFDIR|ID",
        help="référence qui a des mesures (défaut : comme pour sobriety)",
    )
    shown = made.add_mutually_exclusive_group()
    shown.add_argument("--patients", action="store_true", help="les patients derrière chaque chiffre, et les lignes")
    shown.add_argument("--interessement", action="store_true", help="ce que paieraient les intéressements, par lecture")
    made.add_argument(
        "--base-year", type=year, metavar="N", help="année de départ de l’intéressement (défaut : celle du texte)"
    )
    _doubts(made)
    _out(made)


def _forfait(made: Parser) -> None:
    _folder(made)
    _doctor(made)
    _year(made)
    made.add_argument(
        "--version", required=True, metavar="ID", help="accord : nom (aussi dans DIR/versions) ou fichier .toml"
    )
    made.add_argument(
        "--scenario", metavar="ID", help="changements à l’accord : nom (aussi dans DIR/scenarios) ou fichier .toml"
    )
    _state(made)
    _doubts(made)
    _out(made)


def _compare(made: Parser) -> None:
    _folder(made)
    _doctor(made)
    _year(made)
    made.add_argument(
        "--versions",
        required=True,
        metavar="A,B,C",
        help="accords, le premier sert de départ : noms ou fichiers .toml d’accords ou de scénarios",
    )
    made.add_argument(
        "--with-means", action="store_true", help="ajouter ROSP, forfait structure, DONUM (moyennes ou part) et aide"
    )
    _state(made)
    _doubts(made)
    _out(made)


def _income(made: Parser) -> None:
    _of_practice(made)
    made.add_argument(
        "--what-if",
        action="store_true",
        help="ce que des actes ou des missions de plus apporteraient, à la place du revenu",
    )
    made.add_argument(
        "--paid", action="store_true", help="les versements saisis, à côté de ce qui est calculé, à la place du revenu"
    )


def _lists(made: Parser) -> None:
    _folder(made)
    _anyone(made)
    made.add_argument("--as-of", type=iso_date, metavar="DATE", required=True, help="jour des listes, AAAA-MM-JJ")
    made.add_argument(
        "--list", action="append", default=[], metavar="LISTE",
        help="une seule liste, GL2 par exemple ; répétable (défaut : toutes)",
    )  # fmt: skip
    made.add_argument(
        "--variant", action="append", default=[], metavar="NOM",
        help="autre lecture d’une règle : des_80_ans, diapositives, ald_9, lettre_2022 ; répétable",
    )  # fmt: skip
    _doubts(made)
    _out(made)


def _limits(made: Parser) -> None:
    _of_practice(made)


def _decide(made: Parser) -> None:
    _of_practice(made)
    for name, what in (
        ("contract", "rester dans un contrat démographique, ou le quitter le 1er janvier de l’année"),
        ("assistant", "un assistant médical"),
        ("capitation", "la capitation d’un groupe"),
    ):
        made.add_argument(f"--{name}", action="store_true", help=f"seulement : {what}")


def _envelope(made: Parser) -> None:
    _of_practice(made)
    made.add_argument(
        "--case-mix", action="store_true", help="la variante qui tient compte de la patientèle, à la place"
    )


def _of_practice(made: Parser) -> None:
    _folder(made)
    _anyone(made)
    _year(made)
    _doubts(made)
    _out(made)


def _anyone(made: Parser) -> None:
    made.add_argument("--doctor", default="all", metavar="ID|all", help="identifiant du médecin (défaut : all, tous)")


def _scenario_check(made: Parser) -> None:
    made.add_argument("file", metavar="FILE.toml", type=rule_file, help="scénario à vérifier")


def _rule_check(made: Parser, what: str) -> None:
    made.add_argument("file", metavar="FILE.toml", type=rule_file, help=f"{what} à vérifier")
    made.add_argument(
        "folder", metavar="DIR", type=given_path, nargs="?", help="dossier de données sur lequel l’essayer"
    )
    _doubts(made)


def _folder(made: Parser) -> None:
    made.add_argument("folder", metavar="DIR", type=given_path, help="dossier de données")


def _doctor(made: Parser) -> None:
    made.add_argument("--doctor", required=True, metavar="ID|all", help="identifiant du médecin, ou all pour tous")


def _year(made: Parser) -> None:
    made.add_argument("--year", type=year, metavar="N", required=True, help="année")


def _state(made: Parser) -> None:
    made.add_argument(
        "--state",
        choices=("acquis", "tendance", "plein"),
        default="acquis",
        help="d’une année qui n’est pas finie : ce qui est acquis (défaut), au taux de l’an passé, ou tout ce qui reste "
        "possible",
    )


def _to(made: Parser, summary: str, name: str = "DIR") -> None:
    made.add_argument("--to", type=given_path, metavar=name, required=True, help=summary)


def _doubts(made: Parser) -> None:
    made.add_argument(
        "--accept-doubts",
        action="store_true",
        help="calculer même quand la vérification tient les données pour douteuses",
    )


def _out(made: Parser) -> None:
    made.add_argument("--out", type=table_file, metavar="FILE", help="fichier .csv, .parquet ou .json (défaut : écran)")
    made.add_argument("--force", action="store_true", help="remplacer le fichier de --out s’il existe")
    made.add_argument(
        "--raw", action="store_true", help="laisser tels les textes qu’un tableur prendrait pour une formule"
    )
