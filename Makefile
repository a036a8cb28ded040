# SafeShare's two commands are `make run` and `make test`; `make help` lists the rest.

PY ?= python3
export PY
export UV_PYTHON_DOWNLOADS = never
# Python keeps what it compiled, whatever the shell says: the tests start it a hundred times.
export PYTHONDONTWRITEBYTECODE =
UV := .uv/bin/uv
VENV := .venv/bin
# One more than a small machine has cores: a test often waits for a browser or a server.
WORKERS ?= 3
PYTEST := $(VENV)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help run test check soak bench format setup services clean

help: ## Show these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.product ## Set up, load the fictional service, and serve it on http://127.0.0.1:8000
	@exec bin/safeshare demo run

test: services .venv/.developer ## Install what is missing, then run every test
	$(PYTEST) -n $(WORKERS) --dist worksteal

check: .venv/.developer ## Format, lint, types, layers, migrations, dead text, lock
	$(UV) lock --check --offline --quiet --python $(PY)
	$(VENV)/python -m ruff format --check --quiet .
	$(VENV)/python -m ruff check --quiet .
	$(VENV)/python -m mypy
	$(VENV)/lint-imports --no-cache
	$(VENV)/python -m tools.check_migrations
	$(VENV)/python -m tools.dead_text
	@echo "check: all clean"

soak: services .venv/.developer ## Run the long tests whole, and search for what breaks a property
	$(PYTEST) -m soak --hypothesis-profile=searching
	$(PYTEST) -m hypothesis --hypothesis-profile=searching -n $(WORKERS)

bench: services .venv/.developer ## Measure, each figure beside its floor of the same run
	$(VENV)/python -m benchmarks

format: .venv/.developer ## Rewrite the code in the house's format
	$(VENV)/python -m ruff check --quiet --fix .
	$(VENV)/python -m ruff format --quiet .

setup: .venv/.developer ## Only make the environment that the tests use

services: ## Only install the servers, browser and font that the tests use
	@tools/install_missing.sh services

clean: ## Remove what was built; the demo's data in instance/ stays
	rm -rf .venv .uv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(UV): tools/uv.txt
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "SafeShare needs Python 3.11 or later; name it with: make PY=python3.11" >&2; exit 1; }
	@tools/install_missing.sh venv
	$(PY) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--only-binary :all: -r tools/uv.txt
	@touch $@

.venv/.product: pyproject.toml uv.lock $(UV)
	$(UV) sync --quiet --frozen --all-extras --no-dev --inexact --python $(PY)
	@touch $@

.venv/.developer: pyproject.toml uv.lock $(UV)
	$(UV) sync --quiet --frozen --all-extras --python $(PY)
	@touch $@ .venv/.product
