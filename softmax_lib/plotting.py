"""The book's look: one palette, one style sheet for matplotlib, and the figures that chapters share.

Figures are SVG on a transparent ground. Their colors are a fixed set of hex codes which the book's build turns into
CSS variables, so that a figure follows the page into dark mode. Draw with ``INK``, ``MUTED``, ``GRID``, ``PAPER`` and
``CLASS_COLORS`` of this module, and with nothing else. The first three class colors are Okabe and Ito's (2008) blue,
vermilion and bluish green; all ten have at least 3:1 contrast on white.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

__all__ = [
    "CLASS_COLORS", "DIVERGING", "GRID", "INK", "INTENSITY", "MUTED", "PAPER", "annotate_lines", "bar_labels",
    "confusion_matrix", "decision_regions", "figure", "image_grid", "lane_map", "probability_bars", "reference_line",
    "score_bars", "simplex_axes", "simplex_point", "use_book_style", "weight_grid",
]  # fmt: skip

INK, MUTED, GRID, PAPER = "#1f2430", "#6a7180", "#d9dde3", "#fdfdfe"
CLASS_COLORS = (
    "#0072b2", "#d55e00", "#009e73", "#b8578f", "#a87600", "#2b8cc4", "#7a4f2e", "#d0467a", "#6b7280", "#5b57c7",
)  # fmt: skip

# Maps for pictures made of pixels. Both are fixed colors: a photograph does not change in dark mode.
INTENSITY = LinearSegmentedColormap.from_list("intensity", ["#ffffff", "#9cc9e6", "#0072b2", "#0b2b45"])
DIVERGING = LinearSegmentedColormap.from_list("diverging", ["#a04400", "#eda36b", "#f7f7f7", "#6db1d9", "#00507d"])

_TEXT_WIDTH = 7.2  # inches: the text column of the book at 96 px an inch

_STYLE = {
    "figure.figsize": (_TEXT_WIDTH, 3.6),
    "figure.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "figure.dpi": 96,
    "savefig.facecolor": PAPER,
    "savefig.bbox": "standard",
    "svg.fonttype": "none",
    "svg.hashsalt": "softmax in depth",
    "font.size": 11.5,
    # Measured in the font that matplotlib brings along, drawn in the page's own (which is narrower).
    "font.family": "DejaVu Sans",
    "axes.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 12.5,
    "axes.titleweight": "semibold",
    "axes.titlelocation": "left",
    "axes.labelsize": 11.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": mpl.cycler(color=CLASS_COLORS),
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "text.color": INK,
    "lines.linewidth": 2.0,
    "lines.markersize": 5,
    "patch.edgecolor": "none",
    "legend.frameon": False,
    "legend.fontsize": 10.5,
    "legend.labelcolor": INK,
    "image.cmap": "gray_r",
    "image.interpolation": "nearest",
}


def use_book_style() -> None:
    """Set matplotlib to the book's style, and notebooks to SVG figures.

    Call it once at the top of a notebook. Outside IPython only the style is set.
    """
    mpl.rcParams.update(_STYLE)
    # The measuring font has no semibold cut and is measured bold; the page's own font has one. Not worth a warning.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with suppress(ImportError):  # a plain Python session has no display to configure
        from IPython import get_ipython

        if get_ipython() is not None:
            from matplotlib_inline.backend_inline import set_matplotlib_formats

            # Without a fixed date the same figure has the same bytes in every run.
            set_matplotlib_formats("svg", metadata={"Date": None}, bbox_inches=None)


def figure(
    height: float = 3.6, columns: int = 1, rows: int = 1, *, width: float = _TEXT_WIDTH, **keywords
) -> tuple[Figure, Axes | np.ndarray]:
    """A figure as wide as the text, with `rows` × `columns` axes.

    Parameters
    ----------
    height, width : float
        Size in inches.
    columns, rows : int
        Grid of axes.
    **keywords
        Passed to :func:`matplotlib.pyplot.subplots` (``sharey``, ``width_ratios``, …).

    Returns
    -------
    (Figure, Axes or array of Axes)
    """
    return plt.subplots(rows, columns, figsize=(width, height), **keywords)


def probability_bars(
    axes: Axes,
    probabilities: Sequence[float],
    labels: Sequence[str] | None = None,
    *,
    colors: Sequence[str] = CLASS_COLORS,
    decimals: int = 3,
    limit: float = 1.0,
    title: str | None = None,
) -> None:
    """Horizontal bars of one probability vector, the value written beside each bar.

    Parameters
    ----------
    axes : matplotlib Axes
    probabilities : sequence of K floats
        Values to draw, first class on top.
    labels : sequence of K strings, optional
        Names of the classes; default ``0 … K−1``.
    colors : sequence of str
        Colors by class index, repeated when shorter than K.
    decimals : int
        Digits written beside a bar.
    limit : float
        Right end of the axis.
    title : str, optional

    Raises
    ------
    ValueError
        If `probabilities` is not a vector or `labels` has another length.
    """
    values = np.asarray(probabilities, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"probability_bars draws one vector of K values; got an array of shape {values.shape}.")
    _class_bars("probability_bars", axes, values, labels, colors, title)
    for position, value in enumerate(values):
        # nan has no place on the axis: its text stands where the bar would start.
        start = min(max(value, 0), limit) if np.isfinite(value) else 0
        axes.text(start + 0.012 * limit, position, f"{value:.{decimals}f}", va="center", fontsize=10.5)
    axes.set_xlim(0, 1.14 * limit)


def score_bars(
    axes: Axes,
    scores: Sequence[float],
    labels: Sequence[str] | None = None,
    *,
    colors: Sequence[str] = CLASS_COLORS,
    decimals: int = 1,
    title: str | None = None,
) -> None:
    """Horizontal bars of one vector of scores of either sign, the value written at the end of each bar.

    Parameters
    ----------
    axes : matplotlib Axes
    scores : sequence of K finite floats
        Values to draw, first class on top.
    labels : sequence of K strings, optional
        Names of the classes; default ``0 … K−1``.
    colors : sequence of str
        Colors by class index, repeated when shorter than K.
    decimals : int
        Digits written beside a bar.
    title : str, optional

    Raises
    ------
    ValueError
        If `scores` is not a vector of finite numbers or `labels` has another length.
    """
    values = np.asarray(scores, dtype=float)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise ValueError(f"score_bars draws one vector of K finite values; got {scores!r}.")
    _class_bars("score_bars", axes, values, labels, colors, title)
    for position, value in enumerate(values):
        axes.annotate(
            f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}"), (value, position), (4 if value >= 0 else -4, 0),
            textcoords="offset points", va="center", ha="left" if value >= 0 else "right", fontsize=10.5,
        )  # fmt: skip
    low, high = min(values.min(), 0), max(values.max(), 0)
    margin = 0.22 * ((high - low) or 1)  # room for the numbers
    axes.set_xlim(low - margin * (low < 0), high + margin)
    axes.axvline(0, color=MUTED, linewidth=1)


def _class_bars(
    caller: str,
    axes: Axes,
    values: np.ndarray,
    labels: Sequence[str] | None,
    colors: Sequence[str],
    title: str | None,
) -> None:
    """One horizontal bar a class, the first on top, named at its left without axis line, ticks and grid."""
    positions = np.arange(len(values))
    names = [str(k) for k in positions] if labels is None else list(labels)
    if len(names) != len(values):
        raise ValueError(f"{caller} needs one label a value; got {len(names)} labels for {len(values)} values.")
    axes.barh(positions, values, height=0.68, color=[colors[k % len(colors)] for k in positions])
    axes.set_yticks(positions, names)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    if title:
        axes.set_title(title)


def image_grid(
    images: np.ndarray,
    titles: Sequence[str] | None = None,
    *,
    columns: int = 5,
    title_colors: Sequence[str] | None = None,
    cell: float | None = None,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """Gray images in a grid, dark ink on white, each with its title above.

    Parameters
    ----------
    images : array of shape (N, height, width)
    titles : sequence of N strings, optional
    columns : int
        Images a row.
    title_colors : sequence of N colors, optional
    cell : float, optional
        Width of a cell in inches; default: the text width over `columns`.
    limits : (low, high), optional
        Gray levels drawn white and black; default: each image's own range.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If `images` has no three axes, or there are not as many titles as images.
    """
    images = np.asarray(images)
    if images.ndim != 3:
        raise ValueError(f"image_grid draws an array of shape (N, height, width); got {images.shape}.")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"image_grid needs one title an image; got {len(titles)} titles for {len(images)} images.")
    low, high = limits if limits is not None else (None, None)
    size = cell or _TEXT_WIDTH / columns
    rows = -(-len(images) // columns)
    drawn, grid = plt.subplots(rows, columns, figsize=(size * columns, (size + (0.3 if titles else 0)) * rows))
    for index, axes in enumerate(np.ravel(grid)):
        axes.set_axis_off()
        if index < len(images):
            axes.imshow(images[index], vmin=low, vmax=high)
            if titles is not None:
                color = INK if title_colors is None else title_colors[index]
                axes.set_title(titles[index], fontsize=10.5, fontweight="normal", loc="center", color=color)
    return drawn


def weight_grid(
    weights: np.ndarray, shape: tuple[int, int], titles: Sequence[str], *, columns: int = 5, cell: float | None = None
) -> Figure:
    """Each column of a (D, K) weight matrix as an image, on one diverging scale symmetric about zero.

    Parameters
    ----------
    weights : array of shape (D, K)
    shape : (height, width)
        Shape of the input image; their product is D.
    titles : sequence of K strings
    columns : int
        Images a row.
    cell : float, optional
        Width of a cell in inches.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If D is not height × width.
    """
    weights = np.asarray(weights)
    if weights.ndim != 2 or weights.shape[0] != shape[0] * shape[1]:
        raise ValueError(
            f"weight_grid draws a (D, K) matrix with D = {shape[0]} × {shape[1]} = {shape[0] * shape[1]}; "
            f"got shape {weights.shape}."
        )
    # The 99th percentile, so that a few extreme pixels do not wash out the rest.
    bound = float(np.percentile(np.abs(weights), 99)) or 1.0
    drawn = image_grid(weights.T.reshape(-1, *shape), titles, columns=columns, cell=cell, limits=(-bound, bound))
    for axes in drawn.axes:
        for picture in axes.get_images():
            picture.set_cmap(DIVERGING)
    return drawn


def confusion_matrix(
    axes: Axes, counts: np.ndarray, class_names: Sequence[str], *, highlight_errors: bool = True
) -> None:
    """A confusion matrix of counts: rows are the true class, columns the predicted one.

    Parameters
    ----------
    axes : matplotlib Axes
    counts : array of int, shape (K, K)
    class_names : sequence of K strings
    highlight_errors : bool
        Scale the color to the largest error instead of the diagonal, so that errors can be seen.

    Raises
    ------
    ValueError
        If `counts` is not square or its size differs from the number of names.
    """
    counts = np.asarray(counts)
    size = len(class_names)
    if counts.shape != (size, size):
        raise ValueError(f"confusion_matrix needs a ({size}, {size}) array for {size} class names; got {counts.shape}.")
    errors = counts - np.diag(np.diag(counts))
    top = (errors.max() if highlight_errors else counts.max()) or 1
    for row, column in np.ndindex(size, size):
        value = counts[row, column]
        right = row == column
        # At most half the color: the number stays legible on it, in the light theme and in the dark one.
        strength = 0.0 if value == 0 else 0.1 + 0.4 * min(1.0, value / (counts.max() if right else top))
        axes.add_patch(
            plt.Rectangle(
                (column - 0.5, row - 0.5), 1, 1, facecolor=CLASS_COLORS[0 if right else 1], alpha=strength, linewidth=0
            )
        )
        if value:
            axes.text(column, row, f"{value}", ha="center", va="center", fontsize=9.5)
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    axes.set_aspect("equal")
    axes.set_xticks(range(size), class_names, rotation=0 if max(map(len, class_names)) <= 2 else 55, ha="center")
    if max(map(len, class_names)) > 2:
        plt.setp(axes.get_xticklabels(), ha="right", rotation_mode="anchor")
    axes.set_yticks(range(size), class_names)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")


def decision_regions(
    axes: Axes,
    predict_proba,
    points: np.ndarray,
    labels: np.ndarray,
    *,
    margin: float = 0.6,
    levels: Sequence[float] = (0.5, 0.7, 0.9),
    resolution: int = 160,
    label_levels: bool = True,
) -> None:
    """Points in the plane, the region of every class, and contours of the largest probability.

    Parameters
    ----------
    axes : matplotlib Axes
    predict_proba : callable
        Maps (N, 2) features to (N, K) probabilities.
    points : array of shape (N, 2)
    labels : array of int, shape (N,)
    margin : float
        Space around the data, in data units.
    levels : sequence of float
        Confidence levels whose contours are drawn.
    resolution : int
        Grid points along each side.
    label_levels : bool
        Whether to write the levels on their contours.

    Raises
    ------
    ValueError
        If `points` is not of shape (N, 2).
    """
    points, labels = np.asarray(points), np.asarray(labels)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"decision_regions draws points of shape (N, 2); got {points.shape}.")
    (x_low, y_low), (x_high, y_high) = points.min(0) - margin, points.max(0) + margin
    x, y = np.meshgrid(np.linspace(x_low, x_high, resolution), np.linspace(y_low, y_high, resolution))
    probabilities = predict_proba(np.column_stack([x.ravel(), y.ravel()])).reshape(*x.shape, -1)
    classes = probabilities.shape[-1]
    for k in range(classes):
        others = np.delete(probabilities, k, axis=-1).max(-1)
        axes.contourf(x, y, probabilities[..., k] - others, levels=[0, 2], colors=[CLASS_COLORS[k]], alpha=0.14)
    # The largest probability has a kink on every border. From ½ on, a class's own probability has the same contours, and is smooth.
    high = [level for level in sorted(levels) if level >= 0.5]
    named: set[float] = set()
    surfaces = [(probabilities.max(-1), sorted(set(levels) - set(high)))]
    for surface, wanted in surfaces + [(probabilities[..., k], high) for k in range(classes)]:
        crossed = [level for level in wanted if surface.min() < level < surface.max()]
        if crossed:
            contours = axes.contour(x, y, surface, levels=crossed, colors=MUTED, linewidths=0.9)
            if label_levels:
                axes.clabel(contours, sorted(set(crossed) - named), fmt="%.2g", fontsize=9.5)
                named |= {0.5} & set(crossed)  # far from a third class, two rivals' contours of ½ are one line
    for k in range(classes):
        chosen = labels == k
        axes.scatter(*points[chosen].T, s=16, color=CLASS_COLORS[k], edgecolor=PAPER, linewidth=0.5)
    axes.set(xlim=(x_low, x_high), ylim=(y_low, y_high))
    axes.grid(visible=False)


def annotate_lines(axes: Axes, labels: Iterable[str] | None = None, *, offset: float = 6, gap: float = 13) -> None:
    """Write each line's label at its right end, in its color, instead of a legend.

    Labels that would collide are moved apart vertically.

    Parameters
    ----------
    axes : matplotlib Axes
    labels : iterable of str, optional
        One label a line; default: the labels the lines were drawn with.
    offset : float
        Distance from the line's end, in points.
    gap : float
        Least vertical distance between two labels, in points.
    """
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) > 1 and not line.get_label().startswith("_")]
    names = [line.get_label() for line in lines] if labels is None else list(labels)
    axes.figure.draw_without_rendering()  # so that data coordinates have their final places
    scale = 72 / axes.figure.dpi
    ends = []
    for line, name in zip(lines, names, strict=True):
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        last = np.flatnonzero(np.isfinite(x) & np.isfinite(y))[-1]
        ends.append((axes.transData.transform((x[last], y[last]))[1] * scale, x[last], y[last], name, line.get_color()))
    lowest = -np.inf
    for height, x, y, name, color in sorted(ends, key=lambda end: end[0]):
        shift = max(0.0, lowest + gap - height)
        lowest = height + shift
        axes.annotate(
            name, (x, y), (offset, shift), textcoords="offset points", va="center", color=color, fontsize=10.5,
            annotation_clip=False,
        )  # fmt: skip


def reference_line(axes: Axes, value: float, text: str, *, vertical: bool = False) -> None:
    """A thin dashed line at `value` with its meaning written along it.

    Parameters
    ----------
    axes : matplotlib Axes
    value : float
        Position on the y axis, or on the x axis when `vertical`.
    text : str
    vertical : bool
    """
    draw = axes.axvline if vertical else axes.axhline
    draw(value, color=MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    if vertical:
        axes.annotate(
            text, (value, 1), (4, -2), xycoords=axes.get_xaxis_transform(), textcoords="offset points",
            va="top", color=MUTED, fontsize=10,
        )  # fmt: skip
    else:
        axes.annotate(
            text, (1, value), (-2, 3), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
            ha="right", va="bottom", color=MUTED, fontsize=10,
        )  # fmt: skip


def bar_labels(axes: Axes, bars, texts: Sequence[str]) -> None:
    """Write one text above each bar of a bar chart.

    Parameters
    ----------
    axes : matplotlib Axes
    bars : BarContainer
        What ``axes.bar`` returned.
    texts : sequence of str
    """
    axes.bar_label(bars, labels=list(texts), padding=2, fontsize=10)


def lane_map(axes: Axes, start: tuple[str, str], lanes: dict[str, Sequence[tuple[str, str]]]) -> None:
    """A map of boxes: one start on the left, from which named lanes of boxes lead to the right.

    Parameters
    ----------
    axes : matplotlib Axes
    start : (title, question)
        Texts of the box that all lanes leave from.
    lanes : dict of sequences of (title, question)
        The boxes of each named lane, in order, at most ten lanes.

    Raises
    ------
    ValueError
        If there is no lane, or a lane without a box.
    """
    if not lanes or not all(lanes.values()):
        raise ValueError("lane_map needs at least one lane, and at least one box in every lane.")
    middle = (len(lanes) - 1) / 2
    boxes = [(0, middle, INK, start)]
    for lane, (name, stops) in enumerate(lanes.items()):
        color = CLASS_COLORS[lane]
        axes.plot([0, 1, len(stops)], [middle, lane, lane], color=color, linewidth=3, zorder=0)
        axes.text(0.75, lane - 0.34, name, color=color, fontweight="semibold", va="bottom")
        boxes += [(column, lane, color, stop) for column, stop in enumerate(stops, 1)]
    for x, y, color, (title, question) in boxes:
        frame = plt.Rectangle((x - 0.44, y - 0.27), 0.88, 0.54, facecolor=PAPER, edgecolor=color, linewidth=1.6)
        axes.add_patch(frame)
        axes.text(x, y - 0.11, title, ha="center", va="center", fontweight="semibold")
        axes.text(x, y + 0.13, question, ha="center", va="center", fontsize=10)
    axes.set_xlim(-0.5, max(map(len, lanes.values())) + 0.5)
    axes.set_ylim(len(lanes) - 0.65, -0.65)
    axes.set_axis_off()


_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])


def simplex_point(probabilities: np.ndarray) -> np.ndarray:
    """Plane coordinates of points of the probability simplex with three classes.

    Class 0 is the lower left corner, class 1 the lower right, class 2 the top of a triangle with side 1.

    Parameters
    ----------
    probabilities : array of shape (..., 3)

    Returns
    -------
    ndarray of shape (..., 2)

    Raises
    ------
    ValueError
        If the last axis is not of length 3.

    Examples
    --------
    >>> simplex_point([1, 0, 0]).tolist()
    [0.0, 0.0]
    """
    probabilities = np.asarray(probabilities, dtype=float)
    if probabilities.shape[-1:] != (3,):
        raise ValueError(f"simplex_point maps vectors of three probabilities; got shape {probabilities.shape}.")
    return probabilities @ _CORNERS


def simplex_axes(axes: Axes, labels: Sequence[str] = ("1", "2", "3"), *, steps: int = 5) -> None:
    """Draw the triangle of all distributions over three classes, with its grid and corner names.

    Parameters
    ----------
    axes : matplotlib Axes
    labels : sequence of three strings
        Names of the corners, in class order.
    steps : int
        Grid intervals along a side.

    Raises
    ------
    ValueError
        If there are not three labels.
    """
    if len(labels) != 3:
        raise ValueError(f"simplex_axes has three corners and needs three labels; got {len(labels)}.")
    for level in np.arange(1, steps) / steps:
        for k in range(3):
            ends = np.zeros((2, 3))
            ends[:, k] = level
            ends[0, (k + 1) % 3] = ends[1, (k + 2) % 3] = 1 - level
            axes.plot(*simplex_point(ends).T, color=GRID, linewidth=0.8, zorder=0)
    axes.plot(*_CORNERS[[0, 1, 2, 0]].T, color=MUTED, linewidth=1.2, zorder=1)
    places = [((0, -6), "center", "top"), ((0, -6), "center", "top"), ((0, 5), "center", "bottom")]
    for k, (offset, horizontal, vertical) in enumerate(places):
        axes.annotate(
            labels[k], _CORNERS[k], offset, textcoords="offset points", ha=horizontal, va=vertical,
            color=CLASS_COLORS[k], fontweight="semibold",
        )  # fmt: skip
    axes.set_aspect("equal")
    axes.set_axis_off()
