"""What Binder, Colab and dev containers read, and where the launch buttons lead."""

import importlib.util
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
SERVICES = {
    "binderhub_url": "https://mybinder.org",
    "colab_url": "https://colab.research.google.com",
    "jupyterhub_url": "https://hub.example.edu/",
}


def _load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def launch():
    pytest.importorskip("sphinx")
    return _load("book_launch")


@pytest.fixture
def colab(monkeypatch):
    for name in (
        "BOOK_REPOSITORY_URL",
        "BOOK_REPOSITORY_BRANCH",
        "GITHUB_REPOSITORY",
        "GITHUB_SERVER_URL",
        "GITHUB_SHA",
    ):
        monkeypatch.delenv(name, raising=False)
    return _load("colab")


def _requirements(name):
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text("utf8").splitlines()]
    split = [re.match(r"([\w-]+)(.*)", line).groups() for line in lines if line and not line.startswith("-")]
    return dict(split)


# Launch buttons


def test_without_a_repository_nothing_can_be_launched(launch):
    assert launch.links(SERVICES, "", "main", "chapters/01-softmax") == []


def test_on_github_all_three_services_open_the_notebook(launch):
    found = dict(launch.links(SERVICES, "https://github.com/someone/softmax", "main", "chapters/01-softmax"))
    assert found["Binder"] == (
        "https://mybinder.org/v2/gh/someone/softmax/main?urlpath=lab/tree/chapters/01-softmax.ipynb"
    )
    assert found["Colab"] == (
        "https://colab.research.google.com/github/someone/softmax/blob/colab/chapters/01-softmax.ipynb"
    )
    query = parse_qs(urlsplit(found["JupyterHub"]).query)
    assert found["JupyterHub"].startswith("https://hub.example.edu/hub/user-redirect/git-pull?")
    assert query == {
        "repo": ["https://github.com/someone/softmax"],
        "branch": ["main"],
        "urlpath": ["lab/tree/softmax/chapters/01-softmax.ipynb"],
    }


@pytest.mark.parametrize(
    ("repository", "place"),
    [
        ("https://gitlab.com/group/sub/softmax", "gl/group%2Fsub%2Fsoftmax"),
        ("https://git.example.edu/math/softmax.git", "git/https%3A%2F%2Fgit.example.edu%2Fmath%2Fsoftmax.git"),
    ],
)
def test_elsewhere_binder_gets_an_address_it_takes_and_colab_no_button(launch, repository, place):
    found = dict(launch.links(SERVICES, repository, "next/edition", "chapters/02-probability"))
    assert set(found) == {"Binder", "JupyterHub"}
    assert urlsplit(found["Binder"]).path == f"/v2/{place}/next%2Fedition"
    assert "lab/tree/softmax/" in unquote(found["JupyterHub"])


def test_a_service_without_an_address_has_no_button(launch):
    empty = dict.fromkeys(SERVICES, "")
    assert launch.links(empty, "https://github.com/someone/softmax", "main", "chapters/01-softmax") == []


# Colab


def test_copies_for_colab_begin_with_the_installation(colab, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BOOK_REPOSITORY_URL", "https://github.com/someone/softmax/")
    monkeypatch.setenv("GITHUB_SHA", "0123abc")
    assert colab.main([str(tmp_path)]) == 0
    originals = sorted((ROOT / "chapters").glob("*.ipynb"))
    assert len(capsys.readouterr().out.splitlines()) == len(originals)
    for original in originals:
        copy = nbformat.read(tmp_path / "chapters" / original.name, 4)
        nbformat.validate(copy)
        assert "git+https://github.com/someone/softmax@0123abc" in copy.cells[0].source
        assert copy.cells[1:] == nbformat.read(original, 4).cells


def test_the_repository_is_that_of_the_ci(colab, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/softmax")
    monkeypatch.setenv("BOOK_REPOSITORY_BRANCH", "next")
    assert colab.main([str(tmp_path)]) == 0
    text = (tmp_path / "chapters" / "01-softmax.ipynb").read_text("utf8")
    assert "git+https://github.com/someone/softmax@next" in text


def test_without_a_repository_there_are_no_copies(colab, tmp_path, capsys):
    assert colab.main([str(tmp_path)]) == 1
    assert "BOOK_REPOSITORY_URL" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", [True, False])
def test_the_cell_installs_only_what_is_missing(colab, monkeypatch, missing):
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell

    asked = []
    shell = InteractiveShell()
    shell.register_magic_function(asked.append, magic_name="pip")
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if missing else found(name, *more))
    result = shell.run_cell("".join(colab.first_cell("https://git.example/a/b", "main")["source"]))
    result.raise_error()
    assert asked == (["install --quiet git+https://git.example/a/b@main"] if missing else [])


# Binder and dev containers


def test_binder_installs_the_same_releases():
    binder, own = _requirements("binder/requirements.txt"), _requirements("requirements.txt")
    assert binder.pop("tensorflow-cpu") == own["tensorflow"]
    assert binder.items() <= own.items()
    assert "-e .[notebooks]" in (ROOT / "binder" / "requirements.txt").read_text("utf8").splitlines()


def test_binder_uses_a_python_that_the_library_supports():
    name, _, version = (ROOT / "binder" / "runtime.txt").read_text("utf8").strip().partition("-")
    assert name == "python"
    assert f'"Programming Language :: Python :: {version}"' in (ROOT / "pyproject.toml").read_text("utf8")


def test_the_dev_container_sets_itself_up():
    settings = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf8"))
    assert "make setup" in settings["postCreateCommand"]
    assert settings["image"].rpartition(":")[2] == (ROOT / "binder" / "runtime.txt").read_text("utf8").strip()[7:]
