"""Write copies of the notebooks for Colab: each begins with a cell that installs the library if it is missing.

    python _ext/colab.py OUTPUT

A chapter of the book installs nothing. Colab, though, starts every notebook on a machine of its own that has TensorFlow
and the scientific packages but not this library. The workflow puts the copies on the branch "colab", which the Colab
buttons open. The repository is that of BOOK_REPOSITORY_URL (or of GitHub's own variables in its CI), and the library is
that of the commit the notebooks come from (GITHUB_SHA, else the branch). Only the standard library is needed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CELL = """\
# Only needed on Colab: installs the library of this book, unless it is there already.
from importlib.util import find_spec

if find_spec("softmax_lib") is None:
    %pip install --quiet git+{url}@{version}
"""


def first_cell(url: str, version: str) -> dict:
    """The cell that installs what is missing, as a notebook stores it."""
    source = CELL.format(url=url, version=version).rstrip("\n")
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "install-the-library",
        "metadata": {"tags": ["install"]},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def write_copies(output: Path, url: str, version: str) -> list[Path]:
    """A copy of every chapter below `output`, at the same path as in the repository."""
    written = []
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        notebook = json.loads(path.read_text("utf8"))
        notebook["cells"].insert(0, first_cell(url, version))
        copy = output / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf8", newline="\n")
        written.append(copy)
    return written


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    environment = os.environ
    url = environment.get("BOOK_REPOSITORY_URL", "").rstrip("/")
    if not url and "GITHUB_REPOSITORY" in environment:
        url = f"{environment.get('GITHUB_SERVER_URL', 'https://github.com')}/{environment['GITHUB_REPOSITORY']}"
    if not url:
        print("Set BOOK_REPOSITORY_URL to the address of the repository, as https://github.com/…/….", file=sys.stderr)
        return 1
    version = environment.get("GITHUB_SHA") or environment.get("BOOK_REPOSITORY_BRANCH") or "main"
    for path in write_copies(Path(arguments[0]), url, version):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
