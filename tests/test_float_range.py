"""The interactive number formats: without a browser, against NumPy, ml_dtypes and softmax_lib."""

import numpy as np
import pytest
from in_page import Page

from softmax_lib import interactive, softmax

ml_dtypes = pytest.importorskip("ml_dtypes")

PAGE = Page(interactive.float_range())
FORMATS = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float32": np.float32, "float64": np.float64}


def play(*events, **options):
    return PAGE.play(*events, spec=interactive.float_range(**options).spec)


def evaluate(name, shift, gap):
    """Everything the picture shows; JSON has no nan and no infinity, so they travel as text."""
    keep = "(_, v) => typeof v === 'number' && !Number.isFinite(v) ? String(v) : v"
    function = f"(state) => JSON.parse(JSON.stringify(lab.get('float-range').evaluate(state), {keep}))"
    values = PAGE.apply(function, {"format": name, "shift": shift, "gap": gap})
    return {key: np.array(value, dtype=float) for key, value in values.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_rounding_is_that_of_the_format(name):
    generator = np.random.default_rng(7)
    dtype, info = FORMATS[name], ml_dtypes.finfo(FORMATS[name])
    reach = np.log(float(info.max)) * 1.02
    values = np.concatenate([generator.uniform(-1, 1, 500) * np.exp(generator.uniform(-reach, reach, 500).clip(-740, 709)),
                             np.arange(-40, 40) / 16, [0.0, float(info.max), float(info.tiny)]])  # fmt: skip
    # halfway cases: ties go to even
    with np.errstate(over="ignore"):
        neighbors = values.astype(dtype).astype(float)
    values = np.concatenate([values, neighbors * (1 + 0.5 * float(info.eps))])
    values = values[np.isfinite(values)]
    rounded = "(name, values) => values.map(lab.get('float-range').rounder(name)).map(String)"
    ours = np.array(PAGE.apply(rounded, name, values), dtype=float)
    with np.errstate(over="ignore", under="ignore"):
        np.testing.assert_array_equal(ours, values.astype(dtype).astype(float))


@pytest.mark.parametrize(("name", "shift", "gap"), [("float16", 11.0, 9.0), ("float32", 60.0, 20.0), ("float32", 90.0, 3.0),
                                                    ("float32", -115.0, 8.0), ("float64", 700.0, 300.0)])  # fmt: skip
def test_both_formulas_are_computed_in_the_format(name, shift, gap):
    dtype = FORMATS[name]
    seen = evaluate(name, shift, gap)
    scores = (shift + np.array([0, -0.35, -1]) * gap).astype(dtype)
    with np.errstate(all="ignore"):
        for shown, z in [("naive", scores), ("safe", scores - scores.max())]:
            exps = np.exp(z.astype(float)).astype(dtype)  # correctly rounded, as in the figure
            total = dtype(0)
            for value in exps:
                total = dtype(total + value)
            np.testing.assert_allclose(
                seen[shown], (exps / total).astype(float), rtol=1e-14 if name == "float64" else 0
            )
    np.testing.assert_allclose(seen["exact"], softmax(scores.astype(float)), rtol=1e-12)


def test_overflow_and_underflow_are_told_apart():
    assert "The plain formula answers nan (overflow); the shifted one is off by" in play(largest=89, gap=4)["text"]
    assert "The plain formula answers nan (0/0); the shifted one" in play(largest=-110, gap=4)["text"]
    assert "The plain formula turns a probability into 0" in play(largest=-95, gap=12)["text"]
    assert "right to the digits shown; the shifted one is right" in play(format="float64", largest=700, gap=50)["text"]


@pytest.mark.parametrize(("name", "ends"), [("float16", ("11.09", "−17.33")), ("float32", ("88.72", "−103.97")),
                                            ("bfloat16", ("88.72", "−92.88")), ("float64", ("709.8", "−745.1"))])  # fmt: skip
def test_readout_names_the_ends_of_the_format(name, ends):
    text = play(format=name, largest=1, gap=1)["text"]
    assert f"finite up to {ends[0]} and zero below {ends[1]}" in text


def test_a_new_format_keeps_the_sliders_in_range():
    state = play(["set", "format", "float16"], largest=95, gap=100)["state"]
    assert state == {"format": "float16", "shift": 20, "gap": 24}


def test_the_handle_moves_all_scores():
    state = play(["move", "top", 464, 0], largest=0, gap=5)["state"]
    assert (state["shift"], state["gap"]) == (120, 5)


def test_every_format_draws_a_finite_picture():
    for name in FORMATS:
        for shift in (-900, 0, 900):
            svg = play(["set", "format", name], ["set", "shift", shift], ["set", "gap", 900])["svg"]
            assert "NaN" not in svg
            assert "Infinity" not in svg


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": ["a"]}, "3 names"),
        ({"format": "float8"}, "format must be one of"),
        ({"largest": 121.0}, "largest must lie between"),
        ({"format": "float16", "largest": 1, "gap": 25}, "gap must lie between"),
    ],
)
def test_bad_input_is_explained(options, message):
    with pytest.raises(ValueError, match=message):
        interactive.float_range(**options)
