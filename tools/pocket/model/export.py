"""From a checkpoint to GGUF: architecture `llama`, matrices in Q8_0, tokenizer and chat template inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, TokenType
from torch import Tensor

from net import Shape
from tokens import END, END_OF_TEXT

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' }}"
    "{% if message['role'] == 'user' %}{{ ' ' }}{% endif %}{{ message['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
NAMES = {
    "attention_norm": "attn_norm",
    "attention.query": "attn_q",
    "attention.key": "attn_k",
    "attention.value": "attn_v",
    "attention.out": "attn_output",
    "feed_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}
"""Our names in a block, and llama.cpp's."""


def _describe(writer: GGUFWriter, shape: Shape) -> None:
    """The keys that describe the network."""
    writer.add_name("Pipit pocket")
    writer.add_description("A toy-sized Llama for a first run of Pipit, trained on generated dialogues")
    writer.add_license("GPL-3.0-or-later")
    writer.add_file_type(LlamaFileType.MOSTLY_Q8_0)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.key_heads)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)
    writer.add_vocab_size(shape.vocabulary)


def _add_tokenizer(writer: GGUFWriter, tokenizer: dict[str, Any]) -> None:
    """The vocabulary and its merges; `smollm` names the splitting that the merges were learned with."""
    vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
    special = {token["id"] for token in tokenizer["added_tokens"]}
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types(
        [TokenType.CONTROL if index in special else TokenType.NORMAL for index in range(len(tokens))]
    )
    writer.add_token_merges([" ".join(merge) for merge in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(vocabulary[END_OF_TEXT])
    writer.add_pad_token_id(vocabulary[END_OF_TEXT])
    writer.add_eos_token_id(vocabulary[END])
    writer.add_eot_token_id(vocabulary[END])
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def _add(writer: GGUFWriter, name: str, weight: Tensor) -> None:
    """A matrix in Q8_0 (its rows are whole blocks of 32), a norm's vector as it is."""
    values = weight.detach().float().numpy()
    if values.ndim == 1:
        writer.add_tensor(name, values.astype(np.float32))
        return
    kind = GGMLQuantizationType.Q8_0
    writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)


def _add_weights(writer: GGUFWriter, weights: dict[str, Tensor], layers: int) -> None:
    """All weights; without an output matrix llama.cpp uses the embedding."""
    _add(writer, "token_embd.weight", weights["embedding.weight"])
    for layer in range(layers):
        for ours, theirs in NAMES.items():
            _add(writer, f"blk.{layer}.{theirs}.weight", weights[f"blocks.{layer}.{ours}.weight"])
    _add(writer, "output_norm.weight", weights["norm.weight"])


def export(checkpoint: Path, tokenizer: Path, out: Path) -> None:
    """Write the GGUF file, whole or not at all."""
    saved = torch.load(checkpoint, weights_only=True)
    shape = Shape(**saved["shape"])
    part = out.with_suffix(".part")
    writer = GGUFWriter(part, "llama")
    _describe(writer, shape)
    _add_tokenizer(writer, json.loads(tokenizer.read_text(encoding="utf-8")))
    _add_weights(writer, saved["weights"], shape.layers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(out)
