# smp-care: make, make check, make install. See README.md.

# Feeds of another version are compared anew: see lib/publish/source.h.
VERSION = 0.1.0
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
LIBDIR = $(PREFIX)/lib
INCLUDEDIR = $(PREFIX)/include
MANDIR = $(PREFIX)/share/man
DATADIR = $(PREFIX)/share

CC = cc
PKG_CONFIG = pkg-config
PYTHON = $(shell for p in /usr/bin/python3 python3; do \
	$$p -c "import icalendar" 2>/dev/null && { echo $$p; exit; }; done; \
	echo python3)
CFLAGS = -O2 -g -fno-plt
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wno-missing-field-initializers
HARDEN = -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
HARDEN_LD = -pie -Wl,-z,relro,-z,now,-z,noexecstack

LIBRARIES = libcjson libutf8proc libsodium
LIBRARIES_ICAL = libical
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBRARIES) $(LIBRARIES_ICAL))
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES) $(LIBRARIES_ICAL)) \
	-lstemmer -lm

# Where everything but programs and libsmp.a is built; the sanitizer builds
# have one of their own.
BUILD = build
BIN = bin
LIBSMP = libsmp.a

ALL_CPPFLAGS = -Ilib -Isrc -I$(BUILD) -D_POSIX_C_SOURCE=200809L \
	-DSMP_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(WARNINGS) $(HARDEN) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) -Wl,--as-needed $(LDFLAGS)

LIB_SOURCES = $(sort $(wildcard lib/*/*.c))
TOOL_SOURCES = $(sort $(wildcard src/tool/*.c))
SCHEDULE_SOURCES = $(sort $(wildcard src/schedule/*.c))
FEEDS_SOURCES = $(sort $(wildcard src/feeds/*.c))
PROGRAMS = $(sort $(patsubst src/%.c,%,$(wildcard src/smp-*.c)))
MANUALS = $(sort $(wildcard man/*.[1-9]))

# By src/install/images, with the library.
MADE = images indices ready

LIB_OBJECTS = $(LIB_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/builtin.o \
	$(MADE:%=$(BUILD)/%.o)
TOOL_OBJECTS = $(TOOL_SOURCES:%.c=$(BUILD)/%.o)
SCHEDULE_OBJECTS = $(SCHEDULE_SOURCES:%.c=$(BUILD)/%.o)
FEEDS_OBJECTS = $(FEEDS_SOURCES:%.c=$(BUILD)/%.o)
TESTS = $(sort $(patsubst tests/unit/%_test.c,%,$(wildcard tests/unit/*_test.c)))
TEST_PROGRAMS = $(TESTS:%=$(BUILD)/tests/%_test) $(BUILD)/tests/zonedump \
	$(BUILD)/tests/vtimezonedump $(BUILD)/tests/caldump

all: $(PROGRAMS:%=$(BIN)/%) $(LIBSMP)

# What the programs are linked with: see src/link/libraries. STATIC=no links
# what pkg-config says.
STATIC = yes
LINKED = $(PKG_LIBS)
ifeq ($(STATIC)$(filter clean lint uninstall,$(MAKECMDGOALS)),yes)
LINKED_BY = $(BUILD)/libraries.mk
-include $(LINKED_BY)
endif

$(BUILD)/libraries.mk: src/link/libraries $(wildcard src/link/*.[ch]) Makefile
	@mkdir -p $(BUILD)/link
	LINK_FLAGS='$(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS)' \
		src/link/libraries '$(CC)' $(BUILD)/link $(PKG_LIBS) >$@

$(LIBSMP): $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $(LIB_OBJECTS)

# An archive, so that a program without calendars is not linked with libical.
$(BUILD)/tool.a: $(TOOL_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $(TOOL_OBJECTS)

$(BIN)/%: $(BUILD)/src/%.o $(BUILD)/tool.a $(LIBSMP) $(LINKED_BY)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/tool.a \
		$(LIBSMP) $(LINKED) $(LDLIBS)

# What one program alone is made of.
$(BIN)/smp-schedule: $(SCHEDULE_OBJECTS)
$(BIN)/smp-publish: $(FEEDS_OBJECTS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The built-in protocols as bytes, each ended by a NUL: default.json, which is
# the English one, and its translations by the names of their languages.
BUILTIN = lib/protocol/default.json \
	$(sort $(filter-out %/default.json,$(wildcard lib/protocol/*.json)))

$(BUILD)/builtin.c: $(BUILTIN) Makefile
	@mkdir -p $(@D)
	{ echo '#include "protocol/layers.h"'; \
	  for f in $(BUILTIN); do \
	    n=$${f##*/}; \
	    echo "static const char text_$${n%.json}[] = {"; \
	    od -An -v -tu1 $$f | sed 's/\([0-9][0-9]*\)/(char)\1,/g'; \
	    echo '0};'; \
	  done; \
	  echo 'const struct smp_builtin smp_builtins[] = {'; \
	  for f in $(BUILTIN); do \
	    n=$${f##*/}; n=$${n%.json}; \
	    echo "{\"$$n\", text_$$n, sizeof text_$$n - 1},"; \
	  done; \
	  echo '{0}};'; } > $@.tmp
	mv $@.tmp $@

# The same as the loader makes them, so that no program has to read them, the
# indices of their answers, and the templates of what they say.
$(BUILD)/images: $(BUILD)/src/install/images.o $(BUILD)/src/install/ready.o \
		$(BUILD)/src/tool/message.o \
		$(filter-out $(MADE:%=$(BUILD)/%.o),$(LIB_OBJECTS))
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LINKED) $(LDLIBS)

$(BUILD)/images.c: $(BUILD)/images
	$(BUILD)/images protocols >$@.tmp
	mv $@.tmp $@

$(BUILD)/indices.c: $(BUILD)/images
	$(BUILD)/images indices >$@.tmp
	mv $@.tmp $@

$(BUILD)/ready.c: $(BUILD)/images
	$(BUILD)/images templates >$@.tmp
	mv $@.tmp $@

$(BUILD)/builtin.o $(MADE:%=$(BUILD)/%.o): %.o: %.c
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(LIBSMP) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -Wno-missing-prototypes -MMD -MP \
		$(ALL_LDFLAGS) -o $@ $< $(LIBSMP) $(LINKED) \
		$(shell $(PKG_CONFIG) --libs cmocka) $(LDLIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# All tests, closed by one line: N passed, N failed. RUN may be what runs the
# test programs, and SMP_BIN a directory of other programs to test.
RUN =
CHECKS = $(TESTS:%="$(RUN) $(BUILD)/tests/%_test") \
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
	tests/fuzz_calendars.py tests/traps.py tests/coverage.py \
	tests/verdict_model.py

check: all $(TEST_PROGRAMS)
	SMP_BIN=$${SMP_BIN:-$(BIN)} PYTHON=$(PYTHON) \
		$(PYTHON) tests/tap.py $(CHECKS)

# Random protocols and plans against a model of the rules; SEED=n for others.
CASES = 10000
SEED = 1

check-verdicts: all
	SMP_BIN=$(BIN) $(PYTHON) tests/verdict_random.py $(CASES) $(SEED)

# Feeds and invitations through real servers and readers on this machine, and
# runs killed at random: what takes minutes. See examples/delivery.
check-delivery: all
	SMP_BIN=$(BIN) SMP_KILLS=200 SMP_FEEDS=1000 SMP_TEST_TIMEOUT=3000 \
		$(PYTHON) tests/tap.py "$(PYTHON) tests/delivery/readers.py" \
		"$(PYTHON) tests/delivery/deliver.py" \
		"$(PYTHON) tests/publish_faults.py"

# All that programs say of each day and rule, against each other: minutes.
check-doors: all
	SMP_BIN=$(BIN) SMP_TEST_TIMEOUT=3000 $(PYTHON) tests/tap.py \
		"$(PYTHON) tests/doors.py all"

# The whole suite under the sanitizers, and under valgrind, which runs a tenth
# of the longest tables.
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
SANITIZED = BUILD=build/asan BIN=build/asan/bin LIBSMP=build/asan/libsmp.a \
	CFLAGS='-O1 -g $(SANITIZE)' HARDEN='-fPIE' HARDEN_LD='-pie'

check-asan:
	$(MAKE) $(SANITIZED) check

# The lines and branches of each room that the tests run; it needs gcovr. The
# programs write counts when they end, which some tests do not let them: their
# results do not count here.
COVERED = $(subst build/asan,build/coverage,$(SANITIZED)) \
	CFLAGS='-O0 -g --coverage'

coverage:
	rm -rf build/coverage
	-$(MAKE) -s $(COVERED) check >build/coverage.log 2>&1
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
	clang-format --dry-run -Werror $(ALL_C)
	echo '#define cJSON_ArrayForEach(e, a) for (e = (a)->child; e; e = e->next)' \
		>$(BUILD)/cppcheck.h
	cppcheck -q --std=c11 --enable=warning,portability,performance \
		--include=$(BUILD)/cppcheck.h \
		--inline-suppr --error-exitcode=1 -Ilib -Isrc lib src
	shellcheck examples/install-deps examples/quickstart tests/run .ci/run \
		src/link/libraries \
		examples/delivery/caldav-push examples/delivery/mail-sessions \
		examples/delivery/publish-plans $(wildcard tests/*.t)
	mandoc -Tlint -Wstyle $(MANUALS)

ALL_C = $(wildcard lib/*/*.[ch] src/*.[ch] src/*/*.[ch] tests/*/*.[ch])

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

$(BUILD)/doors/%: tests/fuzz/%.c $(LIBSMP) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -fsanitize=fuzzer -MMD -MP \
		$(ALL_LDFLAGS) -o $@ $< $(LIBSMP) $(LINKED) $(LDLIBS)

# How good the answers are: questions, verdicts and the protocols of studios.
score: all
	@SMP_BIN=$(BIN) $(PYTHON) tests/score_questions.py \
		tests/questions.ndjson tests/questions-fr.ndjson:fr \
		tests/questions-es.ndjson:es $(QUESTIONS)
	@SMP_BIN=$(BIN) $(PYTHON) tests/score_verdicts.py tests/mayi.ndjson \
		tests/studios/probes.ndjson tests/verdicts.ndjson

# What is measured, and by what, is said in tests/bench/run.
bench: all $(BUILD)/bench/plain $(BUILD)/bench/parse
	SMP_BIN=$(BIN) SMP_PEERS=$(BUILD)/bench PYTHON=$(PYTHON) \
		PYTHONDONTWRITEBYTECODE=1 tests/bench/run

$(BUILD)/bench/%: tests/bench/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -o $@ $< \
		$(shell $(PKG_CONFIG) --libs $(LIBRARIES_ICAL))

# What make install puts where; uninstall removes the same.
SHELLS = bash zsh fish
PUBLIC = answer/answer $(patsubst lib/%.h,%,$(wildcard lib/base/*.h)) \
	calendar/calendar care/care care/clash care/clock care/conditions care/in_force \
	care/lines care/resolve care/rivals care/sessions care/stretch care/uid care/verdict \
	plan/appointments plan/plan plan/stream \
	protocol/kinds protocol/protocol protocol/words publish/clients \
	publish/feed publish/merge publish/name publish/publish publish/source \
	publish/store \
	series/busy series/series time/civil time/hours time/span time/window \
	time/zone write/answer write/diff write/invitation write/protocol \
	write/verdict write/write
PUBLIC_HEADERS = $(PUBLIC:%=lib/%.h)
# But for what is about this directory: quickstart and install-deps.
DOCDIR = $(DATADIR)/doc/smp-care
EXAMPLES = $(addprefix examples/,appointments.ics bookings.csv csv2plans \
	healed.tsv) $(wildcard examples/delivery/* examples/protocols/*.json)
INSTALLED = $(PROGRAMS:%=$(BINDIR)/%) $(LIBDIR)/libsmp.a \
	$(LIBDIR)/pkgconfig/smp.pc \
	$(PUBLIC_HEADERS:lib/%=$(INCLUDEDIR)/smp/%) \
	$(foreach m,$(MANUALS),$(MANDIR)/man$(patsubst .%,%,$(suffix $m))/$(notdir $m)) \
	$(PROGRAMS:%=$(DATADIR)/bash-completion/completions/%) \
	$(PROGRAMS:%=$(DATADIR)/zsh/site-functions/_%) \
	$(PROGRAMS:%=$(DATADIR)/fish/vendor_completions.d/%.fish) \
	$(EXAMPLES:%=$(DOCDIR)/%)

$(BUILD)/completion: $(BUILD)/src/install/completion.o $(TOOL_OBJECTS) $(LIBSMP)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(TOOL_OBJECTS) $(LIBSMP) \
		$(LINKED) $(LDLIBS)

# A file for pkg-config; the library is a static one, so all it needs is named.
define PC_FILE
Name: smp
Description: Care before and after scalp micropigmentation
Version: $(VERSION)
Requires: $(LIBRARIES) $(LIBRARIES_ICAL)
Cflags: -I$(INCLUDEDIR)/smp
Libs: -L$(LIBDIR) -lsmp -lstemmer -lm
endef

install: all $(BUILD)/completion
	install -d $(sort $(dir $(INSTALLED:%=$(DESTDIR)%)))
	install $(PROGRAMS:%=$(BIN)/%) $(DESTDIR)$(BINDIR)
	install -m 644 $(LIBSMP) $(DESTDIR)$(LIBDIR)
	$(file >$(BUILD)/smp.pc,$(PC_FILE))
	install -m 644 $(BUILD)/smp.pc $(DESTDIR)$(LIBDIR)/pkgconfig
	for h in $(PUBLIC_HEADERS:lib/%=%); do \
		install -m 644 lib/$$h $(DESTDIR)$(INCLUDEDIR)/smp/$$h || exit; \
	done
	for m in $(MANUALS); do \
		install -m 644 $$m $(DESTDIR)$(MANDIR)/man$${m##*.} || exit; \
	done
	for p in $(PROGRAMS); do \
		$(BUILD)/completion bash $$p \
			>$(DESTDIR)$(DATADIR)/bash-completion/completions/$$p && \
		$(BUILD)/completion zsh $$p \
			>$(DESTDIR)$(DATADIR)/zsh/site-functions/_$$p && \
		$(BUILD)/completion fish $$p \
			>$(DESTDIR)$(DATADIR)/fish/vendor_completions.d/$$p.fish || \
		exit; \
	done
	for e in $(EXAMPLES); do \
		mode=644; [ ! -x $$e ] || mode=755; \
		install -m $$mode $$e $(DESTDIR)$(DOCDIR)/$$e || exit; \
	done

uninstall:
	rm -f $(INSTALLED:%=$(DESTDIR)%)
	-rmdir $(sort $(dir $(PUBLIC_HEADERS:lib/%=$(DESTDIR)$(INCLUDEDIR)/smp/%))) \
		$(DESTDIR)$(INCLUDEDIR)/smp \
		$(patsubst %,$(DESTDIR)$(DOCDIR)/examples/%,delivery protocols) \
		$(DESTDIR)$(DOCDIR)/examples $(DESTDIR)$(DOCDIR) 2>/dev/null

clean:
	rm -rf build bin libsmp.a

.PHONY: all coverage fuzz fuzz-doors score check check-verdicts check-doors \
	check-delivery check-asan check-valgrind lint bench \
	install uninstall clean
.DELETE_ON_ERROR:
.SECONDARY:
