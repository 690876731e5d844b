"""Step 7: scores what was exported, on all test rows. Writes metrics.json and the figures of the model card.

Nothing is chosen here: temperature and threshold come from the validation rows (step 5). The weights are read back
from the float16 safetensors, so the figures are those of the file that is served.
"""

import hashlib
import platform
import re
from importlib.metadata import version

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from common import BANKING, BUILD, CLINC, DRCD, MODEL, SEED, read_json, read_jsonl, sha256_of, write_json
from model import Llama, Shape
from scoring import (
    THRESHOLDS, calibration_error, escalates, label_chances, label_logits, log_loss, prompt_ids, share, truth_of,
)  # fmt: skip

torch.set_num_threads(1)
tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
training, calibration, data, linear = (
    read_json(BUILD / f"{name}.json") for name in ("weights", "calibration", "data", "linear")
)
model = Llama(Shape(**training["shape"])).eval()
saved = load_file(MODEL / "model.safetensors")
model.load_state_dict({name.removeprefix("model."): value.float() for name, value in saved.items()})


@torch.no_grad()
def logits_of(tokens: np.ndarray, last: np.ndarray) -> np.ndarray:
    hidden = model.hidden(torch.from_numpy(tokens))
    return model.logits(hidden[torch.arange(len(last)), torch.from_numpy(last)]).numpy()


test = read_jsonl(BANKING / "test.jsonl")
strangers = read_jsonl(CLINC / "out-of-scope.jsonl")
truth = truth_of(test)
texts = [row["text"] for row in test]
logits = label_logits(logits_of, tokenizer, texts)
chances = label_chances(tokenizer, logits)
# The exported weights have the temperature in them; multiplying it back gives the model before calibration.
uncalibrated = label_chances(tokenizer, logits, 1 / calibration["temperature"])
plain = [re.sub(r"[ ?.!]+$", "", text.strip().lower()) for text in texts]
plain_chances = label_chances(tokenizer, label_logits(logits_of, tokenizer, plain))
strange = label_chances(tokenizer, label_logits(logits_of, tokenizer, [row["text"] for row in strangers]))
written = [row["text"][:1].upper() + row["text"][1:] + "?" for row in strangers]
chinese = [row["question"] for row in read_jsonl(DRCD / "questions.jsonl")]
chinese_chances = label_chances(tokenizer, label_logits(logits_of, tokenizer, chinese))
strange_written = label_chances(tokenizer, label_logits(logits_of, tokenizer, written))


def row_at(threshold: float) -> dict[str, float]:
    leaves = escalates(chances, threshold)
    stays = ~leaves
    return {
        "escalateBelow": threshold,
        "inScopeEscalated": round(float(leaves.mean()), 4),
        "accuracyOfTheRest": round(float((chances.argmax(1) == truth)[stays].mean()), 4),
        "outOfScopeEscalated": round(float(escalates(strange, threshold).mean()), 4),
    }


threshold = calibration["escalateBelow"]
kept = ~escalates(chances, threshold)
metrics = {
    "accuracy": {
        "intents77": share(chances[:, :77].argmax(1) == truth),
        "served": share(chances.argmax(1) == truth),
        "served, lower case without end punctuation": share(plain_chances.argmax(1) == truth),
        "linear": linear,
    },
    "calibration": {
        "temperature": calibration["temperature"],
        "validation": {
            "before": calibration["validation"]["eceBefore"],
            "after": calibration["validation"]["eceAfter"],
        },
        "test": {
            "before": round(calibration_error(uncalibrated, truth), 4),
            "after": round(calibration_error(chances, truth), 4),
        },
        "testLogLoss": {
            "before": round(log_loss(uncalibrated, truth), 4),
            "after": round(log_loss(chances, truth), 4),
        },
    },
    "escalation": {
        "escalateBelow": threshold,
        "validation": calibration["validation"],
        "inScopeEscalated": share(~kept),
        "inScopeEscalated, lower case without end punctuation": share(escalates(plain_chances, threshold)),
        "accuracyOfTheRest": share((chances.argmax(1) == truth)[kept]),
        "outOfScopeEscalated": share(escalates(strange, threshold)),
        "outOfScopeEscalated, with capital and question mark": share(escalates(strange_written, threshold)),
        "traditionalChineseEscalated": share(escalates(chinese_chances, threshold)),
        "table": [row_at(each) for each in sorted({*THRESHOLDS, threshold})],
    },
    "model": {
        "parameters": training["parameters"],
        "shape": training["shape"],
        "sha256": {name: sha256_of(MODEL / name) for name in ("banking-intents.gguf", "model.safetensors")},
        "testPromptIdsSha256": hashlib.sha256(
            "\n".join(" ".join(map(str, prompt_ids(tokenizer, text)[:-2])) for text in texts).encode()
        ).hexdigest(),
    },
    "training": {
        "seed": SEED,
        "seconds": training["seconds"],
        "steps": training["steps"],
        "options": training["options"],
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("torch", "tokenizers", "scikit-learn", "numpy", "safetensors", "gguf")},
        },
    },
    "data": data,
}
write_json(MODEL / "metrics.json", metrics)


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def line(what: str, figure: dict) -> str:
    low, high = figure["interval95"]
    return f"| {what} | {percent(figure['share'])} | {percent(low)} to {percent(high)} | {figure['n']:,} |"


accuracy, escalation, calibrated = metrics["accuracy"], metrics["escalation"], metrics["calibration"]
figures = f"""| Test rows of BANKING77, unless another set is named | Share | 95 % interval | Rows |
| --- | --- | --- | --- |
{line("Best of the 77 intents is right", accuracy["intents77"])}
{line("Served answer is right (`out_of_scope` counts as wrong)", accuracy["served"])}
{line("the same, typed in lower case without a question mark", accuracy["served, lower case without end punctuation"])}
{line(f"Escalates (out of scope, or confidence below {threshold})", escalation["inScopeEscalated"])}
{line("Served answer is right, of those that do not escalate", escalation["accuracyOfTheRest"])}
{line("CLINC150 out-of-scope rows that escalate", escalation["outOfScopeEscalated"])}
{line("the same, with capital and question mark", escalation["outOfScopeEscalated, with capital and question mark"])}
{line("Questions in Traditional Chinese (DRCD) that escalate", escalation["traditionalChineseEscalated"])}

The linear classifier (TF-IDF, logistic regression) on the same training rows: {percent(linear["testAccuracy"])};
on train and validation rows together: {percent(linear["testAccuracyTrainedOnAllRows"])}.

Expected calibration error on test rows: {calibrated["test"]["before"]:.3f} before,
{calibrated["test"]["after"]:.3f} after temperature {calibrated["temperature"]}.

| Escalate below | In-scope rows escalated | Right, of the rest | Out-of-scope rows escalated |
| --- | --- | --- | --- |
"""
for each in escalation["table"]:
    columns = (each["inScopeEscalated"], each["accuracyOfTheRest"], each["outOfScopeEscalated"])
    figures += f"| {each['escalateBelow']:.2f} | " + " | ".join(map(percent, columns)) + " |\n"

card = MODEL / "MODEL_CARD.md"
begin, end = "<!-- figures -->\n", "<!-- /figures -->"
before, rest = card.read_text(encoding="utf-8").split(begin)
card.write_text(f"{before}{begin}\n{figures}\n{end}{rest.split(end)[1]}", encoding="utf-8")
print(figures)
