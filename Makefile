PY ?= python3
BIN := .venv/bin
CATALOGUES := workflow/translations
# `say` with a language alone, as in problem.say("en"), is no sentence.
SENTENCES := -k sentence $(foreach count,2 3 4 5 6 7 8 9,-k say:1,$(count)t)

.DEFAULT_GOAL := help
.PHONY: help demo test check tests browser packages pictures format catalogues lock

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST)

demo: .venv/.done ## fill a district, play a season, serve it at http://127.0.0.1:8000
	$(BIN)/python service.py demo

test: check tests browser ## everything that CI runs

check: .venv/.done ## format, lint, types, layers, the shipped definitions
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python service.py check definitions/

tests: .venv/.done ## on SQLite and PostgreSQL
	$(BIN)/python -m pytest -q -n auto --dist loadgroup -m "not browser"

browser: .venv/.done packages ## what a chromium sees
	$(BIN)/python -m pytest -q -m browser

packages:
	.ci/packages

pictures: .venv/.done packages ## renew the README's pictures from the demonstration
	$(BIN)/python tools/pictures.py

format: .venv/.done ## put the code in order
	$(BIN)/ruff check -q --fix-only .
	$(BIN)/ruff format -q .

catalogues: .venv/.done ## collect the sentences anew, compile what is translated
	$(BIN)/pybabel -q extract $(SENTENCES) --no-location --no-wrap --sort-output --omit-header \
	  -F $(CATALOGUES)/babel.ini -o $(CATALOGUES)/workflow.pot workflow service.py
	$(BIN)/pybabel -q update --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
	  -D workflow -i $(CATALOGUES)/workflow.pot -d $(CATALOGUES) -l zh
	$(BIN)/pybabel -q compile -D "workflow click" -d $(CATALOGUES) -l zh
	rm $(CATALOGUES)/workflow.pot

lock: ## resolve the dependencies anew
	$(BIN)/uv pip compile -q --universal --generate-hashes --all-extras --group dev --no-header --no-annotate pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock

.venv/.done: requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PY) -m venv .venv
	sed -n '/^uv==/,/^[a-z].*==/{/^uv==/p;/^ /p}' $< > .venv/uv.lock
	$(BIN)/python -m pip install -q --require-hashes -r .venv/uv.lock \
	  && $(BIN)/uv pip sync -q --require-hashes --python $(BIN)/python $< \
	  || $(BIN)/python -m pip install -q --require-hashes -r $<
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@
