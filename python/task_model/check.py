"""Reads the exported GGUF with nothing but numpy and scores all test rows again: the figures must be metrics.json's.

A second implementation on purpose. It shares no code with model.py and rotates neighbouring pairs as llama.cpp does,
so a wrong permutation, a swapped matrix or a forgotten temperature shows as a different accuracy. The file's chat
template must render the prompts that were scored, whatever else is in the conversation. Ends with 1 otherwise.
"""

import sys

import gguf
import numpy as np
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

from common import BANKING, MODEL, prompt_of, read_json, read_jsonl, sha256_of
from scoring import calibration_error, label_chances, label_logits, truth_of

TOLERANCE = 0.001  # three rows of 3,080 may flip where two logits meet within float32's rounding

reader = gguf.GGUFReader(MODEL / "banking-intents.gguf")
tensors = {tensor.name: tensor.data.astype(np.float32) for tensor in reader.tensors}


def setting(name: str) -> float:
    return float(reader.fields[f"llama.{name}"].parts[-1][0])


layers, heads = int(setting("block_count")), int(setting("attention.head_count"))
eps, theta = setting("attention.layer_norm_rms_epsilon"), setting("rope.freq_base")
head_width = int(setting("embedding_length")) // heads


def normed(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * weight


def rotated(x: np.ndarray) -> np.ndarray:
    angles = np.arange(x.shape[2])[:, None] * theta ** (-np.arange(0, head_width, 2) / head_width)
    cos, sin = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    turned = np.empty_like(x)
    turned[..., 0::2] = x[..., 0::2] * cos - x[..., 1::2] * sin
    turned[..., 1::2] = x[..., 1::2] * cos + x[..., 0::2] * sin
    return turned


def logits_of(tokens: np.ndarray, last: np.ndarray) -> np.ndarray:
    batch, length = tokens.shape
    later = np.triu(np.full((length, length), -np.inf, dtype=np.float32), 1)
    x = tensors["token_embd.weight"][tokens]
    for layer in range(layers):

        def weight(name: str) -> np.ndarray:
            return tensors[f"blk.{layer}.{name}.weight"]

        y = normed(x, weight("attn_norm"))
        q, k, v = (
            (y @ weight(name).T).reshape(batch, length, heads, head_width).transpose(0, 2, 1, 3)
            for name in ("attn_q", "attn_k", "attn_v")
        )
        scores = rotated(q) @ rotated(k).swapaxes(-1, -2) / head_width**0.5 + later
        powers = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (powers / powers.sum(-1, keepdims=True)) @ v
        x = x + mixed.transpose(0, 2, 1, 3).reshape(batch, length, -1) @ weight("attn_output").T
        y = normed(x, weight("ffn_norm"))
        gate = y @ weight("ffn_gate").T
        x = x + (gate / (1 + np.exp(-gate)) * (y @ weight("ffn_up").T)) @ weight("ffn_down").T
    return normed(x[np.arange(batch), last], tensors["output_norm.weight"]) @ tensors["token_embd.weight"].T


metrics = read_json(MODEL / "metrics.json")
tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
rows = read_jsonl(BANKING / "test.jsonl")
chances = label_chances(tokenizer, label_logits(logits_of, tokenizer, [row["text"] for row in rows]))
truth = truth_of(rows)
pairs = {
    "accuracy of 77": (float((chances[:, :77].argmax(1) == truth).mean()), metrics["accuracy"]["intents77"]["share"]),
    "accuracy served": (float((chances.argmax(1) == truth).mean()), metrics["accuracy"]["served"]["share"]),
    "calibration error": (calibration_error(chances, truth), metrics["calibration"]["test"]["after"]),
}
wrong = [name for name, (here, there) in pairs.items() if abs(here - there) > TOLERANCE]
for name, (here, there) in pairs.items():
    print(f"{name}: {here:.4f} here, {there:.4f} in metrics.json")
template = ImmutableSandboxedEnvironment().from_string(reader.fields["tokenizer.chat_template"].contents())
for text in (row["text"] for row in rows[:100]):
    earlier = [
        {"role": "system", "content": "You are helpful."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello."},
    ]
    for content in (text, [{"type": "text", "text": text}]):
        conversation = [*earlier, {"role": "user", "content": content}]
        if template.render(messages=conversation, tools=[{"type": "function"}]) != prompt_of(text):
            wrong.append(f"the template's rendering of {text!r}")
for name, wanted in metrics["model"]["sha256"].items():
    if sha256_of(MODEL / name) != wanted:
        wrong.append(f"sha256 of {name}")
print("differs: " + ", ".join(wrong) if wrong else "the same")
sys.exit(1 if wrong else 0)
