"""What the platforms import, in the columns that their own sources name, for the right students only."""

import hashlib
import json
import subprocess
import sys
import zipfile

import pytest
from made_up import HIDDEN_MESSAGE, SECRET_REASON, assignment, entry

from coursework.lms import LOOK_UP, comment, match, read_roster, write_canvas, write_gradescope, write_moodle
from coursework.tables import TableError, read_table

ALL = "test_values test_hidden_huge test_rows"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Essay (70),Homework HW01: softmax (71),hw011 (72),Final Score
    Points Possible,,,,,5,10,1,(read only)
"Doe, Jane",123,s1,jane@u.edu,A,4,,,
"Müller, Zoë",124,s2,zoe@u.edu,A,3,,,
"Student, Test",999,,,A,,,,
"""
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 5001,Jane Doe,jane@u.edu,Submitted for grading,,10.00,Yes,"Monday, 2 November 2026, 9:00 AM",-,
Participant 5002,Zoë Müller,zoe@u.edu,Submitted for grading,,10.00,Yes,"Monday, 2 November 2026, 9:00 AM",-,
"""


def roster(tmp_path, text, name="roster.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_roster(tmp_path / name)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (CANVAS, "canvas"),
        (MOODLE, "moodle-worksheet"),
        ("First name,Last name,Email address\n", "moodle"),
        ("Name,Email,SID\n", "gradescope"),
        ("First Name;Last Name;Email;SID\n", "gradescope"),
    ],
)
def test_a_class_list_is_recognized(tmp_path, header, kind):
    assert roster(tmp_path, header).kind == kind


def test_another_table_is_refused_with_what_is_needed(tmp_path):
    with pytest.raises(TableError, match=r"columns are a, b\. Needed is one of: Canvas's gradebook"):
        roster(tmp_path, "a,b\n1,2\n")


def test_canvas_fills_the_column_that_is_there(tmp_path):
    entries = [
        entry("doejane-123", ALL, name="doejane", ids={"canvas": "123"}),
        entry("zoe", "test_rows", ids={"login": "zoe"}),
    ]
    words = write_canvas(tmp_path / "c.csv", assignment(), entries, roster(tmp_path, CANVAS))
    lines = (tmp_path / "c.csv").read_text(encoding="utf-8").splitlines()
    assert words == []
    assert lines == [
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework HW01: softmax (71)",
        "    Points Possible,,,,,10",
        '"Doe, Jane",123,s1,jane@u.edu,A,6',
        '"Müller, Zoë",124,s2,zoe@u.edu,A,2',
    ]


@pytest.mark.parametrize(
    ("columns", "chosen"),
    [
        ("Homework 1 (5),Homework 10 (6)", "Homework 1 (5)"),
        ("Assignment #01 (5),Essay (6)", "Assignment #01 (5)"),
        ("Week 1: A softmax that survives (5),Homework 2 (6)", "Week 1: A softmax that survives (5)"),
        ("Homework 1 (5),Homework 1 bonus (6)", "A softmax that survives"),
        ("Homework 11 (5)", "A softmax that survives"),
    ],
)
def test_canvas_columns_are_chosen_only_when_there_is_no_doubt(tmp_path, columns, chosen):
    text = f"Student,ID,Section,{columns}\nA,1,x,,\n"
    words = write_canvas(tmp_path / "c.csv", assignment(), [], roster(tmp_path, text))
    assert read_table(tmp_path / "c.csv").header[-1] == chosen
    assert bool(words) == (chosen == "A softmax that survives")


def test_canvas_without_a_list_needs_its_numbers(tmp_path):
    entries = [entry("doejane-123", ALL, name="doejane", ids={"canvas": "123"}), entry("bob", ALL)]
    [word] = write_canvas(tmp_path / "c.csv", assignment(), entries, None)
    assert "makes a new assignment" in word
    table = read_table(tmp_path / "c.csv")
    assert table.header == ("Student", "ID", "Section", "A softmax that survives")
    assert [row["ID"] for row in table.rows] == ["", "123"]
    assert write_canvas(tmp_path / "d.csv", assignment(), [entry("bob", ALL)], None) == [
        "Canvas: give --roster with the gradebook that Canvas exports (Grades → Export)"
    ]
    assert not (tmp_path / "d.csv").exists()


def test_a_student_who_is_not_in_the_list_is_told_and_gets_no_line(tmp_path):
    words = write_canvas(tmp_path / "c.csv", assignment(), [entry("mallory", ALL)], roster(tmp_path, CANVAS))
    assert words == ["not found, or not only once, in roster.csv: mallory"]
    assert len(read_table(tmp_path / "c.csv").rows) == 1


def test_the_name_decides_last_and_only_when_one_has_it(tmp_path):
    text = 'Student,ID,Section\n"Doe, Jane",1,A\n"Doe, Jane",2,A\n"Müller, Zoe",3,A\n'
    found, missing = match([entry("a", name="Jane Doe"), entry("b", name="zoë müller")], roster(tmp_path, text))
    assert found == {"b": {"Student": "Müller, Zoe", "ID": "3", "Section": "A"}}
    assert missing == ["a"]


def test_two_who_claim_one_line_both_get_none(tmp_path):
    found, missing = match([entry("a", name="Jane Doe"), entry("b", name="Doe, Jane")], roster(tmp_path, CANVAS))
    assert (found, missing) == ({}, ["a", "b"])


def test_an_ungraded_student_gets_no_zero(tmp_path):
    entries = [entry("doejane-123", ids={"canvas": "123"}, graded=False)]
    write_canvas(tmp_path / "c.csv", assignment(), entries, roster(tmp_path, CANVAS))
    assert [row["ID"] for row in read_table(tmp_path / "c.csv").rows] == [""]


def test_moodle_fills_its_grading_worksheet(tmp_path):
    entries = [entry("Jane-Doe-5001", "test_values", name="Jane Doe", ids={"moodle": "5001"}, written={"q3": 4.0})]
    assert write_moodle(tmp_path / "m.csv", assignment(), entries, roster(tmp_path, MOODLE)) == []
    table = read_table(tmp_path / "m.csv")
    assert table.header == tuple(MOODLE.splitlines()[0].split(","))
    [row] = table.rows
    assert (row["Identifier"], row["Grade"], row["Last modified (grade)"]) == ("Participant 5001", "5", "-")
    assert row["Feedback comments"].startswith("q1: 1 of 4. Large")


def test_moodle_says_when_its_maximum_is_another(tmp_path):
    words = write_moodle(
        tmp_path / "m.csv",
        assignment(),
        [],
        roster(tmp_path, MOODLE.replace("10.00", "100,00", 1).replace("100,00", "100.00")),
    )
    assert words == ["Moodle: the worksheet's maximum is 100.00, the assignment's 10: change it in Moodle"]


def test_moodle_by_address(tmp_path):
    people = "First name,Last name,ID number,Email address\nJane,Doe,7,Jane@u.edu\n"
    entries = [entry("jane@u.edu", ALL, ids={"login": "jane@u.edu"})]
    write_moodle(tmp_path / "m.csv", assignment(), entries, roster(tmp_path, people))
    [row] = read_table(tmp_path / "m.csv").rows
    assert row == {
        "First name": "Jane",
        "Last name": "Doe",
        "ID number": "7",
        "Email address": "Jane@u.edu",
        "A softmax that survives": "6",
    }


def test_moodle_without_a_list_uses_the_participants_numbers(tmp_path):
    write_moodle(tmp_path / "m.csv", assignment(), [entry("j", ALL, name="Jane Doe", ids={"moodle": "5001"})], None)
    [row] = read_table(tmp_path / "m.csv").rows
    assert (row["Identifier"], row["Grade"], row["Maximum Grade"]) == ("Participant 5001", "6", "10")


def test_a_comment_tells_no_secret_and_holds_no_html():
    text = comment(entry("j", "test_values"), assignment())
    assert "hidden" not in text
    assert SECRET_REASON not in text
    assert "<" not in text


def test_gradescopes_autograder_looks_the_result_up(tmp_path):
    entries = [
        entry(
            "jane",
            "test_values",
            name="Jane Doe",
            ids={"email": "Jane@u.edu"},
            comments={"q3": "Good."},
            written={"q3": 2.0},
        )
    ]
    assert write_gradescope(tmp_path, assignment(), entries, None) == []
    [row] = read_table(tmp_path / "gradescope-hw01.csv").rows
    assert row["Email"] == "Jane@u.edu"
    assert row["A softmax that survives"] == "3"
    assert row["1: q1 (4 pts)"] == "1"
    with zipfile.ZipFile(tmp_path / "gradescope-autograder-hw01.zip") as archive:
        archive.extractall(tmp_path / "source")
    assert {"setup.sh", "run_autograder", "look_up.py"} <= {path.name for path in (tmp_path / "source").iterdir()}
    program = LOOK_UP.replace("/autograder", str(tmp_path / "autograder"))
    (tmp_path / "source/look_up.py").write_text(program)
    (tmp_path / "autograder/results").mkdir(parents=True)
    for email, score in (("jane@U.edu ", 3.0), ("eve@u.edu", 0)):
        (tmp_path / "autograder/submission_metadata.json").write_text(json.dumps({"users": [{"email": email}]}))
        subprocess.run([sys.executable, "-I", tmp_path / "source/look_up.py"], check=True)
        result = json.loads((tmp_path / "autograder/results/results.json").read_text(encoding="utf-8"))
        assert result["score"] == score
    text = (tmp_path / "source/results" / f"{hashlib.sha256(b'jane@u.edu').hexdigest()}.json").read_text(
        encoding="utf-8"
    )
    assert HIDDEN_MESSAGE in json.loads(text)["tests"][0]["output"]
    assert "test_hidden" not in text
    assert "731.25" not in text
    assert json.loads(text)["tests"][2] == {"name": "q3", "score": 2.0, "max_score": 4.0, "output": "Good."}


def test_gradescope_needs_an_address(tmp_path):
    assert write_gradescope(tmp_path, assignment(), [entry("jane", ALL)], None) == [
        "Gradescope: give --roster with the roster that Gradescope exports (it needs Email or SID)"
    ]
    write_gradescope(
        tmp_path,
        assignment(),
        [entry("jane", ALL, name="Jane Doe")],
        roster(tmp_path, "Name,Email,SID\nJane Doe,j@u.edu,7\n"),
    )
    [row] = read_table(tmp_path / "gradescope-hw01.csv").rows
    assert (row["First Name"], row["Last Name"], row["SID"], row["Email"]) == ("Jane", "Doe", "7", "j@u.edu")
