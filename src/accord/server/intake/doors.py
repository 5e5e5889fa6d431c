"""Doors for strangers: plain HTML forms, Salesforce's Web-to-Lead, signed webhooks. No cookie, no session."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accord.errors import AccordError, EntryInvalid, PageUnknown, TooBig, TooManyTries
from accord.server.audit.trail import address_of
from accord.server.intake.fields import consents_of, field_of, lead_of, with_defaults
from accord.server.intake.limits import BY_ADDRESS, BY_SOURCE
from accord.server.intake.models import Arrival, Source
from accord.server.intake.reading import EVENTS, LEADS, Read
from accord.server.intake.receiving import receive, store
from accord.server.intake.signing import must_be_signed, opened
from accord.server.intake.sources import find_source
from accord.server.running.logs import logger

HONEYPOT = "website2"  # hidden from people; whoever fills it in is none
MOST_BYTES, MOST_FIELDS = 100_000, 100
_SAME_WITHIN_S = 600  # a form that is sent twice within this time was sent once
_OURS = frozenset(
    {"oid", "retURL", "encoding", "debug", "debugEmail", "submit", "captcha_settings", HONEYPOT}
)
_CODECS = {"utf-8", "iso-8859-1", "iso-8859-9", "windows-1252", "windows-1254", "windows-1256", "shift_jis"}
log = logger(__name__)


@csrf_exempt
@require_POST
def form_in(request: HttpRequest, key: str) -> HttpResponse:
    """A form that anybody may send; the answer leads back to where the form says, if the source allows it."""
    return _form(request, key)


@csrf_exempt
@require_POST
def web_to_lead(request: HttpRequest) -> HttpResponse:
    """Salesforce's address: the same form with the source's key as `oid`."""
    return _form(request, "")


def _form(request: HttpRequest, key: str) -> HttpResponse:
    try:
        said = _said(request)
        source = find_source(key or said.get("oid", ""), Source.Kind.FORM)
        BY_ADDRESS.count((source.pk, address_of(request)))
        BY_SOURCE.count(source.pk)
        if said.get(HONEYPOT):
            log.info("a form was filled in by a machine", source=source.pk)
        else:
            _take(source, said)
    except AccordError as error:
        return _refused(request, error)
    back = said.get("retURL", "")
    if (
        source.return_hosts
        and url_has_allowed_host_and_scheme(back, set(source.return_hosts))
        and _is_web(back)
    ):
        answer = HttpResponseRedirect(back)
        answer.status_code = 303
        return answer
    return render(request, "intake/thanks.html", {"words": _("Thank you. We have what you sent.")})


def _is_web(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.username


def _said(request: HttpRequest) -> dict[str, str]:
    """The fields of a form; of several values of a field all, by commas."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise TooBig(_("this is too much for a form; send at most 100,000 bytes"))
    encoding = request.GET.get("encoding", "").lower()
    if encoding in _CODECS:
        request.encoding = encoding
    if len(request.POST) > MOST_FIELDS:
        raise TooBig(_("this form has too many fields; send at most 100"))
    return {name: ", ".join(map(str, request.POST.getlist(name)))[:8000] for name in request.POST}


def _take(source: Source, said: Mapping[str, str]) -> None:
    at = timezone.now()
    fields: dict[str, str] = {}
    for name, text in said.items():
        if name not in _OURS and not name.startswith("consent"):
            fields.setdefault(field_of(name) or name, text)
    consents = consents_of(said, source.name)
    lead, problems = lead_of(fields, at, strict=False, consents=consents)
    if lead is None:
        raise EntryInvalid(problems)
    whole = hashlib.sha256(json.dumps(sorted(said.items())).encode()).hexdigest()
    origin, span = f"form:{source.key}", int(at.timestamp()) // _SAME_WITHIN_S
    before = Arrival.objects.filter(origin=origin, origin_id=f"{whole[:40]}.{span - 1}#0")
    if before.filter(received_at__gt=at - timedelta(seconds=_SAME_WITHIN_S)).exists():
        return
    one = Read({0: with_defaults(lead, source)}, {}, alone=True)
    store(one, LEADS, origin, at, unless_said=f"{whole[:40]}.{span}", source=source.pk)


def _refused(request: HttpRequest, error: AccordError) -> HttpResponse:
    words = str(error)
    if isinstance(error, EntryInvalid):
        words = _("Nobody can be reached by this. Go back, and give an e-mail address or a phone number.")
    if isinstance(error, PageUnknown):
        words = _("This form leads nowhere any more. Tell whoever runs the page on which it stands.")
    answer = render(
        request, "intake/thanks.html", {"words": words, "refused": True}, status=error.http_status
    )
    if isinstance(error, TooManyTries):
        answer["Retry-After"] = str(error.wait)
    return answer


@csrf_exempt
@require_POST
def hook_in(request: HttpRequest, key: str) -> HttpResponse:
    """A signed webhook: leads or events as the API takes them. The same message gets the same answer."""
    from accord.server.api import problems  # noqa: PLC0415 - the API imports what stands here

    at = timezone.now()
    try:
        source = find_source(key, Source.Kind.HOOK)
        name = request.headers.get("webhook-id", "")
        must_be_signed(
            opened(source.secret),
            name=name,
            timestamp=request.headers.get("webhook-timestamp", ""),
            signatures=request.headers.get("webhook-signature", ""),
            body=request.body,
            at=at,
        )
        form = EVENTS if _tells_events(request.body) else LEADS
        origin = f"hook:{source.key}" + ("" if form is LEADS else f":{form.name}")
        defaults = (lambda lead: with_defaults(lead, source)) if form is LEADS else None
        received = receive(
            request.body, form, origin, at, told_by=source.made_by.side, unless_said=name, each=defaults,
            source=source.pk,
        )  # fmt: skip
    except Exception as error:
        return problems.answer_to(request, error)
    answer = received.answer(told_apart=False)
    return HttpResponse(answer, status=received.status, content_type="application/json")


def _tells_events(body: bytes) -> bool:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(sent, dict) and ("events" in sent or "kind" in sent)
