"""Always uses fifteen bins."""

# question: q2
# fails: test_report_bins_by_hand, test_hidden_report_bins

import numpy as np


def calibration_report(probabilities, labels, bins=15):
    bins = 15
    p = np.asarray(probabilities, dtype=float)
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    number = np.clip(np.searchsorted(np.linspace(0, 1, bins + 1), confidence, side="left") - 1, 0, bins - 1)
    counts = np.bincount(number, minlength=bins)
    filled = np.maximum(counts, 1)
    bin_confidence = np.bincount(number, confidence, minlength=bins) / filled
    bin_accuracy = np.bincount(number, right, minlength=bins) / filled
    return {
        "accuracy": float(right.mean()),
        "confidence": float(confidence.mean()),
        "log_loss": float(-np.log(p[np.arange(len(p)), labels]).mean()),
        "brier": float(np.mean(np.sum((p - np.eye(p.shape[1])[labels]) ** 2, axis=1))),
        "ece": float(np.sum(counts * np.abs(bin_accuracy - bin_confidence)) / len(p)),
        "counts": counts,
        "bin_confidence": bin_confidence,
        "bin_accuracy": bin_accuracy,
    }
