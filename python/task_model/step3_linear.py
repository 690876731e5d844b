"""Step 3: the classifier to beat: TF-IDF of words and characters, logistic regression. Writes linear.json, teacher.npy.

It is printed beside the task model, because where it is as good it is the better engine: no GPU, no tokens. Its
out-of-fold probabilities on the training rows are the soft labels of step 4: what it says of a row that it has not
seen tells which intents are easily taken for each other.
"""

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from common import BANKING, BUILD, OUT_OF_SCOPE, SEED, labels, read_jsonl, write_json

FOLDS = 5


def classifier() -> Pipeline:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True)
    return make_pipeline(make_union(words, characters), LogisticRegression(C=20, max_iter=300, tol=1e-3))


def texts_of(rows: list[dict]) -> list[str]:
    return [row["text"] for row in rows]


def labels_of(rows: list[dict]) -> np.ndarray:
    return np.array([row["label"] for row in rows])


train = read_jsonl(BUILD / "train.jsonl")
validation = read_jsonl(BUILD / "validation.jsonl")
test = read_jsonl(BANKING / "test.jsonl")
banking = [row for row in train if row["label"] != OUT_OF_SCOPE]
every_banking = banking + [row for row in validation if row["label"] != OUT_OF_SCOPE]


def accuracy(model: Pipeline, rows: list[dict]) -> float:
    return float(np.mean(model.predict(texts_of(rows)) == labels_of(rows)))


order = {label: index for index, label in enumerate(labels())}
soft = np.zeros((len(banking), len(order)), dtype=np.float32)
folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
for seen, unseen in folds.split(banking, labels_of(banking)):
    fold = classifier().fit([banking[i]["text"] for i in seen], labels_of([banking[i] for i in seen]))
    columns = [order[label] for label in fold.classes_]
    soft[np.ix_(unseen, columns)] = fold.predict_proba([banking[i]["text"] for i in unseen])
np.save(BUILD / "teacher.npy", soft)
right = soft.argmax(1) == np.array([order[row["label"]] for row in banking])

same_rows = classifier().fit(texts_of(banking), labels_of(banking))
all_rows = classifier().fit(texts_of(every_banking), labels_of(every_banking))
result = {
    "what": "TF-IDF of word 1-2-grams and character 2-5-grams, logistic regression (C=20), 77 intents",
    "testAccuracy": accuracy(same_rows, test),
    "testAccuracyTrainedOnAllRows": accuracy(all_rows, test),
    "validationAccuracy": accuracy(same_rows, [row for row in validation if row["label"] != OUT_OF_SCOPE]),
    "outOfFoldAccuracy": float(right.mean()),
    "testRows": len(test),
}
write_json(BUILD / "linear.json", result)
print(result)
