"""`server.toml`: where the data are, how a server is reached, who may see which doctor, and where it is written down.

A mistake in it is a sentence in French, and the server does not start: a server that others reach never runs without
`[auth]`.
"""

import os
from datetime import date, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from calculators.errors import UserError
from calculators.prevention.rates import LEAST_PEERS
from calculators.rules import Frozen, load

SECRET = "TABLEAU_MT_CLIENT_SECRET"
RPPS_KIND, RPPS_DIGITS = "8", 11
"""In the national exchanges a doctor is `8` and the eleven digits of his RPPS number."""


Right = Literal["liste", "chiffres"]
"""What a delegate may see: the list of patients, or figures without any patient."""
LIST, FIGURES = (frozenset[Right]({"liste"}), frozenset[Right]({"chiffres"}))
EVERYTHING = LIST | FIGURES


class Listens(Frozen):
    """`address`: the one that people type, of the TLS proxy; `listen`, `port`: where the proxy finds this program."""

    folder: Path
    address: str = "http://127.0.0.1"
    listen: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65535)

    @field_validator("address")
    @classmethod
    def _an_address(cls, given: str) -> str:
        found = urlsplit(given)
        if found.scheme not in ("http", "https") or not found.hostname or found.path.strip("/") or found.query:
            raise ValueError("une adresse comme https://tableau.exemple.fr est attendue, sans chemin")
        if found.scheme == "http" and not _is_here(found.hostname):
            raise ValueError(
                "une adresse que d’autres ouvrent commence par https:// (un mandataire porte le certificat)"
            )
        return given.rstrip("/")

    @field_validator("listen")
    @classmethod
    def _an_ip(cls, given: str) -> str:
        try:
            return str(ip_address(given))
        except ValueError:
            raise ValueError("une adresse IP est attendue ; exemple : 127.0.0.1") from None

    @property
    def is_reached_by_others(self) -> bool:
        return not ip_address(self.listen).is_loopback or not _is_here(urlsplit(self.address).hostname or "")


class Auth(Frozen):
    """The identity provider. `metadata`: address of its discovery document; `parameters`: added to the request;
    `required_acr`: level it must have asserted; minutes after which one comes in again."""

    metadata: str
    client_id: str
    client_secret_file: Path | None = None
    scope: str = "openid profile"
    parameters: dict[str, str] = Field(default_factory=dict)
    required_acr: str | None = None
    session_minutes: float = Field(default=240, gt=0, le=24 * 60)
    idle_minutes: float = Field(default=30, gt=0, le=24 * 60)

    @property
    def client_secret(self) -> str:
        """From its file, else from the environment: never in server.toml. Raises UserError (French)."""
        if self.client_secret_file is None:
            return os.environ.get(SECRET, "")
        try:
            return self.client_secret_file.read_text(encoding="utf-8").strip()
        except OSError:
            raise UserError(f"Le secret « {self.client_secret_file} » ne peut pas être lu.") from None


class Identities(Frozen):
    """Which claim says who somebody is, and the doctor (id of the data) of those whom it does not name by RPPS number."""

    claim: str = "SubjectNameID"
    map: dict[str, str] = Field(default_factory=dict)


class Delegation(Frozen):
    """`person`: value of the claim; from a day to a day, both included."""

    person: str
    doctor: str
    rights: tuple[Right, ...] = Field(min_length=1)
    from_: date = Field(alias="from")
    to: date

    @model_validator(mode="after")
    def _in_order(self) -> "Delegation":
        if not self.from_ <= self.to <= self.from_ + timedelta(days=366):
            raise ValueError("« to » suit « from », d’un an au plus : une délégation se renouvelle")
        return self


class Group(Frozen):
    """Doctors who look at their figures together: seen by each of them, and by `members` (values of the claim)."""

    name: str
    doctors: tuple[str, ...] = Field(min_length=LEAST_PEERS)
    members: tuple[str, ...] = ()


class Audit(Frozen):
    """Where accesses are written down, and for how long."""

    folder: Path
    months: int = Field(default=12, ge=6, le=36)


class Settings(Frozen):
    """The whole file."""

    server: Listens
    auth: Auth | None = None
    doctors: Identities = Identities()
    delegation: tuple[Delegation, ...] = ()
    group: tuple[Group, ...] = ()
    audit: Audit | None = None

    @model_validator(mode="after")
    def _guarded(self) -> "Settings":
        if self.auth is None and self.server.is_reached_by_others:
            raise ValueError(
                "sans section [auth], ce serveur n’écoute que 127.0.0.1 : dites qui peut entrer, ou retirez « listen » et "
                "« address »"
            )
        if self.auth is not None and self.audit is None:
            raise ValueError("la section [audit] est attendue avec [auth] : les accès sont tracés")
        return self

    def doctor_of(self, identity: str) -> str | None:
        """The doctor that somebody is."""
        digits = identity.removeprefix(RPPS_KIND)
        if (
            len(identity) == RPPS_DIGITS + 1
            and identity.startswith(RPPS_KIND)
            and digits.isascii()
            and digits.isdigit()
        ):
            return digits
        return self.doctors.map.get(identity)

    def rights_of(self, identity: str, day: date) -> dict[str, frozenset[Right]]:
        """What somebody may see of each doctor on a day: everything of himself, and what he is delegated."""
        found: dict[str, frozenset[Right]] = {}
        for one in self.delegation:
            if one.person == identity and one.from_ <= day <= one.to:
                found[one.doctor] = found.get(one.doctor, frozenset()) | frozenset(one.rights)
        if own := self.doctor_of(identity):
            found = {own: EVERYTHING} | {doctor: rights for doctor, rights in found.items() if doctor != own}
        return found

    def groups_of(self, identity: str) -> list[Group]:
        """Groups whose figures somebody may see."""
        own = self.doctor_of(identity)
        return [one for one in self.group if identity in one.members or own in one.doctors]


def read(file: Path) -> Settings:
    """Raises RuleError or UserError (French)."""
    return load(file, Settings)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


_settings: Settings | None = None


def use(settings: Settings) -> None:
    """Those of this process."""
    global _settings
    _settings = settings


def now() -> Settings:
    assert _settings is not None
    return _settings
