"""Countries as people write them: a code, or a name in English or in a language of this installation."""

import unicodedata
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.conf import settings

from accord.agreement.plain import folded

_ALWAYS = ("en", "ar", "de", "es", "fa", "fr", "th", "tr")
_ELSE = {  # what the tables of languages do not have, and people write
    "AE": ("UAE", "Emirates"),
    "BA": ("Bosnia",),
    "BO": ("Plurinational State of Bolivia",),
    "CI": ("Ivory Coast",),
    "CN": ("PRC", "People's Republic of China"),
    "CV": ("Cape Verde", "Cabo Verde"),
    "CZ": ("Czech Republic",),
    "GB": ("Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland", "U.K."),
    "HK": ("Hong Kong",),
    "IR": ("Islamic Republic of Iran", "Iran, Islamic Republic of", "Persia"),
    "KP": ("DPRK",),
    "KR": ("Korea", "Republic of Korea", "Korea, Republic of"),
    "LA": (
        "Laos",
        "Lao People's Democratic Republic",
    ),
    "MD": ("Republic of Moldova", "Moldova, Republic of"),
    "MK": ("Macedonia",),
    "MO": ("Macau", "Macao"),
    "MM": ("Burma", "Myanmar"),
    "NL": ("Holland", "The Netherlands"),
    "PS": ("Palestine", "State of Palestine"),
    "RU": ("Russian Federation",),
    "SK": ("Slovak Republic",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Republic of Turkey", "Republic of Türkiye"),
    "TW": ("Taiwan, Province of China",),
    "TZ": ("United Republic of Tanzania", "Tanzania, United Republic of"),
    "US": ("U.S.", "U.S.A.", "United States of America", "America", "The United States"),
    "VA": ("Vatican", "Holy See"),
    "VE": ("Bolivarian Republic of Venezuela", "Venezuela, Bolivarian Republic of"),
    "VN": ("Viet Nam",),
}


def country_code(text: str) -> str:
    """ISO 3166 of two letters for a code or a name, whatever its case and accents; empty for none."""
    said = text.strip()
    return said.upper() if said.upper() in _codes() else _names().get(_plain(said), "")


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha())


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Spelling → code. What comes later wins: our own words, then English."""
    known: dict[str, str] = {}
    for alias, meant in get_global("territory_aliases").items():
        if len(meant) == 1 and len(alias) in (2, 3) and alias.isalpha():
            known[_plain(alias)] = str(meant[0])
    for language in dict.fromkeys((*(code for code, _name in settings.LANGUAGES), *reversed(_ALWAYS))):
        known |= _in(language)
    known |= {_plain(name): code for code, names in _ELSE.items() for name in names}
    return {name: code for name, code in known.items() if code in _codes()}


def _in(language: str) -> dict[str, str]:
    try:
        territories = Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {_plain(name): str(code) for code, name in territories.items()}


def _plain(name: str) -> str:
    """A name as it is compared: without case, accents, and the signs between words."""
    apart = unicodedata.normalize("NFD", folded(name))
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare.replace("'", "")).split())
