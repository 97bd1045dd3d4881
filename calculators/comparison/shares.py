"""A contribution in two shares, one for each holder: whole numbers cut in two modulo 2^64.

One share is drawn (`secrets`), the other is the difference: each alone is uniform whatever the numbers are, and their sum
modulo 2^64 is the number. Sums of shares are shares of the sum, exactly.

A file has one column, `share` (uint64), in the order of the campaign's rows, and says in its metadata to which campaign and
round, from whom (hash of the key), for which holder, its counter and the number of the contribution, drawn (128 bits). It
says nothing of the other share, not even a checksum, with which a holder could try guesses.

What is read was sent by others: size, columns, rows and metadata are checked before a number is.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, ValidationError

from calculators import faults
from calculators.aside import file_aside
from calculators.comparison.campaign import BOUND, Campaign, Hash, Holder, Round
from calculators.errors import UserError
from calculators.rules import Frozen

Numbers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.uint64]
ABOUT = b"tableau-mt"
COLUMN = pa.schema([pa.field("share", pa.uint64(), nullable=False)])
LARGEST = 8_000_000
"""Bytes of a contribution: a million numbers."""
DRAWN = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class UnusableContributionError(UserError):
    """A file that is no contribution to this campaign; the message names it and says what would be right."""


class About(Frozen):
    """What a contribution says of itself."""

    layout: Literal[1] = 1
    campaign: Hash
    round: Round
    holder: Holder
    key: Hash
    counter: int = Field(ge=1, le=10**9)
    number: DRAWN


@dataclass(frozen=True)
class Contribution:
    """A file as it was read: `digest` of its numbers and of what it says."""

    about: About
    file: Path
    shares: Shares
    digest: str


def split(numbers: Sequence[int]) -> tuple[Shares, Shares]:
    """Two shares of each number. Raises UserError for a number out of bounds."""
    for number in numbers:
        if not -BOUND < number < BOUND:
            raise UserError(f"Un nombre à envoyer ({number}) dépasse ce qu’une addition peut tenir (2 puissance 51).")
    whole = np.array(numbers, dtype=np.int64).view(np.uint64)
    one = np.frombuffer(secrets.token_bytes(8 * len(whole)), dtype=np.uint64)
    return one, whole - one  # unsigned: modulo 2^64


def together(one: Shares, other: Shares) -> Numbers:
    """The numbers, or the sums, of two shares: a total of 2^63 or more stands for a negative one."""
    return (one + other).view(np.int64)


def new_number() -> str:
    """The number of a contribution: 128 bits, drawn."""
    return secrets.token_hex(16)


def file_name(about: About) -> str:
    return f"{about.campaign[:8]}-tour{about.round}-{about.key[:8]}-{about.counter}.parquet"


def write(shares: Shares, about: About, to: Path) -> Path:
    """Write a contribution into a folder, for its owner alone; gives the file."""
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = to / file_name(about)
    table = pa.table([pa.array(shares)], schema=COLUMN.with_metadata({ABOUT: about.model_dump_json().encode()}))
    with file_aside(file) as aside:
        pq.write_table(table, aside, compression="none", use_dictionary=False, write_statistics=False)
    return file


def read(file: Path, campaign: Campaign, round_: int) -> Contribution:
    """Read a contribution to a round. Raises UnusableContributionError (French)."""
    about, table = _opened(file, campaign.size(round_))
    _belongs(file, about, campaign, round_)
    shares: Shares = table["share"].to_numpy()
    digest = hashlib.sha256(about.model_dump_json().encode() + shares.tobytes()).hexdigest()
    return Contribution(about, file, shares, digest)


def _opened(file: Path, rows: int) -> tuple[About, pa.Table]:
    try:
        if file.stat().st_size > LARGEST:
            raise UnusableContributionError(
                f"« {file} » a {file.stat().st_size} octets : une contribution en a {LARGEST} au plus."
            )
        with pq.ParquetFile(file) as opened:
            found = opened.schema_arrow
            if found.names != COLUMN.names or found.types != COLUMN.types:
                raise UnusableContributionError(
                    f"« {file} » : colonnes {_columns(found)} trouvées, « share » (uint64) seule attendue."
                )
            if opened.metadata.num_rows != rows:
                raise UnusableContributionError(
                    f"« {file} » : {opened.metadata.num_rows} nombres, {rows} sont attendus pour ce tour."
                )
            about = _about(file, (found.metadata or {}).get(ABOUT))
            table = opened.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise UnusableContributionError(f"« {file} » n’est pas une contribution lisible : {_cause(problem)}.") from None
    if table["share"].null_count or table.num_rows != rows:
        raise UnusableContributionError(f"« {file} » : il y manque des nombres ; demandez le fichier à nouveau.")
    return about, table


def _cause(problem: Exception) -> str:
    return faults.cause(problem) if isinstance(problem, OSError) and problem.errno else "ce n’est pas un parquet entier"


def _columns(found: pa.Schema) -> str:
    named = [f"« {name[:30]} » ({kind})" for name, kind in zip(found.names[:5], found.types[:5], strict=True)]
    return ", ".join(named) or "aucune"


def _about(file: Path, told: bytes | None) -> About:
    if told is None or len(told) > 2000:
        raise UnusableContributionError(
            f"« {file} » ne dit pas à quelle campagne elle répond : ce n’est pas une contribution."
        )
    try:
        said: Any = json.loads(told)
        return About.model_validate(said)
    except (ValueError, RecursionError, ValidationError):
        raise UnusableContributionError(
            f"« {file} » : ce qu’elle dit d’elle-même (campagne, tour, clé, compteur, numéro) n’est pas lisible."
        ) from None


def _belongs(file: Path, about: About, campaign: Campaign, round_: int) -> None:
    if about.campaign != campaign.hash:
        raise UnusableContributionError(
            f"« {file} » répond à une autre campagne ({about.campaign[:8]}) que « {campaign.title} » "
            f"({campaign.hash[:8]}) : retirez-la, ou donnez le fichier de campagne qu’avait le contributeur."
        )
    if about.round != round_:
        raise UnusableContributionError(f"« {file} » est du tour {about.round} ; le tour {round_} est attendu.")
    if about.holder not in campaign.holders:
        raise UnusableContributionError(
            f"« {file} » est pour « {about.holder} » ; les porteurs : {', '.join(campaign.holders)}."
        )
    if about.key not in campaign.invited:
        raise UnusableContributionError(f"« {file} » ne vient pas d’un médecin invité : retirez-la.")
