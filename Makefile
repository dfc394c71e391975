# `make demo` and `make test` set up all they need; see README.md.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# pip and setuptools say nothing but errors: a set-up that works is silent
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
EDITABLE := PYTHONWARNINGS=ignore $(PIP) install --no-build-isolation --no-deps -e .
# compiled modules are kept: without them each process that a test starts compiles all anew
unexport PYTHONDONTWRITEBYTECODE
APT := chromium fonts-noto-cjk poppler-utils redis-server

.PHONY: demo test check test-long bench lint setup lock audit clean

demo: .venv/.run
	$(BIN)/gongkai demo $(ARGS)

test: .venv/.test debian lint
	$(BIN)/pytest -n auto -m "not long" $(ARGS)

# the quick part: under a minute
check: .venv/.test lint
	$(BIN)/pytest -n auto -q -m "not slow and not long and not browser and not ocr" $(ARGS)

test-long: .venv/.test debian
	$(BIN)/pytest -n auto --hypothesis-profile=default $(ARGS)

bench: .venv/.test
	$(BIN)/python -m benchmarks $(ARGS)

lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: .venv/.run

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.run: requirements/run.lock pyproject.toml | .venv/bin/python
	@echo "setting up .venv (about two minutes the first time) · 正在准备运行环境"
	@test -e .venv/.test || $(PIP) install --require-hashes --only-binary :all: -r requirements/run.lock
	@$(EDITABLE)
	@touch $@

.venv/.test: requirements/test.lock pyproject.toml | .venv/bin/python
	@echo "setting up .venv for the tests (a few minutes the first time)"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/test.lock
	@$(EDITABLE)
	@touch $@ .venv/.run

# Browser, fonts and a second PDF reader come from Debian; without root the tests that need them skip.
.PHONY: debian
debian:
	@sh scripts/debian $(APT)

lock: .venv/.test
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --upgrade --extra build pyproject.toml -o requirements/run.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" --upgrade --extra build --extra dev --extra distributed --extra ocr --extra release pyproject.toml -o requirements/test.lock

# against published advisories; needs the network, and fails where it could look up nothing
audit: .venv/.test
	@sh scripts/audit requirements/test.lock $(BIN)/uvx pip-audit

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
