"""_ext/notebooks.py: executes what changed, once, and refuses what a reader must not see."""

import importlib.util
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """The program, working below a temporary root."""
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "_ext" / "notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.delenv("BOOK_CACHE_KEY", raising=False)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "CACHES", tmp_path / "caches")
    monkeypatch.setattr(module, "EXECUTED", tmp_path / "executed")
    (tmp_path / "softmax_lib" / "data" / "clothes").mkdir(parents=True)
    (tmp_path / "softmax_lib" / "functions.py").write_text("x = 1  # one\n")
    (tmp_path / "softmax_lib" / "data" / "clothes" / "SHA256SUMS").write_text("0 file\n")
    return module


def _notebook(path, *sources):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    notebook.metadata.kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    nbformat.write(notebook, path)
    return path


def test_runs_once_and_again_only_when_something_changed(tool, tmp_path, capsys):
    path = _notebook(tmp_path / "a.ipynb", "print(6 * 7)")
    assert tool.run([path]) == 0
    assert "1 passed, 0 failed" in capsys.readouterr().out
    assert tool.run([path]) == 0
    assert "executing" not in capsys.readouterr().out
    (tmp_path / "softmax_lib" / "functions.py").write_text("x = 2\n")
    tool.library_hash.cache_clear()
    assert tool.run([path]) == 0
    assert "executing" in capsys.readouterr().out
    assert len(list((tmp_path / "caches").iterdir())) == 1  # outputs of the old library are gone


def test_cached_outputs_are_those_of_the_run_and_the_source_stays_clean(tool, tmp_path):
    from jupyter_cache import get_cache

    path = _notebook(tmp_path / "a.ipynb", "print(6 * 7)")
    before = path.read_bytes()
    tool.run([path])
    assert path.read_bytes() == before
    _, merged = get_cache(str(tool.cache_path())).merge_match_into_notebook(nbformat.read(path, 4))
    assert merged.cells[0].outputs[0].text == "42\n"


def test_a_failing_notebook_is_named_and_not_cached(tool, tmp_path, capsys):
    path = _notebook(tmp_path / "broken.ipynb", "1 / 0")
    assert tool.run([path]) == 1
    printed = capsys.readouterr()
    assert "0 passed, 1 failed" in printed.out
    assert "broken.ipynb" in printed.err
    assert "ZeroDivisionError" in printed.err
    assert tool.run([path]) == 1


def test_a_warning_fails_the_notebook(tool, tmp_path, capsys):
    path = _notebook(tmp_path / "warns.ipynb", "import warnings\nwarnings.warn('look out')")
    assert tool.run([path]) == 1
    assert "look out" in capsys.readouterr().err


def test_library_hash_sees_code_and_data_but_not_comments(tool, tmp_path, monkeypatch):
    def fresh():
        tool.library_hash.cache_clear()
        return tool.library_hash()

    first = fresh()
    (tmp_path / "softmax_lib" / "functions.py").write_text("# another comment\nx = 1\n")
    assert fresh() == first
    (tmp_path / "softmax_lib" / "data" / "clothes" / "SHA256SUMS").write_text("1 file\n")
    assert fresh() != first
    monkeypatch.setattr(tool, "PACKAGES", ("numpy", "a-package-that-is-not-there"))
    assert fresh() != first
    monkeypatch.setenv("BOOK_CACHE_KEY", "draft")
    assert fresh() == "draft"


def test_strip_removes_outputs_counts_and_editor_metadata(tool, tmp_path):
    path = _notebook(tmp_path / "a.ipynb", "1")
    notebook = nbformat.read(path, 4)
    notebook.metadata["widgets"] = {"state": {}}
    cell = notebook.cells[0]
    cell.outputs, cell.execution_count = [nbformat.v4.new_output("stream", text="1")], 3
    cell.metadata.update(tags=["hide-input"], collapsed=True, mystnb={"image": {"alt": "a"}})
    nbformat.write(notebook, path)
    tool.strip([path])
    (cell,) = nbformat.read(path, 4).cells
    assert (cell.outputs, cell.execution_count) == ([], None)
    assert cell.metadata == {"tags": ["hide-input"], "mystnb": {"image": {"alt": "a"}}}
    assert set(nbformat.read(path, 4).metadata) == {"kernelspec", "language_info"}
    once = path.read_bytes()
    tool.strip([path])
    assert path.read_bytes() == once


def test_times_adds_up_what_was_executed(tool, tmp_path, capsys):
    done = _notebook(tmp_path / "done.ipynb", "import time; time.sleep(0.2)")
    waiting = _notebook(tmp_path / "waiting.ipynb", "2")
    tool.run([done])
    capsys.readouterr()
    tool.times([done, waiting])
    heading, first, second, total = capsys.readouterr().out.splitlines()
    assert heading.split() == ["seconds", "clock", "processor", "charged"]
    assert float(first.split()[1]) >= 0.2
    assert "not executed yet" in second
    assert total.split()[1] == first.split()[-1]


def test_the_work_of_a_kernel_is_counted(tool, tmp_path, capsys):
    work = "import time; start = time.process_time()\nwhile time.process_time() < start + 1.5: pass"
    tool.run([_notebook(tmp_path / "busy.ipynb", work)])
    (seconds,) = [line for line in capsys.readouterr().out.splitlines() if "of the processor" in line]
    if tool.cpu_seconds():  # else only the clock is known
        assert float(seconds.split()[2]) >= 1.5


def _cache(tool, path, **seconds):
    """As if the notebook had been executed in so many seconds."""
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    bundle = CacheBundleIn(nbformat.read(path, 4), str(path), data=seconds)
    get_cache(str(tool.cache_path())).cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def test_a_budget_names_what_to_shorten(tool, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("BOOK_BUDGET_FACTOR", raising=False)
    paths = [_notebook(tmp_path / f"{name}.ipynb", name) for name in "abcd"]
    for seconds, path in zip((10, 40, 30, 20), paths, strict=True):
        _cache(tool, path, execution_seconds=2.0 * seconds, cpu_seconds=float(seconds))
    assert tool.times(paths, budget=100) == 0
    assert tool.times(paths, budget=99) == 1
    printed = capsys.readouterr()
    assert "1 s more than its budget" in printed.err
    assert "b.ipynb (40 s), c.ipynb (30 s), d.ipynb (20 s)." in printed.err
    monkeypatch.setenv("BOOK_BUDGET_FACTOR", "1.5")
    assert tool.times(paths, budget=99) == 0


def test_the_clock_counts_where_it_shows_less_or_nothing_else_is_known(tool, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("BOOK_BUDGET_FACTOR", raising=False)
    parallel, old = (_notebook(tmp_path / f"{name}.ipynb", name) for name in ("parallel", "old"))
    _cache(tool, parallel, execution_seconds=6.0, cpu_seconds=11.0)
    _cache(tool, old, execution_seconds=5.0)
    assert tool.times([parallel, old], budget=11) == 0
    assert tool.times([parallel, old], budget=10.9) == 1


def test_a_budget_needs_every_notebook(tool, tmp_path, capsys):
    assert tool.times([_notebook(tmp_path / "new.ipynb", "1")], budget=300) == 1
    assert "not executed" in capsys.readouterr().err


def test_a_run_can_keep_to_some_cores(tool, monkeypatch):
    if not hasattr(tool.os, "sched_setaffinity"):
        pytest.skip("this system cannot")
    kept = []
    monkeypatch.setattr(tool.os, "sched_getaffinity", lambda process: {5, 3, 9})
    monkeypatch.setattr(tool.os, "sched_setaffinity", lambda process, cores: kept.append((process, cores)))
    tool.keep_to(2)
    assert kept == [(0, [3, 5])]


def test_reads_the_notebooks_of_the_table_of_contents_in_order(tool, tmp_path):
    (tmp_path / "chapters").mkdir()
    for name in ("b", "a"):
        _notebook(tmp_path / "chapters" / f"{name}.ipynb", "1")
    (tmp_path / "_toc.yml").write_text(
        "root: intro\nparts:\n- chapters:\n  - file: chapters/b\n    sections:\n    - file: chapters/a\n  - file: notes\n"
    )
    assert [path.stem for path in tool.notebooks_of_the_book()] == ["b", "a"]
