"""Values of a version file: euros (whole or to the cent), rates as fractions, factors, whole numbers, months of payment."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from calculators import french

Zone = Literal["zip", "zac", "qpv", "none"]
MOST_PER_PATIENT, MOST_PER_DOCTOR, MOST_FACTOR = 1_000, 200_000, 10
"""Beyond these a number is a slip of the pen: euros a year for a patient, for a doctor; a factor."""


def _number(value: Any) -> Decimal:
    """A finite number. Not a date, not true or false, not NaN, not infinite."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise PydanticCustomError("nombre", "un nombre est attendu")
    try:
        number = Decimal(str(round(value, 9) if isinstance(value, float) else value))  # 5 + 81/100 is 5.81
    except InvalidOperation:
        raise PydanticCustomError("nombre", "un nombre est attendu") from None
    if not number.is_finite():
        raise PydanticCustomError("nombre", "un nombre fini est attendu")
    return number


def _amount(value: Any, most: int, of: str) -> Decimal:
    amount = _number(value)
    if amount < 0:
        raise PydanticCustomError("montant", "un montant ne peut pas être négatif")
    if amount > most:
        raise PydanticCustomError("montant", f"{french.number(most)} euros par an et par {of} au plus")
    if amount * 100 != (amount * 100).to_integral_value():
        raise PydanticCustomError("montant", "un montant est en euros, avec deux décimales au plus")
    return amount


def _euros(value: Any) -> Decimal:
    return _amount(value, MOST_PER_PATIENT, "patient")


def _yearly_euros(value: Any) -> Decimal:
    return _amount(value, MOST_PER_DOCTOR, "médecin")


def _rate(value: Any) -> Decimal:
    rate = _number(value)
    if not 0 <= rate <= 1:
        raise PydanticCustomError("taux", "un taux est une fraction entre 0 et 1 (0.10 pour 10 %) : 100 % au plus")
    return rate


def _factor(value: Any) -> Decimal:
    factor = _number(value)
    if not 0 <= factor <= MOST_FACTOR:
        raise PydanticCustomError("facteur", f"un facteur est compris entre 0 et {MOST_FACTOR} (1 ne change rien)")
    return factor


def _whole(value: Any) -> int | None:
    if value is None:
        return None
    number = _number(value)
    if number != number.to_integral_value() or not 0 <= number <= 1200:
        raise PydanticCustomError("entier", "un nombre entier, positif, est attendu")
    return int(number)


def _flag(value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise PydanticCustomError("oui_non", "true ou false est attendu")
    return value


Euros = Annotated[Decimal, BeforeValidator(_euros)]
"""A year, for one patient."""
YearlyEuros = Annotated[Decimal, BeforeValidator(_yearly_euros)]
"""A year, for one doctor."""
Rate = Annotated[Decimal, BeforeValidator(_rate)]
Factor = Annotated[Decimal, BeforeValidator(_factor)]
Whole = Annotated[int, BeforeValidator(_whole)]
MaybeWhole = Annotated[int | None, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]
MaybeFlag = Annotated[bool | None, BeforeValidator(_flag)]
Month = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])/N(\+1)?$")]
"""Month of payment: 04/N is April of the year paid, 03/N+1 is March of the next."""
