# `make demo` and `make test` set up all they need. PYTHON=... names an interpreter; VENV=... another environment.
VENV ?= .venv
BIN := $(VENV)/bin
RECEIPTS ?=
CONTAINER_TESTS := tests/fixtures/postgres $(addprefix tests/fixtures/test_,containers.py redis_backends.py)
# What other people's releases can change. The rest follows from our own code, and `make test` has it: the comparer's
# decisions and reports, the words of a run, and what is found to be wrong with a database.
DEPENDENCY_TESTS := tests/common tests/migrations tests/contracts tests/fixtures/test_factories.py tests/cli/test_db.py \
	$(addprefix tests/plugin/test_,database_fixtures.py redis_fixtures.py) \
	tests/plugin/test_promises_run.py::test_a_handlers_arguments_are_fixtures_of_the_tests \
	$(addprefix --ignore=tests/contracts/,soundness tables reports) --ignore-glob='tests/contracts/inclusion/test_[!f]*' \
	$(addprefix --ignore=tests/contracts/test_,base.py check.py compare_laws.py proof.py releases.py rules.py) \
	--deselect=tests/migrations/test_catalogue.py::test_a_database_that_was_changed_by_hand_is_found_out
export PYTHONDONTWRITEBYTECODE =

# NAME, HOW uv chooses releases: the tests of what dependencies do, in an environment of that choice
define test-resolved
$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-$(1)
$(BIN)/uv pip install --quiet --python .venv-$(1)/bin/python --compile-bytecode \
	$(2) --editable '.[testing,rest,scan,valkey]' --group dev
.venv-$(1)/bin/python -m pytest -n 2 --dist loadgroup $(DEPENDENCY_TESTS) $(ARGS)
endef

.DEFAULT_GOAL := help
.PHONY: help setup demo test examples downstream mutations coverage first-contract-test test-soundness test-proof test-services test-containers test-pythons test-dependencies test-lowest test-newest test-resolutions \
	check realism bench pictures lock release clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

setup: $(VENV)/.ready  ## an environment with the pinned dependencies and an editable install

$(VENV)/.ready: pyproject.toml constraints.txt
	python=$$(.ci/python) && "$$python" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode \
		--constraint constraints.txt --editable '.[testing]' --group dev
	@touch $@

demo: setup  ## the main job from end to end; RECEIPTS=DIR ingests your own files; opens out/report.html
	$(BIN)/cartsnitch demo $(if $(RECEIPTS),--receipts '$(RECEIPTS)')

test: setup  ## every test but the slow suites
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

examples: setup  ## the example services, installed from the wheel: their tests and their promises
	$(BIN)/python .ci/downstream.py examples/receiptwitness examples/stickershock $(ARGS)

downstream: setup  ## SERVICES=PATH...: the suites of services against the wheel of this checkout
	$(BIN)/python .ci/downstream.py $(SERVICES) $(ARGS)

mutations: setup  ## mistakes that must be caught and refactorings that must not, into docs/mutations.md; or ARGS="--only ..."
	$(BIN)/python .ci/mutations.py $(or $(ARGS),--write)

first-contract-test: setup  ## what docs/first-contract-test.md says, to the letter, in an empty directory
	$(BIN)/python .ci/first_contract_test.py $(ARGS)

coverage: setup  ## branch coverage of the runtime package by its own tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term-missing tests/common tests/migrations

test-soundness: setup  ## minutes of search for a wrong verdict of the comparer
	$(BIN)/python -m pytest -n 2 -m soundness tests/contracts/soundness $(ARGS)

test-proof: setup  ## minutes of old and new releases that really exchange messages and rows
	$(BIN)/python -m pytest -n 2 -m proof tests/proof $(ARGS)

test-services: setup  ## minutes of whole runs: pytest on services, releases, markets that are simulated and killed
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m services tests/plugin tests/cli tests/packaging $(ARGS)

test-containers: setup  ## the tests of what runs in containers; needs a Docker engine (.ci/containers.sh)
	CARTSNITCH_TEST_BACKENDS=container $(BIN)/python -m pytest $(CONTAINER_TESTS) $(ARGS)

test-pythons: setup  ## the tests on each other Python that is found here
	@for python in $$(.ci/python --all | tail -n +2); do \
		minor=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "Python $$minor"; \
		$(MAKE) --no-print-directory PYTHON="$$python" VENV=".venv-$$minor" setup && \
		".venv-$$minor/bin/python" -m pytest -n 2 --dist loadgroup $(ARGS) || exit 1; \
	done

test-dependencies: setup  ## the tests of what Python and dependencies do
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(DEPENDENCY_TESTS) $(ARGS)

test-lowest: setup  ## the same on the oldest releases that pyproject.toml allows
	$(call test-resolved,lowest,--resolution lowest-direct)

test-newest: setup  ## the same on the newest that there are
	$(call test-resolved,newest,--upgrade)

test-resolutions: test-lowest test-newest  ## both, and the same on Python 3.14 where it can be had
	@if python=$$(.ci/python314.sh); then \
		$(MAKE) --no-print-directory PYTHON="$$python" VENV=.venv-3.14 test-dependencies; \
	else \
		echo "NOT TRIED: Python 3.14, which cannot be had here (see above). All else of $@ passed."; \
	fi

check: setup  ## ruff, mypy --strict, import-linter, alembic check, contract drift, what is public
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/alembic_check.py
	$(BIN)/cartsnitch contracts export --check
	$(BIN)/python .ci/api

realism: setup  ## every published figure of real receipts beside ours; ARGS=... as `--receipts 5000 --seed 2`
	$(BIN)/python -m cartsnitch_fixtures.realism $(ARGS)
	$(BIN)/python -m pytest -n 2 -m realism tests/fixtures

bench: setup  ## the benchmarks, as ratios of one run
	$(BIN)/python -m benchmarks

pictures: setup  ## docs/pictures/report-*.svg anew, from real runs
	$(BIN)/python .ci/pictures.py

lock: setup  ## pin the developer environment anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --extra testing --group dev --upgrade \
		--no-header --no-annotate --no-emit-index-url --output-file constraints.txt pyproject.toml
	echo "uv==$$($(BIN)/uv --version | cut -d' ' -f2)" >> constraints.txt

release: setup  ## VERSION=x.y.z: freeze, build, check, commit and tag it; DRY_RUN=1 leaves all as it is
	$(BIN)/python .ci/release.py '$(VERSION)' $(if $(DRY_RUN),--dry-run)

clean:  ## remove environments and build products
	rm -rf .venv .venv-* build dist out .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
