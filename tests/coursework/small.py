"""A small assignment for the tests of the builder, written into a folder, whole or with one thing wrong."""

from pathlib import Path

SOURCE = '''\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [raw]
# # ASSIGNMENT CONFIG
# name: hw91
# init_cell: true
# export_cell:
#   pdf: false
# generate: false
# tests:
#   ok_format: false
#   files: true

# %% [markdown]
# # A small assignment

# %%
import numpy as np

# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ## Question 1
#
# Write `double(x)`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def double(x):
    """Twice x."""
    # BEGIN SOLUTION
    secretly_the_answer = x + x  # the insight
    return secretly_the_answer
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: Two doubled is four. Reread chapter 1, 'Three lines of NumPy'.
""" # END TEST CONFIG
def test_two(double, np):
    assert double(2) == 4

# %%
""" # BEGIN TEST CONFIG
points: 2
hidden: true
failure_message: Negative numbers fail. Reread chapter 1, 'When it breaks'.
""" # END TEST CONFIG
def test_hidden_negative(double, np):
    from coursework.secret import generator

    for number in generator("hw91.q1.negative").integers(-99, -9, size=5):
        assert double(int(number)) == 2 * number

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2
# manual: true
# points: 2

# %% [markdown]
# ## Question 2
#
# Why?

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# Because an addition is the cheapest way there is.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
'''

SETTINGS = """\
title = "A small assignment"
minutes = 5
chapters = [1]
points = 5
objectives = ["double a number"]
"""

RUBRIC = """\
# How to mark

## q2 (2 points)

### full (2 points)

> It is cheap.

### half (1 point)

> It works.

### little (0 points)

> I do not know.
"""

BOTH = "test_two, test_hidden_negative"
WRONG = {
    "square": (BOTH.split(", ")[1], "x * x"),
    "magnitude": ("test_hidden_negative", "2 * abs(x)"),
    "half": (BOTH, "x / 2"),
    "same": (BOTH, "x"),
    "off_by_one": (BOTH, "2 * x + 1"),
}


def wrong_solution(fails: str, expression: str, question: str = "q1") -> str:
    return (
        f'"""A mistake."""\n\n# question: {question}\n# fails: {fails}\n\n\ndef double(x):\n    return {expression}\n'
    )


def write(root: Path, *, source=SOURCE, settings=SETTINGS, rubric=RUBRIC, wrong=WRONG) -> Path:
    """Write the assignment below `root` and return its folder."""
    folder = root / "hw91-small"
    (folder / "wrong").mkdir(parents=True, exist_ok=True)
    (folder / "hw91.py").write_text(source)
    (folder / "assignment.toml").write_text(settings)
    (folder / "rubric.md").write_text(rubric)
    for kind, (fails, expression) in wrong.items():
        (folder / "wrong" / f"{kind}.py").write_text(wrong_solution(fails, expression))
    return folder


ADDED_QUESTION = '''\
# %% [raw]
# # BEGIN QUESTION
# name: q3
# # wrong solutions: 1 (there is one way to be wrong)

# %% [markdown]
# Write `seven()`.

# %% [raw]
# # BEGIN SOLUTION

# %%
def seven():
    return 7  # SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: Count again. Reread chapter 1, 'Exercises'.
""" # END TEST CONFIG
def test_seven(seven):
    assert seven() == 7

# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: Not a whole number. Reread chapter 1, 'Exercises'.
""" # END TEST CONFIG
def test_hidden_whole(seven):
    assert isinstance(seven(), int)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION
'''
