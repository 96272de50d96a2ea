# Each target first sets up .venv with what it needs. `make PYTHON=python3.12 run` takes another Python.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/.run $(VENV)/.test $(VENV)/.bench $(VENV)/.fuzz

.PHONY: help run test torture fuzz audit lint format bench corpus wheel clean
.NOTPARALLEL:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.run ## open the chat page on the sample corpus
	@echo "Opening the chat page on corpus/ (stop it with Ctrl-C)"
	@$(PY) app.py

test: lint ## check everything: format, rules, types, then all tests (browser included)
	@echo "Running the tests, two files at a time"
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

torture: $(VENV)/.test ## the slow forms: more kills, damage, hostile files and hours of load (docs/reliability.md)
	@echo "Running the slow forms of the tests"
	@$(PY) -m pytest -m torture --timeout=14400

fuzz: $(VENV)/.fuzz ## look for inputs that break a reader or a question (SECONDS=60 for each; Linux)
	@echo "Fuzzing every reader and what a question meets"
	@$(PY) -m tests.fuzz $(if $(SECONDS),--seconds $(SECONDS))

audit: $(VENV)/.test ## look the pinned packages up in a database of vulnerabilities (needs a network)
	@echo "Looking for known vulnerabilities in constraints.txt"
	@$(PY) -m tests.security.audit

lint: $(VENV)/.test ## check format, rules and types
	@echo "Checking the format, the rules and the types"
	@$(PY) -m ruff format --check
	@$(PY) -m ruff check
	@$(PY) -m mypy

format: $(VENV)/.test ## put the code into its format, and mend what can be mended safely
	@echo "Formatting"
	@$(PY) -m ruff format
	@$(PY) -m ruff check --fix

bench: $(VENV)/.bench ## measure what the README claims (EVAL=folder: on the public sets in it; PEERS=1: beside its peers; SCALE=folder: widened)
	@echo "Running the benchmarks"
	@$(PY) -m benchmarks $(EVAL) $(if $(PEERS),--peers) $(if $(SCALE),--scale $(SCALE))

corpus: $(VENV)/.test ## write the binary documents of the sample corpus again
	@echo "Writing the binary documents of corpus/"
	@$(PY) -m tests.corpus_files.make_corpus

wheel: $(VENV)/.test ## build the wheel into dist/
	@echo "Building the wheel into dist/"
	@$(PY) -m build --wheel --no-isolation

clean: ## remove .venv, builds and caches (documents and their index stay)
	@echo "Removing $(VENV), builds and caches"
	@rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find app.py index qa tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# .unfinished stands in .venv while packages are being installed: what is found with it was interrupted, and is
# made anew. The stamp is written last.
$(VENV)/.test: EXTRAS := [test]
$(VENV)/.bench: EXTRAS := [bench]
$(VENV)/.fuzz: EXTRAS := [test,fuzz]
$(STAMPS): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Footnote needs Python 3.11 to 3.13: name one, as in make PYTHON=python3.12 run"; exit 1; }
	@echo "Setting up $(VENV) for footnote$(EXTRAS): some minutes the first time"
	@if [ -e $(VENV)/.unfinished ] || ! $(PY) -m pip --version >/dev/null 2>&1; then \
		rm -rf $(VENV) && mkdir $(VENV) && touch $(VENV)/.unfinished && $(PYTHON) -m venv $(VENV); fi
	@touch $(VENV)/.unfinished
	@$(PY) -m pip install --constraint constraints.txt --editable '.$(EXTRAS)'
	@rm $(VENV)/.unfinished && touch $(VENV)/.run $@
