"""A character model that writes, with temperature, top-k and top-p."""

from __future__ import annotations

from softmax_lib.interactive._checks import choice, number
from softmax_lib.interactive._figure import Figure


def text_sampler(
    text: str,
    prompt: str = "",
    order: int = 5,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
    seed: int = 1,
    description: str | None = None,
) -> Figure:
    """Let a character model write, and see what temperature, top-k and top-p do to its next character.

    The model counts which character followed the last `order` ones in the text; each order is mixed with the next shorter
    one (Witten & Bell 1991), down to the uniform distribution over the characters of the text.

    Parameters
    ----------
    text : str
        What the model has read, 100 to 60 000 characters. The page carries it.
    prompt : str
        What the page starts with; it may hold characters of the text only.
    order : int
        How many characters the model looks back at the start: 0, 1, 2, 3 or 5.
    temperature : float
        From 0.1 to 2.5.
    top_k : int, optional
        Keep this many characters; by default all.
    top_p : float
        Keep the smallest set of characters with this total; from 0.05 to 1.
    seed : int
        The same seed writes the same text everywhere.
    description : str, optional
        One sentence for readers who do not see the picture.

    Raises
    ------
    ValueError
        If a number is out of range, or the prompt holds a character that the text lacks.

    Examples
    --------
    >>> text_sampler("to be or not to be " * 10, prompt="to").component
    'text-sampler'

    Used in chapter 6.
    """
    if not 100 <= len(text) <= 60_000:
        raise ValueError(f"text must have 100 to 60 000 characters, not {len(text)}; cut it, or take more of it")
    alphabet = "".join(sorted(set(text)))
    if unknown := sorted(set(prompt) - set(alphabet)):
        raise ValueError(f"the prompt holds characters that the text lacks: {unknown}; leave them out")
    choice(order, "order", (0, 1, 2, 3, 5))
    temperature, top_p = number(temperature, "temperature", 0.1, 2.5), number(top_p, "top_p", 0.05, 1)
    top_k = number(len(alphabet) if top_k is None else top_k, "top_k", 1, len(alphabet))
    if description is None:
        description = (
            "Above, a text that grows character by character. Below, bars for the ten most likely next characters after "
            "temperature, top-k and top-p; marks show the model's own probabilities."
        )
    spec = {
        "text": text, "alphabet": alphabet, "prompt": prompt, "order": int(order), "temperature": temperature,
        "k": int(top_k), "p": top_p, "seed": int(seed),
    }  # fmt: skip
    return Figure("text-sampler", spec, "A character model that writes", description)
