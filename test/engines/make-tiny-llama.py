"""Writes a small random Llama in Hugging Face's layout: safetensors, a byte-level tokenizer, a ChatML template.

Usage: make-tiny-llama.py FOLDER [HIDDEN_SIZE LAYERS]
Greedy decoding of it is deterministic nonsense, which is what tests of an engine's plumbing need. It knows nothing
of any engine; it needs torch, transformers and tokenizers.
"""

import sys

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

folder = sys.argv[1]
hidden_size, layers = (int(value) for value in sys.argv[2:4]) if len(sys.argv) > 2 else (128, 2)

# The 256 bytes, so that any text can be read, and a few merges, so that a token is more than a byte.
sample = [
    "What does a transfer to another bank cost? My card was stolen. How do I get a new one?",
    "I would like to top up my account. The exchange rate is wrong. Why was my payment declined?",
    "轉帳到其他銀行要多少錢？我的卡片遺失了。",
]
special = ["<pad>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator(
    sample,
    trainers.BpeTrainer(
        vocab_size=384,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ),
)

chat_template = (
    "{% for tool in tools or [] %}{{ '<|im_start|>system\\n' + tool | tojson + '<|im_end|>\\n' }}{% endfor %}"
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + (message['content'] or '') + '<|im_end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
wrapped = PreTrainedTokenizerFast(
    tokenizer_object=tokenizer,
    pad_token="<pad>",
    bos_token="<s>",
    eos_token="<|im_end|>",
    model_max_length=1024,
)
wrapped.chat_template = chat_template
wrapped.save_pretrained(folder)

torch.manual_seed(7)
config = LlamaConfig(
    vocab_size=len(wrapped),
    hidden_size=hidden_size,
    intermediate_size=2 * hidden_size,
    num_hidden_layers=layers,
    num_attention_heads=hidden_size // 32,
    num_key_value_heads=hidden_size // 64,
    head_dim=32,
    max_position_embeddings=1024,
    tie_word_embeddings=False,
    # Spread-out weights make the argmax clear, so that two engines in floating point agree on it.
    initializer_range=0.2,
    pad_token_id=wrapped.pad_token_id,
    bos_token_id=wrapped.bos_token_id,
    eos_token_id=wrapped.eos_token_id,
)
LlamaForCausalLM(config).save_pretrained(folder)
