# The front door. All it takes for granted is `make` on a Debian 12 or 13:
# every target first installs what is missing (see .ci/setup).
# The build itself is CMake's; the presets are in CMakePresets.json.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# One compiler per core, but none without 1.5 GB of its own: that is what the
# hungriest file takes, and a machine that swaps is slower than one that waits.
JOBS ?= $(shell awk -v cores="$$(nproc)" '/^MemTotal/ { n = int($$2 / 1500000) } \
  END { if (n > cores) n = cores; print n < 1 ? 1 : n }' /proc/meminfo)
export CMAKE_BUILD_PARALLEL_LEVEL ?= $(JOBS)

# The preset whose tests `make tests` runs: dev, asan, tsan or release.
PRESET ?= dev

.PHONY: help
help: ## Show this list
	@echo "ScaleIt: holds a metric of your applications at its target"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1~\2/p' Makefile | \
	  awk -F'~' '{ printf "%-15s %s\n", $$1, $$2 }'

.PHONY: setup
setup: ## Install what this machine lacks (Debian 12 or 13; sudo when not root)
	@.ci/setup build test bench

.PHONY: build
build: setup ## Build build/release/scaleit
	@.ci/build release scaleit

.PHONY: run
run: build ## Watch it work: the sample application and the daemon together
	@.ci/demo build/release/scaleit

.PHONY: tests
tests: setup ## Build and run all tests (PRESET=asan or tsan: with sanitizers)
	@.ci/build $(PRESET)
	@.ci/test $(PRESET)

.PHONY: bench
bench: setup ## Measure: what a cycle costs, beside wrk on the same server
	@grep -qs SCALEIT_BENCHMARKS:BOOL=ON build/release/CMakeCache.txt || \
	  cmake --preset release -DSCALEIT_BENCHMARKS=ON
	@.ci/build release scaleit scaleit_bench
	@build/release/scaleit_bench $(filter fleet,$(MAKECMDGOALS))

.PHONY: fleet
fleet: bench ## Measure 100 to 50,000 targets: make bench fleet
	@:

.PHONY: compose
compose: ## Build the image and start application, daemon, Prometheus and Grafana
	@.ci/compose up

.PHONY: format
format: ## Format the sources in place (clang-format 14)
	@.ci/setup format
	@.ci/format

.PHONY: lint
lint: setup ## Run clang-tidy over the sources
	@.ci/setup lint
	@.ci/lint

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf build
