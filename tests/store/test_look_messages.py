"""The catalogue for translators: what is gathered, and that a translated page speaks its language."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po
from django.utils import translation

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools/messages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_messages_of_templates_and_of_modules_are_gathered_with_their_place(tool: ModuleType) -> None:
    found = {forms: file for file, _line, forms, _context in tool.gathered()}
    assert found["Skip to the content",].startswith("src/accord/server/look/templates/look/")
    assert found["There is nothing here",] == "src/accord/server/look/failing.py"
    assert ("One thing needs mending", "%(wrong)s things need mending") in found


def test_texts_of_the_report_that_the_servers_pages_translate_are_gathered(tool: ModuleType) -> None:
    found = {forms[0]: file for file, _line, forms, _context in tool.gathered()}
    assert found["Speed of follow-up"] == "src/accord/report/sections/speed.py"  # a section
    assert found["By type of lead"] == "src/accord/report/sections/speed.py"  # a part of it
    assert found["First touch by lead type, working time"] == "src/accord/report/sections/speed.py"  # a table
    assert "Share in time" in found  # a column
    assert found["Over the band"] == "src/accord/report/scoreboard.py"  # a state
    assert "Touched in time, by week of delivery" in found  # a chart, its title under a name
    assert "Why deals were won" in found and "Why deals were lost" in found  # either of two
    assert "speed-by-type" not in found  # a name of ours is no text
    assert not any("{" in text for text, file in found.items() if file.startswith("src/accord/report"))


def test_what_was_translated_stays_and_what_is_gone_goes(tool: ModuleType, tmp_path: Path) -> None:
    tool.main("fa", tmp_path)
    written = tmp_path / "fa/LC_MESSAGES/django.po"
    text = written.read_text()
    text = text.replace('msgid "Sign out"\nmsgstr ""', 'msgid "Sign out"\nmsgstr "خروج"')
    written.write_text(text + '\nmsgid "Nobody says this"\nmsgstr "هیچ"\n')
    tool.main("fa", tmp_path)
    with written.open("rb") as file:
        again = read_po(file)
    assert again["Sign out"].string == "خروج"
    assert "Nobody says this" not in again
    before = written.read_bytes()
    tool.main("fa", tmp_path)
    assert written.read_bytes() == before


@pytest.mark.django_db
def test_a_translated_page_speaks_its_language(
    tool: ModuleType, tmp_path: Path, settings, people, client_of
) -> None:
    tool.main("fa", tmp_path)
    written = tmp_path / "fa/LC_MESSAGES/django.po"
    written.write_text(
        written.read_text().replace('msgid "Sign out"\nmsgstr ""', 'msgid "Sign out"\nmsgstr "خروج"')
    )
    tool.main("fa", tmp_path)
    people.mina.language = "fa"
    people.mina.save()
    settings.LOCALE_PATHS = [tmp_path]
    try:
        _forget()
        assert "<button>خروج</button>" in client_of(people.mina).get("/no-such-page").content.decode()
    finally:
        settings.LOCALE_PATHS = []
        _forget()


def _forget() -> None:
    """Django reads a catalogue once a process."""
    from django.utils.translation import trans_real

    trans_real._translations = {}
    trans_real._default = None
    translation.activate("en")
