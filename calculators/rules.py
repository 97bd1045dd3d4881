"""Base of every rule file: reference, basis, validity; errors name the file, the key and the valid values."""

import difflib
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from calculators.errors import UserError

Basis = Literal["texte", "officiel", "presse", "hypothese"]


class RuleError(UserError):
    """A rule file that cannot be used; the message names the file, the key and what would be right."""


class Frozen(BaseModel):
    """A piece of a rule file: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reference(Frozen):
    """Where a rule comes from, and how sure we are of it."""

    title: str = Field(min_length=1)
    url: str = ""
    date: date
    basis: Basis


class Rule(Frozen):
    """What every rule file says of itself."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str = Field(min_length=1)
    reference: tuple[Reference, ...] = Field(min_length=1)

    @property
    def is_hypothesis(self) -> bool:
        return any(reference.basis == "hypothese" for reference in self.reference)


ModelT = TypeVar("ModelT", bound=BaseModel)


def load(path: Path, model: type[ModelT]) -> ModelT:
    """Read one TOML rule file into its model. Raises RuleError in French, naming file, key and valid values."""
    return validate(read_toml(path), model, path.name)


def read_toml(path: Path) -> dict[str, Any]:
    """Content of a TOML file. Raises RuleError when it is missing or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RuleError(f"Le fichier « {path} » n’existe pas.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, IsADirectoryError) as problem:
        raise RuleError(f"Le fichier « {path} » n’est pas un fichier TOML lisible : {problem}.") from None


def validate(content: dict[str, Any], model: type[ModelT], where: str) -> ModelT:
    """Check parsed content against its model; every fault of the file is told at once."""
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        faults = [_sentence(error, model) for error in problem.errors(include_url=False)]
        raise RuleError("\n".join(f"Fichier « {where} » : {fault}" for fault in faults)) from None


def suggest(word: str, valid: list[str]) -> str:
    """The valid values, the close ones first when there are any."""
    close = difflib.get_close_matches(word, valid, n=3)
    if close:
        return "vouliez-vous dire " + " ou ".join(f"« {name} »" for name in close) + " ?"
    return "valeurs possibles : " + ", ".join(valid) + "."


def _sentence(error: Any, model: type[BaseModel]) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "(fichier entier)"
    match error["type"]:
        case "extra_forbidden":
            return f"la clé « {key} » est inconnue ; {suggest(str(error['loc'][-1]), _keys_at(model, error['loc']))}"
        case "missing":
            return f"la clé « {key} » manque."
        case "literal_error":
            return f"« {key} » vaut « {error['input']} » ; valeurs possibles : {error['ctx']['expected']}."
        case _:
            return f"« {key} » vaut « {error['input']} » : {error['msg']}."


def _keys_at(model: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """Names of the keys allowed where an unknown one was found."""
    for part in location[:-1]:
        field = model.model_fields.get(str(part))
        inner = _model_in(field.annotation) if field else None
        model = inner or model
    return sorted(field.alias or name for name, field in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    arguments = getattr(annotation, "__args__", ())
    return next((found for argument in arguments if (found := _model_in(argument))), None)
