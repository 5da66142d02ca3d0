# The commands of the README. Everything they produce goes to build/, which git ignores.
#   make example   install what is missing, fit the example, save a table and a picture
#   make test      install what is missing, run all tests (R, and the C++ core without R)

LIB := build/lib
export R_LIBS := $(CURDIR)/$(LIB)$(if $(R_LIBS),:$(R_LIBS))
# R, cmake and ctest start their own make: keep this one's flags out of them
R_CMD := env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL R CMD
SOURCES := DESCRIPTION NAMESPACE .Rbuildignore \
  $(shell find R src data inst -type f ! -name '*.o' ! -name '*.so' 2>/dev/null)

.PHONY: help example test test-r test-core install snapshots clean setup-example setup-test

help:
	@sed -n '/^#   make/s/^#   //p' Makefile

example: setup-example install
	Rscript inst/examples/example.R build

test: setup-test
	@bash .ci/test

install: build/installed

build/installed: $(SOURCES)
	@mkdir -p $(LIB)
	cd build && rm -f moelogit_*.tar.gz && $(R_CMD) build --no-build-vignettes --no-manual ..
	$(R_CMD) INSTALL --no-docs --no-multiarch --library=$(LIB) build/moelogit_*.tar.gz
	@touch $@

setup-example:
	@bash .ci/setup example

setup-test:
	@bash .ci/setup test

clean:
	rm -rf build
