# Two commands: `make demo` scans the broken example, `make test` runs everything that CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types install docs examples patients runs clinic clinic-sample limits clean
.DELETE_ON_ERROR:

$(BIN)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

install: $(BIN)/.installed

demo: install
	@$(BIN)/slrdoctor scan examples/broken --fail-on never

test: install lint types
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

docs: install
	$(BIN)/python clinic/messages.py
	$(BIN)/python clinic/pages.py

examples: install
	$(BIN)/python examples/make_examples.py

# Makes the patients, real broken runs, and writes docs/patients/ from what the scan says of each.
patients: install
	$(BIN)/python examples/patients/make_patients.py
	$(BIN)/python clinic/patients.py

# Measures how often the doctor is right, on simulated runs; goes on where it was stopped.
clinic: install
	$(BIN)/python clinic/clinic.py

# Some of these runs made anew, held against the recorded figures: what CI runs.
clinic-sample: install
	$(BIN)/python clinic/clinic.py --sample 30

# Moves every limit of every check, and judges the runs of the clinic again.
limits: install
	$(BIN)/python clinic/limits.py

# Scans every folder of real runs beside the checkout and writes the table of what was found.
runs: install
	$(BIN)/python clinic/real_runs.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
