"""A submission is taken apart by question, whatever the student added around it."""

import json

import pytest
from made_up import LOCKED, STUB, assignment, code, notebook, template, text, write_notebook

from coursework.answers import Answer, TemplateError, read_template


def test_an_unchanged_notebook_has_no_answers(tmp_path):
    book = write_notebook(tmp_path / "a.ipynb")
    assert template(tmp_path).answers(book) == {"q1": Answer(), "q2": Answer(), "q3": Answer()}


def test_code_and_text_belong_to_the_question_before_the_check(tmp_path):
    extra = (code("helper = 1"), text("A note of mine"))
    book = write_notebook(tmp_path / "a.ipynb", "def softmax(z): return z", "Because.", extra=extra)
    answers = template(tmp_path).answers(book)
    assert answers["q1"] == Answer("def softmax(z): return z\n\nhelper = 1", "A note of mine")
    assert answers["q3"] == Answer("", "Because.")


def test_titles_and_prompts_are_those_of_the_handout(tmp_path):
    measure = template(tmp_path)
    assert [measure.title(q) for q in ("q1", "q2", "q3")] == [
        "Question 1 · Three lines",
        "Question 2 · Rows",
        "Question 3 · Why?",
    ]
    assert measure.prompt("q3") == "## Question 3 · Why?\n\nSay why."


@pytest.mark.parametrize(
    ("q3", "text"),
    [("", ""), ("  \n", ""), ("Because.", "Because."), ("_Type your answer here, replacing this text._ Well", "Well")],
)
def test_written_answers(tmp_path, q3, text):
    assert template(tmp_path).written(write_notebook(tmp_path / "a.ipynb", q3=q3), "q3") == text


def test_an_answer_is_found_by_its_cell_when_the_landmark_is_deleted(tmp_path):
    book = notebook(q3="Because.")
    book["cells"] = [cell for cell in book["cells"] if "BEGIN" not in "".join(cell["source"])]
    (tmp_path / "a.ipynb").write_text(json.dumps(book))
    assert template(tmp_path).written(tmp_path / "a.ipynb", "q3") == "Because."


def test_a_question_that_was_deleted_is_missing_and_not_empty(tmp_path):
    book = notebook()
    book["cells"] = book["cells"][:5]
    (tmp_path / "a.ipynb").write_text(json.dumps(book))
    assert template(tmp_path).written(tmp_path / "a.ipynb", "q3") is None


@pytest.mark.parametrize("data", ['{"cells": [null, {}, {"source": 3, "metadata": {}}]}', "[]", "{", '{"cells": 1}'])
def test_a_strange_notebook_does_no_harm(tmp_path, data):
    (tmp_path / "a.ipynb").write_text(data)
    assert template(tmp_path).answers(tmp_path / "a.ipynb") == {}


def test_a_missing_handout_says_what_to_do(tmp_path):
    with pytest.raises(TemplateError, match="make coursework"):
        read_template(assignment(tmp_path / "elsewhere"))
    (tmp_path / "empty.ipynb").write_text(json.dumps({"cells": [text(STUB, **LOCKED)]}))
    with pytest.raises(TemplateError, match="no question"):
        read_template(assignment(tmp_path), tmp_path / "empty.ipynb")
