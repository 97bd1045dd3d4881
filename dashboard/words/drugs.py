"""Drug classes in words: never a code alone."""

from collections.abc import Mapping

from calculators.records import atc as classes


def drug_class(atc: str, products: Mapping[str, str]) -> str:
    """« paracétamol, N02BE01 »."""
    return classes.told(atc, products)


def family(atc: str) -> str:
    """« antalgiques »; nothing for a class of no known family."""
    return classes.group(atc) or ""
