"""A score to look at: Acme's agreement in force and a year of its log, folded by the worker."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.db.models import Model
from django.utils import timezone

from accord.agreement.parse import parse_agreement
from accord.report.drawing import svg
from accord.server.agreements.models import AgreementFile
from accord.server.score import folding, keeping, making, reading
from accord.server.score.models import Drawn, Fold, Reading
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


@dataclass
class _Kept:
    """What the worker made once, to be laid down again for each test: it takes seconds."""

    file: Path
    rows: list[tuple[type[Model], list[dict[str, Any]]]]


_KEPT: dict[bool, _Kept] = {}


@pytest.fixture
def scored(in_force: AgreementFile, log: Path, tmp_path_factory: pytest.TempPathFactory) -> datetime:
    """A fold with the usual views, as the worker makes them; the instant at which it was made."""
    drawn = keeping.svg is svg
    if drawn in _KEPT:
        return _laid_down(_KEPT[drawn])
    at = timezone.now()
    assert folding.keep(at) == 1
    folder = tmp_path_factory.mktemp("folds")
    file = Path(shutil.copy2(folding.path_of(Fold.objects.get()), folder))
    _KEPT[drawn] = _Kept(file, [(kind, list(kind.objects.values())) for kind in (Fold, Reading, Drawn)])
    return at


def _laid_down(kept: _Kept) -> datetime:
    """The rows under numbers of this test's own, which sequences give."""
    (_, (fold,)), (_, readings), (_, pictures) = kept.rows
    at = timezone.now()
    here = Fold.objects.create(**{**fold, "id": None, "tried_at": at, "made_at": at})
    Reading.objects.bulk_create([Reading(**{**row, "id": None, "fold_id": here.pk}) for row in readings])
    Drawn.objects.bulk_create([Drawn(**row) for row in pictures])
    folding.folder().mkdir(parents=True)
    shutil.copy2(kept.file, folding.folder())
    return at


def counted() -> None:
    """What the worker's line does until nothing is wanted any more."""
    while reading.make_wanted(timezone.now()):
        pass
    folding.keep()
    while reading.make_wanted(timezone.now()):
        pass
