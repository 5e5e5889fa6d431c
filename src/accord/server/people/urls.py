"""Addresses of people, and those of signing in that allauth serves."""

from allauth.account.views import password_set
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import activate_totp
from django.urls import include, path
from django.views.generic import RedirectView

from accord.server.people.confirming import confirmed
from accord.server.people.views import company, joining, listing, own, persons

urlpatterns = [
    path("people/", listing.people, name="people"),
    path("people/invite", listing.invite, name="invite"),
    path("people/invitations/<int:pk>/withdraw", listing.withdraw_invitation, name="invitation-withdraw"),
    path("people/<int:pk>/", persons.person, name="person"),
    path("people/<int:pk>/switch", persons.switch, name="person-switch"),
    path("people/<int:pk>/absences/add", persons.add_absence, name="absence-add"),
    path("people/absences/<int:pk>/remove", persons.remove_absence, name="absence-remove"),
    path("join/<str:token>", joining.join, name="join"),
    path("profile/", own.profile, name="profile"),
    path("profile/sessions", own.end_other_sessions, name="profile-sessions"),
    path("account/", RedirectView.as_view(pattern_name="profile"), name="account"),
    path("account/password/set/", confirmed(password_set), name="account_set_password"),
    path("account/2fa/totp/activate/", confirmed(activate_totp), name="mfa_activate_totp"),
    path(
        "account/2fa/recovery-codes/generate/",
        confirmed(generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("account/2fa/totp/deactivate/", own.switch_factor_off, name="mfa_deactivate_totp"),
    path("account/oidc/<str:provider_id>/login/", company.leave, name="openid_connect_login"),
    path("account/oidc/<str:provider_id>/login/callback/", company.come_back, name="openid_connect_callback"),
    path("account/", include("allauth.urls")),
]
