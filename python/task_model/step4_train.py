"""Step 4: trains the task model from scratch on one CPU core. Writes weights.pt and weights.json.

    python step4_train.py [--epochs 21] [--cooldown 12] [--name weights]

The rate of learning is constant and falls over the last epochs alone, so that a run can be cut short or prolonged: the
state after every epoch lies in NAME.state, and a run continues from there as if it had never stopped.

One row is `<|user|> TEXT <|assistant|> <tool_call> HEAD INTENT TAIL </tool_call> <|end|>`. The loss is the sum of
three means: the intent (weight 1; its target mixes the label with the linear classifier's out-of-fold opinion), the
text (0.3: learning to predict the customer's words regularises the 3 M parameters that 9,250 rows cannot pin down) and
the fixed pieces of the answer (0.1). The weights kept are a moving average; the validation rows decide nothing while
it runs, they are only reported.

Two runs do not give the same weights to the bit: the tokenizer draws its BPE-dropout from a source without a seed.
"""

import argparse
import math
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from common import (
    ASSISTANT, BUILD, CALL_CLOSE, CALL_HEAD, CALL_OPEN, CALL_TAIL, END, OUT_OF_SCOPE, PAD, SEED, USER,
    labels, read_jsonl, recased, write_json,
)  # fmt: skip
from model import Llama, Shape

arguments = argparse.ArgumentParser()
arguments.add_argument("--epochs", type=int, default=21)
arguments.add_argument("--cooldown", type=int, default=12)
arguments.add_argument("--name", default="weights")
arguments.add_argument("--batch", type=int, default=64)
arguments.add_argument("--rate", type=float, default=2e-3)
arguments.add_argument("--decay", type=float, default=0.1)
arguments.add_argument("--dropout", type=float, default=0.2)
arguments.add_argument("--word-dropout", type=float, default=0.1)
arguments.add_argument("--splice", type=float, default=0.3)
arguments.add_argument("--bpe-dropout", type=float, default=0.1)
arguments.add_argument("--teacher", type=float, default=0.5)
arguments.add_argument("--text-loss", type=float, default=0.3)
arguments.add_argument("--negatives", type=int, default=2500)
arguments.add_argument("--width", type=int, default=256)
arguments.add_argument("--layers", type=int, default=3)
arguments.add_argument("--feed-forward", type=int, default=640)
arguments.add_argument("--average", type=float, default=0.998)
options = arguments.parse_args()

torch.set_num_threads(1)
torch.manual_seed(SEED)
random_source = random.Random(SEED)

tokenizer = Tokenizer.from_file(str(BUILD / "tokenizer.json"))
# A second cut of the same words, with one merge in ten left out (BPE-dropout, Provilkov et al. 2020).
loose = Tokenizer.from_file(str(BUILD / "tokenizer.json"))
loose.model.dropout = options.bpe_dropout
token = tokenizer.token_to_id
first_label = token(labels()[0])
pad = token(PAD)

rows = read_jsonl(BUILD / "train.jsonl")
banking = [row for row in rows if row["label"] != OUT_OF_SCOPE]
others = [row for row in rows if row["label"] == OUT_OF_SCOPE]
validation = read_jsonl(BUILD / "validation.jsonl")
order = {label: index for index, label in enumerate(labels())}
soft = np.load(BUILD / "teacher.npy")
for index, row in enumerate(banking):
    hard = np.zeros(len(order), dtype=np.float32)
    hard[order[row["label"]]] = 1
    row["target"] = (1 - options.teacher) * hard + options.teacher * soft[index]
for row in others:
    row["target"] = np.zeros(len(order), dtype=np.float32)
    row["target"][order[OUT_OF_SCOPE]] = 1


same_intent: dict[str, list[str]] = {}
for row in banking:
    same_intent.setdefault(row["label"], []).append(row["text"])


def spliced(text: str, label: str) -> str:
    """Now and then the beginning of the text and the end of another one of the same intent."""
    if label == OUT_OF_SCOPE or random_source.random() >= options.splice:
        return text
    first, second = text.split(" "), random_source.choice(same_intent[label]).split(" ")
    return " ".join(first[: (len(first) + 1) // 2] + second[len(second) // 2 :])


def varied(row: dict) -> str:
    words = recased(spliced(row["text"], row["label"]), random_source).split(" ")
    kept = [word for word in words if random_source.random() >= options.word_dropout]
    return " ".join(kept or words)


def encoded(text: str, label: str, cut: Tokenizer) -> list[int]:
    words = cut.encode(" " + text).ids[:100]
    answer = [token(piece) for piece in (ASSISTANT, CALL_OPEN, CALL_HEAD, label, CALL_TAIL, CALL_CLOSE, END)]
    return [token(USER), *words, *answer]


ANSWER = 7  # tokens behind the text; the intent stands four from the end


def batches(examples: list[tuple[list[int], np.ndarray]], size: int) -> list[tuple[torch.Tensor, ...]]:
    """Rows of like length together (sorted within stretches of 16 batches, so that chance still mixes them)."""
    made = []
    for start in range(0, len(examples), size * 16):
        stretch = sorted(examples[start : start + size * 16], key=lambda example: len(example[0]))
        for at in range(0, len(stretch), size):
            part = stretch[at : at + size]
            lengths = torch.tensor([len(ids) for ids, _ in part])
            tokens = torch.full((len(part), int(lengths.max())), pad)
            for line, (ids, _) in enumerate(part):
                tokens[line, : len(ids)] = torch.tensor(ids)
            made.append((tokens, lengths, torch.from_numpy(np.stack([target for _, target in part]))))
    random_source.shuffle(made)
    return made


def loss_of(
    model: Llama, tokens: torch.Tensor, lengths: torch.Tensor, target: torch.Tensor, whole: bool
) -> torch.Tensor:
    """`whole`: the answers are spelled to their end, which is soon learned; without it, they end with the intent."""
    width = tokens.shape[1] - (1 if whole else 4)
    inputs, following = tokens[:, :width], tokens[:, 1 : width + 1]
    place = torch.arange(inputs.shape[1])[None, :]
    asks_intent = lengths[:, None] - 5  # the position whose next token is the intent
    in_text = place < lengths[:, None] - ANSWER - 1
    in_answer = (place >= lengths[:, None] - ANSWER) & (place < lengths[:, None] - 1) & (place != asks_intent)
    with torch.autocast("cpu", torch.bfloat16):
        hidden = model.hidden(inputs)
        at_intent = hidden[torch.arange(len(tokens)), asks_intent[:, 0]]
        intent, text, answer = (model.logits(states) for states in (at_intent, hidden[in_text], hidden[in_answer]))
    # The whole vocabulary competes, so that the probability of the token is the confidence that engines report.
    scores = F.log_softmax(intent.float(), -1)[:, first_label : first_label + target.shape[1]]
    return (
        -(target * scores).sum(-1).mean()
        + options.text_loss * F.cross_entropy(text.float(), following[in_text])
        + 0.1 * F.cross_entropy(answer.float(), following[in_answer])
    )


@torch.no_grad()
def report(model: Llama) -> dict[str, float]:
    model.eval()
    examples = [(encoded(row["text"], row["label"], tokenizer), index) for index, row in enumerate(validation)]
    guess = torch.empty(len(examples), len(order))
    for start in range(0, len(examples), 256):
        part = sorted(examples[start : start + 256], key=lambda example: len(example[0]))
        tokens = torch.full((len(part), max(len(ids) for ids, _ in part)), pad)
        for line, (ids, _) in enumerate(part):
            tokens[line, : len(ids)] = torch.tensor(ids)
        at = torch.tensor([len(ids) - 5 for ids, _ in part])
        with torch.autocast("cpu", torch.bfloat16):
            logits = model.logits(model.hidden(tokens)[torch.arange(len(part)), at]).float()
        chances = F.softmax(logits, -1)[:, first_label : first_label + len(order)]
        guess[torch.tensor([index for _, index in part])] = chances
    model.train()
    truth = torch.tensor([order[row["label"]] for row in validation])
    inside = truth != order[OUT_OF_SCOPE]
    return {
        "accuracy77": float((guess[inside, :77].argmax(-1) == truth[inside]).float().mean()),
        "accuracyServed": float((guess[inside].argmax(-1) == truth[inside]).float().mean()),
        "logLoss": float(-guess[inside].gather(1, truth[inside, None]).clamp_min(1e-9).log().mean()),
        "outOfScopeFound": float((guess[~inside].argmax(-1) == order[OUT_OF_SCOPE]).float().mean()),
    }


shape = Shape(
    vocabulary=tokenizer.get_vocab_size(), width=options.width, layers=options.layers, heads=options.width // 32,
    feed_forward=options.feed_forward,
)  # fmt: skip
model = Llama(shape, options.dropout)
average = Llama(shape)
average.load_state_dict(model.state_dict())
matrices = [parameter for parameter in model.parameters() if parameter.ndim == 2]
vectors = [parameter for parameter in model.parameters() if parameter.ndim == 1]
optimizer = torch.optim.AdamW(
    [{"params": matrices, "weight_decay": options.decay}, {"params": vectors, "weight_decay": 0.0}],
    lr=options.rate,
    betas=(0.9, 0.98),
    fused=True,
)
steps_per_epoch = math.ceil((len(banking) + options.negatives) / options.batch)
total = steps_per_epoch * options.epochs
print(f"{model.parameter_count():,} parameters, {total} steps", flush=True)

state_path = BUILD / f"{options.name}.state"
step, history, seconds_before = 0, [], 0.0
if state_path.exists():
    state = torch.load(state_path, weights_only=False)
    if {**state["options"], "epochs": options.epochs, "cooldown": options.cooldown} != vars(options):
        raise SystemExit(f"{state_path} is of a run with other settings: take another --name, or remove the file")
    model.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["torch"])
    random_source.setstate(state["random"])
    step, history, seconds_before = state["step"], state["history"], state["seconds"]
began = time.perf_counter() - seconds_before
for epoch in range(len(history), options.epochs):
    drawn = banking + random_source.sample(others, min(options.negatives, len(others)))
    random_source.shuffle(drawn)
    epoch_loss = 0.0
    made = batches([(encoded(varied(row), row["label"], loose), row["target"]) for row in drawn], options.batch)
    for tokens, lengths, target in made:
        cooling = (total - step) / (options.cooldown * steps_per_epoch)
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(1.0, (step + 1) / 200, cooling)
        loss = loss_of(model, tokens, lengths, target, whole=step % 4 == 0)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        epoch_loss += loss.item()
        with torch.no_grad():
            keep = min(options.average, step / (step + 10))
            for mean, now in zip(average.parameters(), model.parameters()):
                mean.lerp_(now, 1 - keep)
    seconds = time.perf_counter() - began
    scores = report(average)
    history.append({"epoch": epoch + 1, "loss": epoch_loss / len(made), **scores})
    left = seconds / (epoch + 1) * (options.epochs - epoch - 1)
    shown = " ".join(f"{name} {value:.4f}" for name, value in history[-1].items() if name != "epoch")
    print(f"epoch {epoch + 1}/{options.epochs} {seconds:.0f} s, {left:.0f} s left: {shown}", flush=True)
    torch.save(average.state_dict(), BUILD / f"{options.name}.pt")
    torch.save(
        {
            "model": model.state_dict(),
            "average": average.state_dict(),
            "optimizer": optimizer.state_dict(),
            "torch": torch.get_rng_state(),
            "random": random_source.getstate(),
            "options": vars(options),
            "step": step,
            "history": history,
            "seconds": seconds,
        },
        state_path,
    )

write_json(
    BUILD / f"{options.name}.json",
    {
        "options": vars(options),
        "shape": vars(shape),
        "parameters": model.parameter_count(),
        "seed": SEED,
        "steps": total,
        "seconds": round(time.perf_counter() - began),
        "history": history,
    },
)
state_path.unlink()
