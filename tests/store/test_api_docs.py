"""The reference says of the API what the code does."""

import re
from pathlib import Path

import pytest
from django.utils import timezone

from accord import errors
from accord.server.api import openapi, paging
from accord.server.api.answers import KEPT_FOR
from accord.server.api.forms import TokenForm
from accord.server.api.problems import PREFIX, type_of
from accord.server.api.tokens import MOST_DAYS, SCOPES, USUAL_DAYS
from accord.server.intake.shapes import ConsentIn, LeadIn

pytestmark = pytest.mark.any_database

REFERENCE = (Path(__file__).parents[2] / "docs/reference/api.md").read_text(encoding="utf-8")


def test_the_scopes_of_the_reference_are_those_of_the_code() -> None:
    rows = [f"| `{scope}` | {meaning} |" for scope, meaning in SCOPES.items()]
    assert "\n".join(["|---|---|", *rows, ""]) in REFERENCE


def test_every_operation_stands_in_the_reference_with_its_scope() -> None:
    rows = []
    for path, method, one in openapi.each(openapi.schema()):
        scope = f"`{one['x-scope']}`" if one.get("x-scope") else "any token" if one["security"] else "none"
        request = f"{method.upper()} {path.removeprefix('/api/v1')}"
        rows.append(f"| `{request}` | {one['summary'].rstrip('.')} | {scope} |")
    assert "\n".join(["|---|---|---|", *rows, ""]) in REFERENCE


def test_the_errors_of_the_reference_are_errors_of_the_tree() -> None:
    statuses = {
        type_of(kind).removeprefix(PREFIX): kind.http_status
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.AccordError)
    }
    table = REFERENCE.partition("| Status | Type | When |")[2].partition("\n\n")[0]
    named = [line.split("|")[1:3] for line in table.splitlines()[2:]]
    for status, names in named:
        for name in names.replace("`", "").split(","):
            assert statuses[name.strip()] == int(status) or int(status) == 412


def test_the_lead_of_the_reference_is_one_and_every_field_stands_in_its_table() -> None:
    said = REFERENCE.partition("## Handing in leads and events")[2]
    body = said.partition("```json\n")[2].partition("```")[0]
    lead = LeadIn.model_validate_json(body, context={"at": timezone.now()})
    assert lead.model_fields_set == set(LeadIn.model_fields)
    assert lead.consents[0].model_fields_set == set(ConsentIn.model_fields)
    table = said.partition("| Field | What it says |\n|---|---|\n")[2].partition("\n\n")[0]
    named = [name for line in table.splitlines() for name in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert named == [*LeadIn.model_fields]


def test_the_figures_of_the_reference_are_those_of_the_code() -> None:
    assert f"after {USUAL_DAYS} days if you do not say, after {MOST_DAYS} at most" in REFERENCE
    assert f"`limit` ({paging.USUAL} if not said, at most {paging.MOST})" in REFERENCE
    assert f"For {KEPT_FOR.total_seconds() / 3600:.0f} hours" in REFERENCE
    assert TokenForm.base_fields["days"].initial == USUAL_DAYS
