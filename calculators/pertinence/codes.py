"""Codes of drugs, acts, devices and stays by name (`codes.toml`): what a measure may count."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from calculators.rules import Frozen, Reference, read_toml, validate

HERE = Path(__file__).parent
FourDigits = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
Ccam = Annotated[str, StringConstraints(pattern=r"^[A-Z]{4}\d{3}$")]
Ngap = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,4}$")]
Lpp = Annotated[str, StringConstraints(pattern=r"^\d{7}$")]
AtcPrefix = Annotated[str, StringConstraints(pattern=r"^[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?$")]
Role = Literal["reference", "biosimilar"]
Inhaler = Literal["pmdi", "dpi", "smi"]
DeviceKind = Literal["bandelette", "cno", "pansement", "oam", "ppc"]
StayKind = Literal["mco", "ssr", "psy", "had", "urgence"]
ACT_SYSTEMS = ("ccam", "nabm", "ngap", "prs_nat", "lpp")
Source = Literal["deliveries", "acts", "stays"]


class CodeList(Frozen):
    """Codes of one thing. ATC codes are prefixes (`beside`: those left out of them), all others exact; `role` and `device`
    keep, of the drugs, the packs the drug table says so of. A list is of drugs, of acts and devices, or of stays."""

    label: str = Field(min_length=1)
    atc: tuple[AtcPrefix, ...] = ()
    beside: tuple[AtcPrefix, ...] = ()
    role: Role | None = None
    device: Inhaler | None = None
    ccam: tuple[Ccam, ...] = ()
    nabm: tuple[FourDigits, ...] = ()
    ngap: tuple[Ngap, ...] = ()
    prs_nat: tuple[FourDigits, ...] = ()
    lpp: tuple[Lpp, ...] = ()
    device_kind: tuple[DeviceKind, ...] = ()
    stay_kind: tuple[StayKind, ...] = ()
    units: dict[str, int] = Field(default_factory=dict)
    """Units of one pack, by code, where the table of devices does not say it."""
    names: dict[str, str] = Field(default_factory=dict)
    reference: tuple[Reference, ...] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="after")
    def _of_one_source(self) -> Self:
        found = [bool(self.atc), bool(any(self.acts()) or self.device_kind), bool(self.stay_kind)]
        if sum(found) != 1:
            raise ValueError("une liste a des classes ATC, ou des codes d’actes et de dispositifs, ou des séjours")
        if not self.atc and (self.beside or self.role or self.device):
            raise ValueError("« beside », « role » et « device » précisent des classes ATC, et il n’y en a pas")
        return self

    @property
    def source(self) -> Source:
        """The table its codes are looked for in."""
        return "deliveries" if self.atc else "stays" if self.stay_kind else "acts"

    @property
    def packs(self) -> bool:
        """Does it keep some packs alone of its classes?"""
        return bool(self.role or self.device)

    def shares_packs(self, other: Self) -> bool:
        """May one pack be on both lists, kept by its role on one and by its device on the other?"""
        by_role, by_device = ({getattr(one, name) is not None for one in (self, other)} for name in ("role", "device"))
        differ = (self.role, self.device) != (other.role, other.device)
        in_two_ways = True in by_role and True in by_device
        alike = any(mine.startswith(his) or his.startswith(mine) for mine in self.atc for his in other.atc)
        return self.packs and other.packs and differ and in_two_ways and alike

    def acts(self) -> Iterator[tuple[str, str]]:
        """(system, code) pairs."""
        return ((system, code) for system in ACT_SYSTEMS for code in getattr(self, system))


@cache
def load_codes(path: Path = HERE / "codes.toml") -> dict[str, CodeList]:
    """Named code lists of a `codes.toml`. Raises RuleError in French."""
    return {name: validate(content, CodeList, f"{path.name} [{name}]") for name, content in read_toml(path).items()}
