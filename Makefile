# Every target is one or two ordinary commands; the README has the same in plain pip and jupyter-book lines.
.DEFAULT_GOAL := help
PYTHON ?= python3
ENV    := .venv
BIN    := $(ENV)/bin
READY  := $(ENV)/.ready
BOOK   := _build/html/index.html
PDF    := _build/pdf/softmax-in-depth.pdf
EPUB   := _build/epub/softmax-in-depth.epub
SOURCES := $(shell find softmax_lib chapters appendices assignments coursework examples binder tests _ext _static _templates -type f \
             -not -path '*/__pycache__/*' -not -path '*/.*' 2>/dev/null) $(wildcard *.md *.yml *.bib *.toml)

.PHONY: help setup book pdf epub site test lab coursework grade bench lint clean

help:           ## list the targets
	@awk -F ':.*## *' '/^[a-z]+:.*##/ { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## create .venv and install everything (once; again when the requirements change)

$(READY): requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.10 to 3.13 is needed, and $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 setup"; exit 1; }
	@echo "Installing into $(ENV) (a few minutes the first time) ..."
	$(PYTHON) -m venv $(ENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

book: $(BOOK)   ## execute the notebooks that changed and build the book
	@echo "The book is ready. Open $(CURDIR)/$(BOOK)"

# A full build each time something changed: warnings are errors, and an incremental build would not repeat them.
$(BOOK): $(READY) $(SOURCES)
	$(BIN)/python _ext/notebooks.py run
	$(BIN)/jupyter-book build . --all --quiet -W -n --keep-going
	@touch $@

pdf: $(PDF)     ## print the whole book to one PDF (needs a Chromium)
	@echo "The book to print is ready. Open $(CURDIR)/$(PDF)"

# One page of everything, from the documents that the book has already read; then Chromium prints it.
$(PDF): $(BOOK)
	$(BIN)/jupyter-book build . --builder singlehtml --quiet -W -n --keep-going
	$(BIN)/python _ext/pdf.py

epub: $(EPUB)   ## make one EPUB of the whole book, for e-readers
	@echo "The book for e-readers is ready. Open $(CURDIR)/$(EPUB)"

$(EPUB): $(BOOK)
	$(BIN)/jupyter-book build . --builder custom --custom-builder epub --quiet -W -n --keep-going

# The footer's links lead nowhere in a book that is only built: it is written anew, with the two files beside it.
site: $(PDF) $(EPUB) ## what is published: the book, its PDF and its EPUB, linked in the footer
	BOOK_FILES="$(notdir $(PDF) $(EPUB))" $(BIN)/jupyter-book build . --all --quiet -W -n --keep-going
	cp $(PDF) $(EPUB) $(dir $(BOOK))
	@touch $(BOOK) $(PDF) $(EPUB)

test: build/library-tests.passed build/book-tests.passed ## every test: library, notebooks (nbmake) and the built pages in a browser
	@echo "Every test passed for the files as they are now; 'make clean test' runs them all again."

build/library-tests.passed: $(READY) $(SOURCES)
	$(BIN)/python -m pytest --ignore=tests/book
	@mkdir -p build && touch $@

build/book-tests.passed: $(BOOK) $(wildcard tests/book/*.py)
	$(BIN)/python -m pytest tests/book
	@mkdir -p build && touch $@

lab: $(READY)   ## open the chapters in JupyterLab
	$(BIN)/jupyter lab chapters

coursework: $(READY) ## build the assignments for students and graders, and test them on their wrong solutions
	$(BIN)/python -m coursework build

grade: $(READY) ## grade a class: make grade SUBMISSIONS=folder-or-zip [GRADEBOOK=gradebook.csv]
	@test -n "$(SUBMISSIONS)" || { echo "Which submissions? make grade SUBMISSIONS=folder-or-zip"; exit 1; }
	$(BIN)/python -m coursework grade "$(SUBMISSIONS)" --output "$(or $(GRADEBOOK),gradebook.csv)"

bench: $(READY) ## measure speed and accuracy against SciPy, scikit-learn and TensorFlow
	for program in functions regression training plot; do $(BIN)/python benchmarks/$$program.py || exit 1; done

lint: $(READY)  ## style of the code
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

clean:          ## remove what was built (not the environment)
	rm -rf _build build
