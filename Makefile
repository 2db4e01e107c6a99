# Two commands: `make site` builds the checked site, `make test` runs all tests. Both set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ISSO := .venv-isso
PORT ?= 8000

export NO_MKDOCS_2_WARNING := 1
export DISABLE_MKDOCS_2_WARNING := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE := 1

# A stamp is named after what it stands for: a changed lock file has no stamp, and is installed anew.
hash = $(shell cat $(1) 2>/dev/null | cksum | cut -d ' ' -f 1)
SITE_READY := $(VENV)/.site-$(call hash,requirements/site.txt pyproject.toml)
TEST_READY := $(VENV)/.test-$(call hash,requirements/test.txt requirements/site.txt pyproject.toml)
ISSO_READY := $(ISSO)/.isso-$(call hash,requirements/isso-build.txt requirements/isso.txt)

.PHONY: help site test serve check comments-check clean lock train evaluate lint format benchmark python system

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

site: $(SITE_READY) ## check the sources and build the site into site/
	@echo "Checking the sources …"
	@$(BIN)/evidence check
	@echo "Building the site …"
	@$(BIN)/mkdocs build --strict --site-dir .cache/site
	@$(BIN)/evidence links .cache/site
	@rm -rf site && mv .cache/site site  # a build that fails leaves the last good site standing
	@echo "The site is ready: site/index.html"

check: $(SITE_READY) ## run the checker alone
	@$(BIN)/evidence check

test: $(TEST_READY) system $(ISSO_READY) lint ## run all tests, style and type checks
	@echo "Running the tests (about three minutes) …"
	@$(BIN)/pytest

serve: $(SITE_READY) $(ISSO_READY) ## live preview with a comment server, on this machine only
	@$(BIN)/python hooks/local_comments.py serve --port $(PORT)

comments-check: | python ## is the configuration of a public comment server fit? CONFIG=isso.cfg
	@$(PYTHON) -B comments/check.py $(or $(CONFIG),/etc/isso/isso.cfg)

lint: $(TEST_READY) ## style, types, and the direction of imports
	@echo "Checking style, types and imports …"
	@$(BIN)/ruff format --check -q . || { echo "Run: make format"; exit 1; }
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy --no-error-summary
	@PYTHONPATH=hooks $(BIN)/lint-imports --no-logo > $(VENV)/imports.log 2>&1 || { cat $(VENV)/imports.log; exit 1; }

format: $(TEST_READY) ## bring the Python files into shape
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

train: $(SITE_READY) ## make the finder's weights from the training sentences
	@$(BIN)/python -m evidence.train

evaluate: $(SITE_READY) ## measure the finder on the project's own test sentences
	@echo "Sentences of many kinds, each by itself:"
	@$(BIN)/evidence evaluate tests/data/claims-mixed.jsonl --no-list
	@echo "A page without medicine:"
	@$(BIN)/evidence evaluate tests/data/claims-elsewhere.jsonl --as-page --no-list

benchmark: $(SITE_READY) ## time the checker on generated posts
	@$(BIN)/python benchmarks/check.py

lock: $(TEST_READY) ## pin every dependency with its hashes, from requirements/*.in
	@$(BIN)/python -m pip install -qq uv
	@cd requirements && for name in site test isso-build isso; do \
	  ../$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-config \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o $$name.txt $$name.in || exit 1; \
	done

clean: ## remove what these commands made
	@rm -rf $(VENV) $(ISSO) site .cache/evidence .cache/plugin .cache/site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@[ ! -d .cache/comments ] || echo "Kept your local comments in .cache/comments."
	@echo "Clean."

python:
	@command -v $(PYTHON) > /dev/null || { echo "Python is missing: install the package python3."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "This needs Python 3.11 or newer; PYTHON=… names another."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { echo "Python's venv is missing: install the package python3-venv."; exit 1; }
	@command -v git > /dev/null || { echo "git is missing: install the package git."; exit 1; }

# What the tests need from the system: a browser, and a compiler for the comment server.
system: | python
	@PYTHON="$(PYTHON)" .ci/setup browser compiler

$(VENV)/bin/python: | python
	@echo "Making the Python environment $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(SITE_READY): | $(VENV)/bin/python
	@echo "Installing what the site needs (once, about a minute) …"
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements/site.txt
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.site-*; touch $@

$(TEST_READY): $(SITE_READY)
	@echo "Installing what the tests need (once, about a minute) …"
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements/test.txt
	@rm -f $(VENV)/.test-*; touch $@

$(ISSO_READY): | python
	@PYTHON="$(PYTHON)" .ci/setup compiler
	@echo "Installing the comment server (once, about a minute; it compiles a little) …"
	@rm -rf $(ISSO); $(PYTHON) -m venv $(ISSO)
	@$(ISSO)/bin/python -m pip install -qq --require-hashes -r requirements/isso-build.txt
	@$(ISSO)/bin/python -m pip install -qq --require-hashes --no-build-isolation -r requirements/isso.txt
	@touch $@
