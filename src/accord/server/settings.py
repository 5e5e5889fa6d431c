"""Django's settings; what differs between installations comes from `env.py`."""

from pathlib import Path
from urllib.parse import unquote

from django.conf import global_settings

from accord import __version__
from accord.server.env import host_of, read_environment
from accord.server.people.rates import RATES
from accord.server.running import logs
from accord.server.secret import secret_key

ENV = read_environment()

logs.structured()
LOGGING = logs.config()

DEBUG = ENV.development
SECRET_KEY = ENV.secret_key or secret_key(ENV.data)
SECRET_KEY_FALLBACKS = list(ENV.secret_key_fallbacks)
ALLOWED_HOSTS = [*ENV.hosts, *([host_of(ENV.url)] if ENV.url else [])]
ROOT_URLCONF = "accord.server.urls"
WSGI_APPLICATION = "accord.server.wsgi.application"
DATABASES = {"default": dict(ENV.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"

INSTALLED_APPS = [
    "accord.server.look",
    "accord.server.audit",
    "accord.server.people",
    "accord.server.mail",
    "accord.server.agreements",
    "accord.server.score",
    "accord.server.desk",
    "accord.server.alerts",
    "accord.server.routing",
    "accord.server.qualify",
    "accord.server.intake",
    "accord.server.queue",
    "accord.server.boards",
    "accord.server.book",
    "accord.server.rituals",
    "accord.server.replay",
    "accord.server.api",
    "accord.server.running",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "accord.server.running.logs.requests",
    "accord.server.running.arriving.readable",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accord.server.look.middleware.locale",
    "accord.server.look.middleware.errors",
    "accord.server.running.setting_up.first",
    "accord.server.access.guard",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accord.server.look.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "accord.server.look.templatetags.look"],
        },
    }
]
FORM_RENDERER = "accord.server.look.forms.Renderer"

# Language and time -------------------------------------------------------------------------------------

LANGUAGE_CODE = ENV.languages[0]
LANGUAGES = [(code, name) for code, name in global_settings.LANGUAGES if code in ENV.languages]
LOCALE_PATHS = [Path(__file__).parent / "locale"]  # `tools/messages.py` writes them
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files -------------------------------------------------------------------------------------------------

STATIC_URL = f"/static/{__version__}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 31_536_000

# Sign-in -----------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["accord.server.people.signing_in.Accounts"]
_VALIDATOR = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": _VALIDATOR + "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": _VALIDATOR + "CommonPasswordValidator"},
    {"NAME": _VALIDATOR + "NumericPasswordValidator"},
    {"NAME": _VALIDATOR + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation was opened from the mailbox, or handed over in person
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_ADAPTER = "accord.server.people.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accord.server.people.adapters.SocialAdapter"
SOCIALACCOUNT_ONLY = False
_COMPANY = {
    "provider_id": "company",
    "name": "Company account",
    "client_id": unquote(ENV.oidc.get("client_id", "")),
    "secret": unquote(ENV.oidc.get("secret", "")),
    "settings": {"server_url": ENV.oidc.get("server_url", ""), "oauth_pkce_enabled": True},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_COMPANY]}} if ENV.oidc else {}
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link; the answer to a form may not lead to another host (`form-action`)
ACCOUNT_RATE_LIMITS = RATES
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a new password or second factor is told to the mailbox
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 86_400
ACCOUNT_FORMS = {
    "login": "accord.server.people.account_forms.SignIn",
    "reauthenticate": "accord.server.people.account_forms.Confirm",
    "change_password": "accord.server.people.account_forms.ChangePassword",
    "set_password": "accord.server.people.account_forms.SetPassword",
    "reset_password": "accord.server.people.account_forms.ForgotPassword",
    "reset_password_from_key": "accord.server.people.account_forms.NewPassword",
}
MFA_ADAPTER = "accord.server.people.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accord.server.people.account_forms.EnterCode",
    "reauthenticate": "accord.server.people.account_forms.ConfirmCode",
    "activate_totp": "accord.server.people.account_forms.ActivateCode",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a code of the half minute before or after: clocks of telephones differ
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # or whoever guesses from many places washes the counts away
    }
}

# Mail --------------------------------------------------------------------------------------------------

EMAIL_BACKEND = "accord.server.mail.backend.Outbox"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from

# Security ----------------------------------------------------------------------------------------------

_SECURE = ENV.url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "accord.server.look.views.stale_form"
CSRF_TRUSTED_ORIGINS = [ENV.url] if ENV.url else []
SECURE_SSL_REDIRECT = _SECURE
SECURE_REDIRECT_EXEMPT = [r"^health$"]  # watched from beside the server, by plain HTTP
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE and ENV.hsts != "no" else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.hsts == "subdomains"  # names below it may be others' and without https
SECURE_HSTS_PRELOAD = False  # a list in every browser, from which nobody comes off soon: not ours to choose
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W005", "security.W021"]  # the choices just made
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.proxies else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
