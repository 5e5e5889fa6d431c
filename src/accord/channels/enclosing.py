"""A mail whose pictures stand in its text: they come with it, so nothing is fetched when it is read.

The text for screens and its pictures are one part (multipart/related) beside the plain text, as RFC 2387 has
it: a reader of plain text alone is shown no pictures, and no picture is listed as an attachment.
"""

from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from typing import Any

from django.core.mail import EmailMultiAlternatives

from accord.channels import Enclosure


class Letter(EmailMultiAlternatives):
    """A mail with texts, pictures of its HTML by Content-ID, and files."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pictures: list[Enclosure] = []

    def enclose(self, one: Enclosure) -> None:
        """Show a picture in the text, or attach a file that has no `cid`."""
        if one.cid:
            self.pictures.append(one)
        else:
            self.attach(one.name, one.data, one.kind)

    def _create_alternatives(self, msg: Any) -> Any:
        made = super()._create_alternatives(msg)  # type: ignore[misc]  # the stubs leave it out
        if not self.pictures:
            return made
        made.set_payload([self._with_pictures(part) for part in made.get_payload()])
        return made

    def _with_pictures(self, part: MIMEBase) -> MIMEBase:
        if part.get_content_type() != "text/html":
            return part
        related = MIMEMultipart("related", type="text/html")
        del part["MIME-Version"]
        related.attach(part)
        for one in self.pictures:
            related.attach(_picture(one))
        del related["MIME-Version"]
        return related


def _picture(one: Enclosure) -> MIMEImage:
    made = MIMEImage(one.data, one.kind.partition("/")[2])
    made["Content-ID"] = f"<{one.cid}>"
    made.add_header("Content-Disposition", "inline", filename=one.name)
    del made["MIME-Version"]
    return made
