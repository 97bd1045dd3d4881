"""A campaign: what a group of volunteers sums, in which order, and who was invited. Its file is a contract: everybody's is
the same, and its hash is in every file that is sent.

Everything a sum depends on is written in it, definitions by hash: two practices that would count differently do not sum.
The rows of a round follow from it alone, zeros included, so that files of a round have the same shape and tell nothing by
it. A doctor's key is known to him and the organiser; the campaign has its hash, in no order that says whose it is.

The file of a round after the first adds what the earlier sum gave (`tracked` classes, hash of the `reference`) and the hash
of the file before it (`after`).
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import tomli_w
from pydantic import Field, model_validator

from calculators import rules
from calculators.aside import file_aside
from calculators.errors import UserError
from calculators.rules import Frozen

MOST = 4095
"""Contributions of a campaign: as many numbers below 2^51 stay below 2^63."""
BOUND = 2**51
LEAST = {"sobriety": 20, "prevention": 5}
"""Doctors where sobriety is summed, and where prevention alone is."""
LARGEST = 4_000_000
"""Bytes of a campaign file."""
MOST_PATIENTS = 5000
"""Of one doctor; a greater list is no list."""
SCOPE: Literal[1] = 1
CELLS: Literal[2] = 2
SPREAD: Literal[3] = 3
PER_STRATUM = ("patients", "cents", "cent_squares", "boxes", "box_squares")
PER_CELL = ("eligible", "up_to_date")
PER_MEASURE = ("patients", "denominator", "numerator", "squares")
STEPS = tuple(place / 100 for place in range(61))
"""Values of tau at which the third round sums."""
MOMENTS = ("w", "ww", "wl", "wll")
SCALE = 2**24
"""What a real number is multiplied by, and rounded half to even, to be summed exactly."""
Round = Literal[1, 2, 3]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Short = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Word = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Atc = Annotated[str, Field(pattern=r"^[A-Z]\d\d[A-Z]{2}\d\d$")]
Holder = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,30}$")]


class PreventionSet(Frozen):
    """A set of indicators whose rates are summed, by the hash of its rules."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]
    hash: Short
    indicators: tuple[Annotated[str, Field(pattern=r"^[a-z0-9_]{1,80}$")], ...] = Field(min_length=1, max_length=200)


class SummedMeasure(Frozen):
    """A measure of relevance whose cells are summed, by the hash of what it counts; the numbers of its strata."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,80}$")]
    hash: Short
    strata: tuple[Annotated[int, Field(ge=0, lt=2000)], ...] = Field(min_length=1, max_length=400)


@dataclass(frozen=True)
class Part:
    """What is summed together: its rows by name, the first of which counts the doctors. `minimum` applies to each part."""

    name: str
    rows: tuple[str, ...]


class Campaign(Frozen):
    """The file `campaign.toml`."""

    layout: Literal[1]
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    title: Word
    year: int = Field(ge=2000, le=2100)
    synthetic: bool
    holders: tuple[Holder, Holder]
    minimum: int = Field(ge=LEAST["prevention"], le=MOST)
    closes_on: date
    rounds: tuple[Round, ...] = Field(min_length=1, max_length=3)
    invited: tuple[Hash, ...] = Field(min_length=1, max_length=MOST)
    priced: bool
    """May amounts be boxes times the price of the drug table?"""
    drugs: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    """Hash of that table."""
    sobriety: Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$")] = ""
    """Hash of the definition; empty when sobriety is not summed."""
    strata: tuple[Word, ...] = Field(default=(), max_length=400)
    classes: tuple[Atc, ...] = Field(default=(), max_length=20_000)
    sets: tuple[PreventionSet, ...] = Field(default=(), max_length=10)
    cells: tuple[Word, ...] = Field(default=(), max_length=400)
    measures: tuple[SummedMeasure, ...] = Field(default=(), max_length=200)
    after: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    tracked: tuple[Atc, ...] | None = None
    reference: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""

    @model_validator(mode="after")
    def _holds_together(self) -> "Campaign":
        if self.holders[0] == self.holders[1]:
            raise ValueError("les deux porteurs doivent porter deux noms différents")
        for name in ("rounds", "invited", "strata", "classes", "cells"):
            if len(set(getattr(self, name))) < len(getattr(self, name)):
                raise ValueError(f"{name} : la même valeur est donnée deux fois")
        if not (self.sobriety or self.sets):
            raise ValueError("rien n’est additionné : ni sobriété, ni prévention")
        if bool(self.sobriety) != bool(self.strata) or bool(self.sobriety) != bool(self.classes):
            raise ValueError("« sobriety », « strata » et « classes » vont ensemble")
        if bool(self.sets) != bool(self.cells) or len({one.id for one in self.sets}) < len(self.sets):
            raise ValueError("« sets » et « cells » vont ensemble, et chaque jeu n’est donné qu’une fois")
        least = LEAST["sobriety" if self.sobriety else "prevention"]
        if self.minimum < least:
            raise ValueError(f"minimum vaut {self.minimum} : {least} médecins au moins sont attendus ici")
        if len(self.invited) < self.minimum:
            raise ValueError(f"{len(self.invited)} médecins invités : le minimum est de {self.minimum}")
        return self

    @model_validator(mode="after")
    def _measures_hold(self) -> "Campaign":
        if self.measures and not self.sobriety:
            raise ValueError("« measures » va avec « sobriety », dont c’est le minimum")
        if len({one.id for one in self.measures}) < len(self.measures):
            raise ValueError("measures : la même mesure est donnée deux fois")
        return self

    @cached_property
    def hash(self) -> str:
        """Of everything it says."""
        said = self.model_dump(mode="json", exclude=None if self.measures else {"measures"})
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def turn(self) -> Round:
        """The round that this file is for."""
        if self.reference:
            return SPREAD
        return CELLS if self.tracked is not None or not self.sobriety else SCOPE

    def parts(self, round_: int) -> tuple[Part, ...]:
        """What a round sums, in the order of the files. Raises UserError when it cannot be played with this file."""
        self._require(round_)
        if round_ == SCOPE:
            rows = (f"{atc} {name}" for atc in self.classes for name in ("initiations", "gp_initiations"))
            return (Part("scope", ("doctors", "look_back_covered", *rows)),)
        if round_ == SPREAD:
            moments = (f"{name} {step}" for step in ("0", *(f"{t:.2f}" for t in STEPS)) for name in MOMENTS)
            kept = (row for row in moments if row == "ww 0" or not row.startswith("ww "))
            return (Part("spread", ("doctors", *kept)),)
        strata = (f"{key} {name}" for key in self.strata for name in PER_STRATUM)
        parts = (Part("strata", ("doctors", *strata)),) if self.sobriety else ()
        return (*parts, *(self._rates(one) for one in self.sets), *(_cells(one) for one in self.measures))

    def _rates(self, one: PreventionSet) -> Part:
        rows = (
            f"{indicator} {cell} {name}" for indicator in one.indicators for cell in self.cells for name in PER_CELL
        )
        return Part(f"prevention {one.id}", ("doctors", *rows))

    def _require(self, round_: int) -> None:
        if round_ not in self.rounds:
            raise UserError(
                f"La campagne « {self.title} » n’a pas de tour {round_} ; ses tours : {', '.join(map(str, self.rounds))}."
            )
        if round_ == CELLS and self.sobriety and self.tracked is None:
            raise UserError(
                "Le tour 2 se joue avec le fichier que donne l’addition du tour 1 (campaign-2.toml) : celui-ci ne dit pas "
                "quelles classes de médicaments sont suivies. Demandez-le à l’organisateur."
            )
        if round_ == SPREAD and not self.reference:
            raise UserError(
                "Le tour 3 se joue avec le fichier que donne l’addition du tour 2 (campaign-3.toml) : celui-ci ne dit pas "
                "quelle référence vient d’être faite. Demandez-le à l’organisateur."
            )
        if round_ != self.turn:
            raise UserError(
                f"Ce fichier de campagne est celui du tour {self.turn} : le tour {round_} se joue avec le sien."
            )

    def size(self, round_: int) -> int:
        """Numbers in a file of the round."""
        return sum(len(part.rows) for part in self.parts(round_))

    def place_of(self, key: str) -> str:
        """The hash of a doctor's key, which the campaign invites. Raises UserError."""
        found = key_hash(key)
        if found not in self.invited:
            raise UserError(
                f"La clé « {key[:8]}… » n’est pas celle d’un médecin invité à « {self.title} » : recopiez celle que "
                "l’organisateur vous a donnée."
            )
        return found


def _cells(one: SummedMeasure) -> Part:
    rows = (f"{stratum} {name}" for stratum in one.strata for name in PER_MEASURE)
    return Part(f"{MEASURE}{one.id}", ("doctors", *rows))


MEASURE = "measure "
"""Start of the name of the part of a measure."""


def new_key() -> str:
    """A doctor's key: 128 bits."""
    return secrets.token_hex(16)


def key_hash(key: str) -> str:
    return hashlib.sha256(f"tableau-mt {key.strip().lower()}".encode()).hexdigest()


def invitations(names: Sequence[str]) -> dict[str, str]:
    """A key for each doctor invited."""
    return {name: new_key() for name in names}


def load_campaign(path: Path) -> Campaign:
    """Read a campaign file. Raises RuleError (French), naming file, key and what would be right."""
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(
                f"« {path} » a {path.stat().st_size} octets : un fichier de campagne en a moins de {LARGEST}."
            )
    except FileNotFoundError:
        raise UserError(f"Le fichier de campagne « {path} » n’existe pas.") from None
    return rules.load(path, Campaign)


def write_campaign(campaign: Campaign, to: Path) -> None:
    content = {key: value for key, value in campaign.model_dump(mode="json").items() if value is not None}
    content["closes_on"] = campaign.closes_on
    with file_aside(to) as aside:
        aside.write_text(tomli_w.dumps(content), encoding="utf-8")
