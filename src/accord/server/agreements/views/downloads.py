"""A version as a file to keep: the signed text, the chain, the page, the printed paper."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from accord.agreement.signing.files import SUFFIX
from accord.errors import PageUnknown
from accord.report.document import print_pdf, render_html
from accord.report.signed import signature_lines
from accord.server.agreements.frame import Frame, Version
from accord.server.agreements.views.papers import plan_of

# A page from a file may not act as one of ours: no script, no frame, no form, nothing from elsewhere.
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"

File = tuple[str, str, bytes]  # its name, its kind, what it holds


def download(frame: Frame, version: Version, form: str, language: str) -> HttpResponse:
    """The version in one of `FORMS`; PageUnknown names those there are."""
    if form not in FORMS:
        raise PageUnknown(form, FORMS)
    name, kind, content = FORMS[form](frame, version, language)
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _SANDBOX
    return answer


def _yaml(frame: Frame, version: Version, _language: str) -> File:
    """The canonical text: its SHA-256 is the digest that was signed."""
    return f"{frame.file.slug}.yaml", "application/yaml; charset=utf-8", version.proposal.entry.text.encode()


def _signatures(frame: Frame, _version: Version, _language: str) -> File:
    """The whole chain: it lies beside the text, under the same name, so that `accord verify` finds it."""
    return f"{frame.file.slug}{SUFFIX}", "text/plain; charset=utf-8", frame.text.encode()


def _html(frame: Frame, version: Version, language: str) -> File:
    agreement = version.agreement
    lines, digest = signature_lines(agreement, frame.chain)
    page = render_html(agreement, plan_of(agreement), signatures=lines, digest=digest, lang=language)
    return f"{_name(frame, version)}.html", "text/html; charset=utf-8", page.encode()


def _pdf(frame: Frame, version: Version, language: str) -> File:
    agreement = version.agreement
    lines, digest = signature_lines(agreement, frame.chain)
    printed = print_pdf(agreement, plan_of(agreement), signatures=lines, digest=digest, lang=language)
    return f"{_name(frame, version)}.pdf", "application/pdf", printed.pdf


def _name(frame: Frame, version: Version) -> str:
    """Of letters, digits and hyphens in any script, as the slug is."""
    return f"{frame.file.slug}-version-{version.number}"


FORMS: dict[str, Callable[[Frame, Version, str], File]] = {
    "yaml": _yaml,
    "html": _html,
    "pdf": _pdf,
    "signatures": _signatures,
}
