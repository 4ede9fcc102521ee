"""The gradebook: every student, every point, every reason, and never an old one lost."""

from made_up import SECRET_REASON, assignment, entry

from coursework.gradebook import write_gradebook
from coursework.submissions import Problem
from coursework.tables import read_table

ALL = "test_values test_hidden_huge test_rows"


def rows(path):
    return {row["student"]: row for row in read_table(path).rows}


def test_points_totals_and_reasons(tmp_path):
    entries = [
        entry("alice", ALL, written={"q3": 3.5}),
        entry("bob", "test_values", late=True, notes=("cell 4: NameError: z",)),
    ]
    path = tmp_path / "gradebook.csv"
    assert write_gradebook(path, assignment(), entries) is None
    book = rows(path)
    alice, bob = book["alice"], book["bob"]
    assert [alice[name] for name in ("q1", "q2", "q3", "total", "possible", "to mark", "late")] == [
        "4",
        "2",
        "3.5",
        "9.5",
        "10",
        "",
        "",
    ]
    assert [bob[name] for name in ("q1", "q2", "q3", "total", "to mark", "late")] == ["1", "0", "", "1", "q3", "late"]
    assert bob["q1 reasons"] == f"test_hidden_huge: {SECRET_REASON}"
    assert bob["notes"] == "cell 4: NameError: z"
    assert alice["q1 reasons"] == ""


def test_the_total_is_the_sum_of_the_questions(tmp_path):
    entries = [entry(f"s{number}", " ".join(ALL.split()[:number]), written={"q3": number / 3}) for number in range(4)]
    write_gradebook(tmp_path / "g.csv", assignment(), entries)
    for row in rows(tmp_path / "g.csv").values():
        assert abs(sum(float(row[q]) for q in ("q1", "q2", "q3")) - float(row["total"])) < 1e-3


def test_nobody_is_lost(tmp_path):
    problems = [
        Problem("bob", "bob.ipynb", "not a readable notebook"),
        Problem("alice", "alice-1.ipynb", "an older version"),
        Problem("", "readme.zip", "holds no notebook"),
    ]
    write_gradebook(tmp_path / "g.csv", assignment(), [entry("alice", ALL), entry("carol", graded=False)], problems)
    book = rows(tmp_path / "g.csv")
    assert book["bob"]["notes"] == "NOT GRADED: bob.ipynb: not a readable notebook"
    assert book["bob"]["total"] == book["carol"]["total"] == ""
    assert "the grader did not come to it" in book["carol"]["notes"]
    assert "an older version" in book["alice"]["notes"]


def test_an_old_gradebook_is_kept_when_it_says_something_else(tmp_path):
    path = tmp_path / "g.csv"
    write_gradebook(path, assignment(), [entry("alice")])
    before = path.read_bytes()
    assert write_gradebook(path, assignment(), [entry("alice")]) is None
    first = write_gradebook(path, assignment(), [entry("alice", ALL)])
    second = write_gradebook(path, assignment(), [entry("alice", "test_rows")])
    assert first.read_bytes() == before
    assert second != first
    assert len(list(tmp_path.iterdir())) == 3


def test_a_name_is_no_formula(tmp_path):
    write_gradebook(tmp_path / "g.csv", assignment(), [entry("k", name='=HYPERLINK("http://e.org")', notes=("@evil",))])
    [row] = rows(tmp_path / "g.csv").values()
    assert row["name"].startswith("'=")
    assert row["notes"].startswith("'@")
