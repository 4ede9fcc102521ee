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
# name: hw02
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
# # Homework 2 · Distributions: one formula, many dice
#
# A vector of scores is a die that has not been thrown yet. In this assignment you throw it: you ask how surprising a throw
# was, you throw it ten thousand times, you throw it once more by letting the faces run a race, you heat it and cool it,
# and in the end you build a die from a rumor. Softmax does all of it, and each question has one place where the obvious
# program is wrong.
#
# > **You will be able to**
# >
# > - score outcomes by their log-probability, in a batch, without underflow,
# > - draw from a categorical distribution by inverting its distribution function, and never draw the impossible,
# > - draw from it a second way, by a race with Gumbel noise, and say what temperature is in that race,
# > - follow softmax to both ends of temperature, absolute cold and infinite heat,
# > - find the distribution that knows a mean and nothing else.
# >
# > **Time:** 150 minutes. **Points:** 30. **You need:** chapter 1; chapter 2 with Roads 2 and 4.
#
# **How it works.** Replace each `...` by your code and run the check below it. Tests that you do not see will run too, on
# other numbers. Use NumPy and nothing else: no SciPy, no `softmax_lib`. Nothing here is random until you make it so:
# your functions receive the random numbers as an argument, and for the same numbers they give the same answer. That is
# how one tests a program that throws dice.

# %%
import numpy as np


def show(probabilities, names=None):
    """Print bars: a look at a distribution."""
    if probabilities is None:
        print("nothing came back yet: write the function above, run its cell, then run this one again")
        return
    for k, p in enumerate(np.ravel(probabilities)):
        name = names[k] if names else f"face {k + 1}"
        bar = "█" * round(40 * float(p)) if 0 <= p <= 1 else "?"
        print(f"{name:>8} {p:8.4f}  {bar}")


# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ## Question 1 · How surprising was that?
#
# Row $i$ of `logits` holds the scores $z_i\in\mathbb R^K$ of one die, and `outcomes[i]`, a whole number from 0 to $K-1$, is
# what it showed. Write `log_prob(logits, outcomes)`, which returns the $N$ numbers
#
# $$\log p_{i,y_i}=\log\sigma(z_i)_{y_i},$$
#
# one for each row. An outcome may be very unlikely: with the scores $(3,-1500)$ the second face has a log-probability of
# about −1503, and your function says so. A face with the score −∞ is impossible, and its log-probability is −∞.

# %% [raw]
# # BEGIN SOLUTION


# %%
def log_prob(logits, outcomes):
    """Log-probability of one outcome for each row of logits, shape (N,)."""
    # BEGIN SOLUTION
    logits = np.asarray(logits, dtype=float)
    top = logits.max(axis=1)
    log_normalizer = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return logits[np.arange(len(logits)), outcomes] - log_normalizer
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  For the scores (0, log 3) the two faces have the log-probabilities log 1/4 and log 3/4. Take one entry from each row,
  with natural logarithms and faces counted from 0. Reread chapter 2, 'Counts, likelihood and the number Z'.
"""  # END TEST CONFIG


def test_quarters(log_prob, np):
    logits = np.array([[0.0, np.log(3.0)], [0.0, np.log(3.0)], [5.0, 5.0]])
    got = log_prob(logits.copy(), np.array([0, 1, 1]))
    assert np.shape(got) == (3,), f"expected one number for each of the 3 rows, got the shape {np.shape(got)}"
    assert np.allclose(got, np.log([0.25, 0.75, 0.5]), rtol=1e-12, atol=0), f"got {np.asarray(got).tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  With the scores (3, -1500) the second face has the log-probability -1503. A probability that small is stored as 0, so do
  not form it: subtract log Z from the score. Reread chapter 2, 'Counts, likelihood and the number Z'.
"""  # END TEST CONFIG


def test_a_miracle(log_prob, np):
    got = log_prob(np.array([[3.0, -1500.0], [1000.0, 1000.0]]), np.array([1, 0]))
    assert np.shape(got) == (2,), f"expected 2 numbers, got the shape {np.shape(got)}"
    assert np.allclose(got, [-1503.0, -np.log(2.0)], rtol=1e-12, atol=0), f"got {np.asarray(got).tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  With as many rows as faces, or rows of very different sizes, the answer is wrong. Each row has its own log Z, and one
  entry of each row is wanted, not a table of all pairs. Reread chapter 1, 'Two rows at once'.
"""  # END TEST CONFIG


def test_hidden_rows_of_all_sizes(log_prob, np):
    from scipy.special import log_softmax as reference

    from coursework.secret import generator

    rng = generator("hw02.q1.rows")
    for rows, faces in ((6, 6), (40, 3), (1, 9)):
        logits = rng.normal(size=(rows, faces)) + 2000 * rng.normal(size=(rows, 1))
        outcomes = rng.integers(faces, size=rows)
        got = log_prob(logits.copy(), outcomes.copy())
        assert np.shape(got) == (rows,)
        expected = reference(logits, axis=1)[np.arange(rows), outcomes]
        assert np.allclose(got, expected, rtol=1e-9, atol=1e-9)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  A face with the score -inf is impossible: its log-probability is -inf, and the other faces share the 1 as if it were not
  there. Do not replace -inf or add small numbers to probabilities. Reread chapter 1, 'A row of −inf'.
"""  # END TEST CONFIG


def test_hidden_impossible_faces(log_prob, np):
    from coursework.secret import generator

    rng = generator("hw02.q1.impossible")
    logits = rng.normal(scale=4, size=(8, 5))
    gone = rng.integers(5, size=8)
    logits[np.arange(8), gone] = -np.inf
    weights = np.exp(logits)
    other = (gone + 1 + rng.integers(4, size=8)) % 5
    got = log_prob(logits.copy(), other.copy())
    assert np.shape(got) == (8,)
    assert np.allclose(got, np.log(weights[np.arange(8), other] / weights.sum(axis=1)), rtol=1e-9, atol=1e-12)
    assert np.all(np.asarray(log_prob(logits.copy(), gone.copy())) == -np.inf)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Try it: the detective.** Somebody threw a die twenty times and shows you the list. Is it a fair die, or one whose scores
# grow by 0.4 from face to face? Add up the log-probabilities under both; the difference is the weight of the evidence, and
# its exponential says how many times better one explains the list than the other.

# %%
throws = np.array([5, 3, 4, 5, 0, 2, 5, 4, 1, 5, 3, 4, 5, 2, 4, 3, 5, 0, 4, 5])
fair, loaded = np.zeros(6), 0.4 * np.arange(6)
evidence = [log_prob(np.tile(die, (20, 1)), throws) for die in (fair, loaded)]
if evidence[0] is not None:
    totals = [np.sum(one) for one in evidence]
    print(f"fair {totals[0]:.2f}, loaded {totals[1]:.2f}")
    print(f"the loaded die explains the list {np.exp(totals[1] - totals[0]):.0f} times better")

# %% [markdown]
# ## From a number between 0 and 1 to a face
#
# A computer throws one kind of die only: a number $u$, evenly spread over $[0,1)$. To get a face with the
# probabilities $p$, cut the interval into pieces of length $p_0,p_1,\dots,p_{K-1}$, from left to right, and look where $u$
# falls. Here is what can go wrong with "add up the pieces": ten pieces of one tenth do not reach 1.

# %%
pieces = np.cumsum(np.full(10, 0.1))
print("the end of the last piece:", repr(float(pieces[-1])))
print("the largest u below one:  ", repr(float(np.nextafter(1.0, 0.0))))

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ## Question 2 · Throw it
#
# Write `sample(logits, uniforms)`. `logits` holds the scores of one die, shape $(K,)$, any size, and possibly −∞;
# `uniforms` holds $N$ numbers from $[0,1)$. The answer is an array of $N$ whole numbers: $u$ gives the face $k$ with
#
# $$p_0+\dots+p_{k-1}\;\le\;u\;<\;p_0+\dots+p_k .$$
#
# Two promises, for every $u\in[0,1)$, the first and the last included:
#
# - the answer is one of $0,\dots,K-1$;
# - an impossible face is never drawn.

# %% [raw]
# # BEGIN SOLUTION


# %%
def sample(logits, uniforms):
    """One face for each uniform number, by inverting the distribution function."""
    # BEGIN SOLUTION
    logits = np.asarray(logits, dtype=float)
    ends = np.cumsum(np.exp(logits - logits.max()))
    ends /= ends[-1]
    return np.searchsorted(ends, uniforms, side="right")
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  With the probabilities 1/4, 1/2, 1/4 the numbers below 0.25 give face 0, those up to 0.75 face 1, the others face 2. Each
  number is looked up by itself, among the cumulative sums. Reread chapter 2, 'Counts, likelihood and the number Z'.
"""  # END TEST CONFIG


def test_three_pieces(sample, np):
    uniforms = np.array([0.1, 0.9, 0.26, 0.0, 0.24, 0.6, 0.74, 0.76, 0.999])
    got = sample(np.log([1.0, 2.0, 1.0]), uniforms.copy())
    assert np.shape(got) == (9,), f"expected 9 faces, got the shape {np.shape(got)}"
    assert np.array_equal(got, [0, 2, 1, 0, 0, 1, 1, 2, 2]), f"got {np.asarray(got).tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Scores around 1000 or -1000 should give the same faces as scores around 0. Something overflows before you normalize.
  Reread chapter 1, 'A score of 1000'.
"""  # END TEST CONFIG


def test_large_scores(sample, np):
    for shift in (1000.0, -1000.0):
        got = sample(shift + np.log([1.0, 2.0, 1.0]), np.array([0.1, 0.3, 0.9]))
        assert np.shape(got) == (3,), f"expected 3 faces, got the shape {np.shape(got)}"
        assert np.array_equal(got, [0, 1, 2]), f"got {np.asarray(got).tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  With many faces in no particular order, some draws are wrong. The pieces lie in the order of the faces, their lengths are
  the probabilities, and they fill the interval. Reread chapter 1, 'Three lines of NumPy'.
"""  # END TEST CONFIG


def test_hidden_many_faces(sample, np):
    from scipy.special import softmax as reference

    from coursework.secret import generator

    rng = generator("hw02.q2.many")
    for faces, spread in ((2, 1.0), (7, 2.0), (300, 3.0)):
        logits, uniforms = rng.normal(scale=spread, size=faces), rng.random(2000)
        got = np.asarray(sample(logits.copy(), uniforms.copy()))
        assert got.shape == (2000,)
        ends = np.cumsum(reference(logits))
        assert np.mean(got == np.searchsorted(ends, uniforms, side="right")) > 0.999


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  For the largest u below 1 the answer is a face that does not exist. The cumulative sums of rounded probabilities need not
  reach 1: make them. Reread chapter 3, 'How many digits are left?'.
"""  # END TEST CONFIG


def test_hidden_last_piece(sample, np):
    from coursework.secret import generator

    rng = generator("hw02.q2.last")
    last = np.array([np.nextafter(1.0, 0.0)])
    for faces in (10, *rng.integers(3, 400, size=60).tolist()):
        got = np.asarray(sample(np.full(faces, 3.0 * rng.random()), last.copy()))
        assert got.shape == (1,)
        assert got[0] == faces - 1


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  An impossible face was drawn, for u = 0 or for u just below 1. A piece of length 0 must lose to the next one that has a
  length, at both ends; moving a wrong answer to the last face does not help if that one is impossible. Reread chapter 1,
  'A row of −inf'.
"""  # END TEST CONFIG


def test_hidden_never_impossible(sample, np):
    from coursework.secret import generator

    rng = generator("hw02.q2.impossible")
    for faces in (10, *rng.integers(3, 200, size=40).tolist()):
        before, after = rng.integers(1, 4, size=2)
        logits = np.concatenate([np.full(before, -np.inf), np.zeros(faces), np.full(after, -np.inf)])
        ends = np.array([0.0, np.nextafter(1.0, 0.0)])
        got = np.asarray(sample(logits, ends))
        assert got.shape == (2,)
        assert np.array_equal(got, [before, before + faces - 1])


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Try it.** How fast do frequencies approach probabilities? Multiply the number of throws by 100 and watch the error: how
# many digits does it gain?

# %%
scores = np.array([2.1, 0.3, -1.0])
shares = np.exp(scores) / np.exp(scores).sum()
for number in (100, 10_000, 1_000_000):
    faces = sample(scores, np.random.default_rng(1).random(number))
    if faces is not None:
        frequencies = np.bincount(faces, minlength=3) / number
        print(f"{number:9,} throws: {frequencies.round(4)}, off by {np.abs(frequencies - shares).max():.5f}")

# %% [markdown]
# ## The same die, thrown by a race
#
# Chapter 2 lets cat, dog and bird run a race. Each starts with its score, each receives a random push, and the one that is
# farthest ahead wins. Which pushes make the winner a draw from softmax? Try three kinds, with the same spread, and
# compare with the shares 0.826, 0.137, 0.037. NumPy draws the third kind by itself; in the question you make it.

# %%
generator = np.random.default_rng(3)
pushes = {
    "normal": generator.normal(scale=np.pi / np.sqrt(6), size=(200_000, 3)),
    "uniform": generator.uniform(-1, 1, size=(200_000, 3)) * np.pi / np.sqrt(2),
    "Gumbel": generator.gumbel(size=(200_000, 3)),
}
for name, push in pushes.items():
    winners = (scores + push).argmax(axis=1)
    print(f"{name:>8}: {np.bincount(winners, minlength=3) / 200_000}")

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ## Question 3 · Gumbel-max
#
# Write `gumbel_max(logits, uniforms, temperature=1.0)`. `uniforms` has the shape $(N,K)$, with numbers strictly between 0
# and 1: one for each runner in each race. Turn each into standard Gumbel noise; the definition in chapter 2 tells you how,
# through the distribution function $P(G\le x)=e^{-e^{-x}}$. The noise has the size `temperature`: runner $k$ arrives at
# $z_k+T\,G_k$. The answer is the winner of each race, shape $(N,)$. No exponential of a score is needed, and no sum.

# %% [raw]
# # BEGIN SOLUTION


# %%
def gumbel_max(logits, uniforms, temperature=1.0):
    """The winner of each race: the index of the largest score plus Gumbel noise."""
    # BEGIN SOLUTION
    noise = -np.log(-np.log(np.asarray(uniforms, dtype=float)))
    return (np.asarray(logits, dtype=float) + temperature * noise).argmax(axis=1)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  In these four races the winners are 0, 1, 2 and 0. Solve u = exp(-exp(-x)) for x, mind both signs, and give every runner a
  push of its own. Reread chapter 2, 'Random utility: the race explained'.
"""  # END TEST CONFIG


def test_four_races(gumbel_max, np):
    uniforms = np.array([[0.5, 0.5, 0.5], [0.05, 0.9, 0.3], [0.1, 0.2, 0.97], [0.3, 0.5, 0.01]])
    got = gumbel_max(np.array([1.0, 0.3, -1.0]), uniforms.copy())
    assert np.shape(got) == (4,), f"expected 4 winners, got the shape {np.shape(got)}"
    assert np.array_equal(got, [0, 1, 2, 0]), f"got {np.asarray(got).tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  The temperature is the size of the noise: without noise (temperature 0) the highest score wins every race, and with much
  noise the scores hardly count. Reread chapter 2, 'Random utility: the race explained'.
"""  # END TEST CONFIG


def test_size_of_the_noise(gumbel_max, np):
    logits, uniforms = np.array([1.0, 0.0]), np.array([[0.2, 0.8], [0.45, 0.5], [0.6, 0.4]])
    for temperature, winners in ((0.0, [0, 0, 0]), (0.5, [0, 0, 0]), (1.0, [1, 0, 0]), (100.0, [1, 1, 0])):
        got = gumbel_max(logits.copy(), uniforms.copy(), temperature=temperature)
        assert np.shape(got) == (3,), f"expected 3 winners, got the shape {np.shape(got)}"
        assert np.array_equal(got, winners), f"temperature {temperature}: {got}"


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Over many races the shares of the winners are not softmax of z/T. Likely causes are noise of another kind, one push shared
  by all runners, or noise added to something else than the scores. Reread chapter 2, 'Random utility: the race explained'.
"""  # END TEST CONFIG


def test_hidden_shares(gumbel_max, np):
    from scipy.stats import chisquare

    from coursework.secret import generator
    from softmax_lib import softmax as reference

    rng = generator("hw02.q3.shares")
    for temperature in (1.0, 0.4, 2.5):
        logits = rng.normal(scale=1.2, size=5) + 300 * rng.normal()
        winners = np.asarray(gumbel_max(logits.copy(), rng.random((40_000, 5)), temperature=temperature))
        assert winners.shape == (40_000,)
        counts = np.bincount(winners, minlength=5)
        assert chisquare(counts, 40_000 * reference(logits / temperature)).pvalue > 1e-7


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  A runner who is far behind wins too often, or never, or an impossible one wins. The races of rare winners are decided by
  the uniform numbers nearest to 1: keep them as they are, in double precision. Reread chapter 2,
  'Gumbel noise in half precision'.
"""  # END TEST CONFIG


def test_hidden_rare_winners(gumbel_max, np):
    from coursework.secret import generator

    rng = generator("hw02.q3.rare")
    behind = 16 + rng.random()
    logits = np.array([0.0, -behind, -np.inf])
    close = 1 - np.exp(-behind) * np.array([4.0, 0.25, 4.0, 0.25, 1e-4])
    uniforms = np.column_stack([np.full(5, 0.3679), close, np.full(5, 1 - 1e-15)])
    got = np.asarray(gumbel_max(logits, uniforms))
    assert got.shape == (5,)
    assert np.array_equal(got, [0, 1, 0, 1, 1])


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Try it.** Two samplers that have nothing in common but the answer: the pieces of question 2 and the race of question 3.

# %%
random = np.random.default_rng(5)
by_pieces = sample(scores, random.random(200_000))
by_race = gumbel_max(scores, random.random((200_000, 3)))
for name, faces in (("pieces", by_pieces), ("race", by_race)):
    if faces is not None:
        print(f"{name:>8}: {np.bincount(faces, minlength=3) / 200_000}")
print(f" softmax: {shares.round(6)}")

# %% [raw]
# # BEGIN QUESTION
# name: q4

# %% [markdown]
# ## Question 4 · From absolute cold to infinite heat
#
# Write `tempered(logits, temperature)`, the probabilities $\sigma(z/T)$ of one vector of scores, for every temperature
# from 0 to ∞, both ends included:
#
# - $T=0$ is the limit of ever colder dice: the highest score has everything, and if several are highest they share it
#   equally;
# - $T=\infty$ (`np.inf`) is the other limit: all faces are equally likely;
# - a face with the score −∞ is impossible at every temperature, also at ∞;
# - scores and temperatures may be of any size. A temperature of $10^{-300}$ is not 0, but nobody should be able to tell.

# %% [raw]
# # BEGIN SOLUTION


# %%
def tempered(logits, temperature):
    """Softmax of logits / temperature for a temperature from 0 to infinity."""
    # BEGIN SOLUTION
    logits = np.asarray(logits, dtype=float)
    behind = logits - logits.max()
    if temperature == 0:
        weights = (behind == 0).astype(float)
    elif np.isinf(temperature):
        weights = np.isfinite(behind).astype(float)
    else:
        with np.errstate(over="ignore"):
            weights = np.exp(behind / temperature)
    return weights / weights.sum()
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  Odds of 3 become odds of 9 at half the temperature, and the square root of 3 at twice the temperature. Divide the scores
  by the temperature, before the exponential. Reread chapter 1, 'Temperature, the one free number'.
"""  # END TEST CONFIG


def test_odds_of_three(tempered, np):
    for temperature, odds in ((1.0, 3.0), (0.5, 9.0), (2.0, np.sqrt(3.0))):
        got = tempered(np.array([0.0, np.log(3.0)]), temperature)
        assert np.shape(got) == (2,), f"expected 2 probabilities, got {got!r}"
        assert np.allclose(got, [1 / (1 + odds), odds / (1 + odds)], rtol=1e-12, atol=0), (
            f"temperature {temperature}: got {np.asarray(got).tolist()}"
        )


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  At temperature 0 the winners share the whole 1 (a tie stays a tie), at temperature infinity everybody gets the same. Both
  ends need a rule of their own: a division by 0 gives nan. Reread chapter 3, 'Hot and cold'.
"""  # END TEST CONFIG


def test_both_ends(tempered, np):
    cold = tempered(np.array([2.0, 5.0, 5.0, -1.0]), 0.0)
    assert np.shape(cold) == (4,), f"expected 4 probabilities, got {cold!r}"
    assert np.allclose(cold, [0.0, 0.5, 0.5, 0.0], rtol=1e-12, atol=0), f"got {np.asarray(cold).tolist()}"
    hot = tempered(np.array([2.0, 5.0, 5.0, -1.0]), np.inf)
    assert np.allclose(hot, np.full(4, 0.25), rtol=1e-12, atol=0), f"got {np.asarray(hot).tolist()}"


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Very cold or very hot, or with large scores, the answer is wrong. Do not keep the temperature away from 0, do not raise
  probabilities to a power, and shift before you divide. Reread chapter 1, 'A score of 1000'.
"""  # END TEST CONFIG


def test_hidden_extreme_temperatures(tempered, np):
    import mpmath

    from coursework.secret import generator

    rng = generator("hw02.q4.extremes")
    for temperature in (1e-300, 1e-8, 1e-3, 0.05, 1e3, 1e300):
        logits = np.append(rng.normal(scale=min(30 * temperature, 1e5), size=4), [0.0, 0.0])
        logits += 1000 * temperature if 1e-4 < temperature < 1e4 else 0.0
        with mpmath.workdps(400):
            weights = [mpmath.exp((mpmath.mpf(z) - max(logits)) / mpmath.mpf(temperature)) for z in logits.tolist()]
            exact = [float(weight / mpmath.fsum(weights)) for weight in weights]
        got = tempered(logits.copy(), temperature)
        assert np.shape(got) == (6,)
        assert np.allclose(got, exact, rtol=1e-9, atol=1e-300)


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  A face with the score -inf got a share, or made the others nan: watch 0, infinity, and -inf divided by infinity. Reread
  chapter 1, 'A row of −inf'.
"""  # END TEST CONFIG


def test_hidden_impossible_at_any_heat(tempered, np):
    from coursework.secret import generator

    rng = generator("hw02.q4.impossible")
    order = rng.permutation(5)
    logits = np.array([3.0, 3.0, 1.0, -np.inf, -np.inf])[order]
    odds = np.exp(-2.0 / 1.5)
    shares = {
        0.0: [0.5, 0.5, 0, 0, 0],
        1.5: np.array([1, 1, odds, 0, 0]) / (2 + odds),
        np.inf: [1 / 3, 1 / 3, 1 / 3, 0, 0],
    }
    for temperature, expected in shares.items():
        got = tempered(logits.copy(), temperature)
        assert np.shape(got) == (5,)
        assert np.allclose(got, np.asarray(expected)[order], rtol=1e-10, atol=0)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Try it.** A very small language model has read "The cat sat on the …" and scores five continuations. Twelve draws at
# four temperatures. Which one would you let write a manual, and which one a poem?

# %%
words = ["mat", "sofa", "roof", "moon", "theorem"]
liking = np.array([3.1, 2.4, 1.2, -1.0, -3.0])
for temperature in (0.0, 0.5, 1.0, 4.0):
    p = tempered(liking, temperature)
    if p is not None:
        with np.errstate(divide="ignore"):
            drawn = sample(np.log(p), np.random.default_rng(8).random(12))
        print(f"T = {temperature}:", *(words[k] for k in (drawn if drawn is not None else [])))

# %% [markdown]
# ## A die from a rumor
#
# You are told one thing about a die: its long-run average is 4.5. Which six probabilities do you write down? Many fit.
# Chapter 2, Road 2, argues for the one with the largest entropy, because it claims nothing that you were not told, and
# proves that it is $\sigma(\beta z)$ with $z=(1,\dots,6)$ and one number $\beta$ to be found.
#
# Look for it by hand first. Change `beta` until the mean is 4.5. Is there more than one place where it could be?

# %%
faces = np.arange(1.0, 7.0)
for beta in (-0.5, 0.0, 0.3, 1.0):
    weights = np.exp(beta * faces)
    print(f"beta = {beta:5.2f}: mean {np.sum(weights * faces) / weights.sum():.4f}")

# %% [raw]
# # BEGIN QUESTION
# name: q5

# %% [markdown]
# ## Question 5 · Maximum entropy
#
# Write `maxent(scores, mean)`, which returns the number $\beta$ with
#
# $$\sum_k\sigma(\beta z)_k\,z_k=m$$
#
# for the scores $z$ and the prescribed mean $m$.
#
# - If there is no such number, because $m$ is not strictly between the smallest and the largest score, return `None`.
# - $\beta$ is negative for a mean below the plain average, and may be large: a million if the scores are in millionths.
#   Nobody tells you a range. Find one yourself.
# - Nine correct digits, wherever the mean lies in the middle part of the range; six, if it is within a millionth of an end.
#
# The mean grows with $\beta$, always (chapter 2 proves it: its slope is a variance). That is all you need.

# %% [raw]
# # BEGIN SOLUTION


# %%
def maxent(scores, mean):
    """The slope beta for which softmax(beta * scores) has the given mean, or None."""
    # BEGIN SOLUTION
    scores = np.asarray(scores, dtype=float)
    if not scores.min() < mean < scores.max():
        return None

    def surplus(beta):
        weights = np.exp(beta * scores - (beta * scores).max())
        return np.sum(weights * (scores - mean)) / weights.sum()

    low, high = -1 / np.ptp(scores), 1 / np.ptp(scores)
    while surplus(low) > 0:
        low *= 2
    while surplus(high) < 0:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if surplus(middle) < 0:
            low = middle
        else:
            high = middle
    return float((low + high) / 2)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  A die with the mean 4.5 has beta = 0.37104894: each face is 1.45 times as likely as the one before. Check the sign, and
  that you return beta and not the temperature 1/beta. Reread chapter 2, 'Road 2 · Maximum entropy'.
"""  # END TEST CONFIG


def test_the_rumor(maxent, np):
    got = maxent(np.arange(1.0, 7.0), 4.5)
    assert got is not None, "expected one number, got None"
    assert abs(got - 0.371048938081) < 1e-8, f"got {got!r}"


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  The mean 3.5 is that of a fair die, so beta is 0; the mean 2.5 mirrors 4.5, so beta is -0.371. Search on both sides of 0.
  Reread chapter 2, 'The derivation, by Lagrange'.
"""  # END TEST CONFIG


def test_fair_and_mirrored(maxent, np):
    for mean, beta in ((3.5, 0.0), (2.5, -0.371048938081)):
        got = maxent(np.arange(1.0, 7.0), mean)
        assert got is not None, f"for the mean {mean} you return None"
        assert abs(got - beta) < 1e-8, f"mean {mean}: {got}"


# %%
""" # BEGIN TEST CONFIG
points: 1
failure_message: >-
  No die with the faces 1 to 6 and all probabilities positive has the mean 6, 1 or 7: return None there, and a number just
  inside. Reread chapter 2, 'The derivation, by Lagrange'.
"""  # END TEST CONFIG


def test_no_such_die(maxent, np):
    assert maxent(np.arange(1.0, 7.0), 5.0) is not None, "the mean 5.0 is possible"
    for mean in (6.0, 1.0, 7.0, -2.0):
        got = maxent(np.arange(1.0, 7.0), mean)
        assert got is None, f"the mean {mean} cannot be, and you answer {got!r}"


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Scores in thousands or in thousandths give a wrong beta. Do not search between fixed numbers: widen the range until the
  mean lies inside, and keep the exponentials from overflowing. Reread chapter 1, 'A score of 1000'.
"""  # END TEST CONFIG


def test_hidden_any_unit(maxent, np):
    from coursework.secret import generator

    rng = generator("hw02.q5.units")
    scores = np.sort(rng.normal(size=6))
    for sign in (1.0, -1.0):
        beta = sign * (0.5 + rng.random())
        weights = np.exp(beta * scores)
        mean = np.sum(weights * scores) / weights.sum()
        for unit in (1.0, 1e-6, 1e-3, 1e3, 1e6):
            got = maxent(scores * unit, mean * unit)
            assert got is not None
            assert abs(got * unit / beta - 1) < 1e-8


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  Close to the smallest or largest score, or with many equal scores and one other, the answer is wrong. Newton's steps jump
  out of the range there, and a formula for small beta does not hold. Reread chapter 2, 'Road 2 · Maximum entropy'.
"""  # END TEST CONFIG


def test_hidden_near_the_edge(maxent, np):
    import mpmath

    from coursework.secret import generator

    rng = generator("hw02.q5.edge")
    scores = np.array([0.0, 0.7, 1.0, 2.0]) + rng.integers(-5, 5)
    for share in (1e-6, 1e-4, 1e-2):
        for mean in (scores[-1] - 2 * share * (1 + rng.random()), scores[0] + 2 * share * (1 + rng.random())):
            with mpmath.workdps(30):
                z, low, high = (
                    [mpmath.mpf(value) for value in (scores - mean).tolist()],
                    mpmath.mpf(-80),
                    mpmath.mpf(80),
                )
                for _ in range(90):
                    middle = (low + high) / 2
                    surplus = mpmath.fsum(mpmath.exp(middle * value) * value for value in z)
                    low, high = (middle, high) if surplus < 0 else (low, middle)
                exact = float(low)
            got = maxent(scores.copy(), float(mean))
            assert got is not None
            assert abs(got / exact - 1) < 1e-6
    for many in (40, int(rng.integers(60, 200))):
        exact = np.log(many)
        for sign in (1.0, -1.0):
            got = maxent(sign * np.append(np.zeros(many), [1.0]), sign * 0.5)
            assert got is not None
            assert abs(sign * got / exact - 1) < 1e-6


# %%
""" # BEGIN TEST CONFIG
points: 1
hidden: true
failure_message: >-
  With scores in any order, some of them equal, beta has too few digits or is wrong. Search until the range cannot shrink any
  more, and use all scores with their own weights. Reread chapter 2, 'The derivation, by Lagrange'.
"""  # END TEST CONFIG


def test_hidden_any_scores(maxent, np):
    from coursework.secret import generator

    rng = generator("hw02.q5.any")
    for size in (2, 3, 8, 50):
        scores = np.append(rng.integers(-4, 5, size=size).astype(float), [4.5, -4.25, 4.5])
        rng.shuffle(scores)
        for beta in rng.uniform(-1.5, 1.5, size=4):
            weights = np.exp(beta * scores)
            got = maxent(scores.copy(), float(np.sum(weights * scores) / weights.sum()))
            assert got is not None
            assert abs(got - beta) < 1e-9 * (1 + abs(beta))


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# **Try it.** Your die, and two rivals with the same mean. Entropy is printed below each. The written question asks about
# them.

# %%
beta = maxent(faces, 4.5)
rivals = {
    "half fours, half fives": np.array([0, 0, 0, 0.5, 0.5, 0]),
    "a straight ramp": (12 * faces - 7) / 210,
    "yours": None if beta is None else np.exp(beta * faces) / np.exp(beta * faces).sum(),
}
for name, p in rivals.items():
    print(f"\n{name}")
    show(p)
    if p is not None:
        entropy = -sum(q * np.log(q) for q in p if q > 0)
        print(f"    mean {np.sum(p * faces):.3f}, entropy {entropy:.5f}")

# %% [raw]
# # BEGIN QUESTION
# name: q6
# manual: true
# points: 4

# %% [markdown]
# ## Question 6 · What the rivals claim
#
# Ada heard the same rumor, an average of 4.5, and bets on *half fours, half fives*. Ben bets on the *straight ramp*.
#
# 1. Ada's die has the right mean. Which two things does she claim that nobody told her? (1 point)
# 2. A hundred throws can come out in about $e^{100H}$ orders if their frequencies have the entropy $H$. How many times more
#    orders does your die have than Ada's, and than Ben's? Give the numbers, and say in one sentence what they mean for
#    someone who knows the mean and nothing else. (2 points)
# 3. A year later the die is cut open, and Ada was right: it can show only fours and fives. Was it a mistake to write down the
#    die of largest entropy? Two or three sentences. (1 point)

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. That 1, 2, 3 and 6 never come up, and that fours and fives are equally likely. (The second follows from the first and the
#    mean; a student who says so has understood it.)
# 2. The entropies are 1.61358, 0.69315 and 1.59530. Against Ada $e^{100\cdot0.92043}\approx10^{40}$, against Ben
#    $e^{100\cdot0.01829}\approx6.2$. Among all sequences of a hundred throws with the mean 4.5, those with frequencies near
#    the largest entropy outnumber the others: Ada's bet is hopeless, Ben's is six times worse than ours.
# 3. No. It was the answer to the question "what do I know?", and the new fact is a new question: with it, the method gives
#    Ada's die. A distribution of largest entropy says what follows from the information, not what the die is like.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q7
# manual: true
# points: 3

# %% [markdown]
# ## Question 7 · Temperature, three ways
#
# A text generator repeats itself at $T=0.2$ and talks nonsense at $T=3$. Explain, with one formula or number each:
#
# 1. what $T$ does to the **odds** of two words, and why it never changes which word is the most likely; (1 point)
# 2. what $T$ is in the **race** of question 3, and why that makes the nonsense plausible; (1 point)
# 3. why a word at −∞ stays silent at every temperature, and a word at −20 does not. (1 point)

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# 1. The odds are $e^{(z_j-z_k)/T}$, the odds at $T=1$ raised to the power $1/T$. Odds above 1 stay above 1 for every $T>0$, so
#    the order stays. At $T=0.2$ odds of 2 become 32, at $T=3$ they become 1.26.
# 2. The size of the noise: the winner maximizes $z_k+T\,G_k$. At $T=3$ the pushes have the standard deviation
#    $3\pi/\sqrt6\approx3.8$, more than the scores differ, so chance decides the race.
# 3. $e^{-\infty/T}=0$ for every $T$, in the race $-\infty+TG=-\infty$ never wins. A word 20 points behind the best has odds
#    $e^{-20}\approx2\cdot10^{-9}$ at $T=1$, and $e^{-20/3}\approx10^{-3}$ at $T=3$: one word in a thousand.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
