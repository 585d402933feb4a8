# Every target sets up what it needs, in .venv of this checkout and nowhere else.
# Needs: Python 3.11+ with venv, make, a package index.

PYTHON  ?= python3
WORKERS ?= 2
ARGS    ?=

VENV := .venv
BIN  := $(VENV)/bin
PY   := $(BIN)/python
PIP  := $(PY) -m pip --quiet --disable-pip-version-check

# Caches stay in the checkout too, so that a home directory is never written to.
export PIP_CACHE_DIR   := $(CURDIR)/$(VENV)/cache/pip
export XDG_CACHE_HOME  := $(CURDIR)/$(VENV)/cache
export MPLCONFIGDIR    := $(CURDIR)/$(VENV)/cache/matplotlib
# pip asks rustc for its version, and a rustc that rustup manages writes to its home.
export RUSTUP_HOME     := $(CURDIR)/$(VENV)/cache/rustup
# A path set for another project would put its modules before ours.
unexport PYTHONPATH PYTHONHOME
# Without it every process of a test compiles each module anew: half of a run.
unexport PYTHONDONTWRITEBYTECODE

PYTEST := $(PY) -m pytest -n $(WORKERS) --dist=worksteal
COVER  := --cov --cov-report=term --cov-report=html
# Keeps the words of tools that run side by side apart, where make can (4.0 and newer).
SYNC   := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-all test-fresh test-matrix mutants bench dist site fuzz chaos generate lint types format clean checks mypy basedpyright

help:  ## say what there is to make
	@echo "make demo      play a labeling project from start to end, into demo-output/"
	@echo "make test      lint, types, and the tests that are quick"
	@echo "make test-all  make test, and what takes longer: wheel, official packages, slow tests, coverage"
	@echo "make test-fresh   try the rules alone on new examples; what breaks one is kept"
	@echo "make test-matrix  run the tests of what users have in other versions, on every Python at hand"
	@echo "make mutants   break the code on purpose, a room at a time; list what no test noticed"
	@echo "make dist      build both distributions, scaleapi and scaleapi-testing, into dist/"
	@echo "make site      build the documentation as a site, strictly, into site/"
	@echo "make fuzz      throw random calls at the fake for five minutes, from a seed that it prints"
	@echo "make chaos     kill servers and their database under load, and check the books; 15 minutes"
	@echo "make bench     measure speed against its goals, into benchmarks/results.json"
	@echo "make generate  write the client's task types, and the asynchronous client"
	@echo "make lint      ruff and the import contracts"
	@echo "make types     mypy and basedpyright"
	@echo "make format    let ruff mend what it can"
	@echo "make clean     remove everything that the targets above made"
	@echo
	@echo "ARGS='...' reaches demo, bench and pytest; PYTHON=python3.12 chooses the Python of .venv."

demo: $(VENV)/installed-demo
	$(BIN)/scaleapi-testing demo $(ARGS)

# Every rule is tried on fewer examples here than in test-all (see conftest.py), and coverage is
# left to that too: it makes the tests take half as long again.
test: checks
	HYPOTHESIS_PROFILE=quick $(PYTEST) -m "not slow" $(ARGS)

# Slow ones are left out of coverage: browsers and killed servers run into its tracing of threads.
# Exit code 5 is a choice in ARGS that leaves nothing to run.
test-all: checks
	HYPOTHESIS_PROFILE=thorough $(PYTEST) $(COVER) -m "not slow" $(ARGS) || [ $$? -eq 5 ]
	HYPOTHESIS_PROFILE=thorough $(PYTEST) -m slow $(ARGS) || [ $$? -eq 5 ]

# What it finds stands in .hypothesis/ and is tried first next time; see CONTRIBUTING.md.
test-fresh: $(VENV)/installed-dev
	HYPOTHESIS_PROFILE=fresh $(PYTEST) -m hypothesis $(ARGS)

# Says which Pythons it was run on and which are not on this machine; ARGS="-p 3.11" for one.
test-matrix: $(VENV)/installed-dev
	$(BIN)/nox $(ARGS)

bench: $(VENV)/installed-dev
	$(PY) -m benchmarks $(ARGS)

fuzz: $(VENV)/installed-dev
	$(PY) -m fuzz $(ARGS)

# ARGS="alone --kills 20 --seed 3" for one storm, smaller or another.
chaos: $(VENV)/installed-dev
	$(PY) -m chaos $(ARGS)

# Takes hours for all rooms; ARGS="faults journal --sample 40" for less.
mutants: $(VENV)/installed-mutmut
	$(PY) -m mutation $(ARGS)

generate: $(VENV)/installed-dev
	$(PY) -m codegen.task_types
	$(PY) -m codegen.asynchronous
	$(PY) -m codegen.asynchronous_v2

# Files are dated by their last commit, so that the same commit gives the same bytes anywhere.
dist: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1767225600)

# Both wheels are built from their sdists, so that what is released was tried.
dist: $(VENV)/installed-dev
	@rm -rf dist
	$(PY) -m build --quiet --outdir dist .
	$(PY) -m build --quiet --outdir dist scaleapi_testing
	@$(BIN)/twine check --strict dist/*
	@$(BIN)/check-wheel-contents dist/*.whl
	@ls dist

# Pages that are written, and the reference from the code; a broken link or a public name without a
# docstring fails. A folder per version: those that lie in site/ stay.
site: $(VENV)/installed-dev
	$(PY) -m website $(ARGS)

# The type checkers take the longest and use one core each: side by side.
checks: $(VENV)/installed-dev
	@$(MAKE) --no-print-directory --keep-going -j $(WORKERS) $(SYNC) lint mypy basedpyright

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(PY) -m codegen.task_types --check

types: mypy basedpyright

mypy: $(VENV)/installed-dev
	$(BIN)/mypy

basedpyright: $(VENV)/installed-dev
	$(BIN)/basedpyright

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

clean:
	rm -rf $(VENV) .nox .peers demo-output build dist site htmlcov .coverage .coverage.* *.egg-info
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -f benchmarks/results.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# `pip install --group` needs pip 25.1; a new venv may come with an older one.
$(VENV)/pip-is-new:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is no Python 3.11 or newer; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

PROJECTS := pyproject.toml scaleapi_testing/pyproject.toml
EDITABLE := --editable . --editable './scaleapi_testing[demo,server]'
EVERYTHING := --editable . --editable './scaleapi_testing[demo,postgres,server,verify]'

$(VENV)/installed-demo: $(PROJECTS) $(VENV)/pip-is-new
	@echo "Installing scaleapi and scaleapi-testing[demo] into $(VENV) ..."
	@$(PIP) install $(EDITABLE)
	@touch $@

$(VENV)/installed-dev: $(PROJECTS) $(VENV)/installed-demo
	@echo "Installing what the checks need into $(VENV); the first time takes a minute or two ..."
	@$(PIP) install $(EVERYTHING) --group dev
	@touch $@

$(VENV)/installed-mutmut: $(VENV)/installed-dev
	@$(PIP) install --group mutation
	@touch $@
