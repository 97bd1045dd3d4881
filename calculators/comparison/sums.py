"""What a holder does with the files he received, and what the two sums give together.

* Of each invited doctor the contribution of the highest counter counts. The same file twice counts once; the same number or
  the same counter with another content is refused, whoever sent it.
* One sum is released per campaign and round, after the closing day: two sums that differ by one doctor would give his
  numbers. What was released is remembered for the user (`released.json`), and another set of contributions is refused.
* The two sums go together only when they are of the same contributions, told by key and number.
* The minimum of the campaign holds for the files, then part by part for the doctors who count in it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import platformdirs
import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w
from pydantic import Field

from calculators import french, given, rules
from calculators.aside import file_aside, folder_aside
from calculators.comparison.campaign import (
    MOST_PATIENTS,
    Campaign,
    Hash,
    Holder,
    Part,
    Round,
    load_campaign,
    write_campaign,
)
from calculators.comparison.shares import (
    COLUMN,
    DRAWN,
    Contribution,
    Numbers,
    Shares,
    UnusableContributionError,
    read,
    together,
)
from calculators.errors import UserError
from calculators.rules import Frozen

MEAN_LIMIT = 10_000_000
"""Cents a year of a mean patient of a stratum, beyond which a sum is impossible."""
NAMED = 5


class SumError(UserError):
    """A sum that cannot be made, released or put together; the message says why and what to do."""


class Released(Frozen):
    """The file `sum.toml`: of which contributions a sum is, by hash of the key and number."""

    layout: Literal[1] = 1
    campaign: Hash
    round: Round
    holder: Holder
    contributions: tuple[tuple[Hash, DRAWN], ...] = Field(min_length=1, max_length=4095)


@dataclass(frozen=True)
class Received:
    """The contributions that count, by hash of the key; `replaced` and `repeated` files do not."""

    holder: str
    kept: dict[str, Contribution]
    replaced: tuple[Path, ...]
    repeated: tuple[Path, ...]


def files_in(given_paths: Iterable[Path]) -> list[Path]:
    """Contributions of files and folders, sorted. Raises SumError for a path that is not there."""
    found: list[Path] = []
    for path in given_paths:
        if not given.exists(path):
            raise SumError(f"« {path} » n’existe pas : donnez les fichiers reçus, ou leur dossier.")
        found += sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    return found


def receive(campaign: Campaign, round_: Round, files: Sequence[Path]) -> Received:
    """Read what one holder received. Raises UnusableContributionError or SumError (French)."""
    read_ones = [read(file, campaign, round_) for file in files]
    holders = sorted({one.about.holder for one in read_ones})
    if len(holders) != 1:
        who = " et ".join(holders) or "aucun porteur"
        raise SumError(f"Les fichiers sont pour {who} : chaque porteur additionne les siens, et eux seuls.")
    kept: dict[str, Contribution] = {}
    counters: dict[tuple[str, int], Contribution] = {}
    numbers: dict[str, Contribution] = {}
    replaced, repeated = [], []
    for one in sorted(read_ones, key=lambda found: (found.about.counter, str(found.file))):
        if _is_there(one, counters.get((one.about.key, one.about.counter)), numbers.get(one.about.number)):
            repeated.append(one.file)
            continue
        counters[one.about.key, one.about.counter] = numbers[one.about.number] = one
        if earlier := kept.get(one.about.key):
            replaced.append(earlier.file)
        kept[one.about.key] = one
    return Received(holders[0], dict(sorted(kept.items())), tuple(replaced), tuple(repeated))


def _is_there(one: Contribution, same_counter: Contribution | None, same_number: Contribution | None) -> bool:
    """Was this very contribution read before? Raises when another one has its number or its counter."""
    for other, what in ((same_number, "numéro"), (same_counter, "compteur")):
        if other is not None and other.digest != one.digest:
            raise UnusableContributionError(
                f"« {one.file} » et « {other.file} » ont le même {what} et un autre contenu : l’une des deux a été changée "
                "ou rejouée. Demandez au médecin laquelle est la sienne, et retirez l’autre."
            )
    return same_number is not None


def release(campaign: Campaign, round_: Round, received: Received, to: Path, today: date) -> Released:
    """Write the sum of a holder into a folder, and remember it. Raises SumError before the closing day, under the minimum,
    or when another set was released."""
    if today <= campaign.closes_on:
        raise SumError(
            f"La collecte est ouverte jusqu’au {french.plain_day(campaign.closes_on)} compris : une seule somme est donnée "
            "par tour, après ce jour."
        )
    if len(received.kept) < campaign.minimum:
        raise SumError(
            f"{len(received.kept)} médecins ont répondu : {campaign.minimum} au moins sont nécessaires, sans quoi une somme "
            "dirait trop de chacun."
        )
    listed = tuple((key, one.about.number) for key, one in received.kept.items())
    found = Released(campaign=campaign.hash, round=round_, holder=received.holder, contributions=listed)
    _refuse_another(campaign, found)
    _remember(campaign, found)  # first: what is noted and not written may be asked for again
    total = np.zeros(campaign.size(round_), dtype=np.uint64)
    for one in received.kept.values():
        total += one.shares
    with folder_aside(to) as aside:
        pq.write_table(pa.table([pa.array(total)], schema=COLUMN), aside / "sum.parquet", compression="none")
        (aside / "sum.toml").write_text(tomli_w.dumps(found.model_dump(mode="json")), encoding="utf-8")
        write_campaign(campaign, aside / "campaign.toml")
    return found


def _memory() -> Path:
    return platformdirs.user_state_path("tableau-mt") / "released.json"


def _remembered() -> dict[str, str]:
    """What was released here. A memory that cannot be read releases nothing."""
    try:
        said: Any = json.loads(_memory().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise SumError(
            f"« {_memory()} », où sont notées les sommes déjà données, n’est pas lisible : remettez-en une copie avant "
            "d’additionner à nouveau."
        )
    return said


def _place(campaign: Campaign, found: Released) -> str:
    return f"{campaign.id}/{found.round}/{found.holder}"


def _refuse_another(campaign: Campaign, found: Released) -> None:
    told = _remembered().get(_place(campaign, found))
    if told is not None and told != _digest(found):
        raise SumError(
            f"Une somme du tour {found.round} de « {campaign.title} » a déjà été donnée pour {found.holder}, d’un autre "
            "ensemble de contributions : la différence des deux dirait les nombres d’un médecin. Rien n’est additionné ; un "
            "nouveau tour demande une nouvelle campagne."
        )


def _digest(found: Released) -> str:
    return hashlib.sha256(found.model_dump_json().encode()).hexdigest()


def _remember(campaign: Campaign, found: Released) -> None:
    _memory().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = _remembered() | {_place(campaign, found): _digest(found)}
    with file_aside(_memory()) as aside:
        aside.write_text(json.dumps(known), encoding="utf-8")


@dataclass(frozen=True)
class Totals:
    """The sums of a round, and of which contributions."""

    campaign: Campaign
    round: int
    numbers: Numbers
    contributions: tuple[tuple[str, str], ...]

    @cached_property
    def parts(self) -> dict[str, dict[str, int]]:
        """The parts in which enough doctors count: name -> row -> total."""
        return {part.name: rows for part, rows in self._by_part() if rows["doctors"] >= self.campaign.minimum}

    @cached_property
    def too_few(self) -> tuple[str, ...]:
        """Names of the others, of which nothing is told."""
        return tuple(part.name for part, _ in self._by_part() if part.name not in self.parts)

    def _by_part(self) -> Iterator[tuple[Part, dict[str, int]]]:
        start = 0
        for part in self.campaign.parts(self.round):
            found = self.numbers[start : start + len(part.rows)].tolist()
            yield part, dict(zip(part.rows, found, strict=True))
            start += len(part.rows)


def put_together(one: Path, other: Path) -> Totals:
    """The totals of two sums. Raises SumError when they are not of the same contributions, when no part has enough doctors,
    or when a total is impossible."""
    (first, campaign, a), (second, same, b) = _read_sum(one), _read_sum(other)
    if (campaign.hash, first.round) != (same.hash, second.round):
        raise SumError("Les deux sommes ne sont pas de la même campagne et du même tour.")
    if {first.holder, second.holder} != set(campaign.holders):
        raise SumError(
            f"Les deux sommes sont de {first.holder} et de {second.holder} ; celles de {' et de '.join(campaign.holders)} "
            "sont attendues."
        )
    _same_contributions(first, second)
    if len(first.contributions) < campaign.minimum:
        raise SumError(f"{len(first.contributions)} contributions : {campaign.minimum} au moins sont nécessaires.")
    totals = Totals(campaign, first.round, together(a, b), first.contributions)
    for fault in impossible(totals):
        raise SumError(f"Cette somme est impossible, une contribution est fausse. {fault}")
    if not totals.parts:
        raise SumError(
            f"Moins de {campaign.minimum} médecins comptent dans chaque partie ({', '.join(totals.too_few)}) : rien "
            "n’est dit."
        )
    return totals


def _same_contributions(first: Released, second: Released) -> None:
    only = [set(first.contributions) - set(second.contributions), set(second.contributions) - set(first.contributions)]
    if not any(only):
        return
    told = [
        f"{holder} en a {len(apart)} que l’autre n’a pas (médecins {', '.join(sorted(key[:8] for key, _ in apart)[:NAMED])}"
        f"{'…' if len(apart) > NAMED else ''})"
        for holder, apart in zip((first.holder, second.holder), only, strict=True)
        if apart
    ]
    raise SumError(
        f"Les deux sommes ne sont pas des mêmes contributions : {' ; '.join(told)}. Un fichier manque ou a été remplacé "
        "d’un seul côté."
    )


def _read_sum(folder: Path) -> tuple[Released, Campaign, Shares]:
    if not (folder / "sum.toml").is_file():
        raise SumError(f"« {folder} » n’est pas une somme : sum.toml y manque. Donnez ce qu’écrit « collective sum ».")
    if (folder / "sum.toml").stat().st_size > 2_000_000:
        raise SumError(f"« {folder / 'sum.toml'} » est trop grand pour une somme.")
    found, campaign = rules.load(folder / "sum.toml", Released), load_campaign(folder / "campaign.toml")
    keys = [key for key, _ in found.contributions]
    if found.campaign != campaign.hash or len(set(keys)) < len(keys) or not set(keys) <= set(campaign.invited):
        raise SumError(f"« {folder} » : sum.toml n’est pas de la campagne qui l’accompagne.")
    return found, campaign, _read_shares(folder / "sum.parquet", campaign.size(found.round))


def _read_shares(file: Path, rows: int) -> Shares:
    try:
        with pq.ParquetFile(file) as opened:
            fits = opened.schema_arrow.equals(COLUMN) and opened.metadata.num_rows == rows
            table = opened.read(use_threads=False) if fits else None
    except (pa.ArrowException, OSError):
        raise SumError(f"« {file} » n’est pas un fichier parquet entier.") from None
    if table is None:
        raise SumError(f"« {file} » : {rows} nombres d’une colonne « share » sont attendus.")
    shares: Shares = table["share"].to_numpy()
    return shares


def impossible(totals: Totals) -> list[str]:
    """What cannot be in the totals told, in French."""
    faults: list[str] = []
    for name, rows in totals.parts.items():
        most = MOST_PATIENTS * rows["doctors"]
        faults += [f"{name}, {row} : {value}." for row, value in rows.items() if _out(row, value, most)]
        faults += [f"{name}, {said}" for said in _pairs(rows)]
        if rows["doctors"] > len(totals.contributions):
            faults.append(f"{name} : {rows['doctors']} médecins pour {len(totals.contributions)} contributions.")
    return faults


COUNTS = ("patients", "eligible", "up_to_date", "initiations", "gp_initiations", "look_back_covered")


def _out(row: str, value: int, most: int) -> bool:
    last = row.rsplit(" ", 1)[-1]
    if last in COUNTS:
        return not 0 <= value <= most
    return value < 0 and not row.startswith("wl ")


def _pairs(rows: dict[str, int]) -> Iterator[str]:
    """Totals that do not go together."""
    for row, n in rows.items():
        start, _, last = row.rpartition(" ")
        if last == "squares":
            if rows[f"{start} patients"] * n < rows[f"{start} numerator"] ** 2:
                yield f"{start} : une somme de carrés trop petite pour {rows[f'{start} patients']} patients."
        elif last == "patients" and f"{start} cents" in rows:
            for amount in ("cent", "box"):
                total = rows[f"{start} {amount}s" if amount == "cent" else f"{start} boxes"]
                if n * rows[f"{start} {amount}_squares"] < total**2 or (n == 0 and total):
                    yield f"{start} : une somme de carrés trop petite pour {n} patients."
            if n and rows[f"{start} cents"] > MEAN_LIMIT * n:
                yield f"{start} : plus de {MEAN_LIMIT // 100} € par patient."
        elif last == "eligible" and rows[f"{start} up_to_date"] > n:
            yield f"{start} : plus de patients à jour que de concernés."
        elif last == "initiations" and rows[f"{start} gp_initiations"] > n:
            yield f"{start} : plus d’initiations par des généralistes que d’initiations."
