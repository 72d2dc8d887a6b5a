# Every target starts with scripts/setup.sh, which does nothing when nothing is missing.
.PHONY: run test lint bench fuzz soak setup build format check-cross dist test-dist test-install
.DEFAULT_GOAL := run

# The app that `make run` opens.
APP ?= templates/vanilla

run:
	scripts/run.sh "$(APP)"

# TESTS limits what runs: any of "rust js portable apps"; FILTER is a part of the names of specs.
test:
	SPEC_GREP="$(FILTER)" scripts/test.sh $(TESTS)

lint:
	scripts/lint.sh

bench:
	scripts/bench.sh

soak:
	scripts/soak.sh

# SECONDS_EACH for each target; TARGETS limits which.
fuzz:
	scripts/fuzz.sh $(or $(SECONDS_EACH),60) $(TARGETS)

setup:
	scripts/setup.sh

build: setup
	scripts/env.sh cargo build --bin shell

# What is published, in dist/ (packaging/README.md). The release runtime takes long to build.
dist:
	scripts/dist.sh

# The same in a temporary folder, used as people would.
test-dist:
	scripts/test-dist.sh

# The bundles of an app, installed, started and removed in a Debian of their own. Needs root.
test-install:
	scripts/test-install.sh

# Type-checks for other platforms; PLATFORMS limits what is checked.
check-cross: setup
	scripts/check-cross.sh $(PLATFORMS)

format:
	cargo fmt
