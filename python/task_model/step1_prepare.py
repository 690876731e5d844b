"""Step 1: rows to train on, rows to choose by. Writes train.jsonl, validation.jsonl and data.json.

Duplicates leave, and so does every training row whose text is in the test set. Validation is cut from train: seven
rows in a hundred of each banking intent, and every fifth CLINC150 intent of each domain *as a whole*, so that the
threshold is chosen on kinds of question which the model has not seen. Test rows and CLINC150's own out-of-scope rows
are not read here, but for the removal.
"""

import random
from collections import defaultdict

from common import BANKING, BUILD, CLINC, OUT_OF_SCOPE, SEED, normalised, read_jsonl, sha256_of, write_json, write_jsonl

VALIDATION_SHARE = 0.07
HELD_OUT_EVERY = 5

banking = read_jsonl(BANKING / "train.jsonl")
others = read_jsonl(CLINC / "other-domains-train.jsonl")
held_out_texts = {normalised(row["text"]) for row in read_jsonl(BANKING / "test.jsonl")}
held_out_texts |= {normalised(row["text"]) for row in read_jsonl(CLINC / "out-of-scope.jsonl")}
counts = {"bankingRows": len(banking), "otherRows": len(others), "duplicates": 0, "alsoInTest": 0}


def cleaned(rows: list[dict]) -> list[dict]:
    seen: set[str] = set()
    kept = []
    for row in rows:
        key = normalised(row["text"])
        if key in held_out_texts:
            counts["alsoInTest"] += 1
        elif key in seen:
            counts["duplicates"] += 1
        else:
            seen.add(key)
            kept.append(row)
    return kept


rows_of: dict[str, list[dict]] = defaultdict(list)
for row in cleaned(banking):
    rows_of[row["label"]].append({"id": row["id"], "text": row["text"].strip(), "label": row["label"]})

random_source = random.Random(SEED)
train: list[dict] = []
validation: list[dict] = []
for label in sorted(rows_of):
    rows = rows_of[label]
    random_source.shuffle(rows)
    cut = max(1, round(len(rows) * VALIDATION_SHARE))
    validation += rows[:cut]
    train += rows[cut:]
counts |= {"bankingTrain": len(train), "bankingValidation": len(validation)}

intents_of: dict[str, set[str]] = defaultdict(set)
for row in others:
    intents_of[row["domain"]].add(row["label"])
unseen = {intent for intents in intents_of.values() for intent in sorted(intents)[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY]}
for row in cleaned(others):
    target = validation if row["label"] in unseen else train
    target.append({"id": row["id"], "text": row["text"].strip(), "label": OUT_OF_SCOPE})
counts["otherTrain"] = len(train) - counts["bankingTrain"]
counts["otherValidation"] = len(validation) - counts["bankingValidation"]

write_jsonl(BUILD / "train.jsonl", train)
write_jsonl(BUILD / "validation.jsonl", validation)
files = [BANKING / "train.jsonl", BANKING / "test.jsonl"]
files += [CLINC / "other-domains-train.jsonl", CLINC / "out-of-scope.jsonl"]
write_json(
    BUILD / "data.json",
    {
        "counts": counts,
        "unseenIntents": sorted(unseen),
        "sha256": {f"{path.parent.name}/{path.name}": sha256_of(path) for path in files},
    },
)
print(counts)
