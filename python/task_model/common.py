"""What every step shares: where files lie, the labels, the shape of a tool call, seeds.

Knows nothing of models. All paths are relative to the repository, so a step runs from any folder.
"""

import hashlib
import json
import random
import re
from pathlib import Path
from typing import Any, Iterable

REPOSITORY = Path(__file__).resolve().parents[2]
BANKING = REPOSITORY / "benchmarks/data/banking77"
CLINC = REPOSITORY / "benchmarks/data/clinc150"
DRCD = REPOSITORY / "benchmarks/data/drcd"
BUILD = REPOSITORY / ".llm-architect/task-model"  # ignored by git: everything between data and export
MODEL = REPOSITORY / "examples/bank-support/models/banking-intents"

SEED = 20261125
TOOL_NAME = "banking_intent"
OUT_OF_SCOPE = "out_of_scope"

# Markers of the conversation (control tokens: never printed, never read from a user's text by llama.cpp).
PAD, USER, ASSISTANT, END = "<|pad|>", "<|user|>", "<|assistant|>", "<|end|>"
# The pieces of a Hermes tool call. Each is one entry of the vocabulary, printed as its text, so that the whole
# answer is six tokens and the third of them alone decides: its probability is the confidence of the answer.
CALL_OPEN = "<tool_call>"
CALL_HEAD = '\n{"name": "' + TOOL_NAME + '", "arguments": {"intent": "'
CALL_TAIL = '"}}\n'
CALL_CLOSE = "</tool_call>"

# Reads only the last user message: system prompts and tool lists may be sent, and change nothing. The space before
# the text makes a word's first token the same at the start of a message as in the middle of it.
CHAT_TEMPLATE = (
    "{%- set ns = namespace(text='') -%}"
    "{%- for message in messages -%}{%- if message['role'] == 'user' -%}"
    "{%- if message['content'] is string -%}{%- set ns.text = message['content'] -%}"
    "{%- else -%}{%- set ns.text = '' -%}{%- for part in message['content'] -%}"
    "{%- if part['type'] == 'text' -%}{%- set ns.text = ns.text + part['text'] -%}{%- endif -%}"
    "{%- endfor -%}{%- endif -%}{%- endif -%}{%- endfor -%}"
    "{{- '" + USER + " ' + (ns.text | trim) + '" + ASSISTANT + "' -}}"
)


def prompt_of(text: str) -> str:
    """What the chat template renders, for code that does not run Jinja."""
    return f"{USER} {text.strip()}{ASSISTANT}"


def answer_of(intent: str) -> str:
    return f"{CALL_OPEN}{CALL_HEAD}{intent}{CALL_TAIL}{CALL_CLOSE}"


def normalised(text: str) -> str:
    """Lower case, punctuation to blanks, blanks collapsed: two texts equal after this count as one."""
    return " ".join(re.sub(r"[\W_]", " ", text.lower()).split())


def banking_intents() -> list[str]:
    """The 77 intents, in alphabetical order of their bytes; their token ids follow this order."""
    return sorted({row["label"] for row in read_jsonl(BANKING / "train.jsonl")})


def labels() -> list[str]:
    return [*banking_intents(), OUT_OF_SCOPE]


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def write_jsonl(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def recased(text: str, random_source: random.Random) -> str:
    """The text as another hand might have typed it.

    BANKING77 is written with capitals and punctuation, CLINC150 without. Left so, "no capital, no full stop" would
    be the cheapest sign of "out of scope", and would fail on the first customer who types in lower case. So half of
    the rows of each set are given the other set's manners.
    """
    plain = text.lower().rstrip(" ?.!")
    if random_source.random() < 0.5:
        return text
    if text != plain:
        return plain
    written = re.sub(r"\bi\b", "I", plain)
    return written[:1].upper() + written[1:] + random_source.choice(["?", "?", ".", ""])
