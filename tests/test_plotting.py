"""softmax_lib.plotting: the palette keeps its promises, and the shared figures show what they were given."""

import matplotlib as mpl

mpl.use("Agg")

import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from softmax_lib import plotting, softmax


@pytest.fixture(autouse=True)
def _book_style():
    with mpl.rc_context():
        plotting.use_book_style()
        yield
        plt.close("all")


def _luminance(color):
    """Relative luminance of WCAG 2.2."""
    channels = np.array(mpl.colors.to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _contrast(one, other):
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("color", plotting.CLASS_COLORS)
def test_class_colors_stand_out_on_paper(color):
    assert _contrast(color, plotting.PAPER) >= 3  # WCAG 1.4.11, graphical objects


def test_text_colors_are_readable_on_paper():
    assert _contrast(plotting.INK, plotting.PAPER) >= 7
    assert _contrast(plotting.MUTED, plotting.PAPER) >= 4.5


# Machado, Oliveira & Fernandes (2009), severity 1.0, applied to linear RGB.
_DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


@pytest.mark.parametrize("deficiency", _DEFICIENCIES)
def test_first_three_colors_differ_for_color_blind_readers(deficiency):
    seen = []
    for color in plotting.CLASS_COLORS[:3]:
        channels = np.array(mpl.colors.to_rgb(color))
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        seen.append(np.clip(np.array(_DEFICIENCIES[deficiency]) @ linear, 0, 1))
    gaps = [np.abs(seen[i] - seen[j]).max() for i in range(3) for j in range(i)]
    assert min(gaps) > 0.1


def _svg(figure):
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def test_vector_figures_use_only_the_palette():
    figure, axes = plotting.figure(2.4, columns=2)
    plotting.probability_bars(axes[0], softmax([2.0, 1.0, 0.0]), ["a", "b", "c"], title="three")
    plotting.simplex_axes(axes[1], ("a", "b", "c"))
    known = {plotting.INK, plotting.MUTED, plotting.GRID, plotting.PAPER, *plotting.CLASS_COLORS}
    assert set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", _svg(figure))) <= known


def test_figures_repeat_to_the_byte_and_keep_text_as_text():
    def drawn():
        figure, axes = plotting.figure(2)
        plotting.probability_bars(axes, [0.7, 0.2, 0.1], ["cat", "dog", "bird"])
        return _svg(figure)

    assert drawn() == drawn()
    assert ">cat<" in drawn()


def test_probability_bars_writes_each_value():
    _, axes = plotting.figure()
    plotting.probability_bars(axes, [0.25, np.nan, 0.75])
    assert [text.get_text() for text in axes.texts] == ["0.250", "nan", "0.750"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["0", "1", "2"]


def test_score_bars_writes_each_value_on_its_side_of_zero():
    _, axes = plotting.figure()
    plotting.score_bars(axes, [2.1, -1.0], ["cat", "bird"], title="Scores")
    assert [(text.get_text(), text.get_ha()) for text in axes.texts] == [("2.1", "left"), ("−1.0", "right")]
    low, high = axes.get_xlim()
    assert low < -1.0
    assert high > 2.1


def test_confusion_matrix_shows_counts_and_hides_zeros():
    _, axes = plotting.figure()
    plotting.confusion_matrix(axes, [[5, 2], [0, 9]], ["cat", "dog"])
    assert [text.get_text() for text in axes.texts] == ["5", "2", "9"]
    assert axes.get_xlabel() == "predicted"
    plotting.confusion_matrix(plotting.figure()[1], [[5, 0], [0, 9]], ["0", "1"], highlight_errors=False)


def test_image_grid_hides_unused_cells():
    figure = plotting.image_grid(np.zeros((3, 4, 4)), ["a", "b", "c"], columns=2, title_colors=["k", "r", "b"])
    assert sum(bool(axes.get_images()) for axes in figure.axes) == 3
    assert len(plotting.image_grid(np.zeros((2, 4, 4)), columns=2, limits=(0, 1)).axes) == 2


def test_weight_grid_is_symmetric_about_zero():
    weights = np.random.default_rng(0).normal(size=(16, 3))
    for axes in plotting.weight_grid(weights, (4, 4), list("abc"), columns=3).axes:
        low, high = axes.get_images()[0].get_clim()
        assert low == -high


def test_decision_regions_draws_every_class():
    points = np.random.default_rng(0).normal(size=(30, 2))
    labels = np.arange(30) % 3
    weights = np.array([[1.0, -1.0, 0.0], [0.0, 0.5, -1.0]])
    _, axes = plotting.figure()
    plotting.decision_regions(axes, lambda x: softmax(x @ weights), points, labels, resolution=30)
    assert sum(len(collection.get_offsets()) for collection in axes.collections if hasattr(collection, "get_sizes") and
               type(collection).__name__ == "PathCollection") == 30  # fmt: skip


def test_contours_of_confidence_lie_where_they_say():
    points, labels = np.array([[-3.0, -3.0], [3.0, 3.0], [0.0, 1.0]]), np.arange(3)
    weights = np.array([[1.0, -1.0, 0.0], [0.0, 0.5, -1.0]])
    _, axes = plotting.figure()
    plotting.decision_regions(
        axes, lambda x: softmax(x @ weights), points, labels, levels=(0.4, 0.5, 0.9), label_levels=False
    )
    assert not axes.texts
    lines = [c for c in axes.collections if type(c).__name__ == "QuadContourSet" and not c.filled]
    assert len(lines) == 4  # 0.4 of the largest probability, and 0.5 and 0.9 of each class
    for contours in lines:
        for level, path in zip(contours.levels, contours.get_paths(), strict=True):
            confidence = softmax(path.vertices @ weights).max(axis=-1)
            # only at 0.4 does the line cross the kinks between grid points
            assert np.all(abs(confidence - level) < (2e-3 if level >= 0.5 else 2e-2))


def test_annotate_lines_keeps_labels_apart():
    _, axes = plotting.figure()
    for k in range(3):
        axes.plot([0, 1], [0, 1 + 0.001 * k], label=f"line {k}")
    axes.plot([0, 1], [0, np.nan], label="short")
    plotting.annotate_lines(axes)
    heights = sorted(
        axes.transData.transform(text.xy)[1] * 72 / axes.figure.dpi + text.xyann[1] for text in axes.texts[:3]
    )
    assert np.diff(heights).min() >= 12.9


def test_small_helpers():
    _, axes = plotting.figure()
    plotting.reference_line(axes, 0.5, "half")
    plotting.reference_line(axes, 0.5, "half", vertical=True)
    plotting.bar_labels(axes, axes.bar([0, 1], [1, 2]), ["one", "two"])
    assert {"half", "one", "two"} <= {text.get_text() for text in axes.texts}


def test_lane_map_shows_every_box():
    _, axes = plotting.figure()
    plotting.lane_map(
        axes, ("one", "why?"), {"first": [("two", "how?")], "second": [("three", "when?"), ("four", "who?")]}
    )
    texts = {text.get_text() for text in axes.texts}
    assert texts == {"one", "why?", "first", "two", "how?", "second", "three", "when?", "four", "who?"}
    assert len(axes.patches) == 4


def test_simplex_point_maps_corners_and_center():
    assert np.allclose(plotting.simplex_point(np.eye(3)), [[0, 0], [1, 0], [0.5, np.sqrt(0.75)]])
    assert np.allclose(plotting.simplex_point(np.full(3, 1 / 3)), [0.5, np.sqrt(0.75) / 3])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda axes: plotting.probability_bars(axes, [[0.5, 0.5]]), "one vector"),
        (lambda axes: plotting.probability_bars(axes, [0.5, 0.5], ["a"]), "one label a value"),
        (lambda axes: plotting.score_bars(axes, [1.0, np.inf]), "finite"),
        (lambda axes: plotting.lane_map(axes, ("one", "why?"), {"empty": []}), "at least one box"),
        (lambda axes: plotting.score_bars(axes, [1.0, -1.0], ["a"]), "one label a value"),
        (lambda axes: plotting.image_grid(np.zeros((4, 4))), "N, height, width"),
        (lambda axes: plotting.image_grid(np.zeros((2, 4, 4)), ["a"]), "one title an image"),
        (lambda axes: plotting.weight_grid(np.zeros((15, 2)), (4, 4), ["a", "b"]), r"4 × 4 = 16.*\(15, 2\)"),
        (lambda axes: plotting.confusion_matrix(axes, np.zeros((2, 3)), ["a", "b"]), r"\(2, 2\).*\(2, 3\)"),
        (lambda axes: plotting.decision_regions(axes, None, np.zeros((3, 3)), np.zeros(3)), r"\(N, 2\)"),
        (lambda axes: plotting.simplex_axes(axes, ("a", "b")), "three labels"),
        (lambda axes: plotting.simplex_point([0.5, 0.5]), "three probabilities"),
    ],
)
def test_bad_input_is_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call(plotting.figure()[1])
