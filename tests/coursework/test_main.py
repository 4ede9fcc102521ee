"""The command line from the submissions to the gradebook, with a grader that hands out made-up results."""

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from made_up import assignment, result, write_notebook

import coursework.grade
from coursework import secret
from coursework.__main__ import main
from coursework.assignment import save_assignment
from coursework.grade import result_path

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a built assignment, three submissions, and a grader that lets everybody pass one test."""
    for name in ("hw01", "hw02"):
        folder = tmp_path / "built/instructor" / name
        save_assignment(assignment(), folder)
        record = json.loads((folder / "assignment.json").read_text()) | {"name": name}
        (folder / "assignment.json").write_text(json.dumps(record))
        write_notebook(folder / "handout.ipynb", says=name)
    for name, q3 in (("alice", "It cancels."), ("bob", ""), ("carol", "No idea.")):
        write_notebook(tmp_path / "in" / name / "hw01.ipynb", f"x = {name!r}", q3)

    def grade_folder(notebooks, of, results, **options):
        graded = []
        for student, path in notebooks.items():
            assert path.is_file()
            graded.append(result(student, "test_values"))
            results.mkdir(parents=True, exist_ok=True)
            result_path(results, student).write_text(graded[-1].to_json())
        return graded

    monkeypatch.setattr(coursework.grade, "grade_folder", grade_folder)
    monkeypatch.setenv("COURSEWORK_SEED", "x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def book(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def grade(*more):
    return main(["grade", "in", "-o", "gradebook.csv", "--built", "built", *more])


def test_from_submissions_to_the_gradebook_and_back_with_scores(place, capsys):
    assert grade() == 0
    said = capsys.readouterr().out
    for path in (
        "gradebook.csv",
        "gradebook/hw01/feedback",
        "gradebook/hw01/similarity.html",
        "gradebook/hw01/statistics.html",
    ):
        assert path in said
        assert (place / path).exists()
    assert "3 answers to mark" in said
    assert sorted(path.stem for path in (place / "gradebook/hw01/feedback").iterdir()) == ["alice", "bob", "carol"]

    with open("gradebook/hw01/written/scores.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["score"] = {"It cancels.": "4", "": "0", "No idea.": "1"}[row["answer"]]
        row["comment"] = "Well seen." if row["score"] == "4" else ""
    with open("filled.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert main(["merge", "filled.csv", "-o", "gradebook.csv"]) == 0
    assert {key: row["total"] for key, row in book("gradebook.csv").items()} == {"alice": "5", "bob": "1", "carol": "2"}
    assert "Well seen." in Path("gradebook/hw01/feedback/alice.html").read_text(encoding="utf-8")
    assert "all marked" in capsys.readouterr().out
    assert len(list(place.glob("gradebook.before-*.csv"))) == 1

    assert grade() == 0  # grading again keeps what people gave
    assert book("gradebook.csv")["alice"]["total"] == "5"
    write_notebook(place / "in/alice/hw01.ipynb", "x", "Now something else.")
    assert grade() == 0  # but never for another text
    assert (book("gradebook.csv")["alice"]["total"], book("gradebook.csv")["alice"]["to mark"]) == ("1", "q3")


def test_merging_is_all_or_nothing(place, capsys):
    grade()
    before = Path("gradebook.csv").read_bytes()
    text = Path("gradebook/hw01/written/scores.csv").read_text(encoding="utf-8-sig").splitlines()
    Path("filled.csv").write_text("\n".join([text[0], *(line.replace(",4,,", ",4,99,") for line in text[1:])]))
    assert main(["merge", "filled.csv"]) == 1
    assert "nothing was merged" in capsys.readouterr().err
    assert Path("gradebook.csv").read_bytes() == before
    Path("other.csv").write_text("code,score\nq9-ABCD,1\n")
    assert main(["merge", "other.csv"]) == 1
    assert "no answer of gradebook.csv has these codes" in capsys.readouterr().err


def test_several_assignments_get_a_gradebook_each(place):
    write_notebook(place / "in/alice/second.ipynb", says="hw02")
    assert grade() == 0
    assert set(book("gradebook-hw01.csv")) == {"alice", "bob", "carol"}
    assert set(book("gradebook-hw02.csv")) == {"alice"}


def test_students_who_leave_are_named_and_can_be_kept(place, capsys):
    grade()
    late = place / "late"
    write_notebook(late / "dave/hw01.ipynb")
    assert main(["grade", "late", "--built", "built"]) == 0
    assert "3 of the last run are not in late" in capsys.readouterr().err
    assert set(book("gradebook.csv")) == {"dave"}
    grade()
    assert main(["grade", "late", "--built", "built", "--add"]) == 0
    assert set(book("gradebook.csv")) == {"alice", "bob", "carol", "dave"}


def test_a_page_of_a_student_who_left_does_not_stay(place):
    grade()
    (place / "in/bob/hw01.ipynb").unlink()
    grade()
    assert not (place / "gradebook/hw01/feedback/bob.html").exists()
    assert list(place.glob("gradebook.before-*.csv"))


def test_problems_are_told_and_listed(place, capsys):
    (place / "in/eve").mkdir()
    (place / "in/eve/hw01.ipynb").write_text("{")
    assert grade() == 0
    assert "1 file needs a look" in capsys.readouterr().out
    assert "NOT GRADED" in book("gradebook.csv")["eve"]["notes"]
    with open("gradebook/problems.csv", encoding="utf-8-sig") as file:
        assert next(csv.DictReader(file))["file"] == "eve/hw01.ipynb"


def test_rosters_and_the_book_are_remembered(place):
    Path("canvas.csv").write_text('Student,ID,SIS Login ID,Section,HW01 (7)\n"Ace, Alice",1,alice,x,\nB,2,bob,x,\n')
    assert grade("--roster", "canvas.csv", "--book", "https://e.org/book") == 0
    first = Path("gradebook/hw01/import/canvas-hw01.csv").read_text()
    assert first.splitlines()[0] == "Student,ID,SIS Login ID,Section,HW01 (7)"
    assert book("gradebook.csv")["alice"]["name"] == "Ace, Alice"
    assert "Ace, Alice" in Path("gradebook/hw01/feedback/alice.html").read_text(encoding="utf-8")
    Path("gradebook/hw01/import/canvas-hw01.csv").unlink()
    assert main(["report"]) == 0
    assert Path("gradebook/hw01/import/canvas-hw01.csv").read_text() == first
    assert "https://e.org/book/chapters/03-function.html" in Path("gradebook/hw01/feedback/bob.html").read_text(
        encoding="utf-8"
    )


def test_a_test_that_nobody_passes_is_doubted(place, capsys):
    for name in ("dave", "erin"):
        write_notebook(place / "in" / name / "hw01.ipynb")
    grade()
    assert "FAILED FOR EVERYBODY" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["grade", "nowhere", "--built", "built"], "nowhere does not exist: give the folder or zip"),
        (["grade", "in", "--built", "elsewhere"], "holds no built assignment: run make coursework first"),
        (["grade", "in", "--built", "built", "--assignment", "hw09"], "'hw09' is not built; built holds hw01, hw02"),
        (["grade", "in", "--built", "built", "--roster", "none.csv"], "none.csv: there is no such file"),
        (["report", "-o", "never.csv"], "grade the submissions first"),
        (["merge", "none.csv", "-o", "never.csv"], "grade the submissions first"),
    ],
)
def test_errors_say_what_was_given_and_what_is_needed(place, capsys, arguments, what):
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert said.startswith("Error: ")
    assert what in said


def test_without_the_secret_seed_nothing_is_graded(place, capsys, monkeypatch):
    monkeypatch.delenv("COURSEWORK_SEED")
    monkeypatch.setattr(secret, "FILE", place / "none.txt")
    assert grade() == 1
    assert "make coursework" in capsys.readouterr().err


def test_nothing_to_grade_is_an_error_with_the_reasons(place, capsys):
    (place / "bad").mkdir()
    (place / "bad/eve.ipynb").write_text("")
    assert main(["grade", "bad", "--built", "built"]) == 1
    assert "eve.ipynb: not a readable notebook: empty" in capsys.readouterr().out


def test_a_stopped_run_says_how_to_go_on(place, capsys, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(coursework.grade, "grade_folder", stop)
    assert grade() == 130
    assert "the same command goes on from here" in capsys.readouterr().err


def test_a_bulk_zip_works_as_well(place):
    with zipfile.ZipFile("class.zip", "w") as archive:
        for number, path in enumerate(sorted((place / "in").rglob("*.ipynb"))):
            archive.write(path, f"{path.parent.name}_{number}_1_hw01.ipynb")
    assert main(["grade", "class.zip", "--built", "built"]) == 0
    assert set(book("gradebook.csv")) == {"alice-0", "bob-1", "carol-2"}


def test_the_program_says_how_it_is_used():
    said = subprocess.run(
        [sys.executable, "-m", "coursework", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for command in ("build", "grade", "merge", "report"):
        assert command in said.stdout
