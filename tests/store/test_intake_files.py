"""Files of leads: read in any encoding, mapped, looked at, taken in once; and the pages around intake."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accord.errors import InputError
from accord.server.agreements.models import AgreementFile
from accord.server.audit.models import Entry
from accord.server.desk.models import Lead
from accord.server.intake.files import sheet_of
from accord.server.intake.models import Arrival, Source, Upload
from accord.server.intake.settling import settle_due
from accord.server.intake.sources import make_source
from server_fixture import People, actor, signed_in

pytestmark = pytest.mark.django_db
CSV = (
    "First Name;Last Name;E-mail;Company;Country;Shoe size\r\n"
    "Şule;Öztürk;sule@buyer.example;Alıcı;Türkiye;38\r\n"
    "Bo;Berg;;Berg;SE;44\r\n"
    "=1+1;;broken;;;\r\n"
    ";;eve@buyer.example;Eve Ltd;Atlantis;\r\n"
)
HEADER = CSV.partition("\r\n")[0].split(";")


def handed_in(client: Any, raw: bytes, **more: str) -> Upload:
    answer = client.post("/intake/files/new", {"file": SimpleUploadedFile("fair.csv", raw), **more})
    assert answer.status_code == 302, answer.content.decode()
    return Upload.objects.latest("pk")


def settled() -> int:
    """Until nothing is due."""
    return sum(iter(lambda: settle_due(timezone.now()), 0))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1254"])
def test_a_file_is_read_in_the_encoding_that_it_has(codec: str) -> None:
    sheet = sheet_of(CSV.encode(codec))
    assert sheet.delimiter == ";" and len(sheet.header) == 6
    assert [row["Last Name"] for row in sheet.rows()] == ["Öztürk", "Berg", "", ""]


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("cp1256", "محمد العربي"),
        ("cp1251", "Наталья Соколова"),
        ("cp874", "สมชาย ใจดี"),
        ("cp1252", "André Lefèvre"),
    ],
)
def test_old_encodings_are_told_by_their_letters(codec: str, name: str) -> None:
    sheet = sheet_of(f"name,email\n{name},a@b.example\n{name} {name},b@b.example\n".encode(codec))
    assert next(row["name"] for row in sheet.rows()) == name


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"a,b\n",
        b"PK\x03\x04xx",
        b"a\x00b,c\n1,2\n",
        b"a,b\n" + b"1,2\n" * 50_001,
        b"x" * 10_000_001,
        b'a,b\n"' + b"x" * 200_000,
    ],
)
def test_what_is_no_file_of_leads_is_refused_in_a_sentence(raw: bytes) -> None:
    with pytest.raises(InputError, match=r".{20}"):
        sheet_of(raw)


def test_a_file_is_looked_at_mapped_and_taken_in_once(people: People, in_force: AgreementFile) -> None:
    client = signed_in(people.sara)
    upload = handed_in(client, CSV.encode("utf-16"))
    assert (upload.rows, upload.good) == (4, 2)  # nobody to reach in one, no country in another
    assert upload.mapping["E-mail"] == "email" and upload.mapping["Shoe size"] == ""
    assert "Şule" in client.get(f"/intake/files/{upload.pk}/").content.decode()
    assert not Arrival.objects.exists()
    columns = {f"column-{place}": field for place, field in enumerate(map(upload.mapping.get, HEADER))}
    assert (
        client.post(
            f"/intake/files/{upload.pk}/", {**columns, "column-4": "", "what": "map", "lead_type": "web_form"}
        ).status_code
        == 302
    )
    upload.refresh_from_db()
    assert upload.good == 3
    client.post(f"/intake/files/{upload.pk}/", {"what": "confirm"})
    assert settled() == 3
    upload.refresh_from_db()
    assert (upload.state, upload.fed, upload.known) == ("in", 4, 0)
    assert set(Lead.objects.values_list("lead_type", flat=True)) == {"web_form"}
    assert "3 of 3" in client.get(f"/intake/files/{upload.pk}/").content.decode()

    again = handed_in(client, CSV.encode())  # the same columns: read as last time
    assert again.good == 3 and again.mapping == upload.mapping
    client.post(f"/intake/files/{again.pk}/", {"what": "confirm"})
    settled()
    again.refresh_from_db()
    assert (again.state, again.known) == ("in", 3) and Arrival.objects.count() == 3
    assert Entry.objects.filter(action="upload confirmed").count() == 2


def test_refused_rows_come_back_with_their_reason_and_run_no_formula(people: People) -> None:
    client = signed_in(people.kai)
    upload = handed_in(client, CSV.encode())
    answer = client.get(f"/intake/files/{upload.pk}/rejects")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == [*HEADER, "Reason"]
    assert len(rows) == 1 + 2 and all(row[-1] for row in rows[1:])
    assert ["'=1+1", "", "broken"] in [row[:3] for row in rows]


def test_a_dropped_file_leaves_nothing_and_one_confirmed_cannot_be_dropped(people: People) -> None:
    client = signed_in(people.sara)
    upload = handed_in(client, CSV.encode())
    client.post(f"/intake/files/{upload.pk}/", {"what": "drop"})
    upload.refresh_from_db()
    assert (upload.state, upload.body) == ("dropped", "")
    assert client.get(f"/intake/files/{upload.pk}/").status_code == 200
    other = handed_in(client, CSV.encode())
    client.post(f"/intake/files/{other.pk}/", {"what": "confirm"})
    assert client.post(f"/intake/files/{other.pk}/", {"what": "drop"}).status_code == 422
    settled()
    assert Arrival.objects.count() == 2


def test_two_columns_cannot_be_the_same_field(people: People) -> None:
    client = signed_in(people.sara)
    upload = handed_in(client, CSV.encode())
    answer = client.post(
        f"/intake/files/{upload.pk}/", {"what": "map", "column-0": "email", "column-1": "email"}
    )
    assert answer.status_code == 422 and "two columns are read as email" in answer.content.decode()


# Pages -------------------------------------------------------------------------------------------------


def test_operators_see_what_is_in_trouble_mend_it_and_put_it_aside(
    people: People, in_force: AgreementFile
) -> None:
    now = timezone.now()
    payload = {"kind": "won", "lead": "L-WRONG"}
    told = {"kind": "event", "origin": "x", "received_at": now, "next_at": now}
    rows = [Arrival.objects.create(key=f"E-{name}", origin_id=name, payload=payload, **told) for name in "ab"]
    settle_due(now)
    client = signed_in(people.kai)
    assert "L-WRONG" in client.get("/intake/?show=trouble").content.decode()
    lead = Lead.objects.create(key="L-RIGHT", created_at=now)
    assert (
        client.post(f"/intake/arrivals/{rows[0].pk}/", {"what": "mend", "lead": "", "email": ""}).status_code
        == 422
    )
    assert (
        client.post(f"/intake/arrivals/{rows[0].pk}/", {"what": "mend", "lead": lead.key}).status_code == 302
    )
    assert settle_due(timezone.now()) == 1
    assert client.post(f"/intake/arrivals/{rows[1].pk}/", {"what": "aside", "why": ""}).status_code == 422
    assert (
        client.post(f"/intake/arrivals/{rows[1].pk}/", {"what": "aside", "why": "a test"}).status_code == 302
    )
    rows[1].refresh_from_db()
    assert (rows[1].status, rows[1].next_at, rows[1].aside_by) == ("aside", None, people.kai)
    assert set(Entry.objects.values_list("action", flat=True)) >= {"arrival mended", "arrival aside"}


def test_a_source_is_made_shown_changed_and_switched_off(people: People) -> None:
    client = signed_in(people.sara)
    told = {"kind": "hook", "name": "Event tool", "lead_type": "demo"}
    made = client.post("/intake/sources/new", told)
    source = Source.objects.get()
    assert "whsec_" in made.content.decode() and made.status_code == 200
    page = client.get(f"/intake/sources/{source.pk}/").content.decode()
    assert f"/hooks/{source.key}" in page and source.hint in page and source.secret not in page
    assert client.post(f"/intake/sources/{source.pk}/", {"name": "Tool", "lead_type": ""}).status_code == 302
    assert client.post(f"/intake/sources/{source.pk}/switch", {"on": "no"}).status_code == 302
    source.refresh_from_db()
    assert source.off_at and source.name == "Tool"
    wrong = {"kind": "form", "name": "Page", "return_hosts": "https://www.acme.example/x"}
    assert client.post("/intake/sources/new", wrong).status_code == 422
    assert (
        client.post("/intake/sources/new", {**wrong, "return_hosts": "www.acme.example"}).status_code == 302
    )


def test_reps_look_on_and_viewers_see_no_prospect(people: People) -> None:
    source = make_source(actor(people.sara), Source.Kind.FORM, {"name": "Page"})[0]
    assert signed_in(people.leyla).get(f"/intake/sources/{source.pk}/").status_code == 200
    assert signed_in(people.leyla).post(f"/intake/sources/{source.pk}/", {"name": "x"}).status_code == 403
    assert signed_in(people.vera).get("/intake/").status_code == 403


def test_the_figures_of_a_file_add_up_to_its_rows(people: People, in_force: AgreementFile) -> None:
    """A row of somebody known is a signal; one of an unknown lead type is refused, as the agreement says."""
    client = signed_in(people.sara)
    rows = (
        "name,email,lead type\n"
        "Ada,ada@buyer.example,demo\n"
        "Ada B,ada@buyer.example,Web form\n"
        "Bo,,demo\n"
        "Cy,cy@buyer.example,zzz\n"
        "Ada,ada@buyer.example,demo\n"
    )
    upload = handed_in(client, rows.encode())
    page = client.get(f"/intake/files/{upload.pk}/").content.decode()
    refused = page.partition("Refused because")[2].partition("</section>")[0]
    assert "Lead type: the agreement has no lead type" in refused and "field" not in refused
    assert '<select id="w-lead_type"' in page and '<option value="enterprise">' in page
    client.post(f"/intake/files/{upload.pk}/", {"what": "confirm"})
    settled()
    figures = re.findall(
        r"<dt>([^<]+)</dt><dd>(\d+)", client.get(f"/intake/files/{upload.pk}/").content.decode()
    )
    assert figures == [
        ("Settled", "2"), ("Rows", "5"), ("New leads", "1"), ("Signals to leads that were there", "1"),
        ("Had come before", "1"), ("Refused", "2"), ("In trouble", "0"),
    ]  # fmt: skip
