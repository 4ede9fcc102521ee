"""The interactive figures without a browser: the numerics against softmax_lib, and every component's own functions."""

from __future__ import annotations

import inspect
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from in_page import Scripts

from softmax_lib import cross_entropy, entropy, interactive, kl_divergence, log_softmax, logsumexp, softmax

DEFAULTS = {
    "softmax-explorer": interactive.softmax_explorer([2.1, 0.3, -1.0], ["cat", "dog & co", "bird"]),
}


def default_figure(name: str) -> interactive.Figure | None:
    """The figure of a component from its function's defaults or the arguments above; None where it needs others."""
    if name in DEFAULTS:
        return DEFAULTS[name]
    function = getattr(interactive, name.replace("-", "_"))
    needed = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    return None if needed else function()


# Components that need data (points, a corpus, …) are driven by the tests of their own modules.
FIGURES = {name: figure for name in interactive.component_names() if (figure := default_figure(name))}


run = Scripts().apply  # calls a function where all components are at hand


SAMPLES = [
    [2.1, 0.3, -1.0],
    [0.0, 0.0],
    [700.0, -700.0, 0.5],
    [1e-9, -1e-9, 3.0, 2.0],
    np.linspace(-40, 40, 10).tolist(),
]


@pytest.mark.parametrize("z", SAMPLES)
def test_numerics_agree_with_the_library(z):
    p = softmax(np.array(z))
    np.testing.assert_allclose(run("lab.math.softmax", z), p, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(run("lab.math.softmax", z, 2.5), softmax(np.array(z) / 2.5), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(run("lab.math.logSoftmax", z), log_softmax(np.array(z)), rtol=1e-12, atol=1e-12)
    assert run("lab.math.logsumexp", z) == pytest.approx(float(logsumexp(np.array(z))), rel=1e-12)
    assert run("lab.math.entropy", p) == pytest.approx(float(entropy(p)), rel=1e-12, abs=1e-14)
    assert run("lab.math.crossEntropy", z, 1) == pytest.approx(
        float(cross_entropy(np.array([z]), [1])), rel=1e-12, abs=1e-12
    )
    assert run("lab.math.argmax", z) == int(np.argmax(z))


def test_divergence_agrees_with_the_library():
    p, q = softmax(np.array([1.0, 2.0, 0.5])), softmax(np.array([0.0, 1.0, -1.0]))
    assert run("lab.math.kl", p, q) == pytest.approx(float(kl_divergence(p, q)), rel=1e-12)


def test_affine_map_agrees_with_numpy():
    x, weights, bias = np.array([1.0, -2.0]), np.array([[0.5, 1.0, -1.0], [2.0, 0.0, 1.5]]), np.array([0.1, 0.2, 0.3])
    np.testing.assert_allclose(run("lab.math.affine", x, weights, bias), x @ weights + bias)


def test_random_numbers_have_their_seed_and_their_distribution():
    draw = "(seed, n, what) => { const r = lab.math.rng(seed); return Array.from({length: n}, () => r[what]()); }"
    assert run(draw, 1, 5, "uniform") == run(draw, 1, 5, "uniform") != run(draw, 2, 5, "uniform")
    sample = np.array(run(draw, 3, 20000, "uniform"))
    assert sample.min() > 0
    assert sample.max() < 1
    assert abs(sample.mean() - 0.5) < 4 * np.sqrt(1 / 12 / sample.size)  # four standard errors
    normal = np.array(run(draw, 4, 20000, "normal"))
    assert abs(normal.mean()) < 4 / np.sqrt(normal.size)
    assert abs(normal.std() - 1) < 0.03
    gumbel = np.array(run(draw, 5, 20000, "gumbel"))
    assert abs(gumbel.mean() - np.euler_gamma) < 4 * np.pi / np.sqrt(6 * gumbel.size)


def test_choice_follows_the_probabilities():
    p = [0.7, 0.2, 0.1]
    code = "(p, n) => { const r = lab.math.rng(7), c = p.map(() => 0); for (let i = 0; i < n; i++) c[r.choice(p)]++; return c; }"
    counts = np.array(run(code, p, 20000))
    statistic = np.sum((counts - 20000 * np.array(p)) ** 2 / (20000 * np.array(p)))
    assert statistic < 13.8  # chi-square with 2 degrees of freedom: exceeded once in a thousand


def test_scales_have_round_ticks():
    assert run("() => lab.svg.scale([0, 1], [0, 100]).ticks(5)") == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert run("() => lab.svg.scale([-4, 4], [0, 100]).ticks(4)") == [-4, -2, 0, 2, 4]
    assert run("() => { const f = lab.svg.scale([2, 4], [10, 30]); return [f(3), f.invert(f(2.5))]; }") == [
        20,
        2.5,
    ]


def test_text_is_escaped():
    assert run("() => lab.svg.text(1, 2, '<b> & \"x\"')") == '<text x="1" y="2">&lt;b&gt; &amp; &quot;x&quot;</text>'


def test_a_half_plane_cuts_a_polygon():
    assert run("() => lab.math.clip([[0, 0], [2, 0], [2, 2], [0, 2]], 1, 0, -1)") == [
        [1, 0],
        [2, 0],
        [2, 2],
        [1, 2],
    ]


def test_an_unknown_component_or_event_is_named():
    with pytest.raises(Exception, match='no component "nothing"'):
        run("lab.run", "nothing", {})
    with pytest.raises(Exception, match="unknown event"):
        run("lab.run", "softmax-explorer", DEFAULTS["softmax-explorer"].spec, [["jump"]])
    with pytest.raises(Exception, match="needs a function draw"):
        run("() => lab.define('half', {state() {}, controls() {}})")


@pytest.mark.parametrize("name", FIGURES)
def test_every_component_draws_a_sound_picture(name):
    figure = FIGURES[name]
    component = "(name, spec) => { const c = lab.get(name), s = c.state(spec); return [s, c.controls(s, spec), c.handles ? c.handles(s, spec) : []]; }"
    state, controls, handles = run(component, name, figure.spec)
    events: list[list] = [[]]
    for control in controls:
        if control["type"] == "range":
            assert control["min"] <= state[control["id"]] <= control["max"], control
            events += [[["set", control["id"], control["min"]]], [["set", control["id"], control["max"]]]]
        elif control["type"] == "choice":
            assert str(state[control["id"]]) in [str(value) for value, _ in control["options"]]
            events += [[["set", control["id"], value]] for value, _ in control["options"]]
        elif control["type"] == "toggle":
            events.append([["set", control["id"], not state[control["id"]]]])
        elif control["type"] == "button":
            events.append([["set", control["id"], None]])
        else:
            pytest.fail(f"unknown control: {control}")
    events += [[["move", handle["id"], 0, 0]] for handle in handles]
    for event in events:
        result = run("lab.run", name, figure.spec, event)
        root = ElementTree.fromstring(result["svg"])
        assert root.tag.endswith("svg")
        assert re.fullmatch(r"0 0 \d+(\.\d+)? \d+(\.\d+)?", root.get("viewBox"))
        assert not re.search(r"NaN|undefined|Infinity|\[object", result["svg"] + result["text"])
        assert ' id="' not in result["svg"]
        shapes = [element for element in root.iter() if not element.tag.endswith(("text", "tspan", "title"))]
        stray = "".join((shape.text or "") + "".join(part.tail or "" for part in shape) for shape in shapes)
        assert not stray.strip(), "words belong into a text element"
        assert not re.search(r"(?:fill|stroke)=\"(?!none)[^\"]*\"", result["svg"]), "colors come by class"
        assert len(result["text"]) > 20


@pytest.mark.parametrize("name", interactive.component_names())
def test_a_component_is_small(name):
    assert len((interactive._figure.HERE / "js" / f"{name}.js").read_bytes()) < 30_000


@pytest.mark.parametrize("name", FIGURES)
def test_every_control_has_a_label_and_a_unique_id(name):
    figure = FIGURES[name]
    stage = run("lab.render", name, figure.spec, "key", "words")
    ids = re.findall(r' id="([^"]+)"', stage)
    assert len(ids) == len(set(ids))
    for one in re.findall(r'<(?:input|select)[^>]* id="([^"]+)"', stage):
        assert f'for="{one}"' in stage, one


def test_a_figure_says_what_is_wrong_with_it():
    with pytest.raises(ValueError, match=r"unknown component 'nothing'; there are: .*softmax-explorer"):
        interactive.Figure("nothing", {}, "title", "words")
    with pytest.raises(ValueError, match="needs a description"):
        interactive.Figure("softmax-explorer", {}, "title", " ")
    with pytest.raises(ValueError, match="plain, finite JSON"):
        interactive.Figure("softmax-explorer", {"z": float("nan")}, "title", "words")


def test_a_figure_survives_its_own_html():
    figure = interactive.softmax_explorer([1.0, 2.0], ["</script>", 'a "quoted" <b>'])
    assert interactive.Figure.from_html(figure._repr_html_()) == figure
    assert figure.to_html().count("</script>") == 1
    assert interactive.Figure.from_html("<p>nothing</p>") is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0],), "2 to 10 numbers"),
        (([1.0, float("nan")],), "must be finite"),
        (([1.0, 2.0], ["one"]), "labels must hold 2 names, not 1"),
        (([1.0, 2.0], None, 0.0), "between 0.1 and 5"),
    ],
)
def test_the_explorer_refuses_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        interactive.softmax_explorer(*arguments)
