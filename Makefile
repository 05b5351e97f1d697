# The two commands of the README are `make report` and `make test`; both set up what they need.

SWIFT ?= swift
PACKAGES := libcmark-gfm-dev libcmark-gfm-extensions-dev zlib1g-dev libzstd-dev liblzma-dev pkg-config
# Unoptimised kernels are fifty times slower, so tests are optimised too. What users run is what was tested: one
# build serves both, and -enable-testing costs the program nothing but size.
RELEASE := -c release -Xswiftc -enable-testing
REPORT_DIR ?= output
# Swift on Linux has no -sanitize=undefined, but C is where undefined behaviour is; the runtime of the
# address sanitizer serves both. lld: gold warns of each symbol that it exports. XCTest itself leaks.
SANITIZE_FLAGS := -c release -Xswiftc -enable-testing --scratch-path .build-sanitize \
  --sanitize=address -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined \
  -Xswiftc -use-ld=lld
ARM_PACKAGES := qemu-user libc6-dev-arm64-cross libgcc-12-dev-arm64-cross
C_TESTS := $(MAKE) --no-print-directory -C Tests/CKernelsCross -j2

.PHONY: report notebooks test build setup bench bench-peers check format fixtures parity \
  sanitize test-kernels-c test-arm test-hub test-faults test-load test-browser screenshots verify \
  sbom dist test-dist test-release fuzz fuzz-changed

report: build
	.build/release/quantbook run notebooks/quantization-report.md -o $(REPORT_DIR)

# The notebooks that a person learns from, each in less than a minute.
NOTEBOOKS := minimal block-size which-layers
notebooks: build
	for name in $(NOTEBOOKS); do \
	  .build/release/quantbook run notebooks/$$name.md -o $(REPORT_DIR) || exit 1; \
	done

# Runs the report again and compares with the committed results.
verify: build
	.build/release/quantbook verify notebooks/quantization-report.md -o output

build: setup
	$(SWIFT) build $(RELEASE) --product quantbook

# The kernels' tests choose instruction sets for the whole process, so suites run one by one. Built by `swift
# build`, since `swift test` has flags of its own, with which all would be compiled a second time.
test: setup
	$(SWIFT) build $(RELEASE) --build-tests
	$(SWIFT) test $(RELEASE) --skip-build --no-parallel

# The kernels' tests under the address sanitizer and the undefined-behaviour sanitizer, on every path
# that the processor has; the C tests under the thread sanitizer as well.
sanitize: setup test-kernels-c
	$(C_TESTS) VARIANT=thread
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	  $(SWIFT) test $(SANITIZE_FLAGS) --disable-xctest --no-parallel \
	    --filter '^(KernelsTests|QuantizationTests)\.'

# Each parser for so many seconds under libFuzzer, or the one that TARGET names. Of swiftc's -sanitize the last
# counts, and SwiftPM orders its own by chance.
FUZZ_FLAGS := -c release --scratch-path .build-fuzz --product quantbook-fuzz \
  --sanitize=fuzzer -Xswiftc -sanitize=address,fuzzer -Xcc -fsanitize=address,undefined \
  -Xcc -fno-sanitize-recover=undefined -Xswiftc -use-ld=lld
SECONDS ?= 60
fuzz: setup
	QUANTBOOK_FUZZ=1 $(SWIFT) build $(FUZZ_FLAGS)
	Tests/Fuzz/fuzz.sh .build-fuzz/release/quantbook-fuzz $(SECONDS) $(TARGET)

# The same without libFuzzer, on seeds that are changed at random: what CI has the time for.
fuzz-changed: setup
	$(SWIFT) build $(RELEASE) --build-tests
	Tests/Fuzz/changed.sh .build/release/quantbookPackageTests.xctest $(SECONDS)

# The kernels' C tests alone, sanitized.
test-kernels-c:
	$(C_TESTS) VARIANT=address

# The same program for arm64, by qemu.
test-arm:
	@$(MAKE) --no-print-directory setup PACKAGES="$(ARM_PACKAGES)"
	$(C_TESTS) VARIANT=arm64

bench: setup
	$(SWIFT) build $(RELEASE) --product quantbook-bench
	.build/release/quantbook-bench --json .build/bench.json

# Ratios to other engines in one run. PEERS holds their benchmark (bench.py), PEERS_WORK what its
# setup.sh made; PEERS_ISA is native, avx2, or both where native is AVX-512. Without bench.py: to PyTorch
# alone, by the Python that PYTORCH names.
PEERS ?= ../shared/peers
PEERS_WORK ?= /tmp/quantbook-peers
PEERS_ISA ?= both
PYTORCH ?= python3
bench-peers: setup
	$(SWIFT) build $(RELEASE) --product quantbook-bench
	@if [ -f $(PEERS)/bench.py ]; then \
	  [ -x $(PEERS_WORK)/venv/bin/python ] || { \
	    echo "error: no peers in $(PEERS_WORK): run $(PEERS)/setup.sh $(PEERS_WORK) first" >&2; exit 1; }; \
	  $(PEERS_WORK)/venv/bin/python Sources/quantbook-bench/peers/targets.py $(PEERS)/bench.py \
	    .build/release/quantbook-bench $(PEERS_WORK) --isa $(PEERS_ISA) --json .build/bench-peers.json; \
	else \
	  echo "no $(PEERS)/bench.py: beside PyTorch alone"; \
	  .build/release/quantbook-bench --models-only --pytorch $(PYTORCH); \
	fi

# Mistakes in notebooks, formatting of sources, imports that the map of modules does not allow.
check: build
	.build/release/quantbook check notebooks/*.md
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	$(SWIFT) build $(RELEASE) --explicit-target-dependency-import-check error

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

# Makes the files that the parity tests compare with, by the peers themselves (PyTorch and others).
fixtures:
	Tests/Fixtures/setup.sh .venv-fixtures
	.venv-fixtures/bin/python Tests/Fixtures/make.py

# Compares with the peers live, and prints ours, theirs and the difference; then texts and mutated files that no
# fixture has. PARITY_PYTHON names a Python that has the peers of Tests/Fixtures/requirements.txt; without it a
# venv is made.
parity: setup
ifndef PARITY_PYTHON
	Tests/Fixtures/setup.sh .venv-fixtures
endif
	$(SWIFT) build $(RELEASE) --product quantbook-parity
	for compare in Fixtures/parity.py Fuzz/tokenizer_peer.py Fuzz/safetensors_peer.py; do \
	  $(or $(PARITY_PYTHON),.venv-fixtures/bin/python) Tests/$$compare .build/release/quantbook-parity || exit 1; \
	done

# Models by name: a Hub of this machine, which the command and huggingface_hub fetch from into one cache.
test-hub: build .venv-hub
	.venv-hub/bin/pytest -q -p no:cacheprovider Tests/Hub

.venv-hub: Tests/Hub/requirements.txt
	@$(MAKE) --no-print-directory setup PACKAGES=python3-venv
	python3 -m venv .venv-hub
	.venv-hub/bin/pip install -q -r Tests/Hub/requirements.txt
	@touch .venv-hub

# Calls of the system that fail, and the process killed at each of them; FAULT_RUNS: how often at random too.
test-faults: build .venv-hub
	.venv-hub/bin/pytest -q -p no:cacheprovider Tests/Faults

# Large notebooks, many, a full cache, a long watch: what they cost, and that it grows no faster than they do.
test-load: build .venv-hub
	@$(MAKE) --no-print-directory setup PACKAGES=strace
	.venv-hub/bin/pytest -q -s -p no:cacheprovider Tests/Load

# The reports in headless Chromium: valid, accessible, without requests; the preview; the other formats.
BROWSER_PACKAGES := chromium chromium-driver tidy cmark-gfm python3-venv
test-browser: build .venv-browser
	QUANTBOOK_SPEC_FOLDER=.venv-browser/sources .venv-browser/bin/pytest -q -s Tests/Browser

# Pictures of the committed report for the README.
screenshots: .venv-browser
	.venv-browser/bin/python Tests/Browser/screenshots.py

.venv-browser: Tests/Browser/requirements.txt
	@$(MAKE) --no-print-directory setup PACKAGES="$(BROWSER_PACKAGES)"
	python3 -m venv .venv-browser
	.venv-browser/bin/pip install -q -r Tests/Browser/requirements.txt
	.venv-browser/bin/pip download -q --no-deps --no-binary marko \
	  -d .venv-browser/sources marko==2.2.0
	@touch .venv-browser

# Software bill of materials, CycloneDX.
sbom:
	@mkdir -p .build
	@[ -f Package.resolved ] || $(SWIFT) package resolve
	python3 Sources/Distribution/sbom.py > .build/quantbook.cdx.json
	@echo .build/quantbook.cdx.json

# What is released: a tarball and a Debian package, in .build-dist/out. See docs/releasing.md.
DIST_PACKAGES := $(PACKAGES) libcurl4-openssl-dev binutils dpkg-dev git python3-minimal
dist:
	@$(MAKE) --no-print-directory setup PACKAGES="$(DIST_PACKAGES)"
	SWIFT=$(SWIFT) Sources/Distribution/build.sh
	Sources/Distribution/package.sh

# Installs both in a bare Debian 12 and works there.
test-dist: dist
	@$(MAKE) --no-print-directory setup PACKAGES=debootstrap
	Tests/Distribution/install.sh .build-dist/out

# The SBOM, the page of dependencies, and the manual.
test-release: build .venv-release
	.venv-release/bin/pytest -q -p no:cacheprovider Tests/Distribution

.venv-release: Tests/Distribution/requirements.txt
	@$(MAKE) --no-print-directory setup PACKAGES="python3-venv groff"
	python3 -m venv .venv-release
	.venv-release/bin/pip install -q -r Tests/Distribution/requirements.txt
	@touch .venv-release

# Debian packages, with sudo only where the user is not root.
setup:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "error: Swift 6.3 or newer is needed: see https://www.swift.org/install" >&2; exit 1; }
	@missing=""; \
	if command -v dpkg-query >/dev/null; then \
	  for p in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok installed' \
	      || missing="$$missing $$p"; \
	  done; \
	elif ! pkg-config --exists libcmark-gfm zlib libzstd liblzma 2>/dev/null; then \
	  echo "error: this system has no apt; install cmark-gfm, zlib, zstd and xz (with their" \
	    "development files) and pkg-config with your own package manager, then run make again" >&2; exit 1; \
	fi; \
	if [ -n "$$missing" ]; then \
	  command -v apt-get >/dev/null || { \
	    echo "error: these packages are missing and there is no apt-get:$$missing" >&2; exit 1; }; \
	  as_root=""; \
	  if [ "$$(id -u)" -ne 0 ]; then \
	    command -v sudo >/dev/null || { \
	      echo "error: run as root, or install these packages yourself:$$missing" >&2; exit 1; }; \
	    as_root=sudo; \
	  fi; \
	  echo "installing$$missing"; \
	  $$as_root apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq $$missing >/dev/null; \
	fi
