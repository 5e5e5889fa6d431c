"""A new secret key forgets nothing that was kept under the former one, where that is still told."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from accord.errors import Undelivered
from accord.server.desk import suppressing
from accord.server.desk.identity import keys_of
from accord.server.intake.signing import locked, opened
from accord.server.mail.sealing import seal, unseal
from desk_fixture import a_contact

NEW, OTHER = "another-key-" * 6, "a-third-key-" * 6


@pytest.mark.django_db
def test_what_was_kept_under_a_former_key_stays_readable(settings: SimpleNamespace) -> None:
    contact = a_contact(email_key="ada@buyer.example")
    suppressing.suppress(contact, suppressing.OPTED_OUT, timezone.now())
    chat, hook = seal("https://chat.example/x"), locked("whsec_x")
    keys = keys_of(email="ada@buyer.example")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [OTHER, settings.SECRET_KEY], NEW
    assert suppressing.is_suppressed(keys)
    assert (unseal(chat), opened(hook)) == ("https://chat.example/x", "whsec_x")
    assert unseal(seal("new")) == "new" and opened(locked("new")) == "new"


@pytest.mark.django_db
def test_a_key_that_nobody_tells_any_more_opens_nothing(settings: SimpleNamespace) -> None:
    chat, hook = seal("https://chat.example/x"), locked("whsec_x")
    settings.SECRET_KEY = NEW
    assert opened(hook) == ""
    with pytest.raises(Undelivered, match="another secret key"):
        unseal(chat)
