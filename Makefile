# `make demo` and `make test` do everything on a fresh machine with Python 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OLDEST := .venv-oldest
# Modules are compiled when they are first imported, and most of all packages never are: compiling
# them all takes longer than the rest of the installation.
INSTALL := -m pip install --quiet --no-compile
DECLARED := pyproject.toml setup.cfg

.PHONY: demo test test-oldest lint docs bench asv clean help

help:
	@echo "make demo   install, then run the demo on real data"
	@echo "make test   install, then run all tests with coverage"
	@echo "make test-oldest  tests of what versions may change, with the oldest packages allowed"
	@echo "make lint   ruff check and ruff format --check"
	@echo "make docs   build the documentation into docs/_build/html"
	@echo "make bench  run the speed benchmarks: side by side with the peers, and how time grows"
	@echo "make asv    time each part of the working tree with airspeed velocity"

# One environment, to which each command adds the extra that it needs.
$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.%: $(DECLARED) constraints.txt | $(BIN)/python
	$(BIN)/python $(INSTALL) --constraint constraints.txt --editable ".[$*]"
	@touch $@

$(OLDEST)/.test: $(DECLARED) constraints-oldest.txt
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python $(INSTALL) --constraint constraints-oldest.txt --editable ".[test]"
	@touch $@

demo: $(VENV)/.all
	$(BIN)/python -m skdir demo --report skdir-demo.html

# All tests, lines and branches counted under a quarter of them: that is enough to know.
test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 -m "not counted"
	$(BIN)/python -m coverage erase
	$(BIN)/python -m pytest -n 2 -m counted --cov --cov-report=term

test-oldest: $(OLDEST)/.test
	$(OLDEST)/bin/python -m pytest -n 2 -p no:cacheprovider -m compat

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks.speed.weighting
	$(BIN)/python -m benchmarks.speed.resampling
	$(BIN)/python -m benchmarks.speed.fds
	$(BIN)/python -m benchmarks.speed.regressor
	$(BIN)/python -m benchmarks.growth

# Airspeed velocity, on the working tree in our environment, into benchmarks/results/asv.md.
asv: $(VENV)/.test
	$(BIN)/python -m pip install --quiet "asv>=0.6"
	$(BIN)/python -m benchmarks.asv.table --run

clean:
	rm -rf $(VENV) $(OLDEST) .venv-peers build dist *.egg-info docs/_build docs/gallery docs/api/generated skdir-demo.html
