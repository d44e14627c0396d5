# The few commands a person needs; `make` alone lists them.
# Everything is installed into .venv, from the lock files only.

VENV := .venv
DIR = demo

# The first Python that is new enough. PYTHON=... on the command line chooses another.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach name,python3.11 python3 python3.12 python3.13,\
	$(shell $(name) -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && echo $(name))))

PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"

.PHONY: help demo test check e2e bench compare lock clean
.DEFAULT_GOAL := help

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s  %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/runtime  ## run the whole story on made-up files, in DIR=demo
	@if [ "$(DIR)" = demo ]; then rm -rf demo; fi
	@$(VENV)/bin/aiverify demo "$(DIR)"

test: $(VENV)/development  ## run the tests
	@$(VENV)/bin/python -m pytest

check: $(VENV)/development  ## lint, format, types, import contracts, architecture
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python -m pytest -q tests/test_architecture.py

e2e: $(VENV)/development  ## run the tests against real services, built from their Go modules
	@.ci/go-tools $(VENV)/go
	@$(VENV)/bin/python -m pytest -m e2e tests/e2e

bench: $(VENV)/development  ## measure time and memory
	@$(VENV)/bin/python -m tests.bench

compare: $(VENV)/development  ## run other tools on the same files, into docs/scanners.md and sbom-tools.md
	@$(VENV)/bin/python -m tests.compare
	@$(VENV)/bin/python -m tests.compare.sboms

lock:  ## write the lock files anew from pyproject.toml (needs uv); pins that still fit stay
	$(LOCK) --group build --group dev --extra aws --extra hsm --extra otel --extra vault \
		--output-file requirements-dev.txt pyproject.toml
	$(LOCK) --group build --constraint requirements-dev.txt --output-file requirements.txt \
		pyproject.toml

clean:  ## remove the environment, the demo and every cache
	rm -rf $(VENV) demo dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache

# The two files below say what was installed and when, so that nothing is installed twice.

$(VENV)/development: requirements-dev.txt $(VENV)/runtime
	$(PIP) --require-hashes --requirement requirements-dev.txt
	@touch $@

$(VENV)/runtime: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes --requirement requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/bin/python:
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { \
		echo "aiverify needs Python 3.11 or newer, and '$(or $(PYTHON),python3)' is not."; \
		echo "Install it, or name one: make PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -m venv --clear $(VENV)
