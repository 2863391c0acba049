# make demo    structure the sample records, in nine formats of registries
# make test    lint, types, import contracts, tests
# make review  the review page, with the sample records in it
# make bench   speed and memory
# Each sets up .venv first.  PYTHON=python3.12 chooses the interpreter.

VENV ?= .venv
FITS := import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(shell for p in python3 python3.12 python3.11 python3.10; do "$$p" -c '$(FITS)' 2>/dev/null && echo $$p && break; done)
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test review bench clean

demo: $(VENV)/.limen
	$(BIN)/limen structure --format table src/limen/samples

test: $(VENV)/.limen-dev
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

review: $(VENV)/.limen-review
	$(BIN)/limen review src/limen/samples --db review.sqlite

bench: $(VENV)/.limen-dev
	$(BIN)/python bench/bench.py $(BENCH)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

$(VENV)/bin/pip:
	@test -n "$(PYTHON)" && "$(PYTHON)" -c '$(FITS)' || { echo "limen needs Python 3.10, 3.11 or 3.12; say which with: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV) || { "$(PYTHON)" -m venv --clear --without-pip $(VENV) && "$(PYTHON)" -m pip --python $(BIN)/python install pip; }

$(VENV)/.limen: $(VENV)/bin/pip pyproject.toml
	$(BIN)/python -m pip install --quiet -e .
	touch $@

$(VENV)/.limen-review: $(VENV)/bin/pip pyproject.toml
	$(BIN)/python -m pip install --quiet -e '.[review]'
	touch $@

$(VENV)/.limen-dev: $(VENV)/bin/pip pyproject.toml
	$(BIN)/python -m pip install --quiet -e '.[screen,review,dev]'
	touch $@ $(VENV)/.limen $(VENV)/.limen-review
