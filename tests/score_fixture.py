"""A score to look at: Acme's agreement in force and a year of its log, folded by the worker."""

from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from django.utils import timezone

from accord.agreement.parse import parse_agreement
from accord.server.agreements.models import AgreementFile
from accord.server.score import folding, keeping, making, reading
from accord.simulate.company import simulate
from server_fixture import ACME


@pytest.fixture(scope="session")
def year_of_acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of two hundred leads over the whole year, also of its days to come."""
    folder = tmp_path_factory.mktemp("acme") / "log"
    simulate(parse_agreement(ACME), leads=200, seed=3, into=folder)
    return folder


@pytest.fixture
def log(year_of_acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of this installation; its folds lie in a folder of this test's own."""
    folder = tmp_path / "log"
    folder.symlink_to(year_of_acme)
    monkeypatch.setattr(making, "log_folder", lambda: folder)
    return folder


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures that nobody looks at: drawing them takes longer than all the rest."""
    monkeypatch.setattr(keeping, "svg", lambda _spec, alt: f"<svg><title>{escape(alt)}</title></svg>")


@pytest.fixture
def scored(in_force: AgreementFile, log: Path) -> datetime:
    """A fold with the usual views, as the worker makes them; the instant as of which it is."""
    at = timezone.now()
    assert folding.keep(at) == 1
    return at


def counted() -> None:
    """What the worker's line does until nothing is wanted any more."""
    while reading.make_wanted(timezone.now()):
        pass
    folding.keep()
    while reading.make_wanted(timezone.now()):
        pass
