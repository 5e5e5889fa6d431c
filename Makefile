PYTHON ?= python3.11
UV := .venv/bin/uv
STAMP := .venv/.synced

.PHONY: run test check lock bench clean
.DEFAULT_GOAL := run

# The lock file names versions and hashes but no registry, so that the same lock installs through any mirror.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(UV) || { $$(command -v $(PYTHON) || command -v python3) -m venv .venv && .venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9; }
	@$(UV) pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python .venv/bin/python --no-deps --editable .
	@touch $@

lock:
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml --output-file requirements.lock --custom-compile-command "make lock"
