"""README and docs are executed: every `sh` and `python` block runs, in order, in a copy of the checkout.

A block that follows "Save this as `NAME`:" is saved under that name first. A block of `sh server` starts a
server, on a free port of this machine, which runs until the end of the page and must then stop in order.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    p for p in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")] if p.exists()
)
BLOCK = re.compile(
    r"(?:Save this as `(?P<name>[\w.-]+)`:\n\n)?"
    r"^```(?P<language>\w+)(?P<serves> server)?\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
BORROWED = "UV=/bin/true STAMP=.stamp"  # the copy uses this environment and must never install into it
KEPT_OUT = shutil.ignore_patterns(
    ".venv", ".git", "out", "__pycache__", ".*_cache", ".hypothesis", "report.html"
)


def blocks(page: Path) -> list[re.Match[str]]:
    """The blocks that do something: commands, programs, and files to save."""
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [block for block in found if block["language"] in {"sh", "python"} or block["name"]]


@pytest.fixture
def copy_of_checkout(tmp_path: Path) -> Path:
    """The checkout as a user has it, with the environment of this one, so that nothing is installed twice."""
    target = tmp_path / "accord"
    shutil.copytree(ROOT, target, ignore=KEPT_OUT, symlinks=True)
    (target / ".venv").symlink_to(Path(sys.prefix))
    return target


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: str(p.relative_to(ROOT)))
def test_the_commands_on_this_page_do_what_it_says(page: Path, copy_of_checkout: Path) -> None:
    path = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": path, "MAKEFLAGS": BORROWED, "ACCORD_PORT": str(free_port())}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None)
    with ExitStack() as running:
        for block in blocks(page):
            code = block["code"]
            if block["name"]:
                (copy_of_checkout / block["name"]).write_text(code, encoding="utf-8")
            elif block["serves"]:
                running.enter_context(served(code, copy_of_checkout, kept | own))
            else:
                run_block(page, block["language"] == "sh", code, copy_of_checkout, kept | own)


def run_block(page: Path, shell: bool, code: str, folder: Path, env: dict[str, str]) -> None:
    command = ["bash", "-euo", "pipefail", "-c", code] if shell else [sys.executable, "-c", code]
    run = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, f"{page.name}: this block failed:\n{code}\n{run.stdout}\n{run.stderr}"


@contextmanager
def served(code: str, folder: Path, env: dict[str, str]) -> Iterator[None]:
    """The block's server, once it accepts connections; afterwards it is asked to stop, and has to."""
    told = folder / "server.log"
    with told.open("w") as log:
        command = ["bash", "-euo", "pipefail", "-c", code]
        server = subprocess.Popen(
            command, cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True
        )
        try:
            for _ in range(1800):
                assert server.poll() is None, f"the server stopped:\n{code}\n{told.read_text()}"
                if answers(int(env["ACCORD_PORT"])):
                    break
                time.sleep(0.1)
            else:
                pytest.fail(f"nothing answers:\n{code}\n{told.read_text()}")
            yield
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_on_this_page_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    named = {(ROOT / "docs" / target).resolve() for target in re.findall(r"\]\(([^)#]+)", index)}
    assert not set(ROOT.glob("docs/**/*.md")) - named - {ROOT / "docs" / "README.md"}
