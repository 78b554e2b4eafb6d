# Few commands, the same on a laptop and in CI. Works with GNU make 3.81 and BSD tools (macOS) as with newer ones.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab test wheel course answers fresh solved bench demo check check-all writable

PY := .venv/bin/python
PYTHONS = $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
WORKERS ?= logical --maxprocesses 4
PYTEST = OMP_NUM_THREADS=1 $(PY) -m pytest -n $(WORKERS) --dist loadgroup
# JupyterLab refuses to run as root unless it is told to, and in containers and cloud shells one is root.
AS_ROOT = $(if $(filter 0,$(shell id -u)),--allow-root)
# Who studies alone sees no menus of nbgrader, and no lines of its log.
ALONE = JUPYTER_CONFIG_PATH="autograder/building/lab$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}"
INSTALL = $(PY) -m pip install --disable-pip-version-check --constraint constraints.txt --editable

help:       ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+: .*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

lab: .venv/lab | writable ## Open JupyterLab in work/, missing notebooks copied there  (ARGS="--no-browser --port 9999")
	@$(PY) -m autograder lab-copies
	@$(ALONE) $(PY) -m jupyterlab work/00_start_here.ipynb $(AS_ROOT) $(ARGS)

test: .venv/dev ## Run the tests  (ARGS="-k schedule" picks some)
	$(PYTEST) $(ARGS)

fresh: .venv/lab | writable ## Start one notebook again, beside your copy  (NB=15_diffusion_forward)
	@test -n "$(NB)" || { echo "Say which notebook: make fresh NB=15_diffusion_forward" >&2; exit 2; }
	@$(PY) -m autograder fresh "$(NB)"

solved: .venv/lab | writable ## Write one notebook with the model answers, beside your copy  (NB=15_diffusion_forward)
	@test -n "$(NB)" || { echo "Say which notebook: make solved NB=15_diffusion_forward" >&2; exit 2; }
	@$(PY) -m autograder solved "$(NB)"

wheel: .venv/lab ## Build the package as one file in dist/, for notebooks that travel alone
	@$(PY) -m pip wheel --disable-pip-version-check --quiet --no-deps --wheel-dir dist .
	@echo "The package lies in dist/: put it beside a notebook that travels alone."

course: .venv/lab | writable ## Rebuild everything that is generated from solutions/
	@$(PY) -m autograder course

answers: .venv/dev ## Show what the graders make of the answers in tests/answers/  (ARGS=diffusion.alpha_bar: of these)
	@OMP_NUM_THREADS=1 $(PY) -m autograder answers $(ARGS)

bench: .venv/dev ## Measure notebooks, checks, models and, beside stock nbgrader, grading: an hour  (SUBMISSIONS=10: half)
	@OMP_NUM_THREADS=1 $(PY) -m autograder bench $(if $(SUBMISSIONS),--submissions $(SUBMISSIONS)) $(ARGS)

demo: .venv/dev ## Invent a class of 30, grade it, write its report  (SANDBOX=none where there is no bubblewrap)
	@OMP_NUM_THREADS=1 $(PY) -m autograder demo $(if $(SANDBOX),--sandbox $(SANDBOX)) $(ARGS)

check: .venv/dev ## Lint, generated files against their sources, faulty sources: seconds
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PYTEST) -q tests/building/test_in_sync.py tests/building/test_source.py

check-all: check ## Everything, slow tests too: 20 seeds, full budgets, environment.yml into an empty environment
	PUSHFORWARD_ALL=1 PUSHFORWARD_SEEDS=20 PUSHFORWARD_BUDGET=full $(PYTEST) -m "slow or not slow" $(ARGS)

# -- the environment ---------------------------------------------------------------------------------------------
# One .venv serves `make lab` and `make test`. An update that changes the dependencies installs them again.

.venv/lab: pyproject.toml constraints.txt .venv/bin/python
	$(INSTALL) '.[course,grade]'
	@pwd -P > .venv/where && touch $@

.venv/dev: pyproject.toml constraints.txt .venv/bin/python
	$(INSTALL) '.[dev]'
	@pwd -P > .venv/where && touch .venv/lab $@

# An environment does not survive a move of its folder: it is made anew.
ifneq ($(shell cat .venv/where 2>/dev/null || pwd -P),$(shell pwd -P))
.PHONY: .venv/bin/python
endif

# Prints the version; ends with 3 if it is too old, with 1 if this Python has no venv (as on a bare Debian).
ASK = import sys; print("%d.%d.%d" % sys.version_info[:3]); sys.version_info < (3, 11) and sys.exit(3); import ensurepip, venv

.venv/bin/python: | writable
	@old=; bare=; \
	for python in $(PYTHONS); do \
	    version=`"$$python" -c '$(ASK)' 2>/dev/null`; \
	    case $$? in \
	        0) echo "Making .venv with $$python ($$version). The first time takes a few minutes."; \
	           exec "$$python" -m venv --clear .venv;; \
	        1) test -z "$$version" || bare="$${bare:+$$bare, }$$python $$version";; \
	        3) old="$${old:+$$old, }$$python $$version";; \
	    esac; \
	done; \
	if test -n "$$bare"; then \
	    echo "Python cannot make a virtual environment ($$bare): install its venv module" \
	         "(Debian and Ubuntu: apt install python3-venv), then run make again." >&2; \
	else \
	    echo "Python 3.11 or newer is needed, found $${old:-none}:" \
	         "install one, or say where it is with make lab PYTHON=/path/to/python3.12" >&2; \
	fi; exit 1

writable:
	@test -w . && { test ! -e .venv || test -w .venv; } || { \
	    echo "No permission to write in $$(pwd): copy the course into a folder of your own and run make there." >&2; \
	    exit 1; }
