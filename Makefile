# Development verbs; users need only ./run and ./test.
PYTHON := .venv/bin/python
COMPILE := $(PYTHON) -m uv pip compile --quiet pyproject.toml \
	--universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.PHONY: help run test lint lock lock-check migration front bench glossary coverage proof

help: ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: ## set up and start everything
	./run

test: ## lint, then every test
	./test

lint: lock-check ## formatting, types, imports, spelling; the locks are current
	./test --lint

lock: ## write both requirement files from pyproject.toml
	$(COMPILE) -o requirements.txt
	$(COMPILE) --group dev -o requirements-dev.txt

lock-check:
	@set -e; scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	cp requirements.txt requirements-dev.txt "$$scratch"; \
	$(COMPILE) -o "$$scratch/requirements.txt"; \
	$(COMPILE) --group dev -o "$$scratch/requirements-dev.txt"; \
	for lock in requirements.txt requirements-dev.txt; do \
	  diff -u $$lock "$$scratch/$$lock" \
	    || { echo "$$lock is not what pyproject.toml asks for: make lock" >&2; exit 1; }; \
	done

migration: ## write the next revision: make migration m="Add hearings"
	@test -n "$(m)" || { echo 'Say what it does: make migration m="Add hearings"' >&2; exit 1; }
	@set -e; scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	$(PYTHON) -m alembic -x url=sqlite:///$$scratch/empty.db upgrade head; \
	$(PYTHON) -m alembic -x url=sqlite:///$$scratch/empty.db revision --autogenerate -m "$(m)"

glossary: coverage ## write docs/glossary.md and docs/coverage.md from processes/
	$(PYTHON) -m tests.architecture.glossary
	$(MAKE) --no-print-directory proof

proof: ## state the records that packs ask for and processes/proof_records.toml lacks
	$(PYTHON) -m flask --app wsgi processes prove --note

coverage: ## write docs/coverage.md: which clauses are claimed and proven
	$(PYTHON) -m tests.law.coverage

front: ## build webapp/static/dist from webapp/frontend (needs Node)
	cd webapp/frontend && npm ci --no-audit --no-fund && npm run build

bench: ## measure completions beside others, long cases, going back, lists of many, and a sweep
	$(PYTHON) -m benchmarks.complete_task
	$(PYTHON) -m benchmarks.long_case
	$(PYTHON) -m benchmarks.send_back
	$(PYTHON) -m benchmarks.read_cases
	$(PYTHON) -m benchmarks.sweep
