# Every target that a user or CI needs; `make` alone lists them. The first one called makes .venv from the lock file.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# More than there are cores: most tests wait for something. tests/conftest.py says what begins first.
WORKERS := -n 6 --dist loadfile --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The suite starts some thousand Pythons: a shell that has them keep no bytecode makes each compile our package anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo check types rules test quick format lock orders faults bench-discover bench-audit bench-local bench-orders bench-lifecycle local-cycles local-truth stacks lifecycle-kills campaign clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: $(READY) ## Make .venv from requirements.lock (every other target does it when needed)

$(READY): requirements.lock pyproject.toml services/orders/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "cannot set up: $(PYTHON) is older than 3.11"; echo; echo "hint: make PYTHON=python3.11 setup"; exit 2; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "cannot set up: this Python has no venv module"; echo; echo "hint: apt-get install python3-venv"; exit 2; }
	@echo "installing the pinned dependencies (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e . -e services/orders
	@touch $@

check: $(READY) ## Lint, types and the rules of the architecture (under a minute)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j 2 types rules

types: $(READY) ## Types alone
	$(BIN)/mypy

# Collecting compiles all tests once, on the core that the types leave free, and not in each worker of the suite anew.
rules: $(READY) ## The rules of the architecture alone
	$(BIN)/python -m pytest -q tests/rules
	@$(BIN)/python -m pytest -qq --collect-only --ignore=tests/rules | tail -n 3; exit $${PIPESTATUS[0]}

test: check ## Everything CI runs (under 15 minutes)
	$(BIN)/python -m pytest -q $(WORKERS) --ignore=tests/rules --durations=25

quick: $(READY) ## The tests that take seconds
	$(BIN)/python -m pytest -q $(WORKERS) -m "not slow"

format: $(READY) ## Format the code and fix what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## Pin the newest versions that pyproject.toml admits (needs uv on PATH)
	@command -v uv >/dev/null || { echo "cannot lock: uv is not installed"; echo; echo "hint: pipx install uv"; exit 2; }
	uv pip compile pyproject.toml services/orders/pyproject.toml --all-extras --group dev --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --python-version 3.11 --universal --upgrade \
	  --custom-compile-command "make lock" -o requirements.lock

demo: $(READY) ## Both runbooks, on an AWS of this machine: from nothing to nothing, in five minutes (needs terraform)
	@$(BIN)/python -m examples.demo

orders: $(READY) ## Run the order platform here, on an embedded AWS of its own (Ctrl-C ends it)
	@$(BIN)/python -m examples.orders.up

faults: $(READY) ## The order platform under 200 faults, checked against its database (about 12 minutes)
	@$(BIN)/python -m tests.faults.campaign

bench-discover: $(READY) ## Discovery of 60,000 files beside checkov and trivy, CPU and memory, in one run
	@$(BIN)/python -m benchmarks.bench_discover

bench-audit: $(READY) ## The audit of an account beside prowler, Cloud Custodian and a bare script, in one run (about 5 minutes)
	@$(BIN)/python -m benchmarks.bench_audit

bench-local: $(READY) ## The embedded AWS beside stock moto, in one run (needs wrk)
	@$(BIN)/python -m benchmarks.bench_local

local-cycles: $(READY) ## 100 embedded AWSs started and ended in every way; nothing may be left
	@$(BIN)/python -m tests.faults.local_cycles --cycles 100

local-truth: $(READY) ## What the embedded AWS says beside what ps and curl say, under ten minutes of kill -9
	@$(BIN)/python -m tests.faults.local_truth

bench-orders: $(READY) ## POST /orders beside pgbench doing the same insert, in one run (needs wrk)
	@$(BIN)/python -m benchmarks.bench_orders

bench-lifecycle: $(READY) ## apply and destroy beside bare Terraform on the same platform, in one run (about 20 minutes)
	@$(BIN)/python -m benchmarks.bench_lifecycle

lifecycle-kills: $(READY) ## apply and destroy killed 25 times on a small platform, 5 times on the full one (about an hour)
	@$(BIN)/python -m tests.faults.lifecycle_kills --kills 25
	@$(BIN)/python -m tests.faults.lifecycle_kills --kills 5 --platform full

stacks: $(READY) ## Terraform stacks of every shape, applied, planned again and destroyed (25 minutes)
	@$(BIN)/python -m tests.aws.stacks.cycle

campaign: faults local-cycles local-truth stacks lifecycle-kills ## Long faults, kills and stacks (hours; figures go into docs/reference/proof.md)

clean: ## Remove what the targets made here
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis build dist
