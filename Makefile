PYTHON ?= python3.11
UV := .venv/bin/uv
STAMP := .venv/.synced
OUT ?= out
SCRATCH := ACCORD_DATA=.mypy_cache/accord-data
# Where the machine has certificates of its own, such as a company's, trust them: uv brings another list along.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),)
export UV_SYSTEM_CERTS ?= true
endif

.DEFAULT_GOAL := run
.PHONY: setup run test test-postgres check lock browser bench picture clean

setup: $(STAMP)  ## set up only: .venv/bin/accord is there afterwards

run: $(STAMP)  ## set up and start the server on an invented company, with today's leads
	@ACCORD_DATA=$(OUT)/demo .venv/bin/accord serve --demo examples/acme.yaml

# Half a gigabyte that only the tests of the Spark engine need, so `make run` does without it.
SPARK := .venv/.spark
ifneq ($(shell command -v java),)
$(SPARK): requirements-spark.lock $(STAMP)
	@$(UV) pip install --quiet --python .venv/bin/python --require-hashes --requirement requirements-spark.lock
	@touch $@
else
.PHONY: $(SPARK)
$(SPARK):
	@echo "java is not here: the tests of the Spark engine are skipped"
endif

# Tests run with warnings as errors, once on SQLite, then what stores or serves on PostgreSQL: `make check` need not
# repeat them, since the same tests twice on the same lock file tell nothing more.
PYTEST := .venv/bin/python -W error -m pytest -W error --numprocesses auto --quiet

test: $(STAMP) $(SPARK) browser  ## set up and run all tests, on both databases; ARGS=... runs only those, on SQLite
	@$(PYTEST) $(ARGS)
ifeq ($(ARGS),)
	@$(MAKE) --no-print-directory test-postgres
endif

# A test of the store runs on both, unless it says `any_database`: how pages look and speak, how processes start and
# stop, what is logged ask nothing of a database that the other tests do not.
test-postgres: ARGS := $(or $(ARGS),tests/store tests/web/test_server_flows.py -m 'not any_database')
test-postgres: $(STAMP)  ## the tests of the store on a PostgreSQL that is started for them; ARGS=... runs only those
	@.venv/bin/python tools/with_postgres.py $(PYTEST) $(ARGS)

check: $(STAMP)  ## style, types, import contracts, migrations, known vulnerabilities
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@$(SCRATCH) .venv/bin/mypy src
	@.venv/bin/lint-imports
	@$(SCRATCH) .venv/bin/python -m accord.server makemigrations --check
	@.venv/bin/python tools/audit.py

browser:  ## Chromium and fonts for the browser tests, where the machine lets us install them
	@tools/browser.sh

bench: $(STAMP)  ## the benchmarks; each prints its ratios
	@for file in benchmarks/*.py; do echo "== $$file"; .venv/bin/python $$file || exit 1; done

picture: $(STAMP) browser  ## the README's picture, after a change that shows
	@.venv/bin/accord simulate examples/acme.yaml --seed 7 --into $(OUT)/log --replace
	@.venv/bin/accord report examples/acme.yaml $(OUT)/log --from 2026-01-01 --to 2026-06-30 --as-of 2026-06-30T17:00:00Z --output $(OUT)/report.html
	@.venv/bin/python tools/picture.py $(OUT)/report.html docs/images/report.png

lock:  ## resolve the dependencies anew
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --group dev pyproject.toml --output-file requirements.lock --custom-compile-command "make lock"
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra spark --constraint requirements.lock pyproject.toml --output-file requirements-spark.lock --custom-compile-command "make lock"

clean:
	rm -rf $(OUT) .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The lock file names versions and hashes but no registry, so that the same lock installs through any mirror.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(UV) || { $$(command -v $(PYTHON) || command -v python3) -m venv .venv && .venv/bin/python -m pip install --quiet --disable-pip-version-check $$(grep -o '^uv==[0-9.]*' requirements.lock); }
	@$(UV) pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python .venv/bin/python --no-deps --editable .
	@touch $@
