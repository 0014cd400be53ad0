# Three commands: `make demo` scans the broken example, `make quick` runs what takes no training,
# `make test` runs everything that CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo quick test lint types install docs examples patients runs clinic clinic-sample limits layouts layouts-sample programs clean
.DELETE_ON_ERROR:

PIP := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt

# What a scan needs and no more: seconds, and pip says what it is at.
$(BIN)/.scans: pyproject.toml constraints.txt
	@echo "Installing what a scan needs into $(VENV) ..."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

$(BIN)/.installed: $(BIN)/.scans
	@echo "Installing torch and what the tests need into $(VENV), which takes minutes ..."
	$(PIP) --editable ".[dev]"
	@touch $@

install: $(BIN)/.installed

demo: $(BIN)/.scans
	@$(BIN)/slrdoctor scan examples/broken --fail-on never

# All tests but those that train, or else take seconds.
quick: install lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m "not slow"

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
# What their trainings gave is kept; RETRAIN=1 trains anew, half a minute each.
patients: install
	$(BIN)/python examples/patients/make_patients.py $(if $(RETRAIN),--retrain)
	$(BIN)/python clinic/patients.py

# Measures how often the doctor is right, on simulated runs; goes on where it was stopped.
clinic: install
	$(BIN)/python -m clinic.clinic

# Some of these runs made anew, held against the recorded figures: what CI runs.
clinic-sample: install
	$(BIN)/python -m clinic.clinic --sample 30

# Moves every limit of every check, and judges the runs of the clinic again.
limits: install
	$(BIN)/python clinic/limits.py

# Writes a dozen runs in hundreds of layouts and compares what is said of each with the plain one.
layouts: install
	$(BIN)/python -m clinic.layouts

# Some of these encodings written anew, held against the recorded lines: what CI runs.
layouts-sample: install
	$(BIN)/python -m clinic.layouts --sample 30

# Runs small training programs, sound ones and ones with a fault, and says whether the fault is named.
programs: install
	$(BIN)/python -m clinic.programs

# Scans every folder of real runs beside the checkout and writes the table of what was found.
runs: install
	$(BIN)/python clinic/real_runs.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
