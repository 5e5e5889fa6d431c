"""What tests of the store share; see `server_fixture.py` for the people and the agreements."""

from score_fixture import log, scored, undrawn, year_of_acme  # noqa: F401
from server_fixture import (  # noqa: F401
    acme_text,
    client_of,
    draft,
    in_force,
    people,
    plain_templates,
    proposed,
    started,
)
from server_world import world  # noqa: F401
