# Scripts to rule them all. `make run` and `make test` work on a machine that has Python 3.11+ and nothing else.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
PORT   ?= 8000

.PHONY: run test quick lint types bench clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

run: $(VENV)/.installed  ## the example application on http://127.0.0.1:8000
	$(BIN)/jwt-auth serve --development --port $(PORT) examples.fastapi_app:app

test: $(VENV)/.installed  ## everything, with private PostgreSQL and Valkey servers
	$(BIN)/python -m pytest -n auto --cov --cov-report=

quick: $(VENV)/.installed  ## what needs no server, within seconds
	$(BIN)/python -m pytest -n auto -m "not servers and not browser and not slow"

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.installed
	$(BIN)/mypy
	$(BIN)/pyright

clean:
	rm -rf $(VENV) dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
