# Scripts to rule them all. `make run` and `make test` need Python 3.11+, make and a package index, nothing else.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV   ?= .venv
BIN     = $(VENV)/bin
PORT   ?= 8000
SECONDS ?= 60
EXAMPLE = argon2,fastapi,server,docs,dotenv
# What compares us with newer packages than the oldest that we take, or needs them.
OLDEST  = --ignore tests/mcp --ignore tests/site --ignore tests/tokens/test_client_id.py \
	--deselect tests/tokens/test_pyjwt.py::test_what_pyjwt_refuses_we_refuse \
	--deselect 'tests/providers/test_page.py::test_every_block_runs[from fastmcp import FastMCP]'
PYTEST  = $(BIN)/python -m pytest -n logical --dist worksteal $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help run test test-oldest quick bench soak coverage lint types format check docs wheel dist audit clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# `venv` makes pip last: an environment without it is made again.
define environment
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
endef

$(VENV)/.example: pyproject.toml
	$(environment)
	@echo "installing what the example needs into $(VENV): $(EXAMPLE)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$(EXAMPLE)]"
	@touch $@

$(VENV)/.installed: pyproject.toml
	$(environment)
	@echo "installing every extra and the development group into $(VENV)"
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $(VENV)/.example $@

run: $(VENV)/.example  ## serve the example application on http://127.0.0.1:8000 (PORT=...)
	$(BIN)/jwt-auth serve --development --port $(PORT) examples.fastapi_app:app

test: $(VENV)/.installed  ## the whole suite; it starts its own PostgreSQL and Valkey (ARGS="-k word")
	$(PYTEST) --cov --cov-report=

test-oldest: .venv-oldest/.installed  ## the same without browsers, on the oldest versions that the extras declare
	.venv-oldest/bin/python -m pytest -n logical --dist worksteal -m "not browser and not slow" \
		-W ignore::DeprecationWarning $(OLDEST) $(ARGS)

.venv-oldest/.installed: pyproject.toml .ci/oldest.py
	$(PYTHON) .ci/oldest.py .venv-oldest
	@touch $@

quick: $(VENV)/.installed  ## what needs no server and no browser, within seconds
	$(PYTEST) -m "not servers and not browser and not slow"

.venv-bench/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --upgrade pip
	.venv-bench/bin/python -m pip install --quiet --upgrade --editable . --group bench
	@touch $@

bench: .venv-bench/.installed  ## measure ourselves beside the peers, within ten minutes (ARGS="--only logins")
	.venv-bench/bin/python -m benchmarks.run $(ARGS)

soak: $(VENV)/.installed  ## two workers under random faults, a minute for each storage world (SECONDS=3600)
	$(BIN)/python -m tests.soak $(SECONDS)

coverage: $(VENV)/.installed  ## hold the last `make test` to 100 % of the core's branches, 95 % of the rest
	@failed=0; \
	$(BIN)/coverage report --include='jwt_auth_core/*' --fail-under=100 || failed=1; \
	$(BIN)/coverage report --include='jwt_auth_asgi/*,jwt_auth_fastapi/*' --fail-under=95 || failed=1; \
	exit $$failed

lint: $(VENV)/.installed  ## style, format, import contracts
	@failed=0; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/ruff format --check . || failed=1; \
	$(BIN)/lint-imports || failed=1; \
	exit $$failed

types: $(VENV)/.installed  ## mypy --strict and pyright, on the packages and on tests/typing
	@failed=0; $(BIN)/mypy || failed=1; $(BIN)/pyright || failed=1; exit $$failed

format: $(VENV)/.installed  ## lay out the code as `make lint` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint types test coverage  ## all that must hold before a change is merged

docs: $(VENV)/.installed  ## build the documentation as a site: build/site/index.html
	$(BIN)/python docs/site/build.py

wheel: $(VENV)/.installed  ## build dist/*.whl
	$(BIN)/python -m build --wheel --no-isolation

dist: $(VENV)/.installed  ## build a release twice, compare, and list what it brings: dist/
	$(BIN)/python .ci/dist.py

audit: $(VENV)/.installed  ## ask the package index for known vulnerabilities of what is installed
	$(BIN)/python .ci/audit.py

clean:  ## remove the environment and everything that was generated
	rm -rf mutants $(VENV) .venv-bench .venv-oldest dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
