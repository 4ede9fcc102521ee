"""Written answers: no name on the sheet, every score back to its answer, and to no other."""

import random

import pytest
from made_up import assignment, template, write_notebook

from coursework.tables import TableError, read_table, write_table
from coursework.written import Marks, merge_scores, read_key, read_marks, save_marks, write_sheet

NONE = Marks({}, {})
STUDENTS = ("alice", "bob", "carol", "dave")


def notebooks(tmp_path, **texts):
    return {name: write_notebook(tmp_path / "in" / f"{name}.ipynb", q3=text) for name, text in texts.items()}


def sheet(tmp_path, marks=NONE, **texts):
    return write_sheet(tmp_path / "w", assignment(), template(tmp_path), notebooks(tmp_path, **texts), marks)


def scores(tmp_path):
    return {row["code"]: row for row in read_table(tmp_path / "w/scores.csv").rows}


def fill(path, rows, name="filled.csv"):
    return write_table(path / name, ["code", "score", "comment"], rows)


def test_the_sheet_has_answers_and_no_names(tmp_path):
    texts = {name: f"Answer of number {place}." for place, name in enumerate(STUDENTS)}
    answers = sheet(tmp_path, **texts)
    page = (tmp_path / "w/answers.html").read_text(encoding="utf-8")
    table = (tmp_path / "w/scores.csv").read_text(encoding="utf-8")
    for name, text in texts.items():
        assert name not in page + table
        assert text in page
        assert text in table
    assert {answer.student for answer in answers} == set(STUDENTS)
    assert len({answer.code for answer in answers}) == 4
    assert "Say why." in page


def test_the_order_is_not_that_of_the_class(tmp_path):
    texts = {f"student{number:02}": f"Answer {number}." for number in range(30)}
    answers = sheet(tmp_path, **texts)
    assert [answer.code for answer in answers] == sorted(answer.code for answer in answers)
    assert [answer.student for answer in answers] != sorted(texts)


def test_empty_and_missing_answers_are_told_apart(tmp_path):
    answers = sheet(tmp_path, alice="", bob="Because.")
    (tmp_path / "in/carol.ipynb").write_text('{"cells": []}')
    more = {**notebooks(tmp_path, alice="", bob="Because."), "carol": tmp_path / "in/carol.ipynb"}
    answers = write_sheet(tmp_path / "w", assignment(), template(tmp_path), more, NONE)
    rows = {answer.student: scores(tmp_path)[answer.code] for answer in answers}
    assert (rows["alice"]["score"], rows["bob"]["score"], rows["carol"]["score"]) == ("0", "", "")
    assert "not found" in rows["carol"]["answer"]


def test_scores_come_back_to_their_answers(tmp_path):
    answers = sheet(tmp_path, **{name: f"I am answer {name[::-1]}" for name in STUDENTS})
    wanted = {answer.code: number / 2 for number, answer in enumerate(answers)}
    rows = [{"code": code, "score": score, "comment": f"c{score}"} for code, score in wanted.items()]
    random.Random(3).shuffle(rows)
    marks, changed = merge_scores([fill(tmp_path, rows)], assignment(), answers, NONE)
    assert (marks.scores, changed) == (wanted, 4)
    save_marks(tmp_path / "w", marks)
    assert read_marks(tmp_path / "w") == marks
    again, changed = merge_scores([fill(tmp_path, rows)], assignment(), answers, marks)
    assert (again, changed) == (marks, 0)


def test_several_people_return_parts(tmp_path):
    answers = sheet(tmp_path, alice="One.", bob="Two.")
    parts = [
        fill(tmp_path, [{"code": answer.code, "score": place}, {"code": other.code}], f"part{place}.csv")
        for place, (answer, other) in enumerate(zip(answers, reversed(answers), strict=True))
    ]
    marks, _ = merge_scores(parts, assignment(), answers, NONE)
    assert marks.scores == {answers[0].code: 0.0, answers[1].code: 1.0}


def test_a_decimal_comma_and_a_small_letter_are_understood(tmp_path):
    [answer] = sheet(tmp_path, alice="One.")
    (tmp_path / "f.csv").write_text(f"code;score\n{answer.code.lower()};2,5\n")
    marks, _ = merge_scores([tmp_path / "f.csv"], assignment(), [answer], NONE)
    assert marks.scores == {answer.code: 2.5}


@pytest.mark.parametrize(
    ("score", "what"),
    [("4.5", "4.5 points; q3 gives 0 to 4"), ("-1", "q3 gives 0 to 4"), ("good", "must be a number, not 'good'")],
)
def test_a_score_that_cannot_be_stops_the_merge(tmp_path, score, what):
    answers = sheet(tmp_path, alice="One.", bob="Two.")
    rows = [{"code": answers[0].code, "score": "1"}, {"code": answers[1].code, "score": score}]
    with pytest.raises(TableError, match="nothing was merged") as error:
        merge_scores([fill(tmp_path, rows)], assignment(), answers, NONE)
    assert what in str(error.value)
    assert "line 3" in str(error.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    [answer] = sheet(tmp_path, alice="One.")
    parts = [
        fill(tmp_path, [{"code": answer.code, "score": 1}, {"code": "q3-0000", "score": 1}], "a.csv"),
        fill(tmp_path, [{"code": answer.code, "score": 2}], "b.csv"),
    ]
    with pytest.raises(TableError) as error:
        merge_scores(parts, assignment(), [answer], NONE)
    assert "no answer has this code" in str(error.value)
    assert "b.csv, line 2" in str(error.value)
    assert "but a.csv, line 2" in str(error.value)


def test_a_sheet_without_its_columns_is_refused(tmp_path):
    write_table(tmp_path / "f.csv", ["code", "points"], [])
    with pytest.raises(TableError, match="no column score"):
        merge_scores([tmp_path / "f.csv"], assignment(), [], NONE)


def test_a_changed_answer_gets_a_new_code_and_an_unchanged_one_keeps_it(tmp_path):
    before = {answer.student: answer.code for answer in sheet(tmp_path, alice="One.", bob="Two.")}
    after = {answer.student: answer.code for answer in sheet(tmp_path, alice="One.", bob="Two, better.")}
    assert after["alice"] == before["alice"]
    assert after["bob"] != before["bob"]
    assert {answer.code for answer, _ in read_key(tmp_path / "w")} == {*before.values(), *after.values()}


def test_what_was_typed_in_survives_another_run(tmp_path):
    answers = sheet(tmp_path, alice="One.", bob="Two.")
    rows = [{"code": a.code, "question": "q3", "score": "3", "comment": "- fine"} for a in answers]
    write_table(tmp_path / "w/scores.csv", ["code", "question", "score", "comment"], rows)
    sheet(tmp_path, alice="One.", bob="Two, better.", carol="Three.")
    table = scores(tmp_path)
    assert [table[a.code]["score"] for a in answers if a.student == "alice"] == ["3"]
    assert sorted(row["score"] for row in table.values()) == ["", "", "3"]
    assert len(list((tmp_path / "w").glob("scores.before-*.csv"))) == 1


def test_answers_are_escaped(tmp_path):
    [answer] = sheet(tmp_path, alice='=cmd()\n<script>alert("1")</script>')
    page = (tmp_path / "w/answers.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert scores(tmp_path)[answer.code]["answer"].startswith("'=cmd()")


def test_the_rubric_stands_beside_its_question(tmp_path):
    (tmp_path / "rubric.md").write_text(
        "## q2 (2 points)\n\nunwanted\n\n## q3 (4 points)\n\n- 1 < 2\n\n### full\n\n> All.\n", encoding="utf-8"
    )
    write_sheet(tmp_path / "w", assignment(tmp_path), template(tmp_path), notebooks(tmp_path, alice="One."), NONE)
    page = (tmp_path / "w/answers.html").read_text(encoding="utf-8")
    assert "- 1 &lt; 2\n\n### full\n\n&gt; All." in page
    assert "unwanted" not in page
