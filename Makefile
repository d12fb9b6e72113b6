# `make demo` and `make test` do everything on a fresh machine with Python 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
OLDEST := .venv-oldest

.PHONY: demo test test-oldest lint docs bench asv clean help

help:
	@echo "make demo   install, then run the demo on real data"
	@echo "make test   install, then run all tests with coverage"
	@echo "make test-oldest  the same tests with the oldest packages allowed"
	@echo "make lint   ruff check and ruff format --check"
	@echo "make docs   build the documentation into docs/_build/html"
	@echo "make bench  run the speed benchmarks: side by side with the peers, and how time grows"
	@echo "make asv    time each part of the working tree with airspeed velocity"

$(STAMP): pyproject.toml setup.cfg constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,docs]"
	@touch $@

demo: $(STAMP)
	$(BIN)/python -m skdir demo --report skdir-demo.html

test: $(STAMP)
	$(BIN)/python -m coverage erase
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term

# The common checks are those of the installed scikit-learn; coverage is the business of `test`.
test-oldest: $(OLDEST)/.installed
	$(OLDEST)/bin/python -m pytest -n 2 -p no:cacheprovider

$(OLDEST)/.installed: pyproject.toml setup.cfg constraints-oldest.txt
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet --constraint constraints-oldest.txt --editable ".[test]"
	@touch $@

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

docs: $(STAMP)
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

bench: $(STAMP)
	$(BIN)/python -m benchmarks.weighting_speed
	$(BIN)/python -m benchmarks.resampling_speed
	$(BIN)/python -m benchmarks.fds_speed
	$(BIN)/python -m benchmarks.regressor_speed
	$(BIN)/python -m benchmarks.growth

# Airspeed velocity, on the working tree in our environment, into benchmarks/results/asv.md.
asv: $(STAMP)
	$(BIN)/python -m pip install --quiet "asv>=0.6"
	$(BIN)/python -m benchmarks.asv_table --run

clean:
	rm -rf $(VENV) $(OLDEST) .venv-peers build dist *.egg-info docs/_build docs/gallery docs/api/generated skdir-demo.html
