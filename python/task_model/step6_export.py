"""Step 6: one set of float16 numbers, written twice: safetensors for vLLM and transformers, GGUF for llama.cpp.

Also task.json, which tells the product what the model is for. Nothing is measured here.
"""

import json

import gguf
import numpy as np
import torch
from safetensors.torch import save_file

from common import (
    ASSISTANT, BUILD, CHAT_TEMPLATE, END, MODEL, OUT_OF_SCOPE, PAD, TOOL_NAME, USER, banking_intents, labels, read_json,
    write_json,
)  # fmt: skip
from model import Shape

NAME = "banking-intents"
shape = Shape(**read_json(BUILD / "weights.json")["shape"])
calibration = read_json(BUILD / "calibration.json")
weights = {name: value.half() for name, value in torch.load(BUILD / "calibrated.pt", weights_only=True).items()}
vocabulary = read_json(BUILD / "tokenizer.json")
ids = {entry["content"]: entry["id"] for entry in vocabulary["added_tokens"]}
control = {PAD, USER, ASSISTANT, END}
MODEL.mkdir(parents=True, exist_ok=True)

# ---- Hugging Face ----------------------------------------------------------------------------------------------------

# The embedding is also the output matrix (tie_word_embeddings), so there is no lm_head to save.
save_file({f"model.{name}": value for name, value in weights.items()}, MODEL / "model.safetensors", {"format": "pt"})
write_json(
    MODEL / "config.json",
    {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.width,
        "intermediate_size": shape.feed_forward,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "head_dim": shape.head_width,
        "hidden_act": "silu",
        "max_position_embeddings": shape.positions,
        "rms_norm_eps": shape.norm_eps,
        "rope_theta": shape.rope_theta,
        "rope_parameters": {"rope_type": "default", "rope_theta": shape.rope_theta},
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": ids[USER],
        "eos_token_id": ids[END],
        "pad_token_id": ids[PAD],
        "dtype": "float16",
    },
)
write_json(
    MODEL / "generation_config.json",
    {
        "bos_token_id": ids[USER],
        "eos_token_id": ids[END],
        "pad_token_id": ids[PAD],
        "do_sample": False,
        "max_new_tokens": 16,
    },
)
(MODEL / "tokenizer.json").write_text(
    json.dumps(vocabulary, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
)
write_json(
    MODEL / "tokenizer_config.json",
    {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": END,
        "pad_token": PAD,
        "model_max_length": shape.positions,
        "clean_up_tokenization_spaces": False,
        "chat_template": CHAT_TEMPLATE,
    },
)

# ---- GGUF ------------------------------------------------------------------------------------------------------------


def paired(weight: torch.Tensor) -> torch.Tensor:
    """Rows of Q and K from halves (i, i + d/2) to neighbours (2i, 2i + 1), as llama.cpp rotates them."""
    return weight.view(shape.heads, 2, shape.head_width // 2, shape.width).transpose(1, 2).reshape(weight.shape)


IN_LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def gguf_name(name: str) -> str:
    part = name.removesuffix(".weight")
    if part in ("embed_tokens", "norm"):
        return {"embed_tokens": "token_embd", "norm": "output_norm"}[part] + ".weight"
    _, layer, rest = part.split(".", 2)
    return f"blk.{layer}.{IN_LAYER[rest]}.weight"


writer = gguf.GGUFWriter(MODEL / f"{NAME}.gguf", "llama")
writer.add_name(NAME)
writer.add_description("Maps a bank customer's utterance to a tool call with one of 77 intents, or out_of_scope.")
writer.add_license("Apache-2.0")
writer.add_languages(["en"])
writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
writer.add_vocab_size(shape.vocabulary)
writer.add_context_length(shape.positions)
writer.add_embedding_length(shape.width)
writer.add_block_count(shape.layers)
writer.add_feed_forward_length(shape.feed_forward)
writer.add_head_count(shape.heads)
writer.add_head_count_kv(shape.heads)
writer.add_rope_dimension_count(shape.head_width)
writer.add_rope_freq_base(shape.rope_theta)
writer.add_layer_norm_rms_eps(shape.norm_eps)

texts = sorted({**vocabulary["model"]["vocab"], **ids}.items(), key=lambda entry: entry[1])
assert [index for _, index in texts] == list(range(shape.vocabulary))
kinds = [
    gguf.TokenType.CONTROL if text in control else gguf.TokenType.USER_DEFINED if text in ids else gguf.TokenType.NORMAL
    for text, _ in texts
]
writer.add_tokenizer_model("gpt2")
writer.add_tokenizer_pre("gpt-2")
writer.add_token_list([text for text, _ in texts])
writer.add_token_types(kinds)
writer.add_token_merges([" ".join(merge) for merge in vocabulary["model"]["merges"]])
writer.add_bos_token_id(ids[USER])
writer.add_eos_token_id(ids[END])
writer.add_pad_token_id(ids[PAD])
writer.add_add_bos_token(False)
writer.add_add_space_prefix(False)
writer.add_chat_template(CHAT_TEMPLATE)

for name, value in weights.items():
    matrix = paired(value) if name.endswith(("q_proj.weight", "k_proj.weight")) else value
    # llama.cpp wants vectors in float32; the numbers are still those of the float16 file.
    writer.add_tensor(gguf_name(name), matrix.numpy().astype(np.float32 if value.ndim == 1 else np.float16))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

# ---- What it is for --------------------------------------------------------------------------------------------------

write_json(
    MODEL / "task.json",
    {
        "name": NAME,
        "files": {"gguf": f"{NAME}.gguf", "safetensors": "model.safetensors"},
        "languages": ["en"],
        "tool": {
            "name": TOOL_NAME,
            "description": "Names what a customer of a bank wants, or that it is no banking question.",
            "parameters": {
                "type": "object",
                "properties": {"intent": {"type": "string", "enum": labels()}},
                "required": ["intent"],
                "additionalProperties": False,
            },
        },
        "labels": banking_intents(),
        "outOfScopeLabel": OUT_OF_SCOPE,
        # The answer's tokens are <tool_call>, head, intent, tail, </tool_call>, end: the third one's chance counts.
        "confidenceTokenIndex": 2,
        "escalateBelow": calibration["escalateBelow"],
    },
)
for path in sorted(MODEL.iterdir()):
    print(f"{path.stat().st_size:>9,} {path.name}")
