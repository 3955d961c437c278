# SPDX-License-Identifier: Apache-2.0
VERSION := 0.1.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
LIBDIR ?= $(PREFIX)/lib
UNITDIR ?= $(PREFIX)/lib/systemd/system
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions
DATADIR ?= $(PREFIX)/share/vt-country-report
SYSCONFDIR ?= /etc
BUILD ?= build

CC ?= cc
CFLAGS ?= -O2 -g
AR ?= ar
PKG_CONFIG ?= pkg-config
INSTALL ?= install

SHELL := /bin/bash
# Short lines; the whole commands with V=1.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))
.DEFAULT_GOAL := all

pkg = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null || echo $(3))
LIBS := $(call pkg,--libs,libcurl,-lcurl) $(call pkg,--libs,libcjson,-lcjson) $(call pkg,--libs,yaml-0.1,-lyaml) \
	$(call pkg,--libs,uuid,-luuid) $(call pkg,--libs,libssl libcrypto,-lssl -lcrypto) $(call pkg,--libs,libzstd,-lzstd) \
	$(call pkg,--libs,librabbitmq,-lrabbitmq) -lunistring -lm

WARNINGS := -std=c17 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Werror
override CPPFLAGS += -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DSYSCONFDIR='"$(SYSCONFDIR)"' -iquote common \
	$(filter-out -I/usr/include,$(call pkg,--cflags,libcurl libcjson yaml-0.1 uuid,))
override CFLAGS += $(WARNINGS) -fPIE -fstack-protector-strong -fno-common
override LDFLAGS += -pie -Wl,-z,relro,-z,now -Wl,--as-needed

ifdef SANITIZE
override CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
override LDFLAGS += -fsanitize=address,undefined
else ifneq ($(filter -O1 -O2 -O3 -Os,$(CFLAGS)),)
# Level 3 where the compiler knows it (gcc 12, clang 9), else 2.
FORTIFY := $(shell echo 'int main(void){return __builtin_dynamic_object_size("", 0) == 9;}' | \
	$(CC) -x c -fsyntax-only - 2>/dev/null && echo 3 || echo 2)
override CPPFLAGS += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(FORTIFY)
endif

STIX_SCRIPTS := scripts/stix-graph scripts/stix-html scripts/stix-summary
PROGRAMS := $(sort $(notdir $(patsubst %/,%,$(wildcard cmd/*/))))
COMMON_OBJECTS := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard common/*.c)) $(BUILD)/obj/gen/allowlist-default.o
# What the programs are made of without their main, so that unit tests can link it.
PROGRAM_OBJECTS := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out %/main.c,$(wildcard cmd/*/*.c)))
PAGES := $(wildcard cmd/*/*.1 scripts/*.1 common/*.[57])
MAINS := $(wildcard cmd/*/main.c)
BINARIES := $(patsubst cmd/%/main.c,$(BUILD)/bin/%,$(MAINS))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test-*.c))
OBJECTS := $(COMMON_OBJECTS) $(PROGRAM_OBJECTS) $(patsubst %.c,$(BUILD)/obj/%.o,$(MAINS) $(wildcard tests/unit/test-*.c))

.PHONY: all bench check check-container check-fresh check-units conformance screenshot demo soak lint unit install \
	uninstall clean help
.SECONDARY:

all: $(BINARIES) ## build the four programs into build/bin

$(BUILD)/libcommon.a: $(COMMON_OBJECTS)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# The shipped allow-list goes into the programs, so that they find it whatever the working directory is.
$(BUILD)/gen/allowlist-default.c: config/allowlist Makefile
	@mkdir -p $(@D)
	$(Q){ echo 'const char allowlist_default[] = ""'; \
		sed -e 's/ *#.*//' -e '/^$$/d' -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $<; echo ';'; } >$@

# Other flags or another compiler make everything again.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS))' | cmp -s - $@ || \
		echo '$(subst ','\'',$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS))' >$@
.PHONY: FORCE

define PROGRAM_RULE
$(BUILD)/bin/$(1): $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard cmd/$(1)/*.c)) $(BUILD)/libcommon.a
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach program,$(PROGRAMS),$(eval $(call PROGRAM_RULE,$(program))))

$(BUILD)/libprograms.a: $(PROGRAM_OBJECTS) $(BUILD)/flags
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $(PROGRAM_OBJECTS)

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/libprograms.a $(BUILD)/libcommon.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

unit: $(UNIT_TESTS)

check: all unit ## run all tests (offline, no key needed)
	BUILD='$(BUILD)' scripts/check $(TESTS)

demo: all ## run the whole pipeline against the simulators
	BUILD='$(BUILD)' scripts/demo

conformance: all ## check bundles with stix2-validator, stix2 and pycti (from PyPI, into build/)
	BUILD='$(BUILD)' scripts/conformance

screenshot: all ## look at a report with headless Chromium, when it is installed: build/screenshot
	BUILD='$(BUILD)' scripts/screenshot

bench: all ## measure time, memory and requests against the simulators
	BUILD='$(BUILD)' scripts/bench

soak: all ## a year of a simulated clock with outages, crashes, resets (SOAK_DAYS, SOAK_SEED); takes half an hour
	BUILD='$(BUILD)' SOAK_DAYS='$(or $(SOAK_DAYS),366)' SOAK_SEED='$(or $(SOAK_SEED),1)' bats tests/vt-report-year.bats

check-units: ## verify the systemd units of an installation, and that the sandbox is tight
	$(MAKE) --no-print-directory install DESTDIR='$(abspath $(BUILD))/staging'
	scripts/check-units '$(abspath $(BUILD))/staging' '$(UNITDIR)'

check-container: ## run the Dockerfile's steps in a bare Debian (root, debootstrap)
	scripts/check-container

check-fresh: ## type README's first commands in a bare Debian 12 (root, debootstrap)
	scripts/check-fresh

lint: ## warnings of all kinds: compilers, cppcheck, clang-tidy, shellcheck, man pages, headers alone
	scripts/lint

# Text that names paths gets those of this installation; the old file is unlinked, never written over.
define put
	text=$$(mktemp) && \
		sed -e 's|^library=.*|library=$(LIBDIR)/vt-country-report|' -e 's|/usr/local/bin/|$(BINDIR)/|g' \
			-e 's|/etc/vt-country-report|$(SYSCONFDIR)/vt-country-report|g' $(2) >"$$text" && \
		$(INSTALL) -m $(1) "$$text" '$(DESTDIR)$(3)'; status=$$?; rm -f "$$text"; exit $$status
endef

install: all ## install programs, pages, units, cron line, completions (DESTDIR, PREFIX, SYSCONFDIR and others)
	$(INSTALL) -d $(foreach dir,$(BINDIR) $(MANDIR)/man1 $(MANDIR)/man5 $(MANDIR)/man7 $(LIBDIR)/vt-country-report \
		$(UNITDIR) $(DATADIR) $(BASHCOMPDIR) $(ZSHCOMPDIR) $(SYSCONFDIR)/vt-country-report $(SYSCONFDIR)/cron.d,'$(DESTDIR)$(dir)')
	$(INSTALL) -m 755 $(BINARIES) $(STIX_SCRIPTS) '$(DESTDIR)$(BINDIR)'
	$(call put,755,scripts/vt-report,$(BINDIR)/vt-report)
	$(INSTALL) -m 644 scripts/vt-report.d/*.bash '$(DESTDIR)$(LIBDIR)/vt-country-report'
	for page in $(PAGES); do $(INSTALL) -m 644 "$$page" '$(DESTDIR)$(MANDIR)/man'"$${page##*.}" || exit; done
	$(call put,644,config/vt-report.service,$(UNITDIR)/vt-report.service)
	$(call put,644,config/vt-report.timer,$(UNITDIR)/vt-report.timer)
	$(INSTALL) -m 644 config/Dockerfile config/docker-compose.yml '$(DESTDIR)$(DATADIR)'
	$(INSTALL) -m 644 config/completions/vt-country-report.bash '$(DESTDIR)$(BASHCOMPDIR)/vt-report'
	for program in $(PROGRAMS); do ln -sf vt-report '$(DESTDIR)$(BASHCOMPDIR)'/"$$program" || exit; done
	$(INSTALL) -m 644 config/completions/_vt-country-report '$(DESTDIR)$(ZSHCOMPDIR)'
	$(INSTALL) -m 644 config/config.yml.sample '$(DESTDIR)$(SYSCONFDIR)/vt-country-report'
	$(if $(wildcard $(DESTDIR)$(SYSCONFDIR)/cron.d/vt-country-report),,\
		$(call put,644,config/vt-report.cron,$(SYSCONFDIR)/cron.d/vt-country-report))

uninstall: ## remove what install put there, never a configuration
	for program in $(PROGRAMS) $(notdir $(STIX_SCRIPTS)) vt-report; do \
		rm -f '$(DESTDIR)$(BINDIR)'/"$$program" '$(DESTDIR)$(BASHCOMPDIR)'/"$$program"; done
	for page in $(PAGES); do rm -f '$(DESTDIR)$(MANDIR)/man'"$${page##*.}/$${page##*/}"; done
	rm -rf '$(DESTDIR)$(LIBDIR)/vt-country-report' '$(DESTDIR)$(DATADIR)'
	rm -f '$(DESTDIR)$(UNITDIR)'/vt-report.{service,timer} '$(DESTDIR)$(ZSHCOMPDIR)/_vt-country-report' \
		'$(DESTDIR)$(SYSCONFDIR)/vt-country-report/config.yml.sample'

clean: ## remove everything that was built
	rm -rf '$(BUILD)'

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(OBJECTS:.o=.d)
