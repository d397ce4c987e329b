# make demo    the bundled articles, grouped: linker-demo/report.html
# make test    the tests that are quick; make test-slow the others
# make lint    ruff and mypy;  make bench  the kernels' speed
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt
PACKAGE := pyproject.toml constraints.txt

.PHONY: all demo test test-slow lint bench clean
all: demo

$(VENV)/pyvenv.cfg:
	$(PYTHON) -m venv $(VENV)

# PyTorch first, alone: it is the largest download, and a change of ours never fetches it again.
$(VENV)/.torch: $(VENV)/pyvenv.cfg
	$(PIP) torch==$(shell sed -n 's/^torch==//p' constraints.txt)
	touch $@

$(VENV)/.linker: $(VENV)/.torch $(PACKAGE)
	$(PIP) -e .
	touch $@

$(VENV)/.test: $(VENV)/.linker
	$(PIP) -e '.[test]'
	touch $@

demo: linker-demo/report.html

linker-demo/report.html: $(VENV)/.linker $(shell find linker -type f -not -name '*.pyc' -not -name '*.nb?')
	$(BIN)/linker demo --out linker-demo

test: $(VENV)/.test
	$(BIN)/python -m pytest -q -m "not slow"

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest -q -m slow

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python -m pytest benchmarks --benchmark-only

clean:
	rm -rf $(VENV) linker-demo build dist
