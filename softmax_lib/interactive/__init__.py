"""Interactive figures that need no kernel, used from a notebook by one line.

>>> from softmax_lib import interactive
>>> figure = interactive.softmax_explorer(logits=[2.1, 0.3, -1.0], labels=["cat", "dog", "bird"])

A figure is a *component* (``js/<name>.js``: pure functions of a state, see ``js/lab.js``) and a *specification*
(plain JSON). In JupyterLab the output carries its own script; the book replaces it by a picture drawn while the
book is built and by one script shared by all pages.

A new component is one file in ``js/`` and one function in a module of its own (``_<name>.py``), imported below.
"""

from softmax_lib.interactive._choice_maps import choice_maps
from softmax_lib.interactive._decision_regions import decision_regions
from softmax_lib.interactive._figure import Figure, component_names, script, stylesheet
from softmax_lib.interactive._fit_by_hand import fit_by_hand
from softmax_lib.interactive._float_range import float_range
from softmax_lib.interactive._garment_stress import garment_stress
from softmax_lib.interactive._gibbs_simplex import gibbs_simplex
from softmax_lib.interactive._loss_surface import loss_surface
from softmax_lib.interactive._metropolis_walk import metropolis_walk
from softmax_lib.interactive._random_utility import random_utility
from softmax_lib.interactive._simplex_flow import simplex_flow
from softmax_lib.interactive._soft_maximum import soft_maximum
from softmax_lib.interactive._softmax_explorer import softmax_explorer
from softmax_lib.interactive._text_sampler import text_sampler
from softmax_lib.interactive._wiring_explorer import wiring_explorer

__all__ = [
    "Figure",
    "choice_maps",
    "component_names",
    "decision_regions",
    "fit_by_hand",
    "float_range",
    "garment_stress",
    "gibbs_simplex",
    "loss_surface",
    "metropolis_walk",
    "random_utility",
    "script",
    "simplex_flow",
    "soft_maximum",
    "softmax_explorer",
    "stylesheet",
    "text_sampler",
    "wiring_explorer",
]
