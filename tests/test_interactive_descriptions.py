"""Every interactive figure takes the author's words in place of its own description."""

import numpy as np
import pytest

from softmax_lib import interactive

ANIMALS = ["cat", "dog", "bird"]
SCORES = [2.1, 0.3, -1.0]
POINTS = ([[-1.0, 0.0], [1.0, 0.5]], [0, 1], ["left", "right"])
CALLS = {
    "choice_maps": ([0.6, 0.3, -0.9], ANIMALS),
    "decision_regions": POINTS,
    "fit_by_hand": POINTS,
    "float_range": (),
    "garment_stress": (np.zeros((1, 4, 4), np.uint8), [0], np.zeros((16, 2)), [0, 0], ["shoe", "bag"]),
    "gibbs_simplex": (SCORES, ANIMALS),
    "loss_surface": ([0.5, 1.0, 2.0], [0, 1, 1]),
    "metropolis_walk": ([0.0, 1.0, 2.0],),
    "random_utility": (SCORES, ANIMALS),
    "simplex_flow": ([1.0, 0.0, -1.0],),
    "soft_maximum": (),
    "softmax_explorer": (SCORES, ANIMALS),
    "text_sampler": ("to be or not to be " * 10,),
    "wiring_explorer": ([4.0, 0.0, -2.0], ANIMALS),
}


def test_every_component_is_listed_here():
    assert {name.replace("_", "-") for name in CALLS} == set(interactive.component_names())


@pytest.mark.parametrize("name", CALLS)
def test_words_of_the_author_reach_the_figure(name):
    own = getattr(interactive, name)(*CALLS[name])
    given = getattr(interactive, name)(*CALLS[name], description="What this picture is about.")
    assert "What this picture is about." in given._repr_html_()
    assert "What this picture is about." not in own._repr_html_()
    assert own.spec == given.spec
