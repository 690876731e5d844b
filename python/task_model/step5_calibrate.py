"""Step 5: confidences that mean what they say. Writes calibrated.pt and calibration.json.

One temperature, fitted on the validation rows, divides every logit (Guo et al. 2017, section 4.2). It is baked into
the weights: logits are linear in the final norm's scale, so that scale is divided by it, and every engine's
probabilities are calibrated without extra code. Then the threshold: the largest under which no more than the budget
of in-scope validation rows would escalate.
"""

import argparse

import numpy as np
import torch
from tokenizers import Tokenizer

from common import BUILD, OUT_OF_SCOPE, read_json, read_jsonl, write_json
from model import Llama, Shape
from scoring import calibration_error, escalates, label_chances, label_logits, log_loss, truth_of

# The rule is "at most 10 % of in-scope rows escalate"; two points are left for the sampling error of 695 rows.
IN_SCOPE_BUDGET = 0.08

arguments = argparse.ArgumentParser()
arguments.add_argument("--name", default="weights")
options = arguments.parse_args()

torch.set_num_threads(1)
tokenizer = Tokenizer.from_file(str(BUILD / "tokenizer.json"))
training = read_json(BUILD / f"{options.name}.json")
weights = torch.load(BUILD / f"{options.name}.pt", weights_only=True)
model = Llama(Shape(**training["shape"])).eval()
model.load_state_dict({name: value.half().float() for name, value in weights.items()})


@torch.no_grad()
def logits_of(tokens: np.ndarray, last: np.ndarray) -> np.ndarray:
    hidden = model.hidden(torch.from_numpy(tokens))
    return model.logits(hidden[torch.arange(len(last)), torch.from_numpy(last)]).numpy()


rows = read_jsonl(BUILD / "validation.jsonl")
logits = label_logits(logits_of, tokenizer, [row["text"] for row in rows])
truth = truth_of(rows)
inside = np.array([row["label"] != OUT_OF_SCOPE for row in rows])


def loss_at(temperature: float) -> float:
    return log_loss(label_chances(tokenizer, logits[inside], temperature), truth[inside])


temperature = float(min(np.arange(0.5, 2.5, 0.01), key=loss_at))
weights["norm.weight"] = weights["norm.weight"] / temperature
torch.save(weights, BUILD / "calibrated.pt")

before, after = (label_chances(tokenizer, logits, each) for each in (1.0, temperature))
threshold = float(
    max(each for each in np.arange(0, 1, 0.01) if escalates(after[inside], each).mean() <= IN_SCOPE_BUDGET)
)
result = {
    "temperature": round(temperature, 2),
    "escalateBelow": round(threshold, 2),
    "validation": {
        "inScopeRows": int(inside.sum()),
        "outOfScopeRows": int((~inside).sum()),
        "accuracy77": round(float((after[inside, :77].argmax(1) == truth[inside]).mean()), 4),
        "accuracyServed": round(float((after[inside].argmax(1) == truth[inside]).mean()), 4),
        "eceBefore": round(calibration_error(before[inside], truth[inside]), 4),
        "eceAfter": round(calibration_error(after[inside], truth[inside]), 4),
        "inScopeEscalated": round(float(escalates(after[inside], threshold).mean()), 4),
        "outOfScopeEscalated": round(float(escalates(after[~inside], threshold).mean()), 4),
    },
}
write_json(BUILD / "calibration.json", result)
print(result)
