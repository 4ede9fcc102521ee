"""The data of the book, read from the package itself: no network, no cache folder, no surprise.

Each set lives in a folder of ``softmax_lib/data`` beside its license and the checksums of its files.
"""

from __future__ import annotations

import gzip
import hashlib
import io
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

__all__ = [
    "DigitsSplit", "FashionMNIST", "JapaneseVowels", "load_digits_split", "load_fashion_mnist", "load_japanese_vowels",
    "load_wonderland",
]  # fmt: skip

FASHION_CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip

_IDX_UNSIGNED_BYTE = 0x08


@dataclass(frozen=True, eq=False)
class ImageSplit:
    """Images and integer labels, already split into a training and a test part.

    Attributes
    ----------
    train_images : ndarray of shape (N, height, width)
    train_labels : ndarray of int64, shape (N,)
        Class indices from 0 to ``len(class_names) - 1``.
    test_images : ndarray of shape (N, height, width)
    test_labels : ndarray of int64, shape (N,)
        Class indices, as in the training part.
    class_names : tuple of str
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    class_names: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(train_images {self.train_images.shape} {self.train_images.dtype}, "
            f"test_images {self.test_images.shape}, {len(self.class_names)} classes)"
        )


class FashionMNIST(ImageSplit):
    """What :func:`load_fashion_mnist` returns.

    Attributes
    ----------
    train_images : ndarray of uint8, shape (60000, 28, 28)
        Gray levels from 0 (background) to 255.
    train_labels : ndarray of int64, shape (60000,)
        Class indices from 0 to 9.
    test_images : ndarray of uint8, shape (10000, 28, 28)
    test_labels : ndarray of int64, shape (10000,)
    class_names : tuple of ten str
        By class index, from "T-shirt/top" to "Ankle boot".
    """


class DigitsSplit(ImageSplit):
    """What :func:`load_digits_split` returns.

    Attributes
    ----------
    train_images : ndarray of float64, shape (N, 8, 8)
        Gray levels from 0 (background) to 16.
    train_labels : ndarray of int64, shape (N,)
        The digits, 0 to 9.
    test_images : ndarray of float64, shape (N, 8, 8)
    test_labels : ndarray of int64, shape (N,)
    class_names : tuple of ten str
        "0" to "9".
    """


@dataclass(frozen=True, eq=False)
class JapaneseVowels:
    """What :func:`load_japanese_vowels` returns: utterances of unequal length, padded with zeros at the end.

    Attributes
    ----------
    train_frames : ndarray of float32, shape (270, 29, 12)
        Twelve cepstral coefficients a frame; frames beyond the utterance's length are 0.
    train_lengths : ndarray of int64, shape (270,)
        Number of frames of each utterance.
    train_speakers : ndarray of int64, shape (270,)
        Who speaks, 0 to 8.
    test_frames : ndarray of float32, shape (370, 29, 12)
    test_lengths : ndarray of int64, shape (370,)
    test_speakers : ndarray of int64, shape (370,)
    """

    train_frames: np.ndarray
    train_lengths: np.ndarray
    train_speakers: np.ndarray
    test_frames: np.ndarray
    test_lengths: np.ndarray
    test_speakers: np.ndarray

    def __repr__(self) -> str:
        return (
            f"JapaneseVowels(train_frames {self.train_frames.shape} {self.train_frames.dtype}, "
            f"test_frames {self.test_frames.shape}, {self.train_speakers.max() + 1} speakers)"
        )


def load_fashion_mnist() -> FashionMNIST:
    """Fashion-MNIST as published: 60,000 training and 10,000 test images of clothes.

    Returns
    -------
    FashionMNIST
        ``train_images`` (60000, 28, 28) uint8, ``train_labels`` (60000,) int64, ``test_images`` (10000, 28, 28)
        uint8, ``test_labels`` (10000,) int64, ``class_names`` of ten.

    Raises
    ------
    FileNotFoundError
        If the package was installed without its data.
    OSError
        If a file's SHA-256 checksum is not the published one (an incomplete download or clone).

    Notes
    -----
    Reading takes about half a second. Source: Xiao, Rasul & Vollgraf (2017), arXiv:1708.07747; MIT license.

    Examples
    --------
    >>> clothes = load_fashion_mnist()
    >>> clothes.train_images.shape, clothes.class_names[clothes.train_labels[0]]
    ((60000, 28, 28), 'Ankle boot')
    """
    return FashionMNIST(
        train_images=_read_idx("fashion-mnist", "train-images-idx3-ubyte.gz"),
        train_labels=_read_idx("fashion-mnist", "train-labels-idx1-ubyte.gz").astype(np.int64),
        test_images=_read_idx("fashion-mnist", "t10k-images-idx3-ubyte.gz"),
        test_labels=_read_idx("fashion-mnist", "t10k-labels-idx1-ubyte.gz").astype(np.int64),
        class_names=FASHION_CLASSES,
    )


def load_digits_split(test_size: float = 0.25, seed: int = 0) -> DigitsSplit:
    """The 1,797 handwritten digits inside scikit-learn, split with equal class shares.

    Parameters
    ----------
    test_size : float
        Share of the images kept for the test, strictly between 0 and 1.
    seed : int
        Seed of the shuffle; the same seed gives the same split.

    Returns
    -------
    DigitsSplit
        Images (N, 8, 8) float64 with gray levels 0 to 16, labels int64.

    Raises
    ------
    ValueError
        If `test_size` is not a share strictly between 0 and 1, or leaves fewer than ten images in one part.

    Notes
    -----
    Source: E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits* (UCI, 1998), the test part.

    Examples
    --------
    >>> digits = load_digits_split()
    >>> digits.train_images.shape, digits.test_images.shape
    ((1347, 8, 8), (450, 8, 8))
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    if not 0 < test_size < 1:
        raise ValueError(
            "test_size is the share of images kept for the test and must lie strictly between 0 and 1; "
            f"got {test_size!r}."
        )
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8)
    if min(test_size, 1 - test_size) * len(labels) < 10:
        raise ValueError(
            f"test_size={test_size!r} leaves one part with fewer than ten images of {len(labels)}; "
            "every class needs at least one on each side: choose a share between 0.01 and 0.99."
        )
    train_images, test_images, train_labels, test_labels = train_test_split(
        images, labels.astype(np.int64), test_size=test_size, random_state=seed, stratify=labels
    )
    return DigitsSplit(train_images, train_labels, test_images, test_labels, tuple("0123456789"))


def load_japanese_vowels() -> JapaneseVowels:
    """Japanese Vowels: nine speakers say /ae/, 270 utterances for training and 370 for the test.

    Returns
    -------
    JapaneseVowels
        ``train_frames`` (270, 29, 12) and ``test_frames`` (370, 29, 12) float32, padded with zeros; their lengths and
        speakers as int64.

    Raises
    ------
    FileNotFoundError
        If the package was installed without its data.
    OSError
        If the file's SHA-256 checksum is not the recorded one (an incomplete download or clone).

    Notes
    -----
    Source: Kudo, Toyama & Shimbo, UCI Machine Learning Repository, doi:10.24432/C5NS47; CC BY 4.0. The same authors'
    paper: Pattern Recognition Letters 20 (1999), 1103-1111.

    Examples
    --------
    >>> speech = load_japanese_vowels()
    >>> speech.train_frames.shape, int(speech.train_lengths.min()), int(speech.train_lengths.max())
    ((270, 29, 12), 7, 26)
    """
    with np.load(io.BytesIO(_read_verified("japanese-vowels", "japanese-vowels.npz"))) as stored:
        frames, lengths = stored["frames"], stored["lengths"].astype(np.int64)
        speakers, train_size = stored["speakers"].astype(np.int64), int(stored["train_size"])
    spoken = np.arange(lengths.max()) < lengths[:, None]
    padded = np.zeros((*spoken.shape, frames.shape[1]), frames.dtype)
    padded[spoken] = frames  # utterance by utterance, frame by frame, as they are stored
    train, test = slice(None, train_size), slice(train_size, None)
    return JapaneseVowels(
        padded[train], lengths[train], speakers[train], padded[test], lengths[test], speakers[test]
    )  # fmt: skip


def load_wonderland() -> str:
    """*Alice's Adventures in Wonderland* by Lewis Carroll (1865), the twelve chapters as one string.

    Returns
    -------
    str
        144,195 ASCII characters; lines end with a newline, paragraphs with an empty line.

    Raises
    ------
    FileNotFoundError
        If the package was installed without its data.
    OSError
        If the file's SHA-256 checksum is not the recorded one (an incomplete download or clone).

    Notes
    -----
    Public domain.

    Examples
    --------
    >>> story = load_wonderland()
    >>> len(story), story.splitlines()[5][:42]
    (144195, 'Alice was beginning to get very tired of s')
    """
    return _read_verified("wonderland", "wonderland.txt").decode("ascii")


def _read_idx(folder: str, name: str) -> np.ndarray:
    """The array in one gzipped IDX file of unsigned bytes, its checksum verified."""
    packed = _read_verified(folder, name)
    raw = gzip.decompress(packed)
    if raw[:3] != bytes([0, 0, _IDX_UNSIGNED_BYTE]):
        raise OSError(f"{name} is not an IDX file of unsigned bytes: it starts with {raw[:4]!r}.")
    dimensions = raw[3]
    shape = np.frombuffer(raw, dtype=">u4", count=dimensions, offset=4)
    pixels = np.frombuffer(raw, dtype=np.uint8, offset=4 + 4 * dimensions)
    return pixels.reshape(shape.astype(int)).copy()  # a copy owns its memory and may be written to


def _read_verified(folder: str, name: str) -> bytes:
    """The bytes of a bundled file, compared with the checksum written beside it."""
    place = files("softmax_lib") / "data" / folder
    try:
        content = (place / name).read_bytes()
        sums = (place / "SHA256SUMS").read_text("utf8")
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"The bundled file {folder}/{name} is missing: softmax_lib was installed without its data. "
            "Install it again from the repository with `pip install .` (or `-e .`)."
        ) from error
    expected = dict(reversed(line.split()) for line in sums.splitlines()).get(name)
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise OSError(
            f"The bundled file {folder}/{name} is damaged: its SHA-256 is {found}, the published one is {expected}. "
            f"Restore it with `git checkout -- softmax_lib/data/{folder}`."
        )
    return content
