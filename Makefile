# Haresign: `make run` and `make test` do everything on a fresh machine with python3 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT := $(or $(HARESIGN_PORT),8050)
READY := $(VENV)/.ready
RECENT := "import sys; sys.exit(sys.version_info < (3, 11))"
USABLE := "import sys, pip; sys.exit(sys.version_info < (3, 11))"

.DEFAULT_GOAL := help
.PHONY: help run schedule test check data bench browser

help: ## Show what can be done
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# An environment that is broken, or of a Python that is too old, is made again.
ifneq ($(shell $(BIN)/python -c $(USABLE) 2>/dev/null && echo usable),usable)
.PHONY: $(READY)
endif

$(READY): requirements.txt
	@$(BIN)/python -c $(USABLE) 2>/dev/null || $(PYTHON) -c $(RECENT) 2>/dev/null || { \
	  echo "Haresign needs Python 3.11 or later; $(PYTHON) is: $$($(PYTHON) -V 2>&1)." \
	    "Name a later one, such as: make run PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up the environment (once, about a minute)"
	@$(BIN)/python -c $(USABLE) 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

run: $(READY) ## Serve the site on http://127.0.0.1:8050, with demonstration data if there is none
	@$(BIN)/flask data prepare
	@echo "Haresign is at http://127.0.0.1:$(PORT)$(HARESIGN_PREFIX)/  (Ctrl+C stops it)"
	@$(BIN)/python -m pipelines.schedule.scheduler --beside $$$$ & \
	exec $(BIN)/python -m data.server

schedule: $(READY) ## Look for new releases on each publisher's rhythm, without the site
	@exec $(BIN)/python -m pipelines.schedule.scheduler

test: check ## Run everything and end in one verdict
	@sh tests/run_all.sh $(BIN)

check: $(READY) ## Formatting, lint and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

data: $(READY) ## Fetch what is new on the publishers' pages
	@$(BIN)/flask data refresh

bench: $(READY) ## Measure speed, memory and page weight against budgets and references
	@$(BIN)/python -m tests.bench
