"""Base of every rule file: reference, basis, validity; errors name the file, the key and the valid values."""

import difflib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core.core_schema import ErrorType

from calculators import faults, french
from calculators.errors import UserError

Basis = Literal["texte", "officiel", "proposition", "presse", "hypothese"]


class RuleError(UserError):
    """A rule file that cannot be used; the message names the file, the key and what would be right."""


class Frozen(BaseModel):
    """A piece of a rule file: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reference(Frozen):
    """Where a rule comes from, and how sure we are of it. `when`: what is known of the day of a document that does not
    give it; `date` then only puts it in order."""

    title: str = Field(min_length=1)
    url: str = ""
    date: date
    when: str = ""
    basis: Basis


class Rule(Frozen):
    """What every rule file says of itself."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str = Field(min_length=1)
    reference: tuple[Reference, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Outcome:
    """An example of a rule file that was run: what it expected otherwise, as key -> (expected, found)."""

    name: str
    differences: Mapping[str, tuple[Any, Any]]

    @property
    def passed(self) -> bool:
        return not self.differences


def outcome(name: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> Outcome:
    """What an example expects beside what came out; keys that it does not name are not looked at."""
    return Outcome(name, {key: (value, found[key]) for key, value in expected.items() if found[key] != value})


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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError, ValueError) as problem:
        raise RuleError(f"Le fichier « {path} » n’est pas un fichier TOML lisible : {faults.cause(problem)}.") from None


def validate(content: dict[str, Any], model: type[ModelT], where: str) -> ModelT:
    """Check parsed content against its model; every fault of the file is told at once."""
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        found = [_sentence(error, model) for error in _first_causes(problem.errors(include_url=False))]
    # Outside the handler: as the context of ours, pydantic's error would keep every caller's frame for good, for the
    # garbage collector does not see through it.
    raise RuleError("\n".join(f"Fichier « {where} » : {fault}" for fault in found))


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
        case "value_error":
            said = "" if isinstance(error["input"], dict) else _given(error["input"])
            value = f"« {key} »{said} : " if error["loc"] else ""
            return f"{value}{error['ctx']['error']}."
        case kind:
            ours = error["msg"] if kind not in THEIRS else ""  # the library's own messages are English
            expected = ours or _expected(kind, error.get("ctx", {})) or "une autre valeur est attendue"
            return f"« {key} »{_given(error['input'])} ; {expected}."


def _given(value: Any) -> str:
    """What is there: a value as its file writes it, cut when it is long; a table, or a list of more than words and numbers,
    by what it is."""
    match value:
        case dict():
            return " est une table de clés"
        case list() if all(isinstance(one, str | int | float) for one in value):
            text = json.dumps(value, ensure_ascii=False)
        case list() | tuple():
            return f" est une liste de {french.plain(_elements(len(value)))}"
        case bool():
            text = str(value).lower()
        case _:
            text = str(value)
    return f" vaut « {text if len(text) <= LONGEST else f'{text[:LONGEST]}…'} »"


def _elements(number: int) -> str:
    return french.count(number, "élément")


LONGEST = 80
"""Letters of a value that a sentence repeats."""


def _expected(kind: str, context: dict[str, Any]) -> str:
    """What would be right, in French."""
    match kind:
        case "literal_error":
            return f"valeurs possibles : {context['expected'].replace(' or ', ' ou ')}"
        case "union_tag_invalid":
            return f"{context['discriminator']} possibles : {context['expected_tags']}"
        case "greater_than":
            return f"un nombre plus grand que {context['gt']} est attendu"
        case "greater_than_equal":
            return f"{context['ge']} au moins est attendu"
        case "less_than_equal":
            return f"{context['le']} au plus est attendu"
        case "too_short":
            least = context["min_length"]
            verb = "est attendu" if least == 1 else "sont attendus"
            return f"{french.plain(_elements(least))} au moins {verb}"
        case "string_pattern_mismatch":
            return f"un texte de la forme {context['pattern']} est attendu"
    return next((words for start, words in EXPECTED if kind.startswith(start)), "")


THEIRS = frozenset(get_args(ErrorType))
EXPECTED = (
    ("int", "un nombre entier est attendu"),
    ("float", "un nombre est attendu"),
    ("decimal", "un nombre est attendu"),
    ("bool", "true ou false est attendu"),
    ("date", "une date est attendue, comme 2026-01-31"),
    ("string", "un texte est attendu"),
    ("tuple", "une liste est attendue"),
    ("model", "une table de clés est attendue"),
    ("dict", "une table de clés est attendue"),
    ("union_tag", "« kind » manque"),
)


def _first_causes(errors: Sequence[Any]) -> list[Any]:
    """Without the lists said to be too short because one of their entries is at fault."""
    inner = {error["loc"][:cut] for error in errors for cut in range(len(error["loc"]))}
    return [error for error in errors if not (error["type"] == "too_short" and error["loc"] in inner)]


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
