"""Reading a request strictly: JSON without NaN, texts that a database can keep, a body that is one."""

import json
from typing import Any, NoReturn
from urllib.parse import unquote

from django.http import HttpRequest
from ninja.parser import Parser

from accord.errors import InputError, PageUnknown


class StrictParser(Parser):
    """JSON as the standard has it; InputError says what is wrong with it."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            value = json.loads(request.body, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else "it is no JSON in UTF-8"
            raise InputError(f"the body cannot be read ({why}); send JSON") from None
        must_be_texts(value)
        return value


def must_be_texts(value: object) -> None:
    """InputError where a text holds U+0000 or half a character, which no database keeps."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            left += [*item, *item.values()]
        elif isinstance(item, list):
            left += item
        elif isinstance(item, str) and not is_text(item):
            raise InputError("the body holds U+0000 or half a character, which is no text; leave it out")


def is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def must_be_readable(request: HttpRequest) -> None:
    """PageUnknown or InputError for an address that holds signs which are no text."""
    if not is_text(request.path_info):
        raise PageUnknown(request.path.replace("\x00", "�"))
    if not is_text(unquote(request.META.get("QUERY_STRING", ""))):
        raise InputError("the query holds U+0000, which is no text; leave it out")


def has_wrong_type(request: HttpRequest) -> bool:
    """Whether there is a body of another kind than JSON."""
    return bool(request.body) and request.content_type != "application/json"


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
