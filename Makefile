# make demo    the bundled articles, grouped: linker-demo/report.html
# make test    the tests that are quick; make test-slow the others
# make lint    ruff and mypy
# make pictures the pictures of the report in docs, taken by the tests in chromium
# make bench   speed beside other tools, a short set; make bench-kernels the inner loops;
#              make bench-full everything, to $(RESULTS), then the page and the charts in docs
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt
PACKAGE := pyproject.toml constraints.txt
RESULTS := benchmarks/results
SIZES := 10000 30000 100000 300000 1000000
GROUPED := $(SIZES)

.PHONY: all demo test test-slow pictures lint bench bench-kernels bench-full clean
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

$(VENV)/.bench: $(VENV)/.linker
	$(PIP) -e '.[bench]'
	touch $@

demo: linker-demo/report.html

linker-demo/report.html: $(VENV)/.linker $(shell find linker -type f -not -name '*.pyc' -not -name '*.nb?')
	$(BIN)/linker demo --out linker-demo

test: $(VENV)/.test
	$(BIN)/python -m pytest -q -m "not slow"

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest -q -m slow

pictures: $(VENV)/.test
	$(BIN)/python -m pytest -q tests/test_report_pictures.py --pictures docs

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks quick

bench-kernels: $(VENV)/.bench
	$(BIN)/python -m pytest benchmarks -q --benchmark-only --benchmark-group-by=func \
		--benchmark-columns=median,iqr,rounds

# CORPUS="FILE..." takes real texts, INPUT=FILE real articles, in place of made-up ones;
# LABELLED=DIR is a folder of articles with the key story.
bench-full: bench-kernels
	$(BIN)/python -m benchmarks signatures $(CORPUS:%=--corpus %) --json $(RESULTS)/signatures.json
	$(BIN)/python -m benchmarks recall $(CORPUS:%=--corpus %) --json $(RESULTS)/recall.json
	$(if $(CORPUS),$(BIN)/python -m benchmarks truth $(CORPUS) --json $(RESULTS)/truth.json)
	$(BIN)/python -m benchmarks encoder $(CORPUS:%=--corpus %) --json $(RESULTS)/encoder.json
	$(BIN)/python -m benchmarks neighbours $(CORPUS:%=--corpus %) --json $(RESULTS)/neighbours.json
	$(BIN)/python -m benchmarks script $(CORPUS:%=--corpus %) --json $(RESULTS)/script.json
	$(if $(LABELLED),$(BIN)/python -m benchmarks quality $(LABELLED) --json $(RESULTS)/quality.json)
	$(BIN)/python -m benchmarks roofline $(CORPUS:%=--corpus %) --json $(RESULTS)/roofline.json
	$(BIN)/python -m benchmarks scale $(GROUPED) $(INPUT:%=--input %) --json $(RESULTS)/scale.json
	$(BIN)/python -m benchmarks start --json $(RESULTS)/start.json
	$(BIN)/python -m benchmarks dedup $(SIZES) $(INPUT:%=--input %) --json $(RESULTS)/dedup.json
	$(BIN)/python -m benchmarks write $(RESULTS)/*.json --out docs/benchmarks.md
	$(BIN)/python -m benchmarks charts $(RESULTS)/*.json --out docs

clean:
	rm -rf $(VENV) linker-demo build dist
