"""What the server's commands refuse or warn of before they do anything."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from accord.cli.server import backup
from accord.errors import InputError
from accord.server.running.preparing import untranslated


def test_a_backup_goes_into_a_folder_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder; make it first"):
        backup.callback(tmp_path / "no" / "x.zip", replace=False)  # type: ignore[misc]
    assert not (tmp_path / "no").exists()


def test_languages_without_a_catalogue_of_our_own_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tr" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "tr" / "LC_MESSAGES" / "django.mo").touch()
    monkeypatch.setattr(settings, "LOCALE_PATHS", [tmp_path])
    env = replace(settings.ENV, languages=("en", "en-gb", "fa", "tr", "zh-hans"))
    assert untranslated(env) == ["fa", "zh-hans"]
