PY ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check format lock catalogues

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST)

.venv/.done: requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PY) -m venv .venv
	sed -n '/^uv==/,/^[a-z].*==/{/^uv==/p;/^ /p}' $< > .venv/uv.lock
	$(BIN)/python -m pip install -q --require-hashes -r .venv/uv.lock \
	  && $(BIN)/uv pip sync -q --require-hashes --python $(BIN)/python $< \
	  || $(BIN)/python -m pip install -q --require-hashes -r $<
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

lock: ## resolve the dependencies anew
	$(BIN)/uv pip compile -q --universal --generate-hashes --all-extras --group dev --no-header --no-annotate pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
