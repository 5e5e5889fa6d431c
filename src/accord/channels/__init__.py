"""Ways by which a message leaves: e-mail and chat. Each only delivers.

What is due, and when it is tried again, is decided by whoever keeps the messages.

from accord.channels import Parcel
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Enclosure:
    """A file that goes along: `cid` is how the text shows it, empty where it is only attached."""

    name: str
    kind: str  # image/png
    data: bytes
    cid: str = ""


@dataclass(frozen=True)
class Parcel:
    """One message to be delivered. `id` stays the same however often it is tried, so a receiver can tell."""

    id: str
    to: str  # an address, or the secret URL of a chat
    subject: str
    text: str
    html: str = ""
    link: str = ""  # where the message leads, if to one place
    enclosures: tuple[Enclosure, ...] = ()  # of e-mail; a chat gets the link


class Channel(Protocol):
    """A way to deliver. Undelivered says why it did not work, and whether it is worth another try."""

    def deliver(self, parcel: Parcel) -> None: ...

    def close(self) -> None: ...
