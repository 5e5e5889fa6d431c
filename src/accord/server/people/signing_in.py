"""Who is signed in, with what every page says about them, read by the one query that finds them."""

from datetime import timedelta

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce, Now

from accord.server.alerts.models import Notice
from accord.server.people.models import User

_LATELY = timedelta(days=1)


class Accounts(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """As allauth has it; `alerts` of the account is how many of them came in the last day."""

    def get_user(self, user_id: int) -> User | None:
        lately = Notice.objects.order_by().filter(
            recipient__user=OuterRef("pk"), made_at__gte=Now() - _LATELY
        )
        counted = lately.values("recipient__user").annotate(count=Count("pk")).values("count")
        alerts = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
        user = User.objects.annotate(alerts=alerts).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
