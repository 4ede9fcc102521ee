"""Powers of two in place of powers of e."""

# question: q5
# fails: test_odds_by_hand, test_hidden_odds_before_and_after


def odds_factor(W, i, j, change):
    return float(2.0 ** (change @ (W[:, i] - W[:, j])))
