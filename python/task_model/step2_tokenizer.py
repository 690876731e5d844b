"""Step 2: a byte-level BPE tokenizer of 3,072 entries, trained on the training texts. Writes tokenizer.json.

The pre-tokenizer is GPT-2's (`tokenizer.ggml.pre = gpt-2`), so llama.cpp and HF tokenizers cut texts alike.
The markers, the pieces of the tool call and the labels are entries of their own behind the learned ones.
"""

import random

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from common import (
    ASSISTANT, BUILD, CALL_CLOSE, CALL_HEAD, CALL_OPEN, CALL_TAIL, END, PAD, USER,
    labels, read_jsonl, recased,
)  # fmt: skip

VOCABULARY = 3072

control = [PAD, USER, ASSISTANT, END]
printed = [CALL_OPEN, CALL_HEAD, CALL_TAIL, CALL_CLOSE, *labels()]

random_source = random.Random(0)
rows = read_jsonl(BUILD / "train.jsonl")
# Both manners of writing, each with the leading space that the chat template puts before a text.
texts = [" " + text for row in rows for text in (row["text"], recased(row["text"], random_source))]

tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
tokenizer.decoder = decoders.ByteLevel()
trainer = trainers.BpeTrainer(
    vocab_size=VOCABULARY - len(control) - len(printed),
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    show_progress=False,
)
tokenizer.train_from_iterator(texts, trainer)
tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in control])
tokenizer.add_tokens([AddedToken(text, special=False, normalized=False) for text in printed])
assert tokenizer.get_vocab_size() == VOCABULARY, tokenizer.get_vocab_size()
tokenizer.save(str(BUILD / "tokenizer.json"))

lengths = sorted(len(tokenizer.encode(" " + row["text"]).ids) for row in rows)
print(f"vocabulary {VOCABULARY}; tokens per text: median {lengths[len(lengths) // 2]}, longest {lengths[-1]}")
