"""Who may do what: one table for pages and API. A test walks it for every address, side and role.

`read` is for GET and HEAD, `write` for all else; `scope` is what an API token needs besides. Everybody of
both sides sees every report (S0.38). What depends on the single thing, such as whose signature is asked for,
is decided by the agreement's own rules, not here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.translation import gettext as _

from accord.errors import EntryInvalid, NotAllowed, PageUnknown, Problem
from accord.server.look.failing import SIGNED_OUT
from accord.server.look.middleware import refusing
from accord.server.look.unsent import typed_in, unsent
from accord.server.people.models import Role, Side, User


@dataclass(frozen=True)
class Rule:
    """Sides and roles that may; `public` lets strangers in."""

    sides: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    public: bool = False

    def allows(self, user: User | None) -> bool:
        return self.public or (user is not None and user.side in self.sides and user.role in self.roles)


@dataclass(frozen=True)
class Access:
    read: Rule
    write: Rule
    scope: str = ""  # of the API: `NAME:read` for GET, `NAME:write` else; one that says which holds for both

    def of(self, method: str) -> Rule:
        return self.read if method in ("GET", "HEAD", "OPTIONS") else self.write

    def scope_of(self, method: str) -> str:
        """What a token must have been given to use this; empty where any token will do."""
        if not self.scope or ":" in self.scope:
            return self.scope
        return f"{self.scope}:{'read' if method in ('GET', 'HEAD', 'OPTIONS') else 'write'}"


_PARTIES = frozenset({Side.MARKETING, Side.SALES})
_HANDS = _PARTIES | {Side.OPERATIONS}
_ALL = frozenset(Side)
_LEADING = frozenset({Role.HEAD, Role.MANAGER})
_ANY = frozenset(Role)

HEADS = Rule(_PARTIES, frozenset({Role.HEAD}))  # hold an announcement back
NOBODY = Rule()
PUBLIC = Rule(public=True)
EVERYBODY = Rule(_ALL, _ANY)  # whoever is signed in
STAFF = Rule(_HANDS, _ANY)  # everybody but viewers
SIGNERS = Rule(_PARTIES, _ANY)  # may sign, if the version names them
WRITERS = Rule(_HANDS, _LEADING)  # write drafts and propose
LEADERS = Rule(_PARTIES, _LEADING)  # settle disputes, excuse breaches of the other side
MARKETERS = Rule(frozenset({Side.MARKETING, Side.OPERATIONS}), _ANY)  # settle rejects, keep nurture
SENDERS = Rule(frozenset({Side.MARKETING}), _LEADING)  # hand a lead off without its minimum information
MOVERS = Rule(frozenset({Side.SALES, Side.OPERATIONS}), _LEADING)  # give leads to somebody else
INVITERS = Rule(_HANDS, _LEADING)  # for their own side; operations for every side
TAKERS = Rule(frozenset({Side.MARKETING, Side.OPERATIONS}), _LEADING)  # run the doors by which leads come in
KEEPERS = Rule(frozenset({Side.OPERATIONS}), _LEADING)  # run the installation
SELLERS = Rule(frozenset({Side.SALES, Side.OPERATIONS}), _ANY)  # work leads, or see that they are worked
GIVERS = Rule(frozenset({Side.SALES, Side.OPERATIONS}), _LEADING)  # say who of sales gets what

_OPEN = Access(PUBLIC, PUBLIC)
_OWN = Access(EVERYBODY, EVERYBODY)
_SEE = Access(EVERYBODY, NOBODY)
_WRITE = Access(WRITERS, WRITERS)

LEAD_ACTS = (  # of the API, as its addresses name them
    *("accept", "reject", "feedback", "attempts", "connects", "sales-qualify", "opportunity", "proposal"),
    *("win", "lose", "disqualify", "return", "dispute", "arbitrate", "excuse", "pause", "resume"),
    *("commitments", "fulfil", "opt-out", "notes", "track", "merge", "correct", "send-anyway", "nudge"),
    *("renew", "churn", "rate", "undo"),
)

TABLE: dict[str, Access] = {
    "home": _SEE,
    "health": Access(PUBLIC, NOBODY),
    "setup": _OPEN,
    "setup-next": _SEE,
    "set_language": Access(NOBODY, PUBLIC),
    "set_theme": Access(NOBODY, PUBLIC),
    # score
    "score": _SEE,
    "score-marketing": _SEE,
    "score-sales": _SEE,
    "score-pipeline": _SEE,
    "score-winloss": _SEE,
    "score-measure": _SEE,
    "score-measure-csv": _SEE,
    "score-rows": _SEE,
    "score-rows-of": _SEE,
    "score-rows-csv": _SEE,
    "score-chart-svg": _SEE,
    "score-chart-png": _SEE,
    "score-chart-csv": _SEE,
    "score-table": _SEE,
    "score-lead": _SEE,  # viewers see what was judged, without names and words of people
    "score-report": _SEE,
    "score-refresh": Access(NOBODY, STAFF),
    # the book
    "book": _SEE,
    "book-csv": _SEE,
    "book-month": _SEE,
    "book-confirm": Access(NOBODY, LEADERS),  # each for their own side
    "book-take-back": Access(NOBODY, LEADERS),
    "book-restate": Access(NOBODY, LEADERS),
    "book-note": Access(NOBODY, STAFF),
    "book-inputs": _SEE,
    "book-draft": Access(NOBODY, WRITERS),
    "book-stay": Access(NOBODY, WRITERS),
    # leads in work
    "queue": Access(SELLERS, NOBODY),  # one's own; others' by `queue/rights.py`
    "queue-list": Access(SELLERS, NOBODY),
    "queue-acts": Access(NOBODY, SELLERS),
    "leads": _SEE,  # viewers see them without what says who a prospect is
    "lead": _SEE,
    "lead-undo": Access(NOBODY, STAFF),  # by whoever logged it
    "lead-act": Access(STAFF, STAFF),  # which act is whose is decided by the acts
    # who gets which lead
    "routing": _SEE,
    "routing-change": Access(NOBODY, GIVERS),
    "routing-try": Access(NOBODY, GIVERS),
    "routing-records": _SEE,
    "unassigned": Access(EVERYBODY, GIVERS),
    "team": Access(SELLERS, NOBODY),  # who leads sees everybody, others themselves
    "team-person": Access(GIVERS, GIVERS),
    "team-undo": Access(NOBODY, GIVERS),
    "accounts": Access(STAFF, GIVERS),
    # agreements
    "agreements": _SEE,
    "agreement-new": _WRITE,
    "agreement": _SEE,
    "agreement-versions": _SEE,
    "agreement-drafts": _SEE,
    "agreement-version": _SEE,
    "agreement-number": _SEE,
    "agreement-download": _SEE,
    "agreement-diff": _SEE,
    "agreement-verify": Access(EVERYBODY, EVERYBODY),
    "agreement-calculator": Access(EVERYBODY, WRITERS),
    "agreement-walk": Access(EVERYBODY, SIGNERS),  # whoever signs says of each step that they have read it
    "agreement-sign": Access(SIGNERS, SIGNERS),
    "agreement-withdraw": _WRITE,
    "draft-new": Access(NOBODY, WRITERS),
    "draft": Access(EVERYBODY, WRITERS),
    "draft-form": Access(NOBODY, WRITERS),
    "draft-check": Access(NOBODY, WRITERS),
    "draft-history": _SEE,
    "draft-restore": Access(NOBODY, WRITERS),
    "draft-discard": Access(NOBODY, WRITERS),
    "draft-propose": _WRITE,
    # what a draft would have meant
    "replay": _SEE,
    "replay-card": _SEE,
    "replay-leads": _SEE,
    "replay-csv": _SEE,
    "replay-try": Access(EVERYBODY, WRITERS),  # who writes drafts may write what the sliders say into one
    "survey": Access(EVERYBODY, SIGNERS),
    "survey-open": Access(NOBODY, WRITERS),
    "survey-close": Access(NOBODY, WRITERS),
    # boards: what depends on the side is held by the acts too
    "boards": _SEE,
    "boards-rules": Access(EVERYBODY, WRITERS),
    "boards-nudge": Access(NOBODY, SIGNERS),
    "boards-reassign": Access(NOBODY, MOVERS),
    "rejects": _SEE,
    "rejects-csv": _SEE,
    "reject": _SEE,
    "reject-act": Access(NOBODY, MARKETERS),
    "disputes": _SEE,
    "dispute-settle": Access(NOBODY, LEADERS),
    "excuses": _SEE,
    "breach-excuse": Access(NOBODY, LEADERS),
    "commitments": _SEE,
    "commitment-add": Access(NOBODY, STAFF),
    "commitment-kept": Access(NOBODY, STAFF),
    "nurture": _SEE,
    "nurture-start": Access(NOBODY, SIGNERS),
    "nurture-stop": Access(NOBODY, MARKETERS),
    "nurture-sent": Access(NOBODY, MARKETERS),
    "nurture-texts": _SEE,
    "nurture-text-new": _WRITE,
    "nurture-text": Access(EVERYBODY, WRITERS),
    "stop": _OPEN,  # the link in a mail that stops all mail
    # personal data, and people who may be one
    "personal": Access(KEEPERS, NOBODY),
    "personal-export": Access(NOBODY, KEEPERS),  # the audit notes it, so it is no mere reading
    "personal-erase": Access(NOBODY, KEEPERS),
    "duplicates": Access(WRITERS, NOBODY),
    "duplicate-settle": Access(NOBODY, WRITERS),
    # readiness
    "incomplete": _SEE,
    "incomplete-fill": Access(NOBODY, STAFF),
    "incomplete-qualify": Access(NOBODY, MARKETERS),
    "incomplete-send": Access(NOBODY, SENDERS),
    "qualification": _SEE,
    # papers of the meetings
    "stand-up": _SEE,
    "stand-up-day": _SEE,
    "stand-up-say": Access(NOBODY, STAFF),
    "decisions": _SEE,
    "decisions-add": Access(NOBODY, STAFF),
    "decisions-act": Access(NOBODY, STAFF),  # whose decision it is, is a rule of its acts
    "pack": _SEE,
    "pack-month": _SEE,
    "pack-pdf": _SEE,
    "pack-anew": Access(NOBODY, WRITERS),
    "announcements": _SEE,
    "announcements-hold": Access(NOBODY, HEADS),
    # people
    "people": _SEE,
    "person": Access(EVERYBODY, INVITERS),
    "person-switch": Access(NOBODY, INVITERS),
    "invite": Access(INVITERS, INVITERS),
    "invitation-withdraw": Access(NOBODY, INVITERS),
    "join": _OPEN,
    "profile": _OWN,
    "profile-sessions": Access(NOBODY, EVERYBODY),
    "absence-add": Access(NOBODY, STAFF),
    "absence-remove": Access(NOBODY, STAFF),
    # signing in: strangers may, and whoever is halfway between password and code
    "account": _SEE,
    "account_login": _OPEN,
    "account_logout": _OPEN,
    "account_inactive": Access(PUBLIC, NOBODY),
    "account_reauthenticate": _OWN,
    "account_change_password": _OWN,
    "account_set_password": _OWN,
    "account_reset_password": _OPEN,
    "account_reset_password_done": Access(PUBLIC, NOBODY),
    "account_reset_password_from_key": _OPEN,
    "account_reset_password_from_key_done": Access(PUBLIC, NOBODY),
    "mfa_index": _SEE,
    "mfa_authenticate": _OPEN,
    "mfa_reauthenticate": _OWN,
    "mfa_activate_totp": _OWN,
    "mfa_deactivate_totp": _OWN,
    "mfa_view_recovery_codes": _SEE,
    "mfa_generate_recovery_codes": _OWN,
    "mfa_download_recovery_codes": _SEE,
    "openid_connect_login": Access(PUBLIC, NOBODY),
    "openid_connect_callback": Access(PUBLIC, NOBODY),
    "socialaccount_login_cancelled": Access(PUBLIC, NOBODY),
    # nobody signs up, keeps several addresses, or links accounts
    "account_signup": Access(NOBODY, NOBODY),
    "account_email": Access(NOBODY, NOBODY),
    "account_email_verification_sent": Access(NOBODY, NOBODY),
    "account_confirm_email": Access(NOBODY, NOBODY),
    "account_confirm_login_code": Access(NOBODY, NOBODY),
    "socialaccount_signup": Access(NOBODY, NOBODY),
    "socialaccount_login_error": Access(NOBODY, NOBODY),  # told where it happens, not on a page of its own
    "socialaccount_connections": Access(NOBODY, NOBODY),
    "audit": _SEE,
    "outbox": Access(KEEPERS, KEEPERS),
    # alerts
    "alerts": Access(STAFF, STAFF),
    "alert-test": Access(NOBODY, STAFF),
    "alert-channels": Access(KEEPERS, KEEPERS),
    "alert-channel": Access(KEEPERS, KEEPERS),
    "alert-channel-test": Access(NOBODY, KEEPERS),
    "alert-channel-remove": Access(NOBODY, KEEPERS),
    # doors for strangers: forms, and webhooks whose signature says who sends
    "form-in": _OPEN,
    "web-to-lead": _OPEN,
    "hook-in": _OPEN,
    # what came in, and by which doors: personal data, which viewers do not see
    "intake": Access(STAFF, NOBODY),
    "arrival": Access(STAFF, TAKERS),
    "intake-source-new": Access(TAKERS, TAKERS),
    "intake-source": Access(STAFF, TAKERS),
    "intake-source-secret": Access(NOBODY, TAKERS),
    "intake-source-switch": Access(NOBODY, TAKERS),
    "upload-new": Access(TAKERS, TAKERS),
    "upload": Access(STAFF, TAKERS),
    "upload-rejects": Access(STAFF, NOBODY),
    # tokens of the API
    "tokens": Access(EVERYBODY, STAFF),  # whoever has become a viewer ends what is left of theirs
    "token-revoke": Access(NOBODY, EVERYBODY),
    "api-docs": _SEE,
    # the API: what a token may do is what its owner may, within its scopes
    "api:openapi": Access(PUBLIC, NOBODY),
    "api:unknown": _OPEN,  # answers only that there is nothing
    "api:token": _SEE,
    "api:check": Access(NOBODY, EVERYBODY, "agreements:read"),  # a text is looked at, nothing is kept
    "api:agreements": Access(EVERYBODY, WRITERS, "agreements"),
    "api:agreement": Access(EVERYBODY, NOBODY, "agreements"),
    "api:versions": Access(EVERYBODY, NOBODY, "agreements"),
    "api:version": Access(EVERYBODY, NOBODY, "agreements"),
    "api:version-download": Access(EVERYBODY, NOBODY, "agreements"),
    "api:version-walk": Access(EVERYBODY, NOBODY, "agreements"),
    "api:chain": Access(EVERYBODY, SIGNERS, "agreements"),
    "api:verify": Access(EVERYBODY, NOBODY, "agreements"),
    "api:diff": Access(EVERYBODY, NOBODY, "agreements"),
    "api:plan": Access(EVERYBODY, NOBODY, "agreements"),
    "api:explain": Access(EVERYBODY, NOBODY, "agreements"),
    "api:withdraw": Access(NOBODY, WRITERS, "agreements"),
    "api:drafts": Access(EVERYBODY, WRITERS, "agreements"),
    "api:draft": Access(EVERYBODY, WRITERS, "agreements"),
    "api:draft-problems": Access(EVERYBODY, NOBODY, "agreements"),
    "api:draft-discard": Access(NOBODY, WRITERS, "agreements"),
    "api:draft-take-up": Access(NOBODY, WRITERS, "agreements"),
    "api:draft-propose": Access(NOBODY, WRITERS, "agreements"),
    "api:savings": Access(EVERYBODY, NOBODY, "agreements"),
    "api:saving": Access(EVERYBODY, NOBODY, "agreements"),
    "api:saving-restore": Access(NOBODY, WRITERS, "agreements"),
    "api:clashes": Access(EVERYBODY, NOBODY, "agreements"),
    "api:clash-settle": Access(NOBODY, WRITERS, "agreements"),
    "api:surveys": Access(EVERYBODY, WRITERS, "agreements"),
    "api:survey": Access(EVERYBODY, NOBODY, "agreements"),
    "api:survey-answers": Access(EVERYBODY, SIGNERS, "agreements"),
    "api:survey-close": Access(NOBODY, WRITERS, "agreements"),
    "api:survey-comparison": Access(EVERYBODY, NOBODY, "agreements"),
    "api:calendars": Access(EVERYBODY, NOBODY, "agreements"),
    "api:elapsed": Access(EVERYBODY, NOBODY, "agreements"),
    "api:due": Access(EVERYBODY, NOBODY, "agreements"),
    "api:leads": Access(EVERYBODY, STAFF, "leads"),
    "api:routings": Access(EVERYBODY, NOBODY, "leads"),
    "api:lead-reassign": Access(NOBODY, GIVERS, "leads"),
    "api:lead": Access(EVERYBODY, NOBODY, "leads"),
    "api:lead-person": Access(KEEPERS, NOBODY, "leads"),
    "api:lead-erase": Access(NOBODY, KEEPERS, "leads"),
    **{f"api:lead-{act}": Access(NOBODY, STAFF, "leads") for act in LEAD_ACTS},  # which sides: the acts say
    "api:events": Access(NOBODY, STAFF, "leads"),
    "api:arrival": Access(STAFF, NOBODY, "leads"),  # its problem may name people
    "api:qualification-try": Access(NOBODY, EVERYBODY, "agreements:read"),  # nothing is kept
    "api:people": Access(EVERYBODY, NOBODY, "people"),
    "api:person": Access(EVERYBODY, INVITERS, "people"),
    "api:person-switch-off": Access(NOBODY, INVITERS, "people"),
    "api:person-switch-on": Access(NOBODY, INVITERS, "people"),
    "api:absences": Access(EVERYBODY, STAFF, "people"),
    "api:absence-remove": Access(NOBODY, STAFF, "people"),
    "api:invitations": Access(INVITERS, INVITERS, "people"),
    "api:invitation-withdraw": Access(NOBODY, INVITERS, "people"),
    "api:audit": Access(EVERYBODY, NOBODY, "audit"),
    "api:score": Access(EVERYBODY, NOBODY, "score"),
    "api:score-measure": Access(EVERYBODY, NOBODY, "score"),
    "api:book": Access(EVERYBODY, NOBODY, "score"),
    "api:decisions": Access(EVERYBODY, NOBODY, "score"),
}


_LOOK_THEMSELVES = ("agreement", "draft", "survey")  # they show again what was typed, whatever it holds


def access_to(name: str) -> Access:
    """What the table says about an address by its name; nobody may use one that it does not name."""
    return TABLE.get(name, Access(NOBODY, NOBODY))


def may(user: User | None, name: str, method: str = "GET") -> bool:
    """Whether somebody may use an address: for links and buttons, which show only what can be done."""
    return access_to(name).of(method).allows(user)


def guard(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that holds every request against the table before its view runs."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Callable[..., HttpResponse], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        del view
        match = request.resolver_match or resolve(request.path_info)
        user = request.user if request.user.is_authenticated else None
        if match.namespaces and match.namespaces[0] == "api":
            return None  # the API holds its tokens against the same table
        if "\x00" in request.path:
            raise PageUnknown(
                request.path.replace("\x00", "�")
            )  # no text: PostgreSQL could not be asked for it
        if may(user, match.view_name, request.method or "GET"):
            if not match.view_name.startswith(_LOOK_THEMSELVES):
                _must_be_text(request, user)
            return None
        if user is None and not getattr(request, "htmx", False) and (typed := typed_in(request)):
            return unsent(request, typed, SIGNED_OUT, 401)
        if user is None:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if match.view_name not in TABLE:
            raise PageUnknown(request.path)
        name, method = match.view_name, request.method or "GET"
        raise NotAllowed(refusal(name, method), by_rights=bool(access_to(name).of(method).sides))

    middleware.process_view = refusing(process_view)  # type: ignore[attr-defined]
    return middleware


def _must_be_text(request: HttpRequest, user: User | None) -> None:
    """Nobody types U+0000, and PostgreSQL has no place for it; what programs send, their door looks at."""
    if user is None or request.method != "POST":
        return
    fields = (name for name, values in request.POST.lists() if any("\x00" in str(value) for value in values))
    if name := next(fields, None):
        what = _("this holds the sign U+0000, which is no text")
        raise EntryInvalid([Problem("", 0, name.replace("\x00", "")[:80], what, _("type it again"))])


def refusal(name: str, method: str) -> str:
    """For whom an address is, in a sentence."""
    rule = access_to(name).of(method)
    if not rule.sides:
        return "nobody may do this here; go back and use the buttons of the page"
    sides = ", ".join(str(side.label) for side in Side if side in rule.sides)
    roles = ", ".join(role.label.lower() for role in Role if role in rule.roles)
    return f"this is for {sides} ({roles}); ask one of them"
