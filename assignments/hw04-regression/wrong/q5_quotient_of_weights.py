"""Divides the two weights instead of subtracting them."""

# question: q5
# fails: test_odds_by_hand, test_hidden_odds_before_and_after


def odds_factor(W, i, j, change):
    return float((change @ W[:, i]) / (change @ W[:, j]))
