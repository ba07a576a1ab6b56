# One command each. Every target prepares what it needs first: nothing but Python >= 3.11 (with venv) and make
# has to be there before. ARGS reaches the program: make demo ARGS="--chairs 12", make test ARGS="-k nellcor".

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench fuzz lock screenshots

# The first Python that is new enough and has its venv module. PYTHON=/path/to/python3 on the command line overrides.
PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$candidate" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo "$$candidate" && break; done)

no_python = No Python 3.11 or newer with its venv module was found. On Debian or Ubuntu: sudo apt-get install python3 \
	python3-venv. Or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3

prepare = @"$(or $(PYTHON),$(error $(no_python)))" tools/prepare.py

help:
	@echo "make demo         a simulated clinic of 8 chairs; the page opens in the browser. Ctrl-C ends it"
	@echo "make test         all tests; installs mosquitto, chromium and postgresql with apt-get when it may"
	@echo "make lint         style, types, import contracts, and the page's own checks and tests"
	@echo "make bench        benchmarks; results are printed"
	@echo "make fuzz         coverage-guided fuzzing of every driver, a minute each"
	@echo "make screenshots  takes the README's pictures anew"
	@echo "make lock         renews constraints.txt with the newest versions that fit pyproject.toml"
	@echo
	@echo 'ARGS="..." is handed on (demo, test, bench, fuzz, screenshots); PYTHON=/path/to/python3 chooses the Python'

# exec: without a shell in between, make's own SIGTERM reaches the demo.
demo:
	$(prepare) demo
	@exec .venv/bin/python tools/foreground.py .venv/bin/vitalwatch demo $(ARGS)

test:
	$(prepare) dev mosquitto chromium postgresql
	@.venv/bin/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint:
	$(prepare) dev
	@echo "Style ..."
	@.venv/bin/python -m ruff check --quiet .
	@.venv/bin/python -m ruff format --quiet --check . || \
		{ echo "Not formatted as ruff does it. Next: .venv/bin/ruff format ."; exit 1; }
	@echo "Types ..."
	@.venv/bin/python -m mypy --no-error-summary
	@echo "Import contracts ..."
	@.venv/bin/lint-imports --no-logo
	@echo "The page ..."
	@.venv/bin/python hatch_build.py check test

bench:
	$(prepare) dev mosquitto chromium
	@.venv/bin/python -m benchmarks $(ARGS)

fuzz:
	$(prepare) dev
	@.venv/bin/python -m tests.fuzz $(ARGS)

screenshots:
	$(prepare) dev mosquitto chromium
	@.venv/bin/python -m tools.screenshots $(ARGS)

lock:
	$(prepare) dev
	@.venv/bin/uv pip compile --quiet --upgrade --all-extras --universal --python-version 3.11 \
		--no-header --no-annotate --output-file constraints.txt pyproject.toml
