"""Reads answers off a model: the probability of each label's token after the prompt, and what follows from it.

Probabilities are over the whole vocabulary, as engines report them. Knows nothing of files.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from tokenizers import Tokenizer

from common import CALL_HEAD, CALL_OPEN, OUT_OF_SCOPE, labels, prompt_of

Array = np.ndarray
BINS = 15
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def prompt_ids(tokenizer: Tokenizer, text: str) -> list[int]:
    """The prompt and the two tokens that every answer begins with: the next token is the intent."""
    head = [tokenizer.token_to_id(CALL_OPEN), tokenizer.token_to_id(CALL_HEAD)]
    return tokenizer.encode(prompt_of(text)).ids + head


def label_logits(
    logits_of: Callable[[Array, Array], Array], tokenizer: Tokenizer, texts: Sequence[str], batch: int = 64
) -> Array:
    """Logits of the whole vocabulary where the intent stands, a row for each text.

    `logits_of(tokens, last)` takes padded token ids and the index of each row's last token.
    """
    ids = [prompt_ids(tokenizer, text) for text in texts]
    found = np.zeros((len(ids), tokenizer.get_vocab_size()), dtype=np.float32)
    by_length = sorted(range(len(ids)), key=lambda index: len(ids[index]))
    for start in range(0, len(ids), batch):
        part = by_length[start : start + batch]
        tokens = np.zeros((len(part), len(ids[part[-1]])), dtype=np.int64)
        for line, index in enumerate(part):
            tokens[line, : len(ids[index])] = ids[index]
        found[part] = logits_of(tokens, np.array([len(ids[index]) - 1 for index in part]))
    return found


def label_chances(tokenizer: Tokenizer, logits: Array, temperature: float = 1.0) -> Array:
    """Softmax over the vocabulary; columns are the labels in their order (77 intents, then out of scope)."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(1, keepdims=True))
    first = tokenizer.token_to_id(labels()[0])
    return (powers / powers.sum(1, keepdims=True))[:, first : first + len(labels())]


def truth_of(rows: Sequence[dict]) -> Array:
    order = {label: index for index, label in enumerate(labels())}
    return np.array([order[row["label"]] for row in rows])


def calibration_error(chances: Array, truth: Array) -> float:
    """Expected calibration error over 15 bins of equal width (Guo et al. 2017, arXiv:1706.04599, equation 3)."""
    confidence, right = chances.max(1), chances.argmax(1) == truth
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))


def log_loss(chances: Array, truth: Array) -> float:
    return float(-np.log(np.maximum(chances[np.arange(len(truth)), truth], 1e-12)).mean())


def wilson(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    share = right / total
    middle = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return ((middle - spread) / (1 + z * z / total), (middle + spread) / (1 + z * z / total))


def share(right: Array) -> dict[str, float | int | list[float]]:
    """A share with how many rows it is of and its interval."""
    low, high = wilson(int(right.sum()), len(right))
    return {"share": round(float(right.mean()), 4), "n": len(right), "interval95": [round(low, 4), round(high, 4)]}


def escalates(chances: Array, threshold: float) -> Array:
    """Out of scope, or too unsure: these questions go to the larger model."""
    return (chances.argmax(1) == labels().index(OUT_OF_SCOPE)) | (chances.max(1) < threshold)
