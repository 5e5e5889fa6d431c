"""The proof of an agreement's signatures: the chain worked out anew, and copies of it held against it."""

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.agreement.clauses.people import Side
from accord.agreement.parse import Written, parse_written
from accord.agreement.signing.chain import Chain, parse_chain
from accord.agreement.signing.faults import Fault
from accord.agreement.signing.output import MOST_SHOWN
from accord.agreement.signing.proposals import full_name
from accord.agreement.signing.verify import Report, verify
from accord.errors import AgreementInvalid, InputError, Problem
from accord.server.agreements.uploads import text_in
from accord.server.look import figures as say

MOST_TEXT = 800_000  # bytes of an agreement's text
MOST_CHAIN = 4_000_000  # bytes of a chain: fifty versions with all their texts take less than half of it


NO_FAULTS = {Fault.MISSING_SIGNATURE, Fault.NOT_PROPOSED}  # a chain that is not complete yet is not wrong
_HASH = re.compile(r"sha256:[0-9a-f]{64}")


class CopyForm(forms.Form):
    """A noted hash, a copy of the text, a copy of the signatures: each by itself, or together."""

    head = forms.CharField(
        label=gettext_lazy("Hash that you noted"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("It starts with sha256: and shows whether entries have gone since."),
    )
    text = forms.FileField(
        label=gettext_lazy("Copy of the agreement"),
        required=False,
        help_text=gettext_lazy("A file such as NAME.yaml: does it say what was signed?"),
    )
    signatures = forms.FileField(
        label=gettext_lazy("Copy of the signatures"),
        required=False,
        help_text=gettext_lazy("A file such as NAME.signatures: is it the same chain?"),
    )

    def clean_head(self) -> str:
        head = str(self.cleaned_data["head"]).strip().lower()
        if head and not _HASH.fullmatch(head):
            said = _("This is no hash: one is sha256: and 64 more signs, digits and the letters a to f.")
            raise forms.ValidationError(said)
        return head

    def clean_text(self) -> str | None:
        return decoded(self.cleaned_data["text"], MOST_TEXT)

    def clean_signatures(self) -> str | None:
        return decoded(self.cleaned_data["signatures"], MOST_CHAIN)

    def clean(self) -> None:
        super().clean()
        if not self.errors and not any(self.cleaned_data.values()):
            raise forms.ValidationError(_("Type a hash that you noted, or choose a file to compare."))


def decoded(file: "UploadedFile[Any] | None", most: int) -> str | None:
    """As `text_in`, for a field of a form; None where no file was chosen."""
    try:
        return None if file is None else text_in(file, most)
    except InputError as error:
        raise forms.ValidationError(str(error)) from None


def waits(report: Report) -> list[tuple[int, Side, str]]:
    """Number, side and name of every signature that is still to come; no name where a side has no head."""
    return [
        (item.number, side, full_name(item.agreement, who) if who else "")
        for item in report.proposals
        if item.withdrawn is None
        for side, who in item.missing
    ]


@dataclass(frozen=True)
class Answer:
    """What a comparison found: one sentence, whether it is good, and the problems by line.

    Of the problems at most `MOST_SHOWN` are shown; `more` says how many others there are.
    """

    what: str
    good: bool
    found: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.found[:MOST_SHOWN]

    @property
    def more(self) -> int:
        return max(len(self.found) - MOST_SHOWN, 0)


def compare(chain: Chain, form: CopyForm) -> list[Answer]:
    """An answer for each thing that was handed in. What is wrong with the chain itself is not repeated."""
    data, answers = form.cleaned_data, []
    if data["head"]:
        answers.append(_noted(chain, data["head"]))
    if data["text"]:
        answers.append(_text(chain, data["text"], _name(form, "text")))
    if data["signatures"]:
        answers.append(_copy(chain, parse_chain(data["signatures"], _name(form, "signatures"))))
    return answers


def _name(form: CopyForm, field: str) -> str:
    """What the file is called where it came from, fit to stand before a line's number."""
    return say.or_dash(say.name(getattr(form.files[field], "name", ""), 80))


def _noted(chain: Chain, head: str) -> Answer:
    found = _more(verify(chain), verify(chain, head=head))
    if found:
        return Answer(
            _("This hash is not in the chain: entries have gone since, or it is of another."), False, found
        )
    if head == chain.head:
        return Answer(_("This is the hash of the last entry: nothing was added and nothing has gone."), True)
    return Answer(_("This entry is still there; others were added after it."), True)


def _text(chain: Chain, text: str, name: str) -> Answer:
    try:
        written: Written = parse_written(text, name)
    except AgreementInvalid as error:
        return Answer(_("This file cannot be read as an agreement."), False, error.problems)
    if found := _more(verify(chain), verify(chain, [written])):
        return Answer(_("This file does not say what was proposed and signed here."), False, found)
    said = _("This file says what version %(number)s says, sign for sign where it matters.")
    return Answer(said % {"number": written.agreement.version}, True)


def _copy(chain: Chain, copy: Chain) -> Answer:
    """The first place at which two chains part; faults within the copy are named by line."""
    faults = tuple(finding.problem for finding in copy.flaws)
    if faults:
        return Answer(_("The copy cannot be trusted: it was changed after it was written."), False, faults)
    pairs = zip_longest((link.raw for link in chain.links), (link.raw for link in copy.links))
    apart = next(
        (line for line, (ours, theirs) in enumerate(pairs, 2) if ours and theirs and ours != theirs), 0
    )
    if apart:
        said = _("The copy is another chain: from line %(line)s on it tells something else.")
        return Answer(said % {"line": apart}, False)
    more = len(copy.links) - len(chain.links)
    if more > 0:
        return Answer(_("The copy holds %(more)s entries that are not here.") % {"more": more}, False)
    if more < 0:
        said = _("The copy is the beginning of this chain; %(more)s entries were added since.")
        return Answer(said % {"more": -more}, True)
    return Answer(_("The copy is the same chain, byte for byte."), True)


def _more(plain: Report, held: Report) -> tuple[Problem, ...]:
    """What is found only because something was held against the chain."""
    known = set(plain.findings)
    return tuple(finding.problem for finding in held.findings if finding not in known)
