"""Chat: a parcel posted to a webhook of Slack, Microsoft Teams or Mattermost.

The address of a webhook is typed in by somebody, and our server calls it: so only https, only hosts on the
public net or named in the settings, and no redirects. A name is resolved once and the address that was looked
at is the one connected to, so a name that answers differently the second time gains nothing.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from accord.channels import Parcel
from accord.errors import EntryInvalid, Problem, Undelivered

TIMEOUT_S = 10.0
_MOST_ANSWER = 2_000  # bytes of an answer that are read
_TRY_AGAIN = frozenset({408, 409, 425, 429})
_LONGEST_URL = 2_000


@dataclass(frozen=True)
class Target:
    """Where a webhook stands, as its address says."""

    host: str
    port: int
    path: str
    tls: bool


def target(url: str, inside: Collection[str] = ()) -> Target:
    """The parts of a webhook's address; EntryInvalid where none of ours may be posted to.

    `inside` are hosts of the company's own net that the settings name; only their addresses may be private,
    and only on this machine itself may they do without https.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise _invalid("this is no address", "copy it from the chat's own settings") from None
    host = (parts.hostname or "").lower()
    local = host in inside and host in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise _invalid("a webhook's address begins with https://", "copy it from the chat's own settings")
    if not host or parts.username or len(url) > _LONGEST_URL or any(sign.isspace() for sign in url.strip()):
        raise _invalid("this is no address of a webhook", "copy it from the chat's own settings")
    if host not in inside and _says_inside(host):
        raise _inside(host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, port or (443 if parts.scheme == "https" else 80), path, parts.scheme == "https")


def _invalid(what: str, remedy: str) -> EntryInvalid:
    return EntryInvalid([Problem("", 0, "url", what, remedy)])


def _inside(host: str) -> EntryInvalid:
    return _invalid(
        f"{host} lies inside a net, not on the public one",
        "name it in ACCORD_CHAT_HOSTS if it is the company's",
    )


_INSIDE = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "home.arpa")


def _says_inside(host: str) -> bool:
    """Whether a host says by itself that it is not on the public net. A name that only leads into one is
    found out when it is called: names are not looked up here."""
    name = host.rstrip(".")
    if (address := _number_of(name)) is not None:
        return not _is_public(address)
    return "." not in name or name.endswith(tuple(f".{one}" for one in _INSIDE))


def _number_of(name: str) -> str | None:
    """The address that a host is, in any spelling that a resolver takes: 127.1 and 0x7f000001, too."""
    if _literal(name) is not None:
        return name
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except (OSError, ValueError):
        return None


def _literal(host: str) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_public(address: str) -> bool:
    found = _literal(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None or found in _TRANSLATED:
            return False  # an IPv4 address in disguise: no chat needs one
    return found is not None and found.is_global and not found.is_multicast


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def resolve(where: Target, inside: Collection[str] = ()) -> str:
    """The address to connect to; Undelivered if the name is unknown, or leads inside a net."""
    try:
        rows = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Undelivered(f"{where.host} is not known: {error.strerror or error}") from None
    found = [str(row[4][0]) for row in rows]
    if where.host not in inside and (bad := [one for one in found if not _is_public(one)]):
        raise Undelivered(
            f"{where.host} leads to {bad[0]}, inside a net; "
            "name the host in ACCORD_CHAT_HOSTS if it is the company's",
            for_good=True,
        )
    return found[0]


class Webhook:
    """Posts to chats of one kind."""

    def __init__(self, kind: str, inside: Collection[str] = ()) -> None:
        self.body, self.inside = BODIES[kind], inside

    def deliver(self, parcel: Parcel) -> None:
        try:
            where = target(parcel.to, self.inside)
        except EntryInvalid as error:
            raise Undelivered(str(error), for_good=True) from None
        body = json.dumps(self.body(parcel), ensure_ascii=False).encode()
        status, said, wait = _post(where, resolve(where, self.inside), body, parcel.id)
        if 200 <= status < 300:
            return
        again = status >= 500 or status in _TRY_AGAIN
        raise Undelivered(f"{where.host} answered {status}: {said}", for_good=not again, wait=wait)

    def close(self) -> None:
        """Nothing is kept open."""


def _post(where: Target, address: str, body: bytes, known_by: str) -> tuple[int, str, float | None]:
    """Status, the beginning of the answer, and after how many seconds it wants to be asked again."""
    link = _Pinned(where, address)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Accord",
        "Idempotency-Key": known_by,
    }
    try:
        link.request("POST", where.path, body, headers)
        answer = link.getresponse()
        said = answer.read(_MOST_ANSWER).decode("utf-8", "replace")
        return answer.status, " ".join(said.split())[:200], _seconds(answer.getheader("Retry-After"))
    except (OSError, http.client.HTTPException) as error:
        raise Undelivered(f"{where.host} did not answer: {type(error).__name__}: {error}"[:300]) from None
    finally:
        link.close()


def _seconds(text: str | None) -> float | None:
    return min(float(text), 3_600.0) if text and text.isascii() and text.isdigit() else None


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that the certificate has to be for."""

    def __init__(self, where: Target, address: str) -> None:
        super().__init__(where.host, where.port, timeout=TIMEOUT_S)
        self._where, self._address = where, address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self._where.port), TIMEOUT_S)
        if not self._where.tls:
            self.sock = plain
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._where.host)
        except BaseException:
            plain.close()
            raise


# How each chat wants it ---------------------------------------------------------------------------------


def _slack(parcel: Parcel) -> dict[str, Any]:
    text = parcel.text
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    link = f"\n{parcel.link}" if parcel.link else ""
    return {"text": f"*{_plain(parcel.subject)}*\n{text}{link}", "unfurl_links": False, "unfurl_media": False}


def _mattermost(parcel: Parcel) -> dict[str, Any]:
    link = f"\n{parcel.link}" if parcel.link else ""
    return {"text": "\n".join([f"**{_plain(parcel.subject)}**", *_lines(parcel)]) + link}


def _teams(parcel: Parcel) -> dict[str, Any]:
    """An adaptive card, as a workflow's webhook takes it."""
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "TextBlock", "text": _escaped(parcel.subject), "weight": "Bolder", "wrap": True},
            *({"type": "TextBlock", "text": line, "wrap": True} for line in _lines(parcel)),
        ],
    }
    if parcel.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": parcel.subject[:80], "url": parcel.link}]
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [content]}


def _plain(text: str) -> str:
    """A subject within emphasis: signs that would end it, mention people or make links are dropped."""
    return "".join(" " if sign in "*_~`<>|[]@&\n" else sign for sign in text)


def _lines(parcel: Parcel) -> list[str]:
    """The text line by line, escaped; lines that are addresses of our own stay as they are."""
    parts = urlsplit(parcel.link)
    own = f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""
    return [
        line if own and line.startswith(own) else _escaped(line) for line in parcel.text.splitlines() if line
    ]


def _escaped(text: str) -> str:
    """Text that means nothing to Markdown but itself: names of companies are whatever their senders typed."""
    return "".join(
        f"\\{sign}" if sign in "\\*_~`<>|[]#!" else "@\u200b" if sign == "@" else sign for sign in text
    )


BODIES: dict[str, Callable[[Parcel], dict[str, Any]]] = {
    "slack": _slack,
    "teams": _teams,
    "mattermost": _mattermost,
}
