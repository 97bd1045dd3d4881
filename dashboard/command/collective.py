"""`tableau-mt collective start | contribute | sum | build`: a comparison that volunteers make, without a patient or a doctor
leaving a practice."""

import csv
import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa

from calculators import collecting, faults, french, given
from calculators.aside import file_aside
from calculators.catalogue import Catalogue
from calculators.collecting import Told
from calculators.comparison import sums
from calculators.comparison.campaign import (
    Campaign,
    invitations,
    key_hash,
    load_campaign,
    write_campaign,
)
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.pertinence.measure import Measure, load_measures
from calculators.pertinence.volunteers import can_be_summed
from calculators.records.atc import names
from calculators.records.store import Store, open_store
from calculators.rules import suggest
from calculators.sobriety.definition import load_definition
from dashboard import export
from dashboard.command.output import say, verified
from dashboard.comparaison import in_words

ATC = re.compile(r"(?<![A-Z0-9])[A-Z]\d\d[A-Z]{2}\d\d(?![A-Z0-9])")
KEYS = "invitations.csv"
LARGEST_LIST = 50_000_000


def start(asked: Namespace) -> int:
    if given.exists(asked.to / "campaign.toml"):
        raise UserError(f"« {asked.to} » a déjà une campagne : donnez un autre dossier.")
    invited = invitations(_invited(asked.invited))
    known, named = Catalogue(None), asked.set or [defaults().prevention.set]
    rules = [] if asked.only == "sobriety" else [known.indicator_set(name) for name in named]
    campaign = collecting.start(
        asked.title, asked.year, asked.holders, asked.closes, [key_hash(key) for key in invited.values()],
        _classes(asked.classes), rules, asked.fictitious, asked.only != "prevention", asked.minimum, asked.rounds,
        asked.priced, _measures(asked),
    )  # fmt: skip
    asked.to.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file_aside(asked.to / KEYS) as aside, aside.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([("medecin", "cle"), *invited.items()])
    write_campaign(campaign, asked.to / "campaign.toml")
    say(french.plain(in_words.campaign(campaign)))
    say(f"À envoyer à chaque médecin : {asked.to / 'campaign.toml'}, et sa seule clé, de {asked.to / KEYS}.")
    if campaign.closes_on < date.today():
        say("Attention : le jour de clôture est passé ; les porteurs peuvent additionner tout de suite.")
    return 0


def _measures(asked: Namespace) -> list[Measure]:
    """Those that ship, where measures are summed."""
    return [one for one in load_measures().values() if can_be_summed(one)] if asked.measures else []


def _invited(text: str) -> list[str]:
    """Doctors invited: a number of them, or the lines of a file."""
    if text.isdecimal() and int(text) <= 4095:
        return [f"medecin-{place + 1:02d}" for place in range(int(text))]
    lines = _text(given.path(text)).splitlines()
    found = list(dict.fromkeys(one for line in lines if (one := line.split(";")[0].strip())))
    if not found:
        raise UserError(f"« {text} » : un nombre de médecins, ou un fichier avec un médecin par ligne, est attendu.")
    return found


def _classes(file: Path | None) -> list[str]:
    """ATC classes that a file names, whatever its form; by default those the program names."""
    if file is None:
        return list(names().name)
    found = sorted(set(ATC.findall(_text(file))))
    if not found:
        raise UserError(f"« {file} » ne nomme aucune classe ATC de sept caractères, comme C09AA05.")
    return found


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_LIST:
            raise UserError(f"« {file} » est trop grand pour une liste.")
        return file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as problem:
        raise UserError(f"« {file} » n’est pas un fichier lisible : {faults.cause(problem)}.") from None


def contribute(asked: Namespace) -> int:
    campaign = load_campaign(asked.campaign)
    store = verified(open_store(asked.folder), asked)
    doctors = _doctors(store, asked, campaign)
    say(french.plain(in_words.campaign(campaign)))
    if campaign.closes_on < date.today():
        say("Attention : la collecte est close ; un porteur qui a déjà donné sa somme n’en donne pas d’autre.")
    known = Catalogue(store.folder)
    for doctor, key in doctors.items():
        found = collecting.tell(store, campaign, asked.round, doctor, known, asked.reference)
        say(french.plain("\n  ".join([f"{doctor} :", *in_words.told(found, campaign)])))
        if asked.show:
            export.write_csv(table(found), sys.stdout)
            continue
        one, other = collecting.contribute(found, campaign, key, store.folder, asked.to, date.today())
        say(
            f"  Écrit : {one} (pour {campaign.holders[0]}) et {other} (pour {campaign.holders[1]}), à envoyer séparément."
        )
    say("Rien n’a été écrit." if asked.show else in_words.PROTECTS)
    return 0


def table(found: Told) -> pa.Table:
    """Every number that would be summed."""
    rows = [(found.doctor, part, row, value) for part, of in found.parts.items() for row, value in of.items()]
    return pa.table(dict(zip(("doctor_id", "part", "row", "value"), map(list, zip(*rows, strict=True)), strict=True)))


def _doctors(store: Store, asked: Namespace, campaign: Campaign) -> dict[str, str]:
    """The doctors who contribute and their keys: of one, his; of all, those who are invited by name."""
    if not asked.show and asked.to is None:
        raise UserError(
            "Dites où écrire la contribution (--to DOSSIER), ou regardez seulement ce qui partirait (--show)."
        )
    if asked.doctor != "all" and asked.key:
        store.doctor(asked.doctor)
        campaign.place_of(asked.key)
        return {asked.doctor: asked.key}
    file = asked.keys or asked.campaign.parent / KEYS
    if asked.show and not given.exists(file):
        return dict.fromkeys(store.doctors() if asked.doctor == "all" else [asked.doctor], "")
    if not given.exists(file):
        raise UserError("Donnez la clé reçue de l’organisateur (--key), ou le fichier qui les tient toutes (--keys).")
    keys = dict(_keys(file))
    wanted = store.doctors() if asked.doctor == "all" else [asked.doctor]
    found = {one: keys[one] for one in wanted if one in keys}
    for one in found:
        store.doctor(one)
        campaign.place_of(found[one])
    if not found:
        first = wanted[0] if wanted else ""
        raise UserError(f"« {file} » n’a de clé pour aucun de ces médecins ; {suggest(first, list(keys)[:9])}")
    return found


def _keys(file: Path) -> Iterator[tuple[str, str]]:
    for line in csv.reader(_text(file).splitlines(), delimiter=";"):
        if len(line) == 2 and line != ["medecin", "cle"]:
            yield line[0].strip(), line[1].strip()


def add(asked: Namespace) -> int:
    """`collective sum`."""
    campaign = load_campaign(asked.campaign)
    received = sums.receive(campaign, campaign.turn, sums.files_in(asked.files))
    say(french.plain(answered(campaign, received)))
    for file in received.replaced:
        say(f"Remplacée par une contribution plus récente du même médecin : {file}")
    for file in received.repeated:
        say(f"Reçue deux fois, comptée une : {file}")
    sums.release(campaign, campaign.turn, received, asked.to, date.today())
    say(f"Somme écrite : {asked.to} (tour {campaign.turn}, pour {received.holder}), à remettre à l’organisateur.")
    return 0


def answered(campaign: Campaign, received: sums.Received) -> str:
    """How many answered."""
    return (
        f"Tour {campaign.turn} de « {campaign.title} » : {len(received.kept)} médecins ont répondu, sur "
        f"{len(campaign.invited)} invités ; {campaign.minimum} au moins sont nécessaires."
    )


def build(asked: Namespace) -> int:
    one, other = asked.sums
    built = collecting.build(one, other, asked.to, date.today(), asked.after)
    for part, doctors in built.doctors.items():
        say(f"{in_words.named(part)} : {doctors} médecins comptent.")
    for part in built.too_few:
        say(f"{in_words.named(part)} : trop peu de médecins comptent, rien n’en est dit.")
    if built.next_campaign:
        say(f"Tour suivant : envoyez {built.next_campaign} aux contributeurs ; le reste de {built.folder} reste privé.")
    elif built.reference:
        patients = french.plain(french.number(built.reference.by_stratum.patients))
        say(
            f"Référence écrite : {built.folder} ({built.reference.size} médecins volontaires, {patients} patients ; ne pas "
            "transmettre : « tableau-mt reference publish » en fait une copie)"
        )
        spread = built.reference.spread(load_definition(built.reference.year))
        say(french.plain(f"Écart-type entre médecins : {french.number(spread.tau, 3)} ({spread.basis})."))
    else:
        say(f"Taux écrits : {built.folder} (ne pas transmettre tels).")
    return 0
