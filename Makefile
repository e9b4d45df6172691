# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The front door. Meson and ninja do the work, in $(BUILD).

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=

# What `make soak` does.
KERNELS ?= debian-5.10-amd64 debian-6.1-amd64 debian-6.12-amd64
MINUTES ?= 30
CYCLES ?= 200
DRIVERS ?= xfs ext4 btrfs veth
DRIVER_MINUTES ?= 10

.PHONY: all
all: $(BUILD)/build.ninja ## build everything; then build/picket works where it is
	@ninja -C $(BUILD)
	@ln -sfn tool/picket $(BUILD)/picket

$(BUILD)/build.ninja:
	@script/install-deps --check build
	@meson setup $(BUILD)

.PHONY: deps
deps: ## install what building, demo and tests need, from Debian's packages
	@script/install-deps build demo test

.PHONY: demo
demo: ## a stock redis-server under Picket, a program and two drivers whose bugs are found
	@script/install-deps build demo
	@$(MAKE) --no-print-directory all
	@script/demo $(BUILD)

.PHONY: test
test: ## run every test; the last line says how many passed, failed, were skipped
	@script/install-deps build demo test
	@$(MAKE) --no-print-directory all
	@script/test $(BUILD)

.PHONY: soak
soak: ## self-tests of real programs; each of KERNELS under load for MINUTES (30), CYCLES (200), DRIVERS
	@script/install-deps build demo test vm soak
	@$(MAKE) --no-print-directory all
	@KERNELS="$(KERNELS)" MINUTES=$(MINUTES) CYCLES=$(CYCLES) DRIVERS="$(DRIVERS)" \
		DRIVER_MINUTES=$(DRIVER_MINUTES) script/soak $(BUILD)

.PHONY: bench
bench: ## print the tables of doc/performance.md and doc/detection.md
	@script/install-deps build demo test
	@$(MAKE) --no-print-directory all
	@bench/run $(BUILD)

.PHONY: install
install: all ## install under DESTDIR (empty) and PREFIX (/usr/local)
	@meson configure $(BUILD) -Dprefix=$(PREFIX)
	@DESTDIR=$(DESTDIR) meson install -C $(BUILD)

.PHONY: uninstall
uninstall: ## remove what the last install from this tree installed
	@ninja -C $(BUILD) uninstall

.PHONY: format
format: ## format all C with clang-format
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format-14 -i

.PHONY: clean
clean: ## remove the build directory
	@rm -rf $(BUILD)

.PHONY: help
help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12
