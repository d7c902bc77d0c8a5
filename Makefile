# The README's words. Every target sets up what it needs: Python >= 3.11, make and git are enough.

BIN := .venv/bin
# In step with uv.lock: the stamp is newer than the lock.
READY := .venv/.in-step
BENCH_READY := .venv/.in-step-with-bench
STAGE ?= prod
# One more than there are cores: many tests wait for the sandbox's processes.
WORKERS ?= $(shell $(BIN)/python -c "import os; print(min(os.cpu_count() or 1, 4) + 1)")

# A test run and the sandbox start hundreds of processes: each would compile everything anew where Python is told
# to keep nothing.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo sandbox test check format package bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## Run a year of engagements through the whole system; ARGS="--json" prints figures only
	@$(BIN)/smarketing demo $(ARGS)

sandbox: $(READY) ## Run the whole system on this machine until it is interrupted
	@$(BIN)/smarketing sandbox $(ARGS)

test: check ## Pass every check and every test; ARGS="-k word" picks some
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(READY) ## Format, lint, types and the direction of the imports, without tests
	@$(BIN)/ruff format --quiet --check . || { echo "check: run make format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy --no-error-summary
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo >.venv/.imports 2>&1 || { cat .venv/.imports >&2; exit 1; }
	@echo "check: format, lint, types and imports are in order"

format: $(READY) ## Format the code and mend what lint can mend
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format

package: $(READY) ## Build the CloudFormation template and the reproducible zip; STAGE=dev or prod
	@$(BIN)/python -m smarketing.package --stage $(STAGE) --out build/package-$(STAGE)

bench: $(BENCH_READY) ## Measure the scoring engine beside its peers, and the functions' import
	@$(BIN)/python benchmarks/scoring.py $(ARGS)
	@$(BIN)/python benchmarks/import_time.py $(ARGS)

clean: ## Remove what was built and cached; .venv stays
	@rm -rf build dist htmlcov .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

$(READY): uv.lock pyproject.toml .ci/setup
	@.ci/setup
	@touch $@

$(BENCH_READY): $(READY)
	@.ci/setup --inexact --group bench
	@touch $@
