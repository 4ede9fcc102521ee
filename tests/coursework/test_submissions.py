"""Submissions in every form that a teacher may have; nothing is lost, and nothing is unpacked where it should not be."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from made_up import notebook, write_notebook

from coursework.submissions import SubmissionsError, find_submissions, load_found, save_found

KNOWN = ["hw01", "hw02"]


def find(tmp_path, source="in", **options):
    return find_submissions(tmp_path / source, tmp_path / "out", known=KNOWN, **options)


def by_key(found):
    return {submission.key: submission for submission in found.submissions}


def told(found):
    return " | ".join(f"{problem.origin}: {problem.what}" for problem in found.problems)


def zipped(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def content(q1="x = 1", **options):
    return json.dumps(notebook(q1, **options))


def code_of(submission):
    return json.loads(Path(submission.notebook).read_text(encoding="utf-8"))["cells"][4]["source"]


def test_a_folder_of_notebooks_named_by_student(tmp_path):
    for name in ("alice.ipynb", "hw01_bob.ipynb", "hw01-Zoë Müller.ipynb", ".ipynb_checkpoints/alice-checkpoint.ipynb"):
        write_notebook(tmp_path / "in" / name)
    found = find(tmp_path)
    assert set(by_key(found)) == {"alice", "bob", "Zoë-Müller"}
    assert not found.problems


@pytest.mark.parametrize("wrapper", ["", "hw01-submissions", "a/b"])
def test_a_folder_a_student(tmp_path, wrapper):
    for name in ("alice/hw01.ipynb", "hw01-bob/hw01.ipynb", "carol/notebooks/work.ipynb"):
        write_notebook(tmp_path / "in" / wrapper / name)
    assert set(by_key(find(tmp_path))) == {"alice", "bob", "carol"}


def test_one_student_in_one_folder(tmp_path):
    write_notebook(tmp_path / "in/alice/hw01.ipynb")
    assert set(by_key(find(tmp_path))) == {"alice"}


CANVAS = {
    "doejane_123_1001_hw01.ipynb": "jane",
    "müllerzoe_LATE_124_1002_hw01-1.ipynb": "zoe",
    "LATE_anon_Xy12z_1003_hw01.ipynb": "anonymous",
}


@pytest.mark.parametrize("form", ["folder", "zip", "zip in a folder"])
def test_canvas(tmp_path, form):
    (tmp_path / "in").mkdir()
    if form == "folder":
        for name, q1 in CANVAS.items():
            write_notebook(tmp_path / "in" / name, q1)
        source = "in"
    else:
        source = "in/submissions.zip"
        (tmp_path / source).write_bytes(zipped({name: content(q1) for name, q1 in CANVAS.items()}))
        source = "in" if form == "zip in a folder" else source
    found = by_key(find(tmp_path, source))
    assert set(found) == {"doejane-123", "müllerzoe-124", "anon_Xy12z"}
    assert found["doejane-123"].ids == {"canvas": "123"}
    assert {key: s.late for key, s in found.items()} == {
        "doejane-123": False,
        "müllerzoe-124": True,
        "anon_Xy12z": True,
    }


def test_the_latest_of_canvas_wins_whatever_the_order_of_the_files(tmp_path):
    for number, suffix in (("2003", "-2"), ("2001", ""), ("2002", "-1")):
        write_notebook(tmp_path / "in" / f"doejane_123_{number}_hw01{suffix}.ipynb", f"version = {number}")
    found = find(tmp_path)
    assert [code_of(s) for s in found.submissions] == ["version = 2003"]
    assert told(found).count("an older version of") == 2


def test_a_copy_is_told_from_a_version(tmp_path):
    for number in (1, 2):
        write_notebook(tmp_path / "in" / f"doejane_123_{number}_hw01.ipynb")
    assert "a copy of" in told(find(tmp_path))


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_moodle(tmp_path, form):
    files = {
        "Jane Doe_5001_assignsubmission_file/hw01.ipynb": content(),
        "Mary Ann O'Neil_5002_assignsubmission_file_/work.ipynb": content(),
        "Zoë Müller_5003_assignsubmission_file_hw01.ipynb": content(),
        "Tom Li_5004_assignsubmission_onlinetext/onlinetext.html": "<p>I cannot upload</p>",
    }
    if form == "zip":
        (tmp_path / "in").write_bytes(zipped(files))
    else:
        for name, data in files.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(data, encoding="utf-8")
    found = find(tmp_path)
    assert {s.name: s.ids["moodle"] for s in found.submissions} == {
        "Jane Doe": "5001",
        "Mary Ann O'Neil": "5002",
        "Zoë Müller": "5003",
    }
    assert [(p.student, p.what) for p in found.problems] == [("Tom Li", "handed in onlinetext.html, but no notebook")]


def test_gradescope(tmp_path):
    for number in (11, 12):
        write_notebook(tmp_path / f"in/assignment_1_export/submission_{number}/hw01.ipynb", f"n = {number}")
    (tmp_path / "in/assignment_1_export/submission_metadata.yml").write_text(
        "submission_11:\n  :submitters:\n  - :name: Jane Doe\n    :sid: '77'\n    :email: jane@u.edu\n"
        "  :created_at: 2026-11-01 10:00:00 Z\n"
        "submission_12:\n  :submitters:\n  - :name: Jane Doe\n    :sid: '77'\n    :email: jane@u.edu\n"
        "  :created_at: 2026-11-02 10:00:00 Z\n"
    )
    [jane] = find(tmp_path).submissions
    assert (jane.name, jane.ids, code_of(jane)) == ("Jane Doe", {"email": "jane@u.edu", "sid": "77"}, "n = 12")


@pytest.mark.parametrize(
    "where", ["doejane_123_1001_hw01_2026_11_22T16_21_23_065798.zip", "alice/hw01_2026_11_22T16_21_23_065798.zip"]
)
def test_the_zip_of_otters_export_cell(tmp_path, where):
    path = tmp_path / "in" / where
    path.parent.mkdir(parents=True)
    path.write_bytes(zipped({"hw01.ipynb": content("exported = 1"), "__zip_filename__": "hw01.zip"}))
    [submission] = find(tmp_path).submissions
    assert code_of(submission) == "exported = 1"
    assert submission.key in ("doejane-123", "alice")


def test_the_last_export_wins_by_the_time_in_its_name(tmp_path):
    (tmp_path / "in/alice").mkdir(parents=True)
    for hour in ("18", "09"):
        data = zipped({"hw01.ipynb": content(f"hour = {hour}")})
        (tmp_path / f"in/alice/hw01_2026_11_22T{hour}_00_00_000000.zip").write_bytes(data)
    found = find(tmp_path)
    assert [code_of(s) for s in found.submissions] == ["hour = 18"]


def test_names_in_a_zip_that_does_not_say_that_it_is_utf8(tmp_path):
    data = bytearray(zipped({"müllerzoë_1_2_hw01.ipynb": content()}))
    for mark, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        data[data.index(mark) + place] &= ~0x08
    (tmp_path / "in").write_bytes(data)
    [submission] = find(tmp_path).submissions
    assert submission.name == "müllerzoë"


@pytest.mark.parametrize("where", ["alice/work.zip", "alice.zip"])
def test_a_student_may_zip_more_than_asked_for(tmp_path, where):
    write_notebook(tmp_path / "in/bob/hw01.ipynb")
    path = tmp_path / "in" / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zipped({"scratch.ipynb": content(says=None), "hw01.ipynb": content("mine = 1")}))
    found = find(tmp_path)
    assert set(by_key(found)) == {"alice", "bob"}
    assert code_of(by_key(found)["alice"]) == "mine = 1"
    assert "scratch.ipynb: does not say which assignment it is" in told(found)


def test_two_sections_in_two_zips(tmp_path):
    (tmp_path / "in").mkdir()
    for section, students in (("a", "jk"), ("b", "lm")):
        files = {f"{name}_{ord(name)}_1_hw01.ipynb": content() for name in students}
        (tmp_path / f"in/section-{section}.zip").write_bytes(zipped(files))
    assert {s.name for s in find(tmp_path).submissions} == set("jklm")


def test_a_student_zip_in_a_bulk_zip(tmp_path):
    inner = zipped({"hw01.ipynb": content("inner = 1")})
    (tmp_path / "in").write_bytes(zipped({"doejane_1_2_hw01.zip": inner, "roejohn_3_4_hw01.ipynb": content()}))
    assert set(by_key(find(tmp_path))) == {"doejane-1", "roejohn-3"}


# What must not be trusted ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../../evil.ipynb", "/etc/evil.ipynb", "a/../../evil.ipynb", "C:/evil.ipynb", "..\\evil.ipynb"]
)
def test_no_zip_writes_outside(tmp_path, name):
    (tmp_path / "in").write_bytes(zipped({name: content(), "alice.ipynb": content()}))
    before = set(tmp_path.rglob("*"))
    found = find(tmp_path)
    assert set(by_key(found)) == {"alice"}
    assert "points outside of the zip" in told(found)
    assert {path for path in set(tmp_path.rglob("*")) - before if path.is_file()} == {
        tmp_path / "out/hw01/submissions/alice.ipynb"
    }


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    bomb = b"[" + b" " * 50_000_000 + b"]"
    (tmp_path / "in").write_bytes(zipped({"bob.ipynb": bomb, "alice.ipynb": content()}))
    found = find(tmp_path)
    assert set(by_key(found)) == {"alice"}
    assert "which no notebook does" in told(found)


def test_a_zip_that_lies_about_a_size_is_not_unpacked(tmp_path):
    data = bytearray(zipped({"bob.ipynb": os.urandom(100) + b" " * 60_000, "alice.ipynb": content()}))
    place = data.index(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    (tmp_path / "in").write_bytes(data)
    found = find(tmp_path)
    assert set(by_key(found)) == {"alice"}
    assert "bob.ipynb" in told(found)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"{broken", "not a readable notebook"),
        (b"\xff\xfe\x00", "not a readable notebook"),
        (b"[]", "it has no cells"),
        (b'{"cells": {}}', "it has no cells"),
        (b"[" * 100_000, "not a readable notebook"),
    ],
)
def test_an_unreadable_file_is_reported_with_its_owner(tmp_path, data, what):
    write_notebook(tmp_path / "in/alice.ipynb")
    (tmp_path / "in/bob.ipynb").write_bytes(data)
    found = find(tmp_path)
    assert set(by_key(found)) == {"alice"}
    assert [(p.student, p.origin) for p in found.problems] == [("bob", "bob.ipynb")]
    assert what in told(found)


def test_a_damaged_zip_is_reported(tmp_path):
    write_notebook(tmp_path / "in/alice.ipynb")
    (tmp_path / "in/doejane_1_2_hw01.zip").write_bytes(b"PK\x03\x04 nothing")
    found = find(tmp_path)
    assert "not a readable zip" in told(found)
    assert found.problems[0].student == "doejane"


def test_a_link_is_not_followed(tmp_path):
    write_notebook(tmp_path / "in/alice.ipynb")
    (tmp_path / "secret.ipynb").write_text(content())
    (tmp_path / "in/bob.ipynb").symlink_to(tmp_path / "secret.ipynb")
    found = find(tmp_path)
    assert set(by_key(found)) == {"alice"}
    assert "a link" in told(found)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a:b*c", "…"])
def test_a_key_is_safe_as_a_file_name(tmp_path, name):
    (tmp_path / "in").write_bytes(zipped({f"{name.replace('/', '∕')}_5_assignsubmission_file/hw01.ipynb": content()}))
    [submission] = find(tmp_path).submissions
    assert not set(submission.key) & set('<>:"/\\|?*')


def test_two_students_of_one_name_stay_two(tmp_path):
    for name in ("Jane Doe", "Jane-Doe"):
        write_notebook(tmp_path / "in" / name / "hw01.ipynb", f"who = {name!r}")
    found = find(tmp_path)
    assert len({s.notebook for s in found.submissions}) == 2
    assert {code_of(s) for s in found.submissions} == {"who = 'Jane Doe'", "who = 'Jane-Doe'"}


# Which assignment --------------------------------------------------------------------------------------------------


def test_the_notebook_says_which_assignment_it_is(tmp_path):
    write_notebook(tmp_path / "in/alice/first.ipynb", says="hw01")
    write_notebook(tmp_path / "in/alice/second.ipynb", says="hw02")
    write_notebook(tmp_path / "in/bob/third.ipynb", says="hw01")
    found = [(s.key, s.assignment) for s in find(tmp_path).submissions]
    assert found == [("alice", "hw01"), ("bob", "hw01"), ("alice", "hw02")]


def test_the_first_cell_says_it_where_the_metadata_is_gone(tmp_path):
    book = notebook(says=None)
    book["cells"][0]["source"] = ["grader = otter.Notebook(\n", '"hw02.ipynb")']
    (tmp_path / "in").mkdir()
    (tmp_path / "in/alice.ipynb").write_text(json.dumps(book))
    assert find(tmp_path).submissions[0].assignment == "hw02"


def test_the_file_name_says_it_at_last(tmp_path):
    write_notebook(tmp_path / "in/alice_hw02.ipynb", says=None)
    write_notebook(tmp_path / "in/bob.ipynb", says=None)
    found = find(tmp_path)
    assert [(s.key, s.assignment) for s in found.submissions] == [("alice", "hw02")]
    assert "name it with --assignment" in told(found)


def test_the_teacher_says_it(tmp_path):
    write_notebook(tmp_path / "in/alice.ipynb", says=None)
    write_notebook(tmp_path / "in/bob.ipynb", says="hw02")
    found = find(tmp_path, assignment="hw01")
    assert [(s.key, s.assignment) for s in found.submissions] == [("alice", "hw01")]
    assert "is a notebook of hw02, not of hw01" in told(found)


@pytest.mark.parametrize(
    ("source", "what"),
    [("nothing", "does not exist"), ("empty", "holds no notebook"), ("file", "no folder and no zip")],
)
def test_nothing_to_grade_is_an_error_that_says_what_is_needed(tmp_path, source, what):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(SubmissionsError, match=what):
        find(tmp_path, source)


def test_what_was_found_can_be_read_again(tmp_path):
    write_notebook(tmp_path / "in/alice.ipynb")
    (tmp_path / "in/bob.ipynb").write_text("")
    found = find(tmp_path)
    assert load_found(save_found(found, tmp_path / "found.json")) == found
    (tmp_path / "found.json").write_text("{}")
    with pytest.raises(SubmissionsError, match="damaged"):
        load_found(tmp_path / "found.json")
