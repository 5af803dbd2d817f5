# Everything here needs only python3 (3.11 or newer, with venv) and make; it all happens inside .venv in this folder.
# All paths are relative, because make splits absolute ones at spaces.

PYTHON ?= python3
IN = .venv/bin/python
PIP = PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 $(IN) -m pip install --quiet --no-input

.PHONY: privacy manifest help setup demo test soak check lint types imports unused bench env sample picture lock upgrade clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    set up, then show Cairn with a real community's history"
	@echo "make test    set up, then run the tests"
	@echo "make check   the tests and all other checks, as before every merge"
	@echo "make soak    run the tests with all logs on, their long forms, and the property tests ten times with new examples"
	@echo "make setup   set up for development only"
	@echo "make bench   measure the speed"
	@echo "make env     write .env.example anew from the settings"
	@echo "make sample  make the demo's sample anew from the open data in ../shared/data"
	@echo "make picture draw the README's picture anew from the demo"
	@echo "make lock    pin what pyproject.toml asks for, keeping the versions pinned before"
	@echo "make upgrade pin the newest versions that pyproject.toml allows"
	@echo "make clean   remove what was set up"

setup: .venv/dev.done

demo: .venv/run.done
	@.venv/bin/cairn demo

# Tests start programs; where compiled code may not be kept, each would compile all of Cairn anew.
test soak: export PYTHONDONTWRITEBYTECODE =

test: setup
	@$(IN) -m pytest -n auto --maxprocesses 8

# All tests, each logging all it can, of which nothing may be anybody's words or a secret (tests/canaries.py); the long
# forms of tests; then property tests with new examples each time, until one fails or all rounds are through.
soak: setup
	@$(IN) -m pytest -q -n auto --maxprocesses 8 --log-level=debug
	@$(IN) -m pytest -q -n auto --maxprocesses 8 -m soak
	@for round in 1 2 3 4 5 6 7 8 9 10; do \
	  $(IN) -m pytest -q -n auto --maxprocesses 8 -m hypothesis --hypothesis-profile=soak || exit 1; done

check: lint types imports unused test

lint: setup
	@$(IN) -m ruff check
	@$(IN) -m ruff format --check

types: setup
	@$(IN) -m mypy

imports: setup
	@.venv/bin/lint-imports --no-logo

unused: setup
	@$(IN) -m deptry .

bench: setup
	@$(IN) -m benchmarks

env: setup
	@$(IN) -m tools.make_env_example

sample: setup
	@$(IN) -m tools.make_sample

privacy: setup
	@$(IN) -m tools.write_privacy

manifest: setup
	@$(IN) -m tools.make_manifest

picture: setup
	@$(IN) -m tools.make_picture

lock: setup
	@$(IN) -m tools.lock

upgrade: setup
	@$(IN) -m tools.lock --upgrade

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

# What running needs; what development needs holds the same versions of that and more.
.venv/run.done: .venv/made requirements/run.lock pyproject.toml
	@echo "Installing what Cairn needs (the first time about half a minute) ..."
	@$(PIP) --require-hashes --requirement requirements/run.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.done: .venv/run.done requirements/dev.lock
	@echo "Installing what its development needs (the first time about a minute) ..."
	@$(PIP) --require-hashes --requirement requirements/dev.lock
	@touch $@

# A virtual environment works only where it was made and with the Python it was made with: made anew when either changed.
IDENTITY = import sys; print(sys.prefix, sys.version)
ifneq "$(shell $(IN) -c '$(IDENTITY)' 2>/dev/null | cmp -s - .venv/made && echo same)" "same"
.PHONY: .venv/made
endif

.venv/made:
	@command -v $(PYTHON) >/dev/null || \
	{ echo "Cairn needs Python 3.11 or newer, and there is no '$(PYTHON)' here; name yours: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Cairn needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1); name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	{ echo "The Python that '$(PYTHON)' starts cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv
	@$(IN) -c '$(IDENTITY)' >$@
