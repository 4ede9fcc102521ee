"""The page of the library says what is so: attributes that exist, names that are there, chapters that use them."""

import importlib
import inspect
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import NumpyDocstring

import softmax_lib as sl
from softmax_lib import datasets, devices, keras_models, plotting

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "_ext"))

import book_chinese  # noqa: E402
import book_library  # noqa: E402

PAGE = (ROOT / "appendices" / "reference.md").read_text("utf8")
SPHINX = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))["sphinx"]["config"]
NAPOLEON = Config(**{name: value for name, value in SPHINX.items() if name.startswith("napoleon_")})
NAPOLEON.strip_signature_backslash = SPHINX["strip_signature_backslash"]
MODULES = [importlib.import_module(f"softmax_lib.{name}") for name in re.findall(r"\{names\}`(\w+)`", PAGE)]
PUBLIC = {f"{module.__name__}.{name}": getattr(module, name) for module in MODULES for name in module.__all__}
CLASSES = {cls.__name__: cls for cls in PUBLIC.values() if isinstance(cls, type)}

X, LABELS = np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 3


def fitted_on_a_table():
    pandas = pytest.importorskip("pandas")
    return sl.SoftmaxRegression(inference=True).fit(pandas.DataFrame(X, columns=["a", "b"]), LABELS)


EXAMPLES = {
    "OnlineLogSumExp": sl.online_logsumexp,
    "Categorical": lambda: sl.Categorical([0.0, 1.0]),
    "SoftmaxClassifier": lambda: sl.SoftmaxClassifier(np.eye(2)),
    "SoftmaxRegression": lambda: sl.SoftmaxRegression(inference=True).fit(X, LABELS),
    "ReliabilityCurve": lambda: sl.reliability_curve([[0.9, 0.1]], [0]),
    "TemperatureScaler": lambda: sl.TemperatureScaler().fit([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]], [0, 0, 1]),
    "DigitsSplit": datasets.load_digits_split,
    "FashionMNIST": datasets.load_fashion_mnist,
    "JapaneseVowels": datasets.load_japanese_vowels,
    "Devices": lambda: devices.Devices("jax", "CPU", ("CPU:0",), ("",), 1),
    "PixelScaler": lambda: keras_models.PixelScaler.fit(np.ones((1, 2, 2))),
}
DOCUMENTED = {
    name: [found.replace("\\", "") for found in re.findall(r"(?m)^:ivar (.+?): ?", text)]
    for name, cls in CLASSES.items()
    if (text := str(NumpyDocstring(inspect.getdoc(cls), NAPOLEON, what="class")))
}


@pytest.mark.parametrize("name", [name for name, attributes in DOCUMENTED.items() if attributes])
def test_every_attribute_that_is_told_exists(name):
    example = EXAMPLES[name]()
    told = set(DOCUMENTED[name]) - {"feature_names_in_"}  # of tables only: see the next test
    assert {attribute for attribute in told if not hasattr(example, attribute)} == set()


def test_columns_of_a_table_keep_their_names():
    assert "feature_names_in_" in DOCUMENTED["SoftmaxRegression"]
    assert fitted_on_a_table().feature_names_in_.tolist() == ["a", "b"]


def test_every_class_with_an_example_tells_its_attributes():
    assert {name for name, attributes in DOCUMENTED.items() if attributes} == set(EXAMPLES)


def test_the_page_shows_every_module_that_it_names():
    shown = re.findall(r"auto(?:module|class):: softmax_lib\.(\w+)", PAGE)
    assert [module.__name__.rpartition(".")[2] for module in MODULES] == shown
    assert set(sl.__all__) <= {name.rpartition(".")[2] for name in PUBLIC}


@pytest.mark.parametrize("name", [name for name, member in PUBLIC.items() if inspect.isroutine(member)] + list(CLASSES))
def test_no_docstring_keeps_a_list_of_chapters(name):
    assert "Used in" not in inspect.getdoc(PUBLIC.get(name) or CLASSES[name])


def test_uses_are_found_however_a_name_is_imported():
    code = """
%matplotlib inline
import softmax_lib as sl, numpy as np
from softmax_lib import entropy as H, plotting, softmax
from softmax_lib.datasets import load_digits_split
figure, axes = plotting.figure(columns=2)
digits = load_digits_split()
np.log(sl.logsumexp(H(p)), axis=sl.functions.softmax(z).ndim)
softmax = other.log_softmax
"""
    assert book_library.used_names(code) == {
        "softmax_lib", "softmax_lib.entropy", "softmax_lib.plotting", "softmax_lib.plotting.figure",
        "softmax_lib.datasets.load_digits_split", "softmax_lib.logsumexp", "softmax_lib.functions",
        "softmax_lib.functions.softmax",
    }  # fmt: skip


def test_uses_are_read_from_the_notebooks(tmp_path):
    (tmp_path / "one.ipynb").write_text(
        '{"cells": [{"cell_type": "code", "source": ["from softmax_lib import softmax\\n", "softmax(1)"]},'
        ' {"cell_type": "markdown", "source": "from softmax_lib import entropy; entropy(p)"}]}'
    )
    assert book_library.names_in(tmp_path / "one.ipynb", 0) == {"softmax_lib.softmax"}


def test_signatures_are_those_that_can_be_written():
    sign = book_library._sign
    layer = sign(None, "class", "", keras_models.TemperatureSoftmax, None, "(*args, **kwargs)", None)
    assert layer == ("(axis=-1, temperature=1.0, **keywords)", None)
    assert sign(None, "function", "", plotting.figure, None, "(*, width=_TEXT_WIDTH)", "x") == ("(*, width=7.2)", "x")
    assert sign(None, "property", "", property(), None, None, None) == (None, None)


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("Softmax. 软最大化函数、归一化指数函数", ["软最大化函数、归一化指数函数"]),
        ("有限内存BFGS算法 or KL 散度", ["有限内存BFGS算法", "散度"]),
        ("前 k 个预测; 熵最大映射（entmax）", ["前 k 个预测", "熵最大映射（entmax）"]),
        ("Böhning’s “bound” – ½", []),
    ],
)
def test_chinese_is_found_in_an_english_sentence(text, chinese):
    assert book_chinese.CHINESE.split(text)[1::2] == chinese
