"""The social security number (NIR): thirteen characters and a key of two; what it says of whoever has it.

Position 1 sex, 2-3 year, 4-5 month (20, 30-42 and 50-99: not known), 6-7 department, 8-13 commune and order.
"""

import re
from datetime import date

FORM = re.compile(r"[1-8]\d{4}(?:\d\d|2A|2B)\d{6}(?:\d\d)?")
SEXES = {"1": "M", "2": "F", "3": "M", "4": "F", "7": "M", "8": "F"}


def normalised(said: str) -> str | None:
    """A number without spaces, dots and a leading quote, the letter O put right; None when it is none."""
    plain = re.sub(r"[\s.\-'’_/]", "", said).upper().replace("O", "0")
    return plain if FORM.fullmatch(plain) else None


def key(number: str) -> int:
    """97 less the rest of the first thirteen characters; 2A counts as 19 and 2B as 18."""
    return 97 - int(number[:13].replace("2A", "19").replace("2B", "18")) % 97


def has_good_key(number: str) -> bool:
    return len(number) == 15 and int(number[13:]) == key(number)


def is_whole(said: str) -> bool:
    """A number with its key, which is right."""
    return bool(FORM.fullmatch(said)) and has_good_key(said)


def agrees(number: str, birth: date | None) -> bool | None:
    """Is this the number of someone born that day? None when it does not say (month 20 and more, or no day)."""
    if birth is None:
        return None
    if int(number[1:3]) != birth.year % 100:
        return False
    month = int(number[3:5])
    return month == birth.month if 1 <= month <= 12 else None


def sex_of(number: str) -> str:
    """What the first digit says."""
    return SEXES.get(number[0], "U")
