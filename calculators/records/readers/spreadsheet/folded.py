"""Headers and names without what people write differently: accents, capitals, separators, dotted initials."""

import re
import unicodedata
from functools import cache

LOW, HIGH = "a-zà-öø-ÿ", "A-ZÀ-ÖØ-Þ"
CAMEL = re.compile(rf"(?<=[{LOW}])(?=[{HIGH}])|(?<=[{HIGH}])(?=[{HIGH}][{LOW}])")
INITIALS = re.compile(r"\b(?:[A-Za-z0-9]\.){2,}[A-Za-z0-9]?\b\.?|\b(?:[A-Za-z]\.){2,}")
NUMBER = re.compile(r"(?:n°|nº|n °|№|#)", re.I)


@cache
def plain(text: str) -> str:
    """Small letters without accents; ligatures in two letters."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE").replace("ß", "ss")
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).lower()


@cache
def words(text: str) -> str:
    """« N° Séc. Soc. » → « n sec soc »; « FchPat_Nee » → « fch pat nee »; « D.D.N. » → « ddn »; « F/M » → « f m »."""
    text = INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    text = CAMEL.sub(" ", NUMBER.sub(" n ", text))
    return " ".join(re.findall(r"[a-z0-9]+", plain(text)))


@cache
def name(text: str) -> str:
    """Names compared: « Marie-Louise » = « MARIE LOUISE »."""
    return words(text.upper())
