"""Drug classes in words: never a code alone."""

from collections.abc import Mapping

from calculators.records import atc as classes


def drug_class(atc: str, products: Mapping[str, str]) -> str:
    """« paracétamol, N02BE01 »; of a class without a name, a product of it in the folder, else its family."""
    if named := classes.name(atc):
        return f"{named}, {atc}"
    if atc in products:
        return f"classe de {products[atc]}, {atc}"
    return f"{classes.group(atc) or 'classe sans nom connu'}, {atc}"


def family(atc: str) -> str:
    """« antalgiques »; nothing for a class of no known family."""
    return classes.group(atc) or ""
