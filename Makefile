# From a fresh clone: `make run` to try it, `make test` to prove it. `make` alone lists the targets.
# One environment, .venv: `run` needs requirements/run.txt, everything else requirements/dev.txt, a superset.

SHELL := /bin/sh
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --no-input
ISLANDS := $(BIN)/python tools/front_end.py
WORKERS ?= 2

# Where the machine says that Python shall not keep what it compiles, each of the some hundred processes that the tests
# start would compile all of us anew, and each run every test.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: yardsticks help run test check format lint islands types floors fmt docs docs-check translations translations-check mail-pictures screenshots page-times spam-check editor-proof bench lock upgrade browser clean chaos security wire-check humanity simulate-faults
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

run: .venv/.run ## set up, load the sample programme and start on this machine
	@$(ISLANDS) build
	@$(BIN)/nurture up --sample

test: .venv/.dev browser yardsticks ## set up and run every test, real PostgreSQL and real browser included
	@$(ISLANDS) build
	@echo "Running the tests on $(WORKERS) processes"
	@$(BIN)/pytest --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder $(TESTS)

check: format lint islands types floors promises docs-check translations-check ## what a change must pass besides the tests

format: .venv/.dev ## check the formatting
	$(BIN)/ruff format --check .

lint: .venv/.dev ## check every lint rule
	$(BIN)/ruff check .

islands: .venv/.dev ## check the types, lint and words of the pages' islands
	@$(ISLANDS) check

types: .venv/.dev ## check the types, strictly
	$(BIN)/mypy

floors: .venv/.dev ## check that packages import only from lower floors
	$(BIN)/lint-imports

promises: .venv/.dev ## check every promise of the shipped programme
	$(BIN)/nurture check campaigns/

fmt: .venv/.dev ## format, and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@$(ISLANDS) fmt

docs: .venv/.dev ## write the pages of docs/ that come from the code
	@$(BIN)/python tools/docs.py

docs-check: .venv/.dev ## check that those pages are up to date
	@$(BIN)/python tools/docs.py --check

translations: .venv/.dev ## bring the catalogues up to date with what pages say; then translate what is new
	@$(BIN)/python -m tools.translations

translations-check: .venv/.dev ## check that every word of the pages is translated
	@$(BIN)/python -m tools.translations --check

mail-pictures: .venv/.dev browser ## take pictures of every shipped mail, day and night, telephone and desk
	@$(BIN)/python -m tools.mail_pictures $(MAILS)

screenshots: .venv/.dev browser ## take pictures of every page, day and night, telephone, tablet and desk
	@$(ISLANDS) build
	@$(BIN)/python -m tools.screenshots $(PAGES)

page-times: .venv/.dev ## time every page over 100,000 leads and 5,000,000 events: PAGES="--leads 10000 --home FOLDER"
	@$(BIN)/python -m tools.page_times $(PAGES)

spam-check: .venv/.dev ## send every shipped mail through SpamAssassin and rspamd, where they are installed
	@$(BIN)/python -m tools.spam_check

editor-proof: .venv/.dev ## prove on every mail that the editor loses nothing, a thousand edits each
	@$(BIN)/python -m tools.editor_proof 1000 $(FOLDERS)

wire-check: .venv/.dev ## read a thousand odd mails back with two parsers, verify them with dkimpy and OpenDKIM
	@$(BIN)/python -m tests.wire $(WIRE)

humanity: .venv/.dev ## judge the labelled stories of people and machines, and say how often that is right
	@$(BIN)/python -m tests.humanity

bench: .venv/.dev ## run the benchmarks, each beside its yardstick
	@$(BIN)/nurture bench

security: .venv/.dev ## try to break in, by every way that we promise is shut: SECURITY="SEC2 --examples 100" for less
	@$(BIN)/python -m tests.security $(SECURITY)

simulate-faults: .venv/.dev ## run the engine through 500 seeds of faults: FAULTS="--seeds 10000", "--seed 7" or planted
	@$(BIN)/python -m tools.simulate_faults $(FAULTS)

chaos: .venv/.dev ## break things on purpose, for hours: CHAOS="r1 --kills 20 --messages 5000" for less
	@$(BIN)/python -m tests.chaos $(CHAOS)

lock: .venv/bin/python ## write requirements/*.txt from pyproject.toml, keeping pins that still fit
	tools/lock

upgrade: .venv/bin/python ## write requirements/*.txt with the newest versions that fit
	tools/lock --upgrade

yardsticks: ## find or install the public programs that the benchmarks' tests run beside ours
	@tools/yardsticks

browser: .venv/.dev ## find or install the browser that the tests drive
	@$(BIN)/python tools/browser.py

clean: ## remove the environment and every cache; data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	rm -rf webapp/frontend/node_modules webapp/frontend/.*.lock webapp/static/built
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@tools/make-venv

.venv/.%: requirements/%.txt pyproject.toml | .venv/bin/python
	@echo "Installing $< into .venv"
	@$(PIP) install --quiet --require-hashes --requirement $<
	@$(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@
