"""What volunteers' files add up to, in plain slow Python, written from the definition and from nothing else."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

WORD = 2**64


class Message(NamedTuple):
    """One contribution before it is cut in two."""

    key: str
    counter: int
    numbers: list[int]


def joined(one: list[int], other: list[int]) -> list[int]:
    """Two shares, or two sums of shares: totals of 2^63 or more are negative."""
    totals = [(a + b) % WORD for a, b in zip(one, other, strict=True)]
    return [total - WORD if total >= 2**63 else total for total in totals]


def total(messages: Iterable[Message], size: int) -> list[int]:
    """Of each key the message of the highest counter counts."""
    last: dict[str, Message] = {}
    for message in messages:
        if message.key not in last or message.counter > last[message.key].counter:
            last[message.key] = message
    return [sum(message.numbers[place] for message in last.values()) for place in range(size)]


def variance(n: int, total: int, squares: int) -> Fraction:
    """Divides by n - 1; 0 for one."""
    return Fraction(n * squares - total**2, n * (n - 1)) if n > 1 else Fraction(0)


def dersimonian_laird(effects: list[float], chances: list[float]) -> float:
    """tau, on log R, from each doctor's own figures."""
    weights = [1 / chance**2 for chance in chances]
    mean = sum(w * e for w, e in zip(weights, effects, strict=True)) / sum(weights)
    q = sum(w * (e - mean) ** 2 for w, e in zip(weights, effects, strict=True))
    scale = sum(weights) - sum(w**2 for w in weights) / sum(weights)
    return max(0.0, (q - (len(effects) - 1)) / scale) ** 0.5
