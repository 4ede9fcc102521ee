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
# name: hw03
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
# # Homework 3 · The gradient that trains
#
# Four short functions train every classifier of this course. You write them, and then you build the instrument that every
# programmer of gradients needs: a check that tells a right gradient from one that is nearly right.
#
# > **You will be able to**
# >
# > - multiply a vector by the Jacobian of softmax without building the matrix,
# > - compute cross-entropy and its gradient from logits, at any size of the logits,
# > - write a gradient check that catches wrong gradients and accepts right ones,
# > - choose a step size that cannot fail, and descend.
# >
# > **Time:** 150 minutes. **Points:** 40. **You need:** chapter 5, and of chapter 3 the Jacobian.
#
# **How it works.** Replace each `...` by your code, run the cell, then the check below it. A check runs the public tests; your
# grade comes from these and from hidden tests with other inputs. Use NumPy and nothing else. Your functions receive and
# return numbers and arrays, and leave the arrays that they receive as they were. The small experiments between the questions
# use your own functions: run them when the question above works, and look at the numbers before you read on.
#
# Throughout, `z` holds logits, an array of shape $(N,K)$: one row a sample, one column a class. `y` holds the $N$ labels, whole
# numbers from 0 to $K-1$.

# %%
import numpy as np

# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ## Question 1 · The Jacobian that nobody builds
#
# Backpropagation arrives at a softmax with $g=\partial\ell/\partial p$, what the loss wants of the probabilities, and needs
# $\partial\ell/\partial z$, what it wants of the logits. In between stands the Jacobian $J=\operatorname{diag}(p)-pp^\top$, and
# the answer is the product $g^\top J$. For a vocabulary of 200,000 words that matrix has $4\times10^{10}$ entries, and the answer
# has 200,000.
#
# Write `softmax_vjp(p, g)`. `p` holds probabilities, `g` holds slopes, both of shape $(\dots,K)$ with the classes last. Return
# $\partial\ell/\partial z$ in the same shape, row by row, in time and memory proportional to the number of entries.

# %% [raw]
# # BEGIN SOLUTION


# %%
def softmax_vjp(p, g):
    """dL/dz from dL/dp = g, where p = softmax(z); classes on the last axis."""
    # BEGIN SOLUTION
    p, g = np.asarray(p, dtype=float), np.asarray(g, dtype=float)
    return p * (g - np.sum(p * g, axis=-1, keepdims=True))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  For p = (1/2, 1/2) and g = (1, 0) the answer is (1/4, -1/4): every slope is first reduced by the mean slope under p, then
  multiplied by p. Reread chapter 5, 'The Jacobian, and how it cancels'.
"""  # END TEST CONFIG


def test_vjp_by_hand(softmax_vjp, np):
    got = softmax_vjp(np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    assert np.allclose(got, [0.25, -0.25], rtol=1e-12, atol=0), got


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Two rows must give the answers of the two rows alone. A sum without axis=-1, or without keepdims=True, mixes the samples.
  Reread chapter 5, 'The Jacobian, and how it cancels'.
"""  # END TEST CONFIG


def test_vjp_of_two_rows(softmax_vjp, np):
    p = np.array([[0.5, 0.25, 0.25], [0.2, 0.3, 0.5]])
    g = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    got = softmax_vjp(p, g)
    assert np.allclose(got, [[0.25, -0.125, -0.125], [-0.12, 0.42, -0.3]], rtol=1e-12, atol=0), got


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  On random probabilities the result is not the product with diag(p) - p p'. Check the sign, the mean under p (a weighted
  mean, not an average), and a batch with more than two axes. Reread chapter 3, 'The Jacobian: what a small change does'.
"""  # END TEST CONFIG


def test_hidden_vjp_is_the_matrix_product(softmax_vjp, np):
    from coursework.secret import generator
    from softmax_lib import softmax_jacobian

    rng = generator("hw03.q1.matrix")
    p, g = rng.dirichlet(np.ones(6), size=(4, 3)), rng.normal(scale=5, size=(4, 3, 6))
    expected = np.einsum("...i,...ij->...j", g, softmax_jacobian(p))
    assert np.allclose(softmax_vjp(p, g), expected, rtol=1e-9, atol=1e-13)


# %%
""" # BEGIN TEST CONFIG
points: 0.5
hidden: true
failure_message: >-
  With 200,000 classes the function ran out of memory or time: it builds a matrix of K x K numbers. Multiply out g'(diag(p) - p p')
  on paper first. Reread chapter 5, 'The Jacobian, and how it cancels'.
"""  # END TEST CONFIG


def test_hidden_many_classes(softmax_vjp, np):
    from coursework.secret import generator

    rng = generator("hw03.q1.many")
    p, g = rng.dirichlet(np.ones(200_000)), rng.normal(size=200_000)
    expected = p * (g - p @ g)
    assert np.allclose(softmax_vjp(p, g), expected, rtol=1e-7, atol=1e-15)


# %%
""" # BEGIN TEST CONFIG
points: 0.5
hidden: true
failure_message: >-
  The function changed an array that it was given (p *= ..., g -= ...), so the caller's next line computes with other numbers.
  Work on a copy. Reread chapter 5, 'From one sample to a batch'.
"""  # END TEST CONFIG


def test_hidden_vjp_keeps_inputs(softmax_vjp, np):
    from coursework.secret import generator

    rng = generator("hw03.q1.inputs")
    p, g = rng.dirichlet(np.ones(5), size=3), rng.normal(size=(3, 5))
    p_before, g_before = p.copy(), g.copy()
    got = softmax_vjp(p, g)
    assert np.asarray(got).shape == (3, 5)
    assert np.array_equal(p, p_before)
    assert np.array_equal(g, g_before)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Experiment: the small slope and the steep one.** The loss $-\log p_y$ has the slope $g_y=-1/p_y$: the surer the model is of the
# wrong thing, the steeper. Watch what your function makes of it.

# %%
if softmax_vjp(np.array([0.5, 0.5]), np.zeros(2)) is None:
    print("write the function above and run its cell, then run this one again")
else:
    print("  p of the true class      slope in p    slope in its logit")
    for unsure in (0.5, 1e-2, 1e-4, 1e-8):
        p = np.array([unsure, 1 - unsure])
        slope = np.array([-1 / unsure, 0.0])
        print(f"{unsure:21.0e} {slope[0]:15.0f} {softmax_vjp(p, slope)[0]:21.8f}")

# %% [markdown]
# The slope in $p$ explodes; the slope in the logit creeps toward −1 and stops there. A small probability makes one arrow of the
# chain rule steep and the other flat, by the same factor. What is left is prediction minus truth, $p_y-1$.

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ## Question 2 · The loss, from logits
#
# Write `cross_entropy(z, y)`: the mean over the $N$ samples of $-\log\sigma(z_i)_{y_i}$, in nats, as a number.
#
# It must be right for *every* finite logit. A model that is badly wrong, with logits $(100,0,-100)$ and the third class true, pays
# 200, neither infinity nor 16.1. Samples differ: one row may sit at 2000 and the next at −2000.

# %% [raw]
# # BEGIN SOLUTION


# %%
def cross_entropy(z, y):
    """Mean of -log softmax(z)[y] over the rows of z, in nats."""
    # BEGIN SOLUTION
    z = np.asarray(z, dtype=float)
    shifted = z - z.max(axis=1, keepdims=True)
    log_sums = np.log(np.sum(np.exp(shifted), axis=1))
    return float(np.mean(log_sums - shifted[np.arange(len(z)), y]))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  With equal logits every class has 1/K, and the loss is log K (natural logarithm), whatever the labels.
  Reread chapter 5, 'What the weights should do: likelihood'.
"""  # END TEST CONFIG


def test_loss_knows_nothing(cross_entropy, np):
    assert abs(cross_entropy(np.zeros((2, 4)), np.array([0, 3])) - np.log(4)) < 1e-12


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  The samples pay log 2 and log 4, and the loss is their mean. A sum over the batch, the wrong axis, or the largest probability in
  place of that of the label give something else. Reread chapter 5, 'What the weights should do: likelihood'.
"""  # END TEST CONFIG


def test_loss_of_two_samples(cross_entropy, np):
    z = np.log([[2.0, 1.0, 1.0], [1.0, 2.0, 1.0]])
    assert abs(cross_entropy(z, np.array([0, 2])) - 1.5 * np.log(2)) < 1e-12


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  On a random batch the loss is off, perhaps only in the seventh digit. Likely causes: a small number added inside the
  logarithm, float32 inside, or a mean over the wrong count. Reread chapter 5, 'When it breaks'.
"""  # END TEST CONFIG


def test_hidden_loss_of_a_batch(cross_entropy, np):
    from scipy.special import logsumexp

    from coursework.secret import generator

    rng = generator("hw03.q2.batch")
    z, y = rng.normal(scale=1.5, size=(60, 7)), rng.integers(7, size=60)
    expected = np.mean(logsumexp(z, axis=1) - z[np.arange(60), y])
    assert abs(cross_entropy(z, y) / expected - 1) < 1e-11


# %%
""" # BEGIN TEST CONFIG
points: 0.5
hidden: true
failure_message: >-
  A sample that is confidently wrong must pay its full price. log(softmax(z)) gives infinity or nan there, clipping gives 16.1 or
  so: compute lse(z) - z_y instead. Reread chapter 5, 'When it breaks'.
"""  # END TEST CONFIG


def test_hidden_loss_confidently_wrong(cross_entropy, np):
    from coursework.secret import generator

    rng = generator("hw03.q2.wrong")
    for scale in (50, 1000, 30_000):
        gap = scale * rng.uniform(1, 2)
        got = cross_entropy(np.array([[gap, 0.0, -gap]]), np.array([2]))
        assert abs(got / (2 * gap) - 1) < 1e-12, (gap, got)


# %%
""" # BEGIN TEST CONFIG
points: 0.5
hidden: true
failure_message: >-
  Rows that are thousands apart came out as infinity or nan. Subtract the maximum of each row, not that of the whole array.
  Reread chapter 3, 'A computer has only so many numbers'.
"""  # END TEST CONFIG


def test_hidden_rows_far_apart(cross_entropy, np):
    from scipy.special import logsumexp

    from coursework.secret import generator

    rng = generator("hw03.q2.apart")
    z, y = rng.normal(size=(8, 5)), rng.integers(5, size=8)
    expected = np.mean(logsumexp(z, axis=1) - z[np.arange(8), y])
    moved = z + rng.uniform(-5000, 5000, size=(8, 1))
    assert abs(cross_entropy(moved, y) - expected) < 1e-9


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ## Question 3 · Prediction minus truth
#
# Write `cross_entropy_gradient(z, y)`: the gradient of the *mean* loss of question 2 with respect to the logits, an array of shape
# $(N,K)$. For one sample it is $p-y$ with $y$ written as a one-hot row; for the mean of $N$ samples it is that, divided by $N$.

# %% [raw]
# # BEGIN SOLUTION


# %%
def cross_entropy_gradient(z, y):
    """Gradient of cross_entropy(z, y) with respect to z, shape (N, K)."""
    # BEGIN SOLUTION
    z = np.asarray(z, dtype=float)
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    slopes = exponentials / exponentials.sum(axis=1, keepdims=True)
    slopes[np.arange(len(z)), y] -= 1
    return slopes / len(z)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  One sample with p = (1/2, 1/4, 1/4) and the first class true has the gradient (-1/2, 1/4, 1/4): prediction minus truth, not
  truth minus prediction. Reread chapter 5, 'One score at a time'.
"""  # END TEST CONFIG


def test_gradient_of_one_sample(cross_entropy_gradient, np):
    got = cross_entropy_gradient(np.log([[2.0, 1.0, 1.0]]), np.array([0]))
    assert np.allclose(got, [[-0.5, 0.25, 0.25]], rtol=1e-12, atol=0), got


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  The loss is a mean over N samples, so every row of its gradient carries 1/N; and slopes[:, y] -= 1 hits whole columns, where
  slopes[np.arange(N), y] hits one entry a row. Reread chapter 5, 'From one sample to a batch'.
"""  # END TEST CONFIG


def test_gradient_of_two_samples(cross_entropy_gradient, np):
    got = cross_entropy_gradient(np.zeros((2, 2)), np.array([0, 1]))
    assert np.allclose(got, [[-0.25, 0.25], [0.25, -0.25]], rtol=1e-12, atol=0), got


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  On a random batch the gradient is not (p - y)/N. Check the axis of the softmax, the factor 1/N (N is the number of rows, not of
  entries), and the precision. Reread chapter 5, 'From one sample to a batch'.
"""  # END TEST CONFIG


def test_hidden_gradient_of_a_batch(cross_entropy_gradient, np):
    from scipy.special import softmax

    from coursework.secret import generator

    rng = generator("hw03.q3.batch")
    z, y = rng.normal(scale=3, size=(37, 6)), rng.integers(6, size=37)
    expected = (softmax(z, axis=1) - np.eye(6)[y]) / 37
    assert np.allclose(cross_entropy_gradient(z, y), expected, rtol=1e-10, atol=1e-15)


# %%
""" # BEGIN TEST CONFIG
points: 0.5
hidden: true
failure_message: >-
  At logits of some hundreds or thousands the gradient is nan, or zero where the model is confidently wrong. There it has to be
  close to 1 and -1: subtract each row's maximum before exp, and do not clip. Reread chapter 5, 'When it breaks'.
"""  # END TEST CONFIG


def test_hidden_gradient_confidently_wrong(cross_entropy_gradient, np):
    from coursework.secret import generator

    gap = generator("hw03.q3.wrong").uniform(2000, 4000)
    got = cross_entropy_gradient(np.array([[gap, 0.0, -gap], [-gap, -gap, 0.0]]), np.array([2, 2]))
    assert np.allclose(got, [[0.5, 0, -0.5], [0, 0, 0]], atol=1e-12), got


# %%
""" # BEGIN TEST CONFIG
points: 0.5
hidden: true
failure_message: >-
  The function changed its logits (z -= ..., or np.exp(z, out=z)). The next call then sees other logits than the caller wrote.
  Reread chapter 5, 'From one sample to a batch'.
"""  # END TEST CONFIG


def test_hidden_gradient_keeps_inputs(cross_entropy_gradient, np):
    from coursework.secret import generator

    rng = generator("hw03.q3.inputs")
    z, y = rng.normal(size=(4, 3)), rng.integers(3, size=4)
    z_before, y_before = z.copy(), y.copy()
    assert np.asarray(cross_entropy_gradient(z, y)).shape == (4, 3)
    assert np.array_equal(z, z_before)
    assert np.array_equal(y, y_before)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q4

# %% [markdown]
# ## Question 4 · Ask the loss itself
#
# A derivation can be wrong in a sign or a factor and still look beautiful. The loss knows better: nudge one logit up and down, and see
# by how much it moves. For entry $(i,k)$, with the matrix $E_{ik}$ that is 1 there and 0 elsewhere,
#
# $$\frac{\partial J}{\partial z_{ik}}\approx\frac{J(z+hE_{ik})-J(z-hE_{ik})}{2h}.$$
#
# Write `numerical_gradient(z, y, step=1e-5)`, which computes this for every entry with your `cross_entropy` and returns an array in the shape of `z`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def numerical_gradient(z, y, step=1e-5):
    """Central differences of cross_entropy in every entry of z."""
    # BEGIN SOLUTION
    z = np.array(z, dtype=float)
    slopes = np.zeros_like(z)
    for place in np.ndindex(*z.shape):
        nudge = np.zeros_like(z)
        nudge[place] = step
        slopes[place] = (cross_entropy(z + nudge, y) - cross_entropy(z - nudge, y)) / (2 * step)
    return slopes
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  At z = (0, 0) with the first class true the slopes are -1/2 and 1/2. Twice that means that 2h became h; the same number
  everywhere means that all entries were nudged together. Reread chapter 5, 'Proved by machine'.
"""  # END TEST CONFIG


def test_differences_of_one_sample(numerical_gradient, np):
    got = numerical_gradient(np.zeros((1, 2)), np.array([0]))
    assert np.allclose(got, [[-0.5, 0.5]], atol=1e-7), got


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  The logits are not what they were before the call, or an entry kept its nudge while the next one was measured. Add the nudge
  to a copy. Reread chapter 5, 'Proved by machine'.
"""  # END TEST CONFIG


def test_logits_as_before(numerical_gradient, np):
    z = np.array([[0.5, -1.0, 2.0], [1.5, 0.0, 0.25]])
    before = z.copy()
    got = numerical_gradient(z, np.array([2, 0]))
    assert np.shape(got) == (2, 3)
    assert np.allclose(z, before, rtol=1e-12, atol=1e-14)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Fewer than eight digits are right. A one-sided difference has an error of size h where the central one has h squared; a step
  of 1e-10 or float32 drowns in rounding. Reread chapter 5, 'Proved by machine'.
"""  # END TEST CONFIG


def test_hidden_nine_digits(numerical_gradient, np):
    from scipy.special import softmax

    from coursework.secret import generator

    rng = generator("hw03.q4.digits")
    z, y = rng.normal(scale=2, size=(5, 4)), rng.integers(4, size=5)
    expected = (softmax(z, axis=1) - np.eye(4)[y]) / 5
    assert np.allclose(numerical_gradient(z, y), expected, rtol=0, atol=2e-9)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  The argument `step` is not used as h, or not on both sides: with a step of 1/2 the quotient has a value that can be computed by hand.
  Reread chapter 5, 'Proved by machine'.
"""  # END TEST CONFIG


def test_hidden_large_step(numerical_gradient, np):
    from coursework.secret import generator

    rng = generator("hw03.q4.step")
    a, h = rng.uniform(1, 2), rng.uniform(0.3, 0.8)
    expected = (np.logaddexp(a + h, 0) - np.logaddexp(a - h, 0)) / (2 * h) - 1
    got = numerical_gradient(np.array([[a, 0.0]]), np.array([0]), step=h)
    assert abs(np.asarray(got)[0, 0] - expected) < 1e-12


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Experiment: the V.** Which step is best? Guess before you run the cell: a smaller step is closer to the definition of a derivative.

# %%
generator = np.random.default_rng(5)
z = generator.normal(scale=2, size=(6, 4))
y = generator.integers(4, size=6)
exact = cross_entropy_gradient(z, y)
if exact is None or numerical_gradient(z, y) is None:
    print("write the function above and run its cell, then run this one again")
else:
    for places in range(14):
        error = np.abs(numerical_gradient(z, y, step=10.0**-places) - exact).max()
        digits = -np.log10(error)
        print(f"step 1e-{places:02}: error {error:.0e}  " + "#" * int(4 * digits))

# %% [markdown]
# Four characters are one right digit. At first every tenth of the step buys two digits, because the formula's own error falls like $h^2$; then
# rounding, divided by an ever smaller $h$, takes them back one by one. Question 9 asks you where the turning point lies, and why.

# %% [raw]
# # BEGIN QUESTION
# name: q5

# %% [markdown]
# ## Question 5 · The instrument
#
# Now a *verdict*. Write `gradient_is_right(z, y, candidate)`. It compares `candidate`, an array that somebody claims to be the gradient of
# `cross_entropy` at `z`, with your numerical gradient $n$, and returns `True` or `False`:
#
# - `True` if no entry is off by more than $10^{-4}$ **of the largest entry of $n$**: $\max|c-n|\le10^{-4}\cdot\max|n|+10^{-10}$; the last term
#   is what rounding leaves of a slope that is zero,
# - `False` if the shapes differ, or if `candidate` holds a `nan`.
#
# Two kinds of error are possible. An instrument that lets a wrong gradient pass is useless; one that rejects right gradients is worse, because you
# will stop listening to it. Think of a gradient that is tiny everywhere because the model is sure and right; of one that is zero everywhere because
# there is one class only; of entries that are zero among entries that are not.

# %% [raw]
# # BEGIN SOLUTION


# %%
def gradient_is_right(z, y, candidate):
    """Does candidate agree with the numerical gradient of cross_entropy at z?"""
    # BEGIN SOLUTION
    numerical = numerical_gradient(z, y)
    candidate = np.asarray(candidate, dtype=float)
    if candidate.shape != numerical.shape:
        return False
    largest_error = np.max(np.abs(candidate - numerical))
    return bool(largest_error <= 1e-4 * np.max(np.abs(numerical)) + 1e-10)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  The instrument must accept the exact gradient (-1/2, 1/4, 1/4) at p = (1/2, 1/4, 1/4) with the first class true. Is the tolerance
  tighter than the nine digits that central differences give? Reread chapter 5, 'Proved by machine'.
"""  # END TEST CONFIG


def test_accepts_the_gradient(gradient_is_right, np):
    verdict = gradient_is_right(np.log([[2.0, 1.0, 1.0]]), np.array([0]), np.array([[-0.5, 0.25, 0.25]]))
    assert np.array_equal(verdict, True)


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  A gradient without its 1/N points the right way and is twice too long: reject it. An instrument that compares directions only is
  blind to factors. Reread chapter 5, 'Common mistakes'.
"""  # END TEST CONFIG


def test_rejects_a_missing_factor(gradient_is_right, np):
    z, y = np.log([[2.0, 1.0, 1.0], [2.0, 1.0, 1.0]]), np.array([0, 0])
    verdict = gradient_is_right(z, y, np.array([[-0.5, 0.25, 0.25], [-0.5, 0.25, 0.25]]))
    assert np.array_equal(verdict, False)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Of right, negated, shifted and rearranged gradients at random logits, the instrument judged one wrongly. Positive and negative
  deviations must not cancel, and equal lengths do not make equal gradients. Reread chapter 5, 'Proved by machine'.
"""  # END TEST CONFIG


def test_hidden_signs_and_places(gradient_is_right, np):
    from scipy.special import softmax

    from coursework.secret import generator

    rng = generator("hw03.q5.signs")
    z, y = rng.normal(size=(6, 5)), np.array([0, 1, 2, 3, 4, 0])
    right = (softmax(z, axis=1) - np.eye(5)[y]) / 6
    tilt = np.where(np.arange(5) == 0, 1e-3, -2.5e-4)  # sums to zero in every row
    wrong = [-right, right[::-1], right[:, ::-1], right + tilt, right + 1e-3, 1.001 * right]
    assert np.array_equal(gradient_is_right(z, y, right), True)
    for number, candidate in enumerate(wrong):
        verdict = gradient_is_right(z, y, candidate)
        assert np.array_equal(verdict, False), number


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  One wrong entry among hundreds was let through. A mean over all entries, or a look at some of them, does not see it: take the
  maximum of the absolute deviations. Reread chapter 5, 'Proved by machine'.
"""  # END TEST CONFIG


def test_hidden_one_wrong_entry(gradient_is_right, np):
    from scipy.special import softmax

    from coursework.secret import generator

    rng = generator("hw03.q5.entry")
    z, y = rng.normal(size=(40, 8)), rng.integers(8, size=40)
    right = (softmax(z, axis=1) - np.eye(8)[y]) / 40
    assert np.array_equal(gradient_is_right(z, y, right), True)
    for top in np.argsort(-np.abs(right).ravel())[:3]:  # the largest entries, one at a time
        wrong = right.copy()
        wrong.flat[top] *= 1.001
        verdict = gradient_is_right(z, y, wrong)
        assert np.array_equal(verdict, False)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Where all slopes are tiny (samples that are right and sure), an absolute tolerance accepts everything, zeros included, and entry by
  entry quotients reject everything. Measure against the largest entry. Reread chapter 5, 'What the gradient says'.
"""  # END TEST CONFIG


def test_hidden_tiny_slopes(gradient_is_right, np):
    from scipy.special import softmax

    from coursework.secret import generator

    rng = generator("hw03.q5.tiny")
    z = np.array([[9.0, 0.0, -16.0], [0.0, 10.0, -17.0]]) + rng.uniform(-0.5, 0.5, size=(2, 3))
    y = np.array([0, 1])
    right = softmax(z, axis=1)
    right[[0, 1], y] = -(right.sum(axis=1) - right[[0, 1], y])  # p - 1 without cancellation
    right /= 2
    assert np.array_equal(gradient_is_right(z, y, right), True)
    for wrong in (np.zeros((2, 3)), 1.01 * right):
        verdict = gradient_is_right(z, y, wrong)
        assert np.array_equal(verdict, False)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  The edges: a candidate with a nan is wrong (nan > tolerance is False, so ask whether the error is *small*), a row that would broadcast
  has the wrong shape, and with one class zeros are right. Reread chapter 5, 'Proved by machine'.
"""  # END TEST CONFIG


def test_hidden_edges(gradient_is_right, np):
    from coursework.secret import generator

    z = np.tile(generator("hw03.q5.edges").uniform(-1, 1, size=3), (2, 1))
    y = np.array([1, 1])
    p = np.exp(z[0]) / np.exp(z[0]).sum()
    row = (p - np.eye(3)[1]) / 2
    right = np.stack([row, row])
    unknown = right.copy()
    unknown[1, 2] = np.nan
    verdicts = [gradient_is_right(z, y, right), gradient_is_right(z[:, :1], np.array([0, 0]), np.zeros((2, 1)))]
    assert all(np.array_equal(verdict, True) for verdict in verdicts), verdicts
    verdicts = [gradient_is_right(z, y, unknown), gradient_is_right(z, y, row)]
    assert all(np.array_equal(verdict, False) for verdict in verdicts), verdicts


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Experiment: five colleagues.** Each of them sends you a gradient of the same loss, and each is sure of it.

# %%
generator = np.random.default_rng(7)
z, y = generator.normal(size=(8, 5)), generator.integers(5, size=8)
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
truth = np.eye(5)[y]
if softmax_vjp(p, truth) is None or gradient_is_right(z, y, p) is None:
    print("write the function above and run its cell, then run this one again")
else:
    letters = {
        "Ada: (p - y) / N": (p - truth) / 8,
        "Bob: p - y, the factor belongs to the learning rate": p - truth,
        "Cy: the squared error has such a nice gradient": softmax_vjp(p, p - truth) / 8,
        "Di: clipped at 0.1, for stability": np.clip((p - truth) / 8, -0.1, 0.1),
        "Ed: rounded to three digits, nobody needs more": np.round((p - truth) / 8, 3),
    }
    for claim, candidate in letters.items():
        verdict = "right" if gradient_is_right(z, y, candidate) else "wrong"
        print(f"{verdict}  {claim}")

# %% [markdown]
# Only one of them computed the gradient of *this* loss. The others would train, more slowly or toward something else, and no error message would ever
# tell.

# %% [raw]
# # BEGIN QUESTION
# name: q6

# %% [markdown]
# ## Question 6 · A step that cannot fail
#
# From here on the logits are linear in the weights, $z=XW$, with $X$ of shape $(N,D)$ (a column of ones included, if a bias is wanted) and $W$ of shape
# $(D,K)$. The curvature of the mean cross-entropy in $W$ never exceeds $L=\lambda_{\max}(X^\top X)/(2N)$, where $\lambda_{\max}$ is the largest eigenvalue, and a step of
# $1/L$ always descends.
#
# Write `safe_step(X)`, which returns the number $1/L$.

# %% [raw]
# # BEGIN SOLUTION


# %%
def safe_step(X):
    """1 / L for the mean cross-entropy of the logits X @ W."""
    # BEGIN SOLUTION
    X = np.asarray(X, dtype=float)
    return float(2 * len(X) / np.linalg.norm(X, ord=2) ** 2)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  For X = ((1, 0), (0, 1), (0, 1), (0, 1)) the largest eigenvalue of X'X is 3 and N = 4, so the step is 8/3. Check the factor 2 and the N.
  Reread chapter 5, 'The loss is convex'.
"""  # END TEST CONFIG


def test_step_by_hand(safe_step, np):
    X = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    assert abs(safe_step(X) - 8 / 3) < 1e-12


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  On random features the step is not 2 N / (largest eigenvalue of X'X). The largest entry of the diagonal, the trace and the largest singular
  value are other numbers. Reread chapter 5, 'The loss is convex'.
"""  # END TEST CONFIG


def test_hidden_random_features(safe_step, np):
    from coursework.secret import generator

    rng = generator("hw03.q6.features")
    for shape in ((30, 4), (3, 12)):
        X = rng.normal(size=shape) @ rng.normal(size=(shape[1], shape[1]))
        expected = 2 * shape[0] / np.linalg.eigvalsh(X.T @ X)[-1]
        assert abs(safe_step(X) / expected - 1) < 1e-9


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q7

# %% [markdown]
# ## Question 7 · Descend
#
# Write `descend(X, y, classes, step, steps)`. Start at $W=0$ with `classes` columns and repeat `steps` times
#
# $$W\leftarrow W-\eta\,X^\top\,\nabla_zJ ,$$
#
# where $\eta$ is `step` and $\nabla_zJ$ comes from your `cross_entropy_gradient`, which holds the $1/N$ already. Return `(W, losses)`: the final weights, of shape
# $(D,K)$, and an array of `steps + 1` losses, the first before any step and the last after all of them. A class that has no sample in `y` still has its column.

# %% [raw]
# # BEGIN SOLUTION


# %%
def descend(X, y, classes, step, steps):
    """Gradient descent from zero: the final weights and all losses."""
    # BEGIN SOLUTION
    X = np.asarray(X, dtype=float)
    W = np.zeros((X.shape[1], classes))
    losses = [cross_entropy(X @ W, y)]
    for _ in range(steps):
        W = W - step * X.T @ cross_entropy_gradient(X @ W, y)
        losses.append(cross_entropy(X @ W, y))
    return W, np.array(losses)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Twelve steps give thirteen losses; the first, at W = 0, is log K, and W has one column a class.
  Reread chapter 5, 'Gradient descent from scratch'.
"""  # END TEST CONFIG


def test_first_loss(descend, np):
    X, y = np.array([[1.0, 1.0], [-1.0, 1.0], [2.0, 1.0]]), np.array([0, 1, 2])
    W, losses = descend(X, y, 3, 0.5, 12)
    assert np.shape(W) == (2, 3)
    assert np.shape(losses) == (13,)
    assert abs(losses[0] - np.log(3)) < 1e-12


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  One step of size 1 from zero, by hand: W = ((1/2, -1/2), (0, 0)) for the samples (1, 1) of class 0 and (-1, 1) of class 1. A sign that is turned around climbs.
  Reread chapter 5, 'Gradient descent from scratch'.
"""  # END TEST CONFIG


def test_one_step_by_hand(descend, np):
    X, y = np.array([[1.0, 1.0], [-1.0, 1.0]]), np.array([0, 1])
    W, losses = descend(X, y, 2, 1.0, 1)
    assert np.allclose(W, [[0.5, -0.5], [0.0, 0.0]], atol=1e-12), W
    assert losses[1] < losses[0]


# %%
""" # BEGIN TEST CONFIG
points: 2
hidden: true
failure_message: >-
  After some dozens of steps weights or losses differ from those of plain gradient descent. Likely causes: a second 1/N, a step that changes
  on the way, momentum, a start that is not zero, or losses that lag a step behind. Reread chapter 5, 'Gradient descent from scratch'.
"""  # END TEST CONFIG


def test_hidden_same_walk(descend, np):
    from coursework.secret import generator
    from softmax_lib import cross_entropy_with_gradient

    rng = generator("hw03.q7.walk")
    X, y = rng.normal(size=(40, 5)), rng.integers(4, size=40)
    W, expected = np.zeros((5, 4)), []
    for _ in range(31):
        loss, slopes = cross_entropy_with_gradient(X @ W, y)
        expected.append(loss)
        last, W = W, W - 0.3 * X.T @ slopes
    got, losses = descend(X, y, 4, 0.3, 30)
    assert np.allclose(got, last, rtol=1e-8, atol=1e-11)
    assert np.allclose(losses, expected, rtol=1e-10, atol=0)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  A class without a sample lost its column, or its weights did not move: its probability is pushed down wherever it is claimed. Take the number of columns from
  `classes`, not from y. Reread chapter 5, 'What the gradient says'.
"""  # END TEST CONFIG


def test_hidden_a_class_without_samples(descend, np):
    from coursework.secret import generator

    rng = generator("hw03.q7.empty")
    X, y = np.column_stack([rng.normal(size=20), np.ones(20)]), rng.integers(3, size=20)
    W, losses = descend(X, y, 5, 0.2, 50)
    assert np.shape(W) == (2, 5)
    assert np.allclose(np.sum(W, axis=1), 0, atol=1e-12)
    assert np.asarray(W)[1, 4] < -0.1
    assert losses[-1] < losses[0]


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  With the safe step the loss climbed, or with no steps at all something other than the start came back. Did a list of losses, or W itself, get shared and overwritten?
  Reread chapter 5, 'Gradient descent from scratch'.
"""  # END TEST CONFIG


def test_hidden_never_climbs(descend, np):
    from coursework.secret import generator

    rng = generator("hw03.q7.climb")
    for scale in (0.1, 1.0, 30.0):
        X, y = scale * rng.normal(size=(25, 3)), rng.integers(3, size=25)
        step = 2 * 25 / np.linalg.eigvalsh(X.T @ X)[-1]
        W, losses = descend(X, y, 3, step, 40)
        assert np.all(np.diff(losses) <= 1e-13)
        assert losses[-1] < losses[0] - 1e-4
    W, losses = descend(X, y, 3, step, 0)
    assert np.shape(losses) == (1,)
    assert np.all(np.asarray(W) == 0)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Experiment: hours and a test.** Sixteen students, the hours each practiced, and who passed. Walk with the safe step, and with bolder ones; then
# standardize the hours and walk again.

# %%
hours = np.array([0.6, 0.6, 0.7, 0.9, 1.2, 1.9, 2.1, 2.1, 2.3, 2.4, 2.7, 2.7, 3.4, 3.4, 3.6, 4.3])
passed = np.array([0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1])
standardized = (hours - hours.mean()) / hours.std()
if safe_step(np.eye(2)) is None or descend(np.eye(2), np.arange(2), 2, 0.1, 1) is None:
    print("write the function above and run its cell, then run this one again")
else:
    for name, feature in (("hours as they are", hours), ("standardized", standardized)):
        X = np.column_stack([feature, np.ones(16)])
        print(f"{name}: 1/L = {safe_step(X):.3f}")
        for multiple in (0.5, 1, 4, 16):
            W, losses = descend(X, passed, 2, multiple * safe_step(X), 40)
            climbs = np.sum(np.diff(losses) > 1e-12)
            print(f"   {multiple:3}/L: {losses[0]:.4f} -> {losses[-1]:.4f}, {climbs} of 40 steps uphill")

# %% [markdown]
# A step of $1/L$ never climbs, and half of it arrives later. Four times as much overshoots: with two classes the bound is attained where $p=\frac12$, which is where the walk
# begins. And look at the two values of $1/L$: moving the feature to mean zero, with spread one, made the valley rounder, so the same promise allows larger steps.

# %% [raw]
# # BEGIN QUESTION
# name: q8
# manual: true
# points: 5

# %% [markdown]
# ## Question 8 · Which line needs what? (written)
#
# Let $t\in\mathbb R^K$ be any target with entries that sum to $s$, $p=\sigma(z)$ and $\ell(z)=-\sum_kt_k\log p_k$.
#
# 1. Derive $\nabla_z\ell$ from the chain rule, with the Jacobian of softmax, one step a line.
# 2. Mark the step in which the small probabilities cancel, and the step that needs the value of $s$.
# 3. A colleague's targets sum to 0.9 by mistake. What is the gradient now, what do its entries sum to, and at which $p$ does it vanish?

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. $\partial\ell/\partial p_i=-t_i/p_i$ and $\partial p_i/\partial z_k=p_i(\delta_{ik}-p_k)$, so
#
# $$\frac{\partial\ell}{\partial z_k}=\sum_i-\frac{t_i}{p_i}\,p_i(\delta_{ik}-p_k)=-\sum_it_i\delta_{ik}+p_k\sum_it_i=s\,p_k-t_k .$$
#
# 2. The $p_i$ cancel between the first and the second expression; $\sum_it_i=s$ enters at the end. For $s=1$ it is $p-t$.
# 3. $0.9\,p-t$. Its entries sum to $0.9-0.9=0$, as they must, because adding a constant to all logits changes no loss. It vanishes at $p=t/0.9$, the
#    targets rescaled to sum to one: the mistake only scales the loss, if all samples share it.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q9
# manual: true
# points: 5

# %% [markdown]
# ## Question 9 · The bottom of the V (written)
#
# 1. The error of the central difference is about $\frac{h^2}6|J'''|+\frac{\varepsilon|J|}h$ with $\varepsilon\approx10^{-16}$. Where is it least, as a power of $\varepsilon$, and how large is it
#    there? Compare with your experiment.
# 2. A colleague's framework computes in float32 ($\varepsilon\approx6\times10^{-8}$). Which step do you recommend, and which tolerance should `gradient_is_right` use?
# 3. The check is expensive. How many evaluations of the loss does it need for a network of a million weights? Propose a check of the same gradient with two
#    evaluations, and say what it may miss.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. The derivative $\frac h3|J'''|-\frac{\varepsilon|J|}{h^2}$ vanishes at $h=(3\varepsilon|J|/|J'''|)^{1/3}$, of the order $\varepsilon^{1/3}\approx5\times10^{-6}$; the error there is of the order
#    $\varepsilon^{2/3}\approx2\times10^{-11}$. The experiment turns between $10^{-4}$ and $10^{-5}$, with ten right digits.
# 2. $h\approx\varepsilon^{1/3}\approx4\times10^{-3}$, with an error of about $\varepsilon^{2/3}\approx10^{-5}$: five digits at best, so a tolerance of $10^{-3}$ or $10^{-4}$. Better: compute the check in
#    float64.
# 3. Two million. Draw one random direction $v$ and compare $\langle\nabla J,v\rangle$ with $\frac{J(\theta+hv)-J(\theta-hv)}{2h}$. Errors that are orthogonal to $v$ pass; for a random $v$ that
#    has probability zero, but an error in one weight of a million is small against the rest, so repeat with several directions, or layer by layer.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
