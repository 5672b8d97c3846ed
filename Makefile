# Two commands matter: `make demo` and `make test`. Both make their own environment.
#
# Another interpreter: make demo PYTHON=/path/to/python3.12

VENV  := .venv
PY    := $(VENV)/bin/python
STAMP := $(VENV)/.installed
CHECKS := $(VENV)/.installed-checks
PYTHON ?=

.PHONY: demo serve test test-long browser lint clean coefficients hours baseline calibrate sign mean-field replay web-performance
.DEFAULT_GOAL := help

.PHONY: help
help:
	@echo "make demo          two firms, eight worlds, five years: a table, pictures, a report"
	@echo "make serve         explore, play and story in the browser"
	@echo "make browser       install Chromium (Debian, Ubuntu) for the tests of pages"
	@echo "make test          lint, types and tests"
	@echo "make test-long     the slow tests"
	@echo "make lint          lint and format check only"
	@echo "make coefficients  write docs/coefficients.md again from the declared parameters"
	@echo "make hours         write the standard hours of a neutral firm into the shipped scenarios"
	@echo "make calibrate     fit the neutral firm to its facts, and ship the result (a quarter of an hour; goes on after Ctrl-C)"
	@echo "make sign          how far the answer hangs on what is assumed (an hour; goes on after Ctrl-C)"
	@echo "make mean-field    agents beside a firm of averages: docs/mean-field.md and its picture (some minutes)"
	@echo "make replay        two firms to play back on one page: docs/replay.html"
	@echo "make web-performance  the web app measured in Chromium: docs/web-performance.md (some minutes)"
	@echo "make baseline      store the lives that results are compared with (on purpose only)"
	@echo "make clean         remove the environment, caches and results"

demo: $(STAMP)
	@$(VENV)/bin/raison compare services_firm --regimes customer_first,internal_customer \
	    --replications 8 --years 5 --replace --out out/demo
	@$(VENV)/bin/raison report out/demo
	@echo "The pictures: out/demo/*.png; all of it on one page: out/demo/report.html"

serve: $(STAMP)
	@$(VENV)/bin/raison serve

# The model is compiled once, while the types are checked, and not by every process of the tests; these are as
# many as processors, so that linear algebra gets one thread in each.
test: lint
	@$(PY) -c "from simulation import warm_up; warm_up()" & $(PY) -m mypy && wait
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(PY) -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal

test-long: $(CHECKS)
	@$(PY) -m pytest -m long

# Tests of pages in Chromium are skipped, loudly, where this has not been run.
browser:
	@command -v chromium >/dev/null || { \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq chromium chromium-driver; }
	@chromium --version

lint: $(CHECKS)
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check

coefficients: $(STAMP)
	@$(PY) -m tools.coefficients

hours: $(STAMP)
	@$(PY) -m tools.hours

calibrate: $(CHECKS)
	@$(PY) -m tools.calibrate
	@$(PY) -m tools.hours
	@$(PY) -m tools.coefficients
	@$(PY) -m tools.calibration_page
	@$(PY) -m tools.baseline
	@echo "To be measured again: make sign, make mean-field, and the figures on docs/your-firm.md and docs/scenarios"

sign: $(STAMP)
	@$(PY) -m tools.sign
	@$(PY) -m tools.sign_page

mean-field: $(STAMP)
	@$(PY) -m tools.mean_field

replay: $(STAMP)
	@$(PY) -m tools.replay_page

web-performance: $(CHECKS)
	@$(PY) -m tools.web_performance

baseline: $(STAMP)
	@$(PY) -m tools.baseline

clean:
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An interpreter counts only if it runs: a version manager may leave a name on the PATH that starts nothing.
# An environment whose interpreter no longer runs is made anew.
$(STAMP): pyproject.toml constraints.txt
	@$(PY) -c "" 2>/dev/null || { rm -rf $(VENV); \
	  for candidate in $(or $(PYTHON),python3.12 python3.13 python3.14 python3); do \
	    if $$candidate -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; \
	    then found=$$candidate; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "raison needs Python 3.12 or newer with venv and found none; name one: make PYTHON=/path/to/python3.12" >&2; \
	    exit 1; \
	  fi; \
	  $$found -m venv $(VENV); }
	@echo "Installing raison and its dependencies into $(VENV) (once; a minute or two) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt hatchling editables
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation -e '.[web,research,calibrate]'
	@touch $@

# Linters, test tools and what the notebooks need: as large again, and not needed to use any command.
$(CHECKS): $(STAMP)
	@echo "Installing what the checks need (once; a minute or two) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $@
