"""Softmax in depth: the small library of the book."""

from .classifier import *
from .functions import *
from .losses import *

__version__ = "0.1.0"
