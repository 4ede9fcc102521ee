"""softmax_lib.datasets: the bundled data is what was published, and damage is reported."""

import gzip
import shutil
from importlib.resources import files

import numpy as np
import pytest
from sklearn.datasets import load_digits

from softmax_lib import datasets


@pytest.fixture(scope="module")
def clothes():
    return datasets.load_fashion_mnist()


def test_fashion_mnist_is_the_published_set(clothes):
    assert clothes.train_images.shape == (60_000, 28, 28)
    assert clothes.test_images.shape == (10_000, 28, 28)
    assert clothes.train_images.dtype == clothes.test_images.dtype == np.uint8
    assert clothes.train_labels.dtype == clothes.test_labels.dtype == np.int64
    # The paper: ten classes with the same number of images each.
    assert np.array_equal(np.bincount(clothes.train_labels), np.full(10, 6000))
    assert np.array_equal(np.bincount(clothes.test_labels), np.full(10, 1000))
    # Moments that many tutorials print for normalization: 0.2860 and 0.3530 of the range.
    assert clothes.train_images.mean() / 255 == pytest.approx(0.2860, abs=5e-5)
    assert clothes.train_images.std() / 255 == pytest.approx(0.3530, abs=5e-5)


def test_fashion_mnist_arrays_are_the_callers_own(clothes):
    assert clothes.train_images.flags.writeable
    clothes.train_images[0, 0, 0] ^= 1
    assert datasets.load_fashion_mnist().train_images[0, 0, 0] != clothes.train_images[0, 0, 0]
    clothes.train_images[0, 0, 0] ^= 1


def test_class_names_fit_the_labels(clothes):
    assert len(clothes.class_names) == 10
    assert clothes.class_names[9] == "Ankle boot"
    assert "60000" in repr(clothes)


def test_every_data_folder_has_its_licence_and_sums():
    for folder in (files("softmax_lib") / "data").iterdir():
        if folder.is_dir():
            assert (folder / "LICENSE").is_file(), folder
            assert (folder / "SHA256SUMS").is_file(), folder


def test_japanese_vowels_is_the_published_set():
    speech = datasets.load_japanese_vowels()
    # The set's description: 30 utterances a speaker for training, these many for the test, 7 to 29 frames.
    assert np.array_equal(np.bincount(speech.train_speakers), np.full(9, 30))
    assert np.bincount(speech.test_speakers).tolist() == [31, 35, 88, 44, 29, 24, 40, 50, 29]
    lengths = np.concatenate([speech.train_lengths, speech.test_lengths])
    assert (lengths.min(), lengths.max(), lengths.sum()) == (7, 29, 9961)
    # The first frame of the first training utterance, as the source prints it.
    assert np.round(speech.train_frames[0, 0, :4].astype(float), 6).tolist() == [
        1.860936,
        -0.207383,
        0.261557,
        -0.214562,
    ]
    assert speech.train_frames.dtype == np.float32
    assert "9 speakers" in repr(speech)


def test_japanese_vowels_are_padded_with_zeros_and_nothing_else():
    speech = datasets.load_japanese_vowels()
    for frames, lengths in [(speech.train_frames, speech.train_lengths), (speech.test_frames, speech.test_lengths)]:
        spoken = np.arange(29) < lengths[:, None]
        assert np.all(frames[~spoken] == 0)
        assert np.all(np.any(frames[spoken] != 0, axis=1))


def test_japanese_vowels_keep_their_six_decimals():
    frames = datasets.load_japanese_vowels().test_frames.astype(float)
    assert np.abs(frames - np.round(frames, 6)).max() < 2e-7  # half a unit of float32 at 2


def test_wonderland_is_the_whole_story():
    story = datasets.load_wonderland()
    assert story.count("CHAPTER ") == 12
    assert story.startswith("CHAPTER I\n\nDown the Rabbit-Hole\n")
    assert story.endswith("remembering her own child-life, and the happy summer days.\n")
    assert story.isascii()
    assert "Gutenberg" not in story
    assert story.count("Alice") == 395


def test_digits_split_keeps_every_image_once():
    split = datasets.load_digits_split(test_size=0.3, seed=5)
    images, labels = load_digits(return_X_y=True)
    together = np.concatenate([split.train_images, split.test_images]).reshape(-1, 64)
    assert np.array_equal(np.sort(together, axis=0), np.sort(images, axis=0))
    counts = np.bincount(np.concatenate([split.train_labels, split.test_labels]))
    assert np.array_equal(counts, np.bincount(labels))
    shares = np.bincount(split.test_labels) / counts
    assert np.abs(shares - 0.3).max() < 0.01  # stratified: every class gives the same share


def test_digits_split_repeats_with_its_seed():
    first, again, other = (datasets.load_digits_split(seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.test_images, again.test_images)
    assert not np.array_equal(first.test_labels, other.test_labels)


@pytest.mark.parametrize("test_size", [0, 1, -0.2, 1.5, 0.001, 0.999])
def test_digits_split_refuses_an_impossible_share(test_size):
    with pytest.raises(ValueError, match="test_size"):
        datasets.load_digits_split(test_size=test_size)


@pytest.fixture
def damaged_package(tmp_path, monkeypatch):
    """A copy of the data that a test may break."""
    shutil.copytree(files("softmax_lib") / "data" / "fashion-mnist", tmp_path / "data" / "fashion-mnist")
    monkeypatch.setattr(datasets, "files", lambda package: tmp_path)
    return tmp_path / "data" / "fashion-mnist"


def test_damaged_file_is_reported_with_the_cure(damaged_package):
    damaged = damaged_package / "t10k-labels-idx1-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    with pytest.raises(OSError, match=r"t10k-labels.*is damaged.*git checkout"):
        datasets.load_fashion_mnist()


def test_missing_file_is_reported_with_the_cure(damaged_package):
    (damaged_package / "train-images-idx3-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"train-images.*pip install"):
        datasets.load_fashion_mnist()


def test_a_file_of_another_kind_is_refused(monkeypatch):
    monkeypatch.setattr(datasets, "_read_verified", lambda folder, name: gzip.compress(b"\0\0\x0d\x01" + bytes(8)))
    with pytest.raises(OSError, match="not an IDX file of unsigned bytes"):
        datasets.load_fashion_mnist()
