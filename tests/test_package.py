"""What `python -m build` makes: a wheel and a source distribution that hold the library and its data, and no more."""

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

import softmax_lib

ROOT = Path(__file__).parent.parent
DATA = {path.relative_to(ROOT).as_posix() for path in (ROOT / "softmax_lib" / "data").glob("*/*")}
SOURCES = {
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.py", "py.typed", "*.js", "*.css")
    for path in (ROOT / "softmax_lib").rglob(pattern)
}
DATA_SETS = {Path(name).parent for name in DATA}
MOST_MEGABYTES = 35  # nearly all of it Fashion-MNIST; the package index takes 100


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with both distributions, built without a network from a copy of what git knows."""
    pytest.importorskip("build")
    copy, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    for name in ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "tests/conftest.py", *SOURCES, *DATA):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(copy)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return out


def _only(folder, pattern):
    (found,) = folder.glob(pattern)
    return found


def test_the_package_index_would_take_both(built):
    pytest.importorskip("twine")
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, built.iterdir())]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("PASSED") == 2
    assert all(path.stat().st_size < MOST_MEGABYTES * 1e6 for path in built.iterdir())


def test_the_wheel_holds_the_library_and_its_data(built):
    names = set(zipfile.ZipFile(_only(built, "*.whl")).namelist())
    own = {name for name in names if ".dist-info/" not in name}
    assert own == DATA | SOURCES
    assert sum(name.endswith("LICENSE") and ".dist-info/" in name for name in names) == 1 + len(DATA_SETS)


def test_the_source_distribution_holds_what_the_wheel_is_built_from(built):
    with tarfile.open(_only(built, "*.tar.gz")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= DATA | SOURCES | {"pyproject.toml", "LICENSE", "README.md", "MANIFEST.in"}
    assert not [name for name in names if name.startswith(("tests", "_build", "build", ".venv", "chapters"))]


def test_data_is_read_from_an_installed_wheel(built, tmp_path):
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*command, str(_only(built, "*.whl"))], check=True, capture_output=True)
    code = (
        "import softmax_lib; from softmax_lib import datasets, interactive; print(softmax_lib.__file__);"
        "print(datasets.load_fashion_mnist().test_images.shape, datasets.load_japanese_vowels().train_frames.shape,"
        " len(datasets.load_wonderland()), len(interactive.softmax_explorer([1.0, 2.0])._repr_html_()) > 1000)"
    )
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(target)!r}); {code}"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    where, what = result.stdout.splitlines()
    assert Path(where).is_relative_to(target)
    assert what == "(10000, 28, 28) (270, 29, 12) 144195 True"


def test_the_version_has_one_place():
    assert re.fullmatch(r"\d+\.\d+\.\d+", softmax_lib.__version__)
    assert softmax_lib.__version__ not in (ROOT / "pyproject.toml").read_text("utf8")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    assert citation["version"] == softmax_lib.__version__


def test_ci_tries_the_oldest_and_the_newest_python_on_three_systems():
    supported = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text("utf8"))
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text("utf8"))
    matrix = workflow["jobs"]["library"]["strategy"]["matrix"]
    assert matrix["python"] == [supported[0], supported[-1]]
    assert {system.split("-")[0] for system in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_code_and_text_have_their_licenses():
    assert (ROOT / "LICENSE").read_text("utf8").startswith("MIT License")
    text = (ROOT / "LICENSE-text").read_text("utf8")
    assert "Creative Commons Attribution 4.0 International Public License" in text
    assert re.findall(r"^Section (\d)", text, re.MULTILINE) == list("12345678")
