# Two commands are enough: `make demo` opens the deck on invented data, `make test` runs everything that has to pass.
# Needs Python 3.11+, git, make and a package index. `make PYTHON=python3.12 test` and `make VENV=/tmp/venv test` work too.

PYTHON ?= python3
VENV   ?= .venv
PY     := $(VENV)/bin/python
READY  := $(VENV)/.amldeck-ready
# Five workers for two cores: they wait as well as compute. The tests of one file stay together, because some files build
# something first.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(12, 5 * (os.cpu_count() or 1) // 2))')
PYTEST  ?= -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Compiled modules are kept, whatever the machine's habit: the tests start amldeck hundreds of times.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo audit test endurance check fmt pytest screenshots screenshots-check bench bench-history clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## make the virtual environment

# Made again when pyproject.toml changes. Plain venv and pip: dependency groups need pip 25.1. Most of what the packages
# hold is never imported, so what is gets compiled then: that halves the time it takes to install them.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "amldeck needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12"; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) \
	  || { echo "This Python cannot make environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PY) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(PY) -m pip install --quiet --disable-pip-version-check --no-compile --editable . --group dev
	@touch $@

demo: $(READY) ## open the deck on a living, invented workspace: no account, no network
	@$(VENV)/bin/amldeck demo

test: $(READY) ## everything that has to pass: checks and tests, beside each other
	@$(MAKE) --no-print-directory -j 2 check pytest

endurance: $(READY) ## the tests of faults, kills, random keys and hostile texts, whole: `make test` does a seventh
	AMLDECK_ENDURANCE=1 $(PY) -m pytest $(PYTEST) tests/faults tests/terminal/test_every_field.py tests/journeys/test_random_keys.py

check: $(READY) ## ruff, pyright strict, import-linter
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m pyright --pythonpath $(PY)
	$(VENV)/bin/lint-imports --no-logo

# What is collected first is compiled once: each worker would do it for itself.
pytest: $(READY)
	@$(PY) -m pytest --collect-only -qq >/dev/null || $(PY) -m pytest --collect-only -qq
	$(PY) -m pytest $(PYTEST)

audit: $(READY) ## known holes of what is installed, where an advisory service can be asked
	$(PY) -m tests.audit

fmt: $(READY) ## format, and mend what ruff can mend
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

screenshots: $(READY) ## draw screenshots/ anew from the seeded emulator
	$(PY) -m tests.screenshots

screenshots-check: $(READY) ## fail when screenshots/ is stale
	$(PY) -m tests.screenshots --check

bench: $(READY) ## measure start, cache and sync, beside their peers
	@for name in bench_cache bench_start bench_sync bench_triage; do $(PY) -m benchmarks.$$name || exit 1; done

bench-history: $(READY) ## measure a million runs beside a local MLflow, and write the README's table
	$(PY) -m benchmarks.bench_history

clean: ## remove the environment and everything that was made
	@test ! -f $(VENV)/pyvenv.cfg || rm -rf $(VENV)
	rm -rf build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
