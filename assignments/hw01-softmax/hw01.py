# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [raw]
# # ASSIGNMENT CONFIG
# name: hw01
# init_cell: true
# check_all_cell: false
# export_cell:
#   pdf: false
#   run_tests: false
# generate: false
# tests:
#   ok_format: false
#   files: true
# show_question_points: true

# %% [markdown]
# # Homework 1 · A softmax that survives
#
# Softmax is three lines of code, and the three lines are wrong. They are right as mathematics, they pass the first test
# anybody writes, and then somebody feeds them a real batch. In this assignment you write the three lines, and then you
# attack them: with batches, with scores in the thousands, with classes that are ruled out, with eight-bit integers. After
# each attack you repair what broke. What is left at the end is a function that you may call in a program that runs at
# night.
#
# > **You will be able to**
# >
# > - write softmax for one vector, for a batch, and along any axis,
# > - keep it alive for scores of any size, and say why the repair changes nothing on paper,
# > - compute log-probabilities without ever taking the logarithm of a probability,
# > - leave classes out, and decide what an empty choice should mean,
# > - write a function that leaves its input and its types as it found them.
# >
# > **Time:** 120 minutes. **Points:** 30. **You need:** chapter 1; chapter 3 for question 4.
#
# **How it works.** Replace each `...` by your code and run the check below it. Tests that you do not see will run too, on
# other numbers, so a function should be right, not only right for the examples. Use NumPy and nothing else: no SciPy, no
# `softmax_lib`. Each question has a function of its own name; a later one may call an earlier one. The small experiments
# in between give no points. They show you what is about to go wrong.

# %%
import numpy as np


def show(probabilities, names=("cat", "dog", "bird")):
    """Print bars: a look at what a function gives back."""
    if probabilities is None:
        print("nothing came back yet: write the function above, run its cell, then run this one again")
        return
    for name, p in zip(names, np.ravel(probabilities), strict=True):
        bar = "█" * round(40 * float(p)) if 0 <= p <= 1 else "?"
        print(f"{name:>6} {p:8.4f}  {bar}")


# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ## Question 1 · Three lines
#
# Write `plain_softmax(z)`, which turns one vector of scores $z\in\mathbb R^K$ into
#
# $$p_k=\frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}.$$
#
# The scores are moderate here: nothing overflows. They may come as an array, as a list, or as whole numbers such as
# `[3, 1, 0]`. The answer is an array of the same length in double precision.

# %% [raw]
# # BEGIN SOLUTION


# %%
def plain_softmax(z):
    """Softmax of one vector of moderate scores."""
    # BEGIN SOLUTION
    exponentials = np.exp(np.asarray(z, dtype=float))
    return exponentials / exponentials.sum()
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  softmax(0, log 3) is (1/4, 3/4), and (3, 1, 0) may come as a list of whole numbers. Exponentiate every score with the
  base e, add up, divide every exponential by the sum, and return the result. Reread chapter 1, 'By hand: 2.1, 0.3, −1.0'.
"""  # END TEST CONFIG


def test_known_values(plain_softmax, np):
    got = plain_softmax(np.array([0.0, np.log(3.0)]))
    assert np.shape(got) == (2,), f"expected two numbers, got {got!r}"
    assert np.allclose(got, [0.25, 0.75], rtol=1e-12, atol=0), f"got {np.asarray(got).tolist()}"
    got = plain_softmax([3, 1, 0])
    assert np.allclose(got, [0.8437947344813395, 0.11419519938459449, 0.04201006613406605], rtol=1e-12, atol=0), (
        f"got {np.asarray(got).tolist()}"
    )


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  For some moderate scores the digits are not all there. Likely causes are a small number added to the denominator,
  single precision on the way, or an answer rounded to the type of whole numbers. Reread chapter 1, 'Three lines of NumPy'.
"""  # END TEST CONFIG


def test_hidden_every_digit(plain_softmax, np):
    import mpmath

    from coursework.secret import generator

    rng = generator("hw01.q1.digits")
    vectors = [rng.normal(scale=3, size=size) for size in (1, 2, 5, 40)] + [rng.integers(-9, 9, size=7)]
    vectors.append(-12 + rng.normal(size=4))
    with mpmath.workdps(30):
        for z in vectors:
            exponentials = [mpmath.exp(value) for value in z.tolist()]
            exact = [float(e / mpmath.fsum(exponentials)) for e in exponentials]
            got = plain_softmax(z.copy())
            assert np.shape(got) == z.shape
            assert np.allclose(got, exact, rtol=1e-12, atol=0)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Try it.** The three scores of chapter 1. Then add 7 to all of them, in your head first: what will the bars do?

# %%
scores = np.array([2.1, 0.3, -1.0])
show(plain_softmax(scores))
print()
show(plain_softmax(scores + 7))

# %% [markdown]
# ## First attack: company
#
# Scores rarely come alone. A network hands over a batch, one row of scores for each picture. `plain_softmax` does not
# complain about that, and this is the trouble: look at the total of each row.

# %%
batch = np.array([[2.1, 0.3, -1.0], [0.5, 0.4, 0.6]])
answer = plain_softmax(batch)
if answer is not None:
    print(answer.round(3))
    print("each row adds up to", answer.sum(axis=1).round(3))

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ## Question 2 · Rows, columns, and the rest
#
# Write `batch_softmax(z, axis=-1)` for an array of any number of dimensions. Along `axis` lie the classes, and every
# slice along it is a distribution of its own: a row computed alone gives the same as the row in a batch. The answer has
# the shape of `z`. Scores are still moderate.
#
# An array of 3 × 3 scores is the one to be afraid of. Most mistakes of shape raise an error for 2 × 3 and pass in
# silence for 3 × 3.

# %% [raw]
# # BEGIN SOLUTION


# %%
def batch_softmax(z, axis=-1):
    """Softmax of moderate scores along one axis."""
    # BEGIN SOLUTION
    exponentials = np.exp(np.asarray(z, dtype=float))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  With two rows of three scores, each row should add up to one and equal the row computed alone. Likely one sum serves
  the whole batch, or keepdims=True is missing. Reread chapter 1, 'Two rows at once'.
"""  # END TEST CONFIG


def test_each_row_alone(batch_softmax, np):
    z = np.array([[0.0, np.log(3.0), np.log(4.0)], [1.0, 1.0, 1.0]])
    got = batch_softmax(z.copy())
    assert np.shape(got) == (2, 3), f"expected the shape (2, 3), got {np.shape(got)}"
    assert np.allclose(got, [[1 / 8, 3 / 8, 4 / 8], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-12, atol=0), (
        f"got {np.asarray(got).tolist()}"
    )


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  With axis=0 each column should add up to one. Likely the axis is ignored, or the array was turned and not turned back.
  Reread chapter 1, 'Two rows at once'.
"""  # END TEST CONFIG


def test_columns(batch_softmax, np):
    z = np.array([[0.0, 2.0], [np.log(3.0), 2.0], [np.log(4.0), 2.0]])
    got = batch_softmax(z.copy(), axis=0)
    assert np.shape(got) == (3, 2), f"expected the shape (3, 2), got {np.shape(got)}"
    assert np.allclose(got, [[1 / 8, 1 / 3], [3 / 8, 1 / 3], [4 / 8, 1 / 3]], rtol=1e-12, atol=0), (
        f"got {np.asarray(got).tolist()}"
    )


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  As many rows as classes: the answer is wrong without an error. Each row must be divided by its own sum, which takes
  keepdims=True. Reread chapter 1, 'Common mistakes'.
"""  # END TEST CONFIG


def test_hidden_square(batch_softmax, np):
    from scipy.special import softmax as reference

    from coursework.secret import generator

    z = generator("hw01.q2.square").normal(scale=2, size=(6, 6))
    got = batch_softmax(z.copy())
    assert np.shape(got) == z.shape
    assert np.allclose(got, reference(z, axis=-1), rtol=1e-11, atol=0)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  With three dimensions, some axis goes wrong. Count axes from the end as well (-1 is the last one, not number 1), and use
  the same axis for everything you compute. Reread chapter 1, 'Two rows at once'.
"""  # END TEST CONFIG


def test_hidden_three_dimensions(batch_softmax, np):
    from scipy.special import softmax as reference

    from coursework.secret import generator

    z = generator("hw01.q2.cube").normal(scale=2, size=(2, 4, 3))
    for axis in (0, 1, 2, -1, -2, -3):
        got = batch_softmax(z.copy(), axis=axis)
        assert np.shape(got) == z.shape
        assert np.allclose(got, reference(z, axis=axis), rtol=1e-11, atol=0)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## Second attack: size
#
# How large may a score be? Walk up to the edge. The cell prints $e^z$ in double and in single precision; warnings are off,
# because here you want to see what comes back.

# %%
with np.errstate(over="ignore"):
    for score in (80.0, 88.0, 89.0, 700.0, 709.0, 710.0, 1000.0):
        double, single = np.exp(np.float64(score)), np.exp(np.float32(score))
        print(f"z = {score:6.0f}   double {double:10.3e}   single {single:10.3e}")

# %% [markdown]
# And what does infinity divided by infinity give? Scores of 1000 are nothing exotic: a linear model on pixels from 0 to
# 255 produces them in its first minute. Now the other direction. Every exponential of $(-1000,-1001,-1002)$ is zero, so
# the sum is zero as well. Yet by the rule of chapter 1 the answer must be the same as for $(2,1,0)$, because only
# differences count.

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ## Question 3 · Any size
#
# Write `softmax(z, axis=-1)`: like `batch_softmax`, and right for scores of **any** finite size, in every row, whatever
# its neighbors hold. Do not limit the scores and do not add small numbers to denominators: a class whose probability is
# $10^{-250}$ has the probability $10^{-250}$, with all its digits.

# %% [raw]
# # BEGIN SOLUTION


# %%
def softmax(z, axis=-1):
    """Softmax along one axis, for scores of any finite size."""
    # BEGIN SOLUTION
    z = np.asarray(z, dtype=float)
    exponentials = np.exp(z - z.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  (1000, 999, 998), (-1000, -1001, -1002) and (2, 1, 0) must give the same probabilities. Something overflows to inf or
  underflows to 0 before the division. Reread chapter 1, 'A score of 1000'.
"""  # END TEST CONFIG


def test_a_thousand(softmax, np):
    expected = np.exp([2.0, 1.0, 0.0]) / np.exp([2.0, 1.0, 0.0]).sum()
    for top in (2.0, 1000.0, -1000.0):
        got = softmax(np.array([top, top - 1, top - 2]))
        assert np.shape(got) == (3,), f"expected three numbers, got {got!r}"
        assert np.allclose(got, expected, rtol=1e-12, atol=0), f"scores around {top:.0f} give {got}"


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  A quiet row beside a loud one comes out as zeros or nan: the rows share one maximum. Each slice along the axis needs its
  own. Reread chapter 1, 'Two rows at once'.
"""  # END TEST CONFIG


def test_quiet_beside_loud(softmax, np):
    z = np.array([[0.0, np.log(3.0), np.log(4.0)], [2000.0, 1.0, 0.0]])
    got = softmax(z.copy())
    assert np.allclose(got, [[1 / 8, 3 / 8, 4 / 8], [1.0, 0.0, 0.0]], rtol=1e-12, atol=0), (
        f"got {np.asarray(got).tolist()}"
    )


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Very large scores, or rows with a very wide range, still break it. Whatever you subtract must make the largest exponent
  of each row exactly 0. Reread chapter 3, 'The shift, once more, as a theorem'.
"""  # END TEST CONFIG


def test_hidden_huge(softmax, np):
    from scipy.special import softmax as reference

    from coursework.secret import generator

    rng = generator("hw01.q3.huge")
    for scale in (1e3, 1e5, 1e12, 1e300):
        z = rng.normal(scale=scale, size=(5, 6))
        z[0] = -scale - np.arange(6) * rng.random()
        z[1] = np.append(-8 * scale * rng.random(5), [0.5])
        got = softmax(z.copy())
        assert np.shape(got) == z.shape
        assert np.allclose(got, reference(z, axis=-1), rtol=1e-9, atol=1e-300)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  A very small probability has lost its digits, or a large one its last ones. Do not clip scores or differences, do not
  add a small number to a sum, and stay in double precision. Reread chapter 3, 'How many digits are left?'.
"""  # END TEST CONFIG


def test_hidden_small_probabilities(softmax, np):
    import mpmath

    from coursework.secret import generator

    rng = generator("hw01.q3.small")
    with mpmath.workdps(40):
        for spread in (30.0, 300.0, 650.0):
            z = np.append(-spread * rng.random(6), [0.0, -spread]) + 90 * rng.random()
            exponentials = [mpmath.exp(value) for value in z.tolist()]
            exact = [float(e / mpmath.fsum(exponentials)) for e in exponentials]
            got = softmax(z.copy())
            assert np.shape(got) == z.shape
            assert np.allclose(got, exact, rtol=1e-12, atol=0)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Along another axis than the last one, large scores break it. The maximum and the sum must be taken along the same axis.
  Reread chapter 1, 'Two rows at once'.
"""  # END TEST CONFIG


def test_hidden_other_axes(softmax, np):
    from scipy.special import softmax as reference

    from coursework.secret import generator

    z = generator("hw01.q3.axes").normal(scale=900, size=(4, 3, 4))
    for axis in (0, 1, -3):
        got = softmax(z.copy(), axis=axis)
        assert np.shape(got) == z.shape
        assert np.allclose(got, reference(z, axis=axis), rtol=1e-9, atol=1e-300)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Try it.** A shift is invisible to your function. It is not invisible to the addition before it: here is a shift that
# destroys the scores before softmax ever sees them. Which of the three did you expect?

# %%
for shift in (0.0, 1e8, 1e16):
    print(f"\nshifted by {shift:.0e}: the function is given {scores + shift}")
    show(softmax(scores + shift))

# %% [markdown]
# ## Third attack: the logarithm
#
# Training needs $\log p$, not $p$. The obvious line is `np.log(softmax(z))`. Watch what it does to a class that is far
# behind.

# %%
with np.errstate(divide="ignore"):
    for gap in (10.0, 700.0, 745.0, 746.0, 2000.0):
        p = np.exp(-gap)  # about the probability of a class that is `gap` points behind
        print(f"{gap:6.0f} points behind: p = {p:9.3e}, log p = {np.log(p)}")

# %% [markdown]
# The true answer in the last line is −2000, an ordinary number. It was lost on the way through $p$.
#
# The other end fails more quietly. A class that leads by 40 points has a probability of about $1-4\cdot10^{-18}$, and
# its logarithm is about $-4\cdot10^{-18}$: a small number, but not zero, and a training run that asks "is there anything left to
# learn?" gets its answer from it. Here is why most programs answer 0:

# %%
print("1 + 4e-18 is stored as", repr(1 + 4e-18), "and its logarithm is", np.log(1 + 4e-18))

# %% [raw]
# # BEGIN QUESTION
# name: q4

# %% [markdown]
# ## Question 4 · Log-probabilities
#
# Write `log_softmax(z, axis=-1)`, the logarithm of softmax along an axis, for scores of any finite size.
#
# - A class that is far behind gets its true, finite log-probability.
# - **The hard part (2 points).** The leader's log-probability has ten correct digits as well, however far it leads: for
#   $z=(40,0)$ it is $-4.248\ldots\cdot10^{-18}$. The first formula you think of gives 0. Find out where its digits go, and
#   do not let them go there. NumPy has a function that was made for the last step.

# %% [raw]
# # BEGIN SOLUTION


# %%
def log_softmax(z, axis=-1):
    """Logarithm of softmax along one axis, accurate for leaders and for classes far behind."""
    # BEGIN SOLUTION
    z = np.asarray(z, dtype=float)
    leader = np.expand_dims(z.argmax(axis=axis), axis)
    shifted = z - np.take_along_axis(z, leader, axis)
    others = np.exp(shifted)
    np.put_along_axis(others, leader, 0.0, axis)
    return shifted - np.log1p(others.sum(axis=axis, keepdims=True))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  log_softmax(0, log 3) is (log 1/4, log 3/4), a natural logarithm, negative, and row by row in a batch. Reread chapter 3,
  'When it breaks'.
"""  # END TEST CONFIG


def test_log_of_quarters(log_softmax, np):
    z = np.array([[0.0, np.log(3.0)], [5.0, 5.0]])
    got = log_softmax(z.copy())
    assert np.shape(got) == (2, 2), f"expected the shape (2, 2), got {np.shape(got)}"
    assert np.allclose(got, np.log([[0.25, 0.75], [0.5, 0.5]]), rtol=1e-12, atol=0), f"got {np.asarray(got).tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  For the scores (2000, 0, -5) the second class has the log-probability -2000. You get -inf or a limit when a probability
  is formed on the way; stay on the logarithmic scale. Reread chapter 3, 'When it breaks'.
"""  # END TEST CONFIG


def test_far_behind(log_softmax, np):
    got = log_softmax(np.array([2000.0, 0.0, -5.0]))
    assert np.shape(got) == (3,), f"expected three numbers, got {got!r}"
    assert np.allclose(got[1:], [-2000.0, -2005.0], rtol=1e-12, atol=0), f"got {np.asarray(got).tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Batches with large scores, or another axis, give wrong log-probabilities. Each slice needs its own maximum, and what you
  subtract inside the exponential has to be put back outside. Reread chapter 3, 'The shift, once more, as a theorem'.
"""  # END TEST CONFIG


def test_hidden_batches(log_softmax, np):
    from scipy.special import log_softmax as reference

    from coursework.secret import generator

    rng = generator("hw01.q4.batches")
    for scale in (1.0, 50.0, 5000.0):
        z = rng.normal(scale=scale, size=(3, 5, 4)) + 20 * scale * rng.normal(size=(3, 1, 4))
        for axis in (-1, 1, 0):
            got = log_softmax(z.copy(), axis=axis)
            assert np.shape(got) == z.shape
            assert np.allclose(got, reference(z, axis=axis), rtol=1e-9, atol=1e-9)


# %%
""" # BEGIN TEST CONFIG
points: 2
hidden: true
failure_message: >-
  The log-probability of a class that leads by 20 points and more has lost its digits. The leader's own 1 must not enter
  the sum before the logarithm, and the logarithm must know that it sits next to 1. Reread chapter 3, 'When it breaks'.
"""  # END TEST CONFIG


def test_hidden_confident_leader(log_softmax, np):
    import mpmath

    from coursework.secret import generator

    rng = generator("hw01.q4.leader")
    with mpmath.workdps(60):
        for gap in (20, 38, 45, 120, 600):
            z = np.array([-gap, 0.0, -gap - 3 * rng.random(), -gap - 30]) * np.array([[1.0], [1.01]])
            z = np.take(z, rng.permutation(4), axis=1)
            got = log_softmax(z.copy(), axis=-1)
            assert np.shape(got) == z.shape
            for row, log_p in zip(z.tolist(), got, strict=True):
                exact = -mpmath.log1p(mpmath.fsum(mpmath.exp(value) for value in row if value < 0))
                assert abs(log_p[row.index(0.0)] / float(exact) - 1) < 1e-10


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## Fourth attack: nothing to choose from
#
# A chess program scores 4,672 moves, and in most positions about thirty of them are legal. A language model may be told to
# use no word that it has just used. Programs rule classes out with a *mask*: an array of true and false.
#
# What does a ruled-out class hold in its score? Whatever was lying in memory: a huge number, or `nan` from a computation
# that nobody needed. A tempting idea is to multiply by the mask. Look before you use it:

# %%
leftovers = np.array([1.5, np.nan, np.inf])
mask = np.array([True, False, False])
with np.errstate(invalid="ignore"):
    print("scores times mask:", leftovers * mask)

# %% [raw]
# # BEGIN QUESTION
# name: q5

# %% [markdown]
# ## Question 5 · Ruled out
#
# Write `masked_softmax(z, keep, axis=-1)`. `keep` holds true and false and has the shape of `z`, or one that broadcasts to
# it, such as one mask for all rows.
#
# - Where `keep` is false the probability is exactly 0, and **nothing** that stands there has any influence on the others: not
#   `nan`, not `inf`, not 2000.
# - The classes that are kept share the whole 1, as if the others had never existed. Their scores may have any finite
#   size. (A kept score of −∞ counts as ruled out as well.)
# - If nothing is kept, every probability of that slice is 0. There is no distribution over no classes; a row of zeros says
#   so without spoiling a batch.

# %% [raw]
# # BEGIN SOLUTION


# %%
def masked_softmax(z, keep, axis=-1):
    """Softmax over the classes that are kept; 0 for the others, and for all if none is kept."""
    # BEGIN SOLUTION
    z = np.asarray(z, dtype=float)
    allowed = np.where(keep, z, -np.inf)
    top = allowed.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    exponentials = np.exp(allowed - top)
    total = exponentials.sum(axis=axis, keepdims=True)
    return exponentials / np.where(total > 0, total, 1.0)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  With (0, log 3, 5) and the last class ruled out, the answer is (1/4, 3/4, 0): those that are kept share the whole 1.
  Setting a score to 0 does not rule a class out, because exp(0) is 1. Reread chapter 1, 'A row of −inf'.
"""  # END TEST CONFIG


def test_the_rest_shares_it(masked_softmax, np):
    z = np.array([0.0, np.log(3.0), 5.0])
    got = masked_softmax(z.copy(), np.array([True, True, False]))
    assert np.shape(got) == (3,), f"expected three numbers, got {got!r}"
    assert np.allclose(got, [0.25, 0.75, 0.0], rtol=1e-12, atol=0), f"got {np.asarray(got).tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  A row in which nothing is kept should be all zeros, and its neighbor untouched. nan comes from -inf minus -inf or from 0
  divided by 0: find the one you have. Reread chapter 1, 'A row of −inf'.
"""  # END TEST CONFIG


def test_nothing_left(masked_softmax, np):
    z = np.array([[0.0, np.log(3.0)], [1.0, 2.0]])
    got = masked_softmax(z.copy(), np.array([[True, True], [False, False]]))
    assert np.shape(got) == (2, 2), f"expected the shape (2, 2), got {np.shape(got)}"
    assert np.allclose(got, [[0.25, 0.75], [0.0, 0.0]], rtol=1e-12, atol=0), f"got {np.asarray(got).tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  What stands in a place that is ruled out (nan, inf) has spoiled the others. Choose with np.where before you compute
  anything; arithmetic with the mask cannot remove a nan. Reread chapter 1, 'A row of −inf'.
"""  # END TEST CONFIG


def test_hidden_leftovers(masked_softmax, np):
    from coursework.secret import generator

    rng = generator("hw01.q5.leftovers")
    z = rng.normal(size=(4, 6))
    keep = np.ones((4, 6), dtype=bool)
    columns = rng.permutation(6)[:3]
    for leftover in (np.nan, np.inf, -np.inf):
        spoiled = z.copy()
        spoiled[:, columns] = leftover
        keep[:, columns] = False
        got = masked_softmax(spoiled, keep.copy())
        exponentials = np.where(keep, np.exp(z), 0.0)
        assert np.shape(got) == z.shape
        assert np.allclose(got, exponentials / exponentials.sum(axis=1, keepdims=True), rtol=1e-11, atol=0)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Large scores break it. A class that is ruled out must not take part in the maximum, and no finite number such as -1e9 is
  lower than every score. Reread chapter 1, 'A row of −inf'.
"""  # END TEST CONFIG


def test_hidden_loud_and_deep(masked_softmax, np):
    from scipy.special import softmax as reference

    from coursework.secret import generator

    rng = generator("hw01.q5.loud")
    keep = np.array([True, False, True, True, False])
    for center in (3000.0, -3000.0, -1e12):
        z = center + rng.integers(-9, 9, size=5)
        z[~keep] = 5000.0 + abs(center) * rng.random(2)
        got = masked_softmax(z.copy(), keep.copy())
        assert np.shape(got) == z.shape
        assert np.allclose(np.asarray(got)[keep], reference(z[keep]), rtol=1e-9, atol=0)
        assert np.array_equal(np.asarray(got)[~keep], [0.0, 0.0])


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Along another axis, or with one mask for all rows, or with a kept score of -inf, something goes wrong. Use one axis for
  everything, and let np.where broadcast the mask. Reread chapter 1, 'Two rows at once'.
"""  # END TEST CONFIG


def test_hidden_axis_and_broadcast(masked_softmax, np):
    from scipy.special import softmax as reference

    from coursework.secret import generator

    rng = generator("hw01.q5.axis")
    z = rng.normal(scale=3, size=(5, 4))
    z[rng.permutation(5)[:2], rng.permutation(4)[:2]] = -np.inf
    one_row = np.array([True, False, True, True])
    expected = reference(np.where(one_row, z, -np.inf), axis=1)
    got = masked_softmax(z.copy(), one_row.copy())
    assert np.shape(got) == z.shape
    assert np.allclose(got, expected, rtol=1e-10, atol=0)
    one_column = np.array([True, True, False, True, True])
    expected = reference(np.where(one_column[:, None], z, -np.inf), axis=0)
    got = masked_softmax(z.copy(), one_column[:, None].copy(), axis=0)
    assert np.allclose(got, expected, rtol=1e-10, atol=0)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Try it.** The bird is ruled out, then the dog as well. Compare the odds of cat against dog in the first two pictures:
# which wish of chapter 1 do you see?

# %%
for keep in ([True, True, True], [True, True, False], [True, False, False]):
    print("\nkept:", keep)
    show(masked_softmax(scores, np.array(keep)))

# %% [markdown]
# ## Fifth attack: bad manners
#
# The last attack comes from your own side. Functions are called by people who still need their arrays, and by programs that
# chose a number type for a reason: a model in half precision fills half the memory. And pixels are integers of eight bits.
# Three surprises in three lines:

# %%
pixels = np.array([0, 200], dtype=np.uint8)
print("0 - 200 in eight bits:", pixels[0:1] - pixels[1:2])
with np.errstate(over="ignore"):
    print("a sum of 100,000 ones in half precision:", np.ones(100_000, np.float16).sum())
table = np.array([[1.0, 2.0], [3.0, 5.0]])
same_table = table
same_table -= table.max()
print("a table that nobody meant to change:", table.tolist())

# %% [raw]
# # BEGIN QUESTION
# name: q6

# %% [markdown]
# ## Question 6 · Manners
#
# Write `polite_softmax(z, axis=-1)`, which is as robust as `softmax`, and
#
# - never changes the array it is given;
# - returns the floating type it is given: `float16` in, `float16` out, and the same for `float32` and `float64`;
# - treats whole numbers and truth values as double precision, *before* any arithmetic, so that `uint8` scores
#   `[0, 200]` and the most extreme 64-bit integers come out right;
# - is as accurate as the type allows: 100,000 equal scores in `float16` get $10^{-5}$ each (well, the nearest number that
#   `float16` has).

# %% [raw]
# # BEGIN SOLUTION


# %%
def polite_softmax(z, axis=-1):
    """Softmax that keeps the floating type, takes whole numbers, and leaves its input alone."""
    # BEGIN SOLUTION
    z = np.asarray(z)
    kind = z.dtype if z.dtype.kind == "f" else np.dtype(float)
    wide = z.astype(np.float64)
    exponentials = np.exp(wide - wide.max(axis=axis, keepdims=True))
    return (exponentials / exponentials.sum(axis=axis, keepdims=True)).astype(kind)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  The array that was passed in has changed, or the answer is wrong. An in-place operation such as -= writes into the
  caller's array: compute a new one. Reread chapter 1, 'The repaired one is in the library'.
"""  # END TEST CONFIG


def test_input_unchanged(polite_softmax, np):
    z = np.array([[1000.0, 1000.0 + np.log(3.0)], [2.0, 2.0]])
    before = z.copy()
    got = polite_softmax(z)
    assert np.shape(got) == (2, 2), f"expected the shape (2, 2), got {np.shape(got)}"
    assert np.allclose(got, [[0.25, 0.75], [0.5, 0.5]], rtol=1e-12, atol=0), f"got {np.asarray(got).tolist()}"
    assert np.array_equal(z, before), f"the input was {before.tolist()} and is now {z.tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  The answer should have the floating type of the scores, and double precision should keep all its digits. Reread
  chapter 1, 'The repaired one is in the library'.
"""  # END TEST CONFIG


def test_type_kept(polite_softmax, np):
    for kind in (np.float16, np.float32, np.float64):
        z = np.array([0.5, 2.0, -1.25], dtype=kind)
        got = polite_softmax(z)
        assert np.asarray(got).dtype == kind, f"{z.dtype} came back as {np.asarray(got).dtype}"
        exact = np.exp([0.5, 2.0, -1.25]) / np.exp([0.5, 2.0, -1.25]).sum()
        assert np.allclose(np.asarray(got, dtype=float), exact, rtol=4 * np.finfo(kind).eps, atol=0), (
            f"got {np.asarray(got).tolist()}"
        )


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Whole numbers or truth values come out wrong. Convert to double precision before the first subtraction: small integers
  wrap around, and so do the largest. The answer is then double precision as well. Reread chapter 1, 'Common mistakes'.
"""  # END TEST CONFIG


def test_hidden_whole_numbers(polite_softmax, np):
    from scipy.special import softmax as reference

    from coursework.secret import generator

    rng = generator("hw01.q6.integers")
    arrays = [np.array([0, 200], np.uint8), rng.integers(0, 256, size=(3, 4)).astype(np.uint8)]
    arrays += [np.array([-128, 127, 0], np.int8), rng.integers(-128, 128, size=6).astype(np.int8)]
    arrays += [np.array([-(2**63), 2**63 - 1], np.int64), np.array([True, False, True])]
    for z in arrays:
        got = polite_softmax(z.copy())
        assert np.asarray(got).dtype == np.float64
        assert np.allclose(got, reference(z.astype(float), axis=-1), rtol=1e-11, atol=1e-300)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Half precision loses more than it must: many equal classes give 0, or small probabilities are off. The sum (and best of
  all the exponentials) should be computed in a wider type, and only the answer rounded. Reread chapter 3,
  'The shift, once more, as a theorem'.
"""  # END TEST CONFIG


def test_hidden_half_precision(polite_softmax, np):
    from coursework.secret import generator
    from softmax_lib import softmax as reference

    rng = generator("hw01.q6.half")
    got = np.asarray(polite_softmax(np.zeros(100_000, np.float16)))
    assert got.dtype == np.float16
    assert np.all(got == np.float16(1e-5))
    z = rng.normal(scale=2, size=(4, 3000)).astype(np.float16)
    got = np.asarray(polite_softmax(z.copy()))
    exact = reference(z.astype(np.float64), axis=-1)
    assert got.dtype == np.float16
    assert np.abs(got.astype(float) - exact).max() <= 0.6 * np.spacing(exact.max().astype(np.float16)).astype(float)
    assert np.mean(got == exact.astype(np.float16)) > 0.98


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## The survivors
#
# All attacks, all your functions. Each may fail where its question did not ask for more; the last one should live through
# everything. Before you run the cell, write down which marks you expect in the first row.

# %%
attacks = {
    "moderate": np.array([2.1, 0.3, -1.0]),
    "two rows": np.array([[2.1, 0.3, -1.0], [0.5, 0.4, 0.6]]),
    "a thousand": np.array([1000.0, 999.0, 998.0]),
    "loud row": np.array([[2.1, 0.3, -1.0], [2000.0, 1.0, 0.0]]),
    "uint8": np.array([0, 200], dtype=np.uint8),
    "float16": np.zeros(100_000, dtype=np.float16),
}


def survives(function, z):
    wide = z.astype(np.longdouble)
    exact = np.exp(wide - wide.max(axis=-1, keepdims=True))
    exact = (exact / exact.sum(axis=-1, keepdims=True)).astype(float)
    try:
        with np.errstate(all="ignore"):
            answer = np.asarray(function(z.copy()), dtype=float)
    except Exception:
        return False
    return answer.shape == z.shape and np.allclose(answer, exact, rtol=1e-2, atol=1e-12)


print(" " * 16 + "".join(f"{name:>12}" for name in attacks))
for function in (plain_softmax, batch_softmax, softmax, polite_softmax):
    marks = ["lives" if survives(function, z) else "dies" for z in attacks.values()]
    print(f"{function.__name__:16}" + "".join(f"{mark:>12}" for mark in marks))

# %% [raw]
# # BEGIN QUESTION
# name: q7
# manual: true
# points: 3

# %% [markdown]
# ## Question 7 · Review a colleague
#
# This came with the remark "tested, works":
#
# ```python
# def softmax(z):
#     z -= z.max()
#     e = np.exp(z) + 1e-9
#     return e / e.sum()
# ```
#
# Find three different faults. For each one, give an input that brings it to light, say what comes out and what should, and
# give the repair. (Three or four sentences a fault are plenty. You may add cells to try things out.)

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. *It changes its input.* `z -= z.max()` writes into the caller's array: after `softmax(z)` with `z = np.array([3.0, 1.0])`
#    the caller's `z` is `[0, -2]`. Repair: `z = z - z.max()`. (With integers the line works in the integer type: `uint8`
#    wraps around.)
# 2. *One maximum and one sum for the whole batch.* For two rows the four shares add up to 1 in total instead of 1 for each row.
#    Repair: `axis=-1, keepdims=True` in both.
# 3. *The added 1e-9 invents probability.* For `[0.0, -100.0]` the second class gets 1e-9 instead of 3.7e-44, and
#    its log-probability is −20.7 instead of −100. The shift already guarantees a sum of at least 1, so nothing needs
#    protection. Repair: leave it out.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q8
# manual: true
# points: 2

# %% [markdown]
# ## Question 8 · Free on paper
#
# Subtracting a constant from all scores changes nothing on paper and everything in the computer.
#
# 1. Prove the first half, for any constant $c$, in at most four lines.
# 2. For the second half: which $c$ do you choose, why can nothing overflow then, why is the sum never 0, and why may you
#    accept that some terms still become 0?

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. $\dfrac{e^{z_k-c}}{\sum_je^{z_j-c}}=\dfrac{e^{-c}e^{z_k}}{e^{-c}\sum_je^{z_j}}=\dfrac{e^{z_k}}{\sum_je^{z_j}}$: the factor
#    $e^{-c}$ does not depend on $j$ and is not 0, so it cancels.
# 2. $c=\max_jz_j$ of the row itself. Every exponent is then at most 0 and every exponential at most 1, so nothing overflows
#    (the sum is at most $K$). The largest exponent is exactly 0 and contributes $e^0=1$, so the sum is at least 1. A term
#    that underflows belongs to a class whose probability is at most that term, below the smallest number of the type: 0
#    is the right rounding of it.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
