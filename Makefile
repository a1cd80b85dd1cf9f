# smp-care: make, make check, make install. See README.md.

# Feeds of another version are compared anew: see lib/publish/source.c.
VERSION = 0.1.14
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
LIBDIR = $(PREFIX)/lib
INCLUDEDIR = $(PREFIX)/include
MANDIR = $(PREFIX)/share/man
DATADIR = $(PREFIX)/share

PKG_CONFIG ?= pkg-config
PYTHON ?= $(eval PYTHON := $(shell for p in /usr/bin/python3 python3; do \
	$$p -c "import icalendar" 2>/dev/null && { echo $$p; exit; }; done; \
	echo python3))$(PYTHON)
OBJCOPY ?= $(shell $(CC) -print-prog-name=objcopy)
CFLAGS ?= -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wno-missing-field-initializers
HARDEN = -fPIE -fstack-protector-strong
HARDEN_LD = -pie -Wl,-z,relro,-z,now,-z,noexecstack
# Those that the compiler knows; of the last two, one.
IF_KNOWN = -fno-plt -fstack-clash-protection -fcf-protection \
	-mbranch-protection=standard -D_FORTIFY_SOURCE=3 -D_FORTIFY_SOURCE=2

LIBRARIES = libcjson libutf8proc libsodium libical libqrencode

# Where everything but programs and libsmp.a is built; the sanitizer builds
# have one of their own.
BUILD = build
BIN = bin
LIBSMP = libsmp.a

ALL_CPPFLAGS = -Ilib -Isrc -I$(BUILD) -D_POSIX_C_SOURCE=200809L \
	-D_FILE_OFFSET_BITS=64 \
	-DSMP_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 -fno-math-errno $(WARNINGS) $(HARDEN) $(KNOWN) \
	$(if $(filter -O%,$(CFLAGS)),,-O2) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) -Wl,--as-needed $(LDFLAGS)

LIB_SOURCES = $(sort $(wildcard lib/*/*.c))
BUILTIN = lib/protocol/default.json \
	$(sort $(filter-out %/default.json,$(wildcard lib/protocol/*.json)))
TOOL_SOURCES = $(sort $(wildcard src/tool/*.c))
SCHEDULE_SOURCES = $(sort $(wildcard src/schedule/*.c))
PLANNING_SOURCES = $(sort $(wildcard src/planning/*.c))
PROGRAMS = $(sort $(patsubst src/%.c,%,$(wildcard src/smp-*.c)))
MANUALS = $(sort $(wildcard man/*.[1-9]))

# By src/install/tables, with the library.
MADE = protocols indices

LIB_OBJECTS = $(LIB_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/builtin.o \
	$(BUILD)/formats.o $(BUILD)/page.o \
	$(MADE:%=$(BUILD)/%.o)
TOOL_OBJECTS = $(TOOL_SOURCES:%.c=$(BUILD)/%.o)
SCHEDULE_OBJECTS = $(SCHEDULE_SOURCES:%.c=$(BUILD)/%.o)
PLANNING_OBJECTS = $(PLANNING_SOURCES:%.c=$(BUILD)/%.o)
TESTS = $(sort $(patsubst tests/unit/%_test.c,%,$(wildcard tests/unit/*_test.c)))
TEST_PROGRAMS = $(TESTS:%=$(BUILD)/tests/%_test) $(BUILD)/tests/zonedump \
	$(BUILD)/tests/vtimezonedump $(BUILD)/tests/caldump \
	$(BUILD)/tests/rankdump $(BUILD)/tests/faults.so

all: $(PROGRAMS:%=$(BIN)/%) $(LIBSMP)

# Archives of libraries are linked if there are any: see src/link/configure.
# STATIC=no links what pkg-config says.
STATIC = yes

# All that is compiled depends on the settings and libraries that it is made
# with: see src/link/configure. make install, alone, takes what was made.
CONFIG = $(BUILD)/config.mk
GOALS = $(or $(MAKECMDGOALS),all)
ifneq ($(filter-out clean dist check-dist lint uninstall,$(GOALS)),)
include $(CONFIG)
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
endif

$(CONFIG): $(if $(filter-out install,$(GOALS)),FORCE)
	@$(foreach v,CC PKG_CONFIG LIBRARIES STATIC IF_KNOWN LDLIBS,$v=$(call \
		quote,$($v))) AR=$(call quote,$(if \
		$(filter-out default,$(origin AR)),$(AR))) \
		FLAGS=$(call quote,$(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS)) \
		src/link/configure $@
$(CONFIG): PKG_CFLAGS =
$(CONFIG): KNOWN =
quote = '$(subst ','\'',$1)'

# What there is now, so that nothing stays that was made of a removed file.
SOURCES = $(strip $(LIB_SOURCES) $(TOOL_SOURCES) $(SCHEDULE_SOURCES) \
	$(PLANNING_SOURCES) $(BUILTIN))
# (by cat: in a condition GNU make 4.3 misreads a long file by $(file))
ifneq ($(shell cat $(BUILD)/sources 2>/dev/null),$(SOURCES))
$(BUILD)/sources: FORCE
endif
$(BUILD)/sources:
	@mkdir -p $(@D)
	@echo $(SOURCES) >$@

# Archives, so that a program without calendars is not linked with libical.
SMP = $(BUILD)/smp.a
$(SMP): $(LIB_OBJECTS)
$(BUILD)/tool.a: $(TOOL_OBJECTS)
$(SMP) $(BUILD)/tool.a: $(BUILD)/sources
	@rm -f $@
	$(AR) rcs $@ $(filter %.o,$^)

# The library for others: one object, in which only what smp.h declares can be
# seen from outside. -flto has done its work by then.
PUBLIC_HEADERS = lib/smp.h \
	$(shell sed -n 's|^\#include "\(.*\)"|lib/\1|p' lib/smp.h)
PARTIAL = -r -nostdlib $(filter -m% -fuse-ld=%,$(CFLAGS) $(LDFLAGS)) \
	$(if $(filter -flto%,$(CFLAGS)),-flto $(shell $(CC) -dumpspecs \
		>/dev/null 2>&1 && echo -flinker-output=nolto-rel)) # gcc alone
$(LIBSMP): $(LIB_OBJECTS) $(BUILD)/sources $(PUBLIC_HEADERS)
	$(CC) -Ilib -E -P lib/smp.h | sed 's/\(struct\|enum\) smp_[a-z0-9_]*//g' | \
		grep -o 'smp_[a-z0-9_]*' | sort -u >$(BUILD)/exports
	$(CC) $(PARTIAL) -o $(BUILD)/smp.o $(LIB_OBJECTS)
	$(OBJCOPY) --keep-global-symbols=$(BUILD)/exports $(BUILD)/smp.o
	@rm -f $@
	$(AR) rcs $@ $(BUILD)/smp.o

$(BIN)/%: $(BUILD)/src/%.o $(BUILD)/tool.a $(SMP) $(CONFIG)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/tool.a \
		$(SMP) $(LINKED) $(LDLIBS)

# Out of memory ends each of them in one way.
$(PROGRAMS:%=$(BIN)/%): $(BUILD)/src/link/memory.o

# What one program alone is made of.
$(BIN)/smp-schedule: $(SCHEDULE_OBJECTS)
$(BIN)/smp-import: $(BUILD)/src/schedule/spool.o
$(BIN)/smp-plan: $(PLANNING_OBJECTS) $(BUILD)/src/schedule/spool.o

$(BUILD)/%.o: %.c Makefile $(CONFIG)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The files of the built-in protocols as literals of C: default.json, which is
# the English one, and its translations by the names of their languages. C does
# not promise literals of more than 4095 characters.
$(BUILD)/builtin.c: $(BUILTIN) $(BUILD)/sources Makefile
	{ echo '#include "protocol/internal.h"'; \
	  for f in $(BUILTIN); do \
	    n=$${f##*/}; \
	    echo "static const char text_$${n%.json}[][SMP_PIECE_SIZE] = {"; \
	    sed 's/[\\"?]/\\&/g; s/.*/"&\\n"/' $$f | LC_ALL=C awk '{ \
	      n += length($$0); if (n > 4095) { print ","; n = length($$0) } \
	      print }'; \
	    echo '};'; \
	  done; \
	  echo 'const struct smp_builtin smp_builtins[] = {'; \
	  for f in $(BUILTIN); do \
	    n=$${f##*/}; n=$${n%.json}; \
	    echo "{\"$$n\", text_$$n, sizeof text_$$n / sizeof *text_$$n},"; \
	  done; \
	  echo '{0}};'; } > $@.tmp
	mv $@.tmp $@

# The formats of exports as bytes.
$(BUILD)/formats.c: lib/import/formats.json Makefile
	@mkdir -p $(@D)
	{ echo '#include "import/import.h"'; \
	  echo 'const char smp_formats_builtin[] = {'; \
	  od -An -v -tu1 $< | sed 's/\([0-9][0-9]*\)/(char)\1,/g'; \
	  echo '0};'; \
	  echo 'const unsigned long smp_formats_builtin_size ='; \
	  echo 'sizeof smp_formats_builtin - 1;'; } > $@.tmp
	mv $@.tmp $@

# What pages look like, as strings of C, without the indents of their lines.
$(BUILD)/page.c: lib/html/page.css lib/html/marks.svg Makefile
	{ echo '#include "html/internal.h"'; \
	  for f in css:page.css marks:marks.svg; do \
	    echo "const char smp_html_$${f%%:*}[] = {"; \
	    sed 's/^ *//' lib/html/$${f#*:} | od -An -v -tu1 | \
	      sed 's/  */,/g; s/^,//; s/$$/,/'; \
	    echo '0};'; \
	  done; } >$@.tmp
	mv $@.tmp $@

# Programs that run during the build. If those of CC do not run here, they are
# built by CC_FOR_BUILD, in a directory of their own. What they write is the
# same on all machines.
CC_FOR_BUILD = $(if $(RUNS),$(CC),cc)
CFLAGS_FOR_BUILD = -O2
PKG_CONFIG_FOR_BUILD = pkg-config
ifeq ($(CC_FOR_BUILD),$(CC))
NATIVE = $(BUILD)
else
NATIVE = $(BUILD)/native
$(NATIVE)/tables $(NATIVE)/completion: FORCE
	unset PKG_CONFIG_PATH PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR; \
	$(MAKE) BUILD=$(NATIVE) LIBSMP=$(NATIVE)/libsmp.a STATIC=no \
		CC='$(CC_FOR_BUILD)' CFLAGS='$(CFLAGS_FOR_BUILD)' AR=ar CPPFLAGS= \
		LDFLAGS= LDLIBS= PKG_CONFIG='$(PKG_CONFIG_FOR_BUILD)' $@
$(NATIVE)/completion: | $(NATIVE)/tables
endif

# The protocols as the loader makes them, so that no program has to read them,
# and the indices of their answers.
$(BUILD)/tables: $(BUILD)/src/install/tables.o \
		$(BUILD)/src/tool/message.o \
		$(filter-out $(MADE:%=$(BUILD)/%.o),$(LIB_OBJECTS))
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LINKED) $(LDLIBS)

$(MADE:%=$(BUILD)/%.c): $(BUILD)/%.c: $(NATIVE)/tables
	$(NATIVE)/tables $* >$@.tmp
	mv $@.tmp $@

$(BUILD)/builtin.o $(BUILD)/formats.o $(BUILD)/page.o \
		$(MADE:%=$(BUILD)/%.o): %.o: %.c $(CONFIG)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(SMP) Makefile $(CONFIG)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -Wno-missing-prototypes -MMD -MP \
		$(ALL_LDFLAGS) -o $@ $< $(SMP) $(LINKED) \
		$(shell $(PKG_CONFIG) --libs cmocka) $(LDLIBS)

# It is preloaded into programs, so no flag of theirs is its.
$(BUILD)/tests/faults.so: tests/faults/shim.c Makefile $(CONFIG)
	@mkdir -p $(@D)
	$(CC) -std=c11 -O2 $(WARNINGS) -U_FORTIFY_SOURCE -fno-builtin -fPIC \
		-shared -o $@ $<

# All tests, closed by one line: N passed, N failed. RUN may be what runs the
# test programs, and SMP_BIN a directory of other programs to test.
RUN =
CHECKS = "$(PYTHON) tests/faults.py $(BUILD)/tests/faults.so" \
	$(TESTS:%="$(RUN) $(BUILD)/tests/%_test") \
	$(patsubst %,"$(PYTHON) tests/transcript.py %",\
		$(sort $(wildcard tests/transcripts/*.txt)) README.md $(MANUALS)) \
	$(patsubst %,"sh %",$(sort $(wildcard tests/*.t))) \
	$(patsubst %,"$(PYTHON) %",$(sort $(filter-out $(TOOLS_PY),\
		$(wildcard tests/*.py)))) \
	"$(PYTHON) tests/zones.py $(BUILD)/tests/zonedump" \
	"$(PYTHON) tests/vtimezone.py $(BUILD)/tests/vtimezonedump" \
	"$(PYTHON) tests/recurrences.py $(BUILD)/tests/caldump" \
	"$(PYTHON) tests/traps.py $(BUILD)/tests/caldump"

# What the tests run with, and those that are given a program.
TOOLS_PY = tests/results.py tests/tap.py tests/transcript.py tests/zones.py tests/vtimezone.py \
	tests/score_questions.py tests/score_verdicts.py tests/recurrences.py \
	tests/families.py tests/fit_answers.py \
	tests/fuzz_calendars.py tests/traps.py tests/coverage.py \
	tests/faults.py tests/verdict_model.py

check: all $(TEST_PROGRAMS)
	SMP_BIN=$${SMP_BIN:-$(BIN)} SMP_BUILD=$(BUILD) PYTHON=$(PYTHON) \
		$(PYTHON) tests/tap.py $(CHECKS)

# Random protocols and plans against a model of the rules; SEED=n for others.
CASES = 10000
SEED = 1

check-verdicts: all
	SMP_BIN=$(BIN) $(PYTHON) tests/verdict_random.py $(CASES) $(SEED)

# Protocols with one mistake each; EVERY=1 tries all 1,400 of them.
EVERY = 4

check-mutants: all
	SMP_BIN=$(BIN) SMP_VERBOSE=1 $(PYTHON) tests/mutants.py $(EVERY)

# Feeds and invitations through real servers and readers on this machine, and
# runs killed at random: what takes minutes. See examples/delivery.
check-delivery: all
	SMP_BIN=$(BIN) SMP_KILLS=200 SMP_FEEDS=1000 SMP_TEST_TIMEOUT=3000 \
		$(PYTHON) tests/tap.py "$(PYTHON) tests/delivery/readers.py" \
		"$(PYTHON) tests/delivery/deliver.py" \
		"$(PYTHON) tests/publish_faults.py" \
		"$(PYTHON) tests/message_year.py" \
		"$(PYTHON) tests/message_short.py all"

# Plans on hosts that are network namespaces of this machine, by ssh. It needs
# root, sshd and GNU parallel.
check-cluster: all
	SMP_BIN=$(BIN) SMP_HOSTS=sshd SMP_TEST_TIMEOUT=600 \
		$(PYTHON) tests/tap.py "sh tests/cluster.t"

# Pages in Chromium, with packages from npm; see tests/pages/check.mjs.
check-pages: all
	SMP_BIN=$(BIN) tests/pages/run $(BUILD)/pages

# The picture in README.md: a page of the built-in protocol in Chromium.
CHROMIUM = chromium
PICTURED = -p '{"studio": {"name": "Maple Scalp Studio", $\
	"phone": "+1 416 555 0143", "address": "214 Maple Street, Toronto", $\
	"openingHours": "Tu-Sa 10:00-18:00"}}' --now 2026-11-01T10:00Z

pictures: all
	@command -v $(CHROMIUM) >/dev/null || \
		{ echo "make pictures: missing: $(CHROMIUM)" >&2; exit 1; }
	$(BIN)/smp-schedule -j $(PICTURED) --id c-17 --name 'Jo Field' -z \
		America/Toronto 2026-12-01T10:00 | $(BIN)/smp-precare -j $(PICTURED) | \
		$(BIN)/smp-aftercare --html $(PICTURED) >$(BUILD)/page.html
	$(CHROMIUM) --headless --no-sandbox --disable-gpu --hide-scrollbars \
		--window-size=1100,1140 --screenshot=examples/page.png \
		$(BUILD)/page.html 2>/dev/null
	@if command -v pngquant >/dev/null; then \
		pngquant --force --ext .png 32 examples/page.png; fi

# All that programs say of each day and rule, against each other: minutes.
check-doors: all
	SMP_BIN=$(BIN) SMP_TEST_TIMEOUT=3000 $(PYTHON) tests/tap.py \
		"$(PYTHON) tests/doors.py all"

# Faults of the system, one at a time, in all programs: those that make check
# has some of.
check-faults: all $(BUILD)/tests/faults.so
	SMP_BIN=$(BIN) $(PYTHON) tests/faults.py $(BUILD)/tests/faults.so all

# The whole suite under the sanitizers, and under valgrind, which runs a tenth
# of the longest tables.
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
SANITIZED = BUILD=build/asan BIN=build/asan/bin LIBSMP=build/asan/libsmp.a \
	CFLAGS='-O1 -g $(SANITIZE)' HARDEN='-fPIE' HARDEN_LD='-pie' IF_KNOWN=

check-asan:
	$(MAKE) $(SANITIZED) check

# The lines and branches of each room that the tests run; it needs gcovr. The
# programs write counts when they end, also for users that some tests become.
# What they say of counts disturbs some tests: no result counts here.
COVERED = $(subst build/asan,build/coverage,$(SANITIZED)) \
	CFLAGS='-O0 -g --coverage'

coverage:
	rm -rf build/coverage
	-{ $(MAKE) -s $(COVERED) all && \
	find build/coverage -name '*.gcno' | sed 's/gcno$$/gcda/' >build/counts && \
	xargs touch <build/counts && xargs chmod 666 <build/counts && \
	$(MAKE) -s $(COVERED) check; } >build/coverage.log 2>&1
	gcovr -r . --exclude-unreachable-branches -e src/install -e src/link \
		-e tests --json-summary build/coverage.json build/coverage
	$(PYTHON) tests/coverage.py build/coverage.json

check-valgrind:
	$(MAKE) all $(TEST_PROGRAMS)
	rm -rf build/valgrind
	mkdir -p build/valgrind
	for p in $(PROGRAMS); do \
		printf '#!/bin/sh\nexec $(VALGRIND) %s/%s "$$@"\n' \
			$(CURDIR)/$(BIN) $$p >build/valgrind/$$p && \
		chmod +x build/valgrind/$$p || exit; \
	done
	SMP_BIN=build/valgrind SMP_SAMPLE=10 SMP_TEST_TIMEOUT=3000 \
		$(MAKE) check RUN='$(VALGRIND)'

VALGRIND = valgrind -q --error-exitcode=99 --leak-check=full \
	--errors-for-leak-kinds=definite

lint:
	@mkdir -p $(BUILD)
	clang-format --dry-run -Werror $(ALL_C)
	echo '#define cJSON_ArrayForEach(e, a) for (e = (a)->child; e; e = e->next)' \
		>$(BUILD)/cppcheck.h
	cppcheck -q --std=c11 --enable=warning,portability,performance \
		--include=$(BUILD)/cppcheck.h \
		--inline-suppr --error-exitcode=1 -Ilib -Isrc lib src
	shellcheck -x -P SCRIPTDIR examples/install-deps examples/quickstart \
		examples/rehearse examples/studio-day tests/run .ci/run \
		tests/pages/run \
		tests/everywhere tests/packages src/link/configure \
		examples/delivery/caldav-push examples/delivery/deliver-messages \
		examples/delivery/mail-sessions \
		examples/cluster/smp-cluster \
		$(wildcard examples/packaging/build-*) \
		$(wildcard examples/packaging/debian/tests/[lt]*) \
		$(wildcard tests/*.t tests/*.sh)
	mandoc -Tlint -Wstyle $(MANUALS)

ALL_C = $(wildcard lib/*.h lib/*/*.[ch] src/*.[ch] src/*/*.[ch] \
	tests/*/*.[ch] examples/*.c)

# The worst files there may be, and damaged calendars under the sanitizers;
# FUZZ_SEED=n for others. Then libFuzzer, FUZZ_SECONDS for each of FUZZ_DOORS;
# it needs clang.
FUZZ_CASES = 5000
FUZZ_SEED = 1
FUZZ_SECONDS = 60
FUZZ_DOORS = plan protocol hours calendar feed question json

fuzz: all fuzz-doors
	SMP_BIN=$(BIN) SMP_WORST=all $(PYTHON) tests/worst.py
	$(MAKE) $(SANITIZED) build/asan/tests/caldump
	$(PYTHON) tests/fuzz_calendars.py build/asan/tests/caldump \
		$(FUZZ_CASES) $(FUZZ_SEED) $(wildcard tests/calendars/*.ics) \
		$(FUZZ_FILES)

fuzz-doors:
	$(MAKE) $(FUZZED) $(FUZZ_DOORS:%=build/fuzz/doors/%)
	tests/fuzz/run build/fuzz/doors $(FUZZ_SECONDS) $(FUZZ_DOORS)

FUZZED = $(subst build/asan,build/fuzz,$(SANITIZED)) CC=clang \
	SANITIZE='$(SANITIZE) -fsanitize=fuzzer-no-link'

$(BUILD)/doors/%: tests/fuzz/%.c $(SMP) Makefile $(CONFIG)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -fsanitize=fuzzer -MMD -MP \
		$(ALL_LDFLAGS) -o $@ $< $(SMP) $(LINKED) $(LDLIBS)

# How good the answers are: questions as they are and with a third of the
# aliases left out in turn, verdicts and the protocols of studios.
OWN_QUESTIONS = tests/questions.ndjson tests/questions-fr.ndjson:fr \
	tests/questions-es.ndjson:es tests/questions-mix.ndjson

score: all
	@SMP_BIN=$(BIN) $(PYTHON) tests/score_questions.py $(OWN_QUESTIONS) \
		$(QUESTIONS)
	@SMP_BIN=$(BIN) $(PYTHON) tests/score_questions.py --left-out \
		$(OWN_QUESTIONS)
	@SMP_BIN=$(BIN) $(PYTHON) tests/score_verdicts.py tests/mayi.ndjson \
		tests/studios/probes.ndjson tests/verdicts.ndjson

# Fits the score of answers to the questions anew; see tests/fit_answers.py.
fit: $(BUILD)/tests/rankdump
	$(PYTHON) tests/fit_answers.py $(BUILD)/tests/rankdump --write

# What is measured, and by what, is said in tests/bench/run.
bench: all $(BUILD)/bench/plain $(BUILD)/bench/parse
	SMP_BIN=$(BIN) SMP_PEERS=$(BUILD)/bench PYTHON=$(PYTHON) \
		PYTHONDONTWRITEBYTECODE=1 tests/bench/run

$(BUILD)/bench/%: tests/bench/%.c Makefile $(CONFIG)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -o $@ $< \
		$(shell $(PKG_CONFIG) --libs libical)

# What make install puts where; uninstall removes the same.
# But for what is about this directory: quickstart, install-deps and packaging.
DOCDIR = $(DATADIR)/doc/smp-care
EXAMPLES = $(addprefix examples/,appointments.ics bookings.csv csv2plans \
	library.c page.png rehearse studio-day) \
	$(wildcard examples/cluster/* examples/delivery/* examples/protocols/*.json)
INSTALLED = $(PROGRAMS:%=$$BINDIR/%) $$LIBDIR/libsmp.a \
	$$LIBDIR/pkgconfig/smp.pc $(PUBLIC_HEADERS:lib/%=$$INCLUDEDIR/smp/%) \
	$(foreach m,$(MANUALS),$$MANDIR/man$(patsubst .%,%,$(suffix $m))/$(notdir $m)) \
	$(PROGRAMS:%=$$DATADIR/bash-completion/completions/%) \
	$(PROGRAMS:%=$$DATADIR/zsh/site-functions/_%) \
	$(PROGRAMS:%=$$DATADIR/fish/vendor_completions.d/%.fish) \
	$(EXAMPLES:%=$$DOCDIR/%)

$(BUILD)/completion: $(BUILD)/src/install/completion.o $(TOOL_OBJECTS) $(SMP)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(TOOL_OBJECTS) $(SMP) \
		$(LINKED) $(LDLIBS)

# A file for pkg-config; the library is a static one, so all it needs is named.
define PC_FILE
Name: smp
Description: Care before and after scalp micropigmentation
Version: $(VERSION)
Requires: $(LIBRARIES)
Cflags: -I"$(INCLUDEDIR)/smp"
Libs: -L"$(LIBDIR)" -lsmp -lstemmer -lm
endef

# Directories may hold spaces, so recipes name them by variables of the shell.
# MOVED is for sed: manuals and examples name the directories of this PREFIX.
sed_text = $(subst |,\|,$(subst &,\&,$(subst \,\\,$1)))
install uninstall: export DESTDIR := $(DESTDIR)
install uninstall: export BINDIR := $(BINDIR)
install uninstall: export LIBDIR := $(LIBDIR)
install uninstall: export INCLUDEDIR := $(INCLUDEDIR)
install uninstall: export MANDIR := $(MANDIR)
install uninstall: export DATADIR := $(DATADIR)
install uninstall: export DOCDIR := $(DOCDIR)
install: export PC_FILE := $(PC_FILE)
install: export MOVED := \
	s|/usr/local/share/doc/smp-care|$(call sed_text,$(DOCDIR))|g;$\
	s|/usr/local/bin|$(call sed_text,$(BINDIR))|g
PUT = put() { sed "$$MOVED" "$$2" >$(BUILD)/put && \
	install -m "$$1" $(BUILD)/put "$$DESTDIR$$3"; }

install: all $(NATIVE)/completion
	umask 022; mkdir -p $(patsubst %,"$$DESTDIR%",$(sort $(dir $(INSTALLED))))
	install -m 755 $(PROGRAMS:%=$(BIN)/%) "$$DESTDIR$$BINDIR"
	install -m 644 $(LIBSMP) "$$DESTDIR$$LIBDIR/libsmp.a"
	printf '%s\n' "$$PC_FILE" >$(BUILD)/smp.pc
	install -m 644 $(BUILD)/smp.pc "$$DESTDIR$$LIBDIR/pkgconfig/smp.pc"
	for h in $(PUBLIC_HEADERS:lib/%=%); do \
		install -m 644 lib/$$h "$$DESTDIR$$INCLUDEDIR/smp/$$h" || exit; \
	done
	$(PUT); for m in $(MANUALS:man/%=%); do \
		put 644 man/$$m "$$MANDIR/man$${m##*.}/$$m" || exit; \
	done
	$(PUT); for p in $(PROGRAMS); do \
		for to in bash:bash-completion/completions/$$p \
			zsh:zsh/site-functions/_$$p \
			fish:fish/vendor_completions.d/$$p.fish; do \
			$(NATIVE)/completion $${to%%:*} $$p >$(BUILD)/words && \
				put 644 $(BUILD)/words "$$DATADIR/$${to#*:}" || exit; \
		done; \
	done
	$(PUT); for e in $(EXAMPLES); do \
		mode=644; [ ! -x $$e ] || mode=755; \
		put $$mode $$e "$$DOCDIR/$$e" || exit; \
	done

uninstall:
	rm -f $(INSTALLED:%="$$DESTDIR%")
	-rmdir $(patsubst %,"$$DESTDIR%",\
		$(sort $(dir $(PUBLIC_HEADERS:lib/%=$$INCLUDEDIR/smp/%))) \
		$$INCLUDEDIR/smp $$DOCDIR/examples/cluster \
		$$DOCDIR/examples/delivery \
		$$DOCDIR/examples/protocols $$DOCDIR/examples $$DOCDIR) 2>/dev/null

# The sources as an archive, the same on every machine: without what was built,
# dated as the manual is. check-dist builds it and runs its quickstart.
DIST = smp-care-$(VERSION)
DISTRIBUTED = Makefile LICENSE README.md HACKING.md NEWS.md .ci .clang-format \
	.editorconfig .gitignore bin/.gitignore lib src man tests examples

dist: | $(BUILD)
	find $(DISTRIBUTED) -type f ! -name '*.pyc' >$(BUILD)/files
	LC_ALL=C sort -o $(BUILD)/files $(BUILD)/files
	tar -cf $(BUILD)/$(DIST).tar --format=gnu --no-recursion \
		--files-from=$(BUILD)/files --transform='s|^|$(DIST)/|' \
		--owner=0 --group=0 --numeric-owner --mode=u+rw,go=u,go-w \
		--mtime="$$(sed -n 's/^\.Dd //p' man/smp-care.7) UTC"
	gzip -9nf $(BUILD)/$(DIST).tar

check-dist: dist
	rm -rf $(BUILD)/dist
	mkdir $(BUILD)/dist
	tar -xzf $(BUILD)/$(DIST).tar.gz -C $(BUILD)/dist
	cd $(BUILD)/dist && $(DIST)/examples/quickstart --no-install && \
		grep -q BEGIN:VEVENT jo.ics

$(BUILD):
	mkdir -p $@

# With other goals, what this run has found out stays.
clean:
	rm -rf $(wildcard bin/*) libsmp.a $(if $(filter-out clean,$(GOALS)),$(filter-out \
		$(CONFIG) $(BUILD)/settings $(BUILD)/link,$(wildcard build/*)),build)
ifneq ($(filter clean,$(GOALS)),)
.NOTPARALLEL:
endif

FORCE:
.PHONY: all coverage fit fuzz fuzz-doors score check check-verdicts \
	check-mutants check-doors check-cluster check-delivery check-pages \
	check-faults check-asan check-dist check-valgrind dist lint bench \
	install pictures uninstall clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:
