# make scan REPO=path   install what is needed and print a report (without REPO: of a bundled fixture)
# make test             install what the tests need and run them all
# make quick            the tests that need no other tool, in half a minute
# make bench            what scans cost, beside bare parsing and two peers: docs/performance.md (REPOS=clones ROUNDS=5)
# make bench-large      a scan of SIZE=300000 files made of copies
# make bench-fleet      what a fleet of clones costs (REPOS=clones), or one of MADE=2000 small repositories
# make oracle           findings beside what the compilers say (REPOS=clones ranks kernels of Rust as well)
# make fuzz             mutated input for every reader, SECONDS=60 for each
# make audit            known vulnerabilities of what the action installs; make dependencies: licences
# make lock             write action/requirements.lock anew, for all systems and versions of Python
#
# With REPOS=folder-of-clones, each as owner+name or owner/name, bare or not:
# make accuracy         fit beside decisions that engineers took (ATLAS=file.json)
# make panel            advice beside what maintainers said of it (PANEL=file.json)
# make expect           briefings beside what they should say (EXPECT=folder, ARGS=--why)
# make stability        answers along the last 200 commits of CLONE=folder
# make toolchains       what is listed beside `go list` and `cargo metadata` (ARGS=part-of-a-name)

REPO   ?= fixtures/mixed
REPOS  ?=
ATLAS  ?= ../shared/atlas/tuning.json
PANEL  ?= ../shared/panel/tuning.json
EXPECT ?= ../shared/expect
ARGS   ?=
NAMES  := python3 python python3.14 python3.13 python3.12 python3.11
FITS   := -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
PYTHON ?= $(shell for name in $(NAMES); do $$name $(FITS) && echo $$name && break; done)
VENV   ?= .venv
PEERS  ?= .venv-peers
ROUNDS ?= 5
SIZE   ?= 300000
SECONDS_EACH := $(or $(SECONDS),60)
MADE   ?= 2000
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
TOOLS  := tests/sarif tests/action tests/viewer
NPM    := $(shell command -v npm)
GO     := $(shell command -v go)
ACT    := github.com/nektos/act@v0.2.89

.PHONY: scan quick test fuzz lock audit dependencies stability bench bench-large bench-fleet oracle accuracy panel expect toolchains clones clean
.DELETE_ON_ERROR:

scan: $(VENV)/.run
	@$(BIN)/langfit scan $(ARGS) -- "$(REPO)"

# Tables in memory: a tree, what is made of it.
QUICK := $(addprefix tests/test_,$(addsuffix .py,facts_go facts_rust inventory manifests fit joins cuts rules \
  rulebook_mistakes cases toml fingerprints formats_sanitize))

quick: $(VENV)/.test
	$(BIN)/pytest -q $(QUICK) $(ARGS)

test: $(VENV)/.test $(if $(NPM),$(TOOLS:=/node_modules/.stamp)) $(if $(GO),$(BIN)/act)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n auto --dist loadfile $(ARGS)

bench: $(VENV)/.run
	@$(MAKE) --no-print-directory $(PEERS)/.stamp || echo "Not all peers could be installed; the tables say so." >&2
	$(BIN)/python -m benchmarks.speed --repos "$(REPOS)" --rounds $(ROUNDS) --peers "$(PEERS)" $(ARGS)

bench-large: $(VENV)/.run
	$(BIN)/python -m benchmarks.speed.large --repos "$(REPOS)" --size $(SIZE) $(ARGS)

bench-fleet: $(VENV)/.run
	$(BIN)/python -m benchmarks.fleet $(if $(REPOS),--repos "$(REPOS)",--made $(MADE)) $(ARGS)

oracle: $(VENV)/.run
	$(BIN)/python -m benchmarks.oracle $(if $(REPOS),--repos "$(REPOS)") --write $(ARGS)

accuracy: $(VENV)/.run clones
	$(BIN)/python -m benchmarks.accuracy "$(ATLAS)" --repos "$(REPOS)" --write $(ARGS)

panel: $(VENV)/.run clones
	$(BIN)/python -m benchmarks.panel "$(PANEL)" --repos "$(REPOS)" --write $(ARGS)

expect: $(VENV)/.run clones
	$(BIN)/python -m benchmarks.expect "$(EXPECT)" --repos "$(REPOS)" $(ARGS)

toolchains: $(VENV)/.run clones
	$(BIN)/python -m benchmarks.toolchains --repos "$(REPOS)" $(ARGS)

stability: $(VENV)/.run
	$(BIN)/python benchmarks/stability.py "$(CLONE)" $(ARGS)

lock: $(VENV)/.test
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate \
	  --custom-compile-command "make lock" pyproject.toml action/build.in --output-file action/requirements.lock

fuzz: $(VENV)/.test
	$(BIN)/python -m benchmarks.fuzz --seconds $(SECONDS_EACH) $(ARGS)

dependencies: $(VENV)/.test
	$(BIN)/python -m benchmarks.dependencies --write

audit: $(VENV)/.test
	$(BIN)/uv tool run pip-audit --requirement action/requirements.lock --require-hashes --disable-pip

clones:
	@test -n "$(REPOS)" || { echo "Name a folder of clones: REPOS=folder" >&2; exit 2; }

clean:
	rm -rf $(VENV) $(PEERS) $(TOOLS:=/node_modules) build dist

$(BIN)/python:
	@"$(PYTHON)" $(FITS) || { echo "langfit needs Python 3.11 or newer: make PYTHON=/path/to/python3" >&2; exit 2; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(BIN)/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/python
	$(PIP) install --editable '.[test]'
	@touch $@ $(VENV)/.run

# Peers have an environment of their own; one that cannot be installed does not keep the other out.
$(PEERS)/.stamp: benchmarks/peers.txt | $(BIN)/python
	"$(PYTHON)" -m venv $(PEERS)
	@failed=0; while read -r peer; do \
	  $(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install "$$peer" </dev/null || failed=1; \
	done < $<; exit $$failed
	@touch $@

# Runs the action as a runner would; two minutes to build, once per environment.
$(BIN)/act: | $(BIN)/python
	GOBIN="$(abspath $(BIN))" GOTOOLCHAIN=local $(GO) install $(ACT)

MULTITOOL := tests/sarif/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool

# What npm is not there to install, the tests that need it skip, with that reason.
%/node_modules/.stamp: %/package-lock.json
	npm ci --prefix $* --ignore-scripts --no-audit --no-fund --silent
	@! test -f $(MULTITOOL) || chmod +x $(MULTITOOL)  # the package leaves this to a script of its own
	@touch $@
