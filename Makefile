# smp-care: make, make check, make install. See README.md.

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
CFLAGS = -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wno-missing-field-initializers
HARDEN = -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
HARDEN_LD = -pie -Wl,-z,relro,-z,now,-z,noexecstack

LIBRARIES = libcjson libutf8proc libsodium
LIBRARIES_ICAL = libical
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBRARIES) $(LIBRARIES_ICAL))
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES) $(LIBRARIES_ICAL))

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
PROGRAMS = $(sort $(patsubst src/%.c,%,$(wildcard src/smp-*.c)))
MANUALS = $(sort $(wildcard man/*.[1-9]))

LIB_OBJECTS = $(LIB_SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/default.o
TOOL_OBJECTS = $(TOOL_SOURCES:%.c=$(BUILD)/%.o)
TESTS = $(sort $(patsubst tests/unit/%_test.c,%,$(wildcard tests/unit/*_test.c)))
TEST_PROGRAMS = $(TESTS:%=$(BUILD)/tests/%_test) $(BUILD)/tests/zonedump

all: $(PROGRAMS:%=$(BIN)/%) $(LIBSMP)

$(LIBSMP): $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $(LIB_OBJECTS)

$(BIN)/%: $(BUILD)/src/%.o $(TOOL_OBJECTS) $(LIBSMP)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(TOOL_OBJECTS) $(LIBSMP) \
		$(PKG_LIBS) -lm $(LDLIBS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The built-in protocol as bytes, with the NUL that ends it.
$(BUILD)/default.c: lib/protocol/default.json
	@mkdir -p $(@D)
	{ echo '#include "protocol/layers.h"'; \
	  echo 'const char smp_builtin_protocol[] = {'; \
	  od -An -v -tu1 $< | \
	    sed 's/\([0-9][0-9]*\)/(char)\1,/g'; \
	  echo '0};'; \
	  echo 'const size_t smp_builtin_protocol_size ='; \
	  echo '    sizeof smp_builtin_protocol - 1;'; } > $@.tmp
	mv $@.tmp $@

$(BUILD)/default.o: $(BUILD)/default.c
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(LIBSMP) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -Wno-missing-prototypes -MMD -MP \
		$(ALL_LDFLAGS) -o $@ $< $(LIBSMP) $(PKG_LIBS) \
		$(shell $(PKG_CONFIG) --libs cmocka) -lm $(LDLIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# All tests, closed by one line: N passed, N failed.
CHECKS = $(TESTS:%=$(BUILD)/tests/%_test) \
	$(patsubst %,"$(PYTHON) tests/transcript.py %",\
		$(sort $(wildcard tests/transcripts/*.txt)) README.md $(MANUALS)) \
	$(patsubst %,"sh %",$(sort $(wildcard tests/*.t))) \
	"$(PYTHON) tests/zones.py $(BUILD)/tests/zonedump"

check: all $(TEST_PROGRAMS)
	SMP_BIN=$(BIN) $(PYTHON) tests/tap.py $(CHECKS)

clean:
	rm -rf build bin libsmp.a

.PHONY: all check check-asan check-valgrind lint bench install uninstall clean
.DELETE_ON_ERROR:
.SECONDARY:
