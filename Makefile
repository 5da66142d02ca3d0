# The commands of the README. Everything they produce goes to build/, which git ignores.
#   make example   install what is missing, fit the example, save a table and a picture
#   make test      install what is missing, run all tests (R, and the C++ core without R)
#   make attack    5,000 hostile problems with fresh seeds, or CASES=, SEED=
#   make mutants   breaks thirty lines one at a time, and tells which of them no test notices
#   make snapshots run the tests of R in place, so that new snapshots can be reviewed
#   make site      install what is missing, build the pages of the package into build/site
#   make format    lay out the C++ as .clang-format says
#   make clean     remove build/

LIB := build/lib
export R_LIBS := $(CURDIR)/$(LIB)$(if $(R_LIBS),:$(R_LIBS))
# R, cmake and ctest start their own make: keep this one's flags out of them
R_CMD := env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL R CMD
FRESH = $(shell date +%s | tail -c 10)
SOURCES := DESCRIPTION NAMESPACE .Rbuildignore \
  $(shell find R src data inst -type f ! -name '*.o' ! -name '*.so' 2>/dev/null)

.PHONY: help example test attack mutants install snapshots site format clean setup-example setup-test \
  setup-site

help:
	@sed -n '/^#   make/s/^#   //p' Makefile

example: setup-example install
	Rscript --vanilla inst/examples/example.R build

test: setup-test
	@bash .ci/test

attack: setup-test install
	Rscript --vanilla tests/hostile/attack.R $(or $(CASES),5000) $(or $(SEED),$(FRESH))

mutants: setup-test
	. .ci/environment && Rscript --vanilla .ci/mutants.R $(or $(COUNT),30) $(or $(SEED),$(FRESH))

snapshots: setup-test install
	NOT_CRAN=true Rscript --vanilla -e 'testthat::test_dir("tests/testthat", package = "moelogit", load_package = "installed")'

site: setup-site install
	Rscript --vanilla .ci/site.R

format:
	find src tests/cpp \( -name '*.h' -o -name '*.cpp' \) ! -name RcppExports.cpp | xargs clang-format -i

install: build/installed

build/installed: $(SOURCES)
	@mkdir -p $(LIB) && rm -f build/moelogit_*.tar.gz
	@echo "installing moelogit into $(LIB), which takes a minute or two; log: build/install.log"
	@(cd build && $(R_CMD) build --no-build-vignettes --no-manual .. && \
	  $(R_CMD) INSTALL --no-docs --no-multiarch --library=lib moelogit_*.tar.gz) \
	  >build/install.log 2>&1 || { grep -E -A3 '(error|Error)[: ]|^ERROR' build/install.log; exit 1; }
	@touch $@

setup-example:
	@bash .ci/setup example

setup-test:
	@bash .ci/setup test

setup-site:
	@bash .ci/setup site

clean:
	rm -rf build
