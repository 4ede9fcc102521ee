"""What `import softmax_lib` brings, and what it leaves alone."""

import subprocess
import sys

import softmax_lib


def test_public_names():
    for name in softmax_lib.__all__:
        assert getattr(softmax_lib, name) is not None
    assert len(set(softmax_lib.__all__)) == len(softmax_lib.__all__)


def test_importing_the_library_imports_nothing_heavy():
    heavy = ["tensorflow", "keras", "matplotlib", "sklearn", "scipy", "pandas", "IPython"]
    code = f"import sys, softmax_lib; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
    assert result.stderr == ""
