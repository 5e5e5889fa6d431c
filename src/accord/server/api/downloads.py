"""A version as a file: YAML as it was signed, HTML or PDF with the lines that it was signed on."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from accord.agreement.signing.chain import Chain
from accord.agreement.signing.proposals import Proposal
from accord.agreement.terms import Agreement
from accord.errors import PlanImpossible
from accord.plan.demand import Plan
from accord.plan.funnel import plan as work_back
from accord.report.document import render_html, render_pdf
from accord.report.signed import signature_lines
from accord.server.agreements.models import AgreementFile

TYPES = {"yaml": "application/yaml", "html": "text/html; charset=utf-8", "pdf": "application/pdf"}


def download(file: AgreementFile, chain: Chain, version: Proposal, form: str) -> HttpResponse:
    """The file of one version, to be kept under a name of its own."""
    header = content_disposition_header(True, f"{file.slug}-{version.number}.{form}")
    answer = HttpResponse(_body(chain, version, form), content_type=TYPES[form])
    answer["Content-Disposition"] = header or "attachment"
    return answer


def _body(chain: Chain, version: Proposal, form: str) -> str | bytes:
    if form == "yaml":
        return version.entry.text
    agreement = version.agreement
    lines, digest = signature_lines(agreement, chain)
    render = render_pdf if form == "pdf" else render_html
    return render(agreement, _plan_or_none(agreement), signatures=lines, digest=digest)


def _plan_or_none(agreement: Agreement) -> Plan | None:
    try:
        return work_back(agreement)
    except PlanImpossible:
        return None
