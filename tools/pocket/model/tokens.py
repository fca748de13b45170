"""The tokenizer: byte-level pair merges, split as llama.cpp's `smollm` does.

A recogniser writes names in lower case and the reply must capitalise them. So every merge of a short word
beginning has a twin with a capital: " anna" and " Anna" fall into the same pieces, only the first differs,
and the model learns one small table of twins instead of every name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from gguf import GGUFReader
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from dialogues import TRAINING, write
from dialogues.conversation import made_up_names

END_OF_TEXT, END, SYSTEM, USER, ASSISTANT = SPECIAL = (
    "<|endoftext|>",
    "<|end|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
)
MERGED_VOCABULARY = 1792  # before the twins
TWIN_LETTERS = 4  # longer word beginnings are whole words, which names hardly meet
SPACE = "\u0120"  # how byte-level tokenizers write a space

Merge = tuple[str, str]


def _texts(dialogues: int) -> Iterator[str]:
    """What the merges are learned from: messages, and made-up names in place of real ones."""
    for seed in range(dialogues):
        for message in write(seed, mix=TRAINING).messages():
            yield (" " if message.role == "user" else "") + message.text
        if seed % 8 == 0:
            yield " " + made_up_names(seed)


def splitter() -> pre_tokenizers.PreTokenizer:
    """How text is parted before merging: digits alone, then GPT-2's pattern."""
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )


def _other_case(merge: Merge, made: set[str]) -> list[Merge]:
    """The same merge with the word's first letter in the other case, in one or two steps from what is `made`.

    Empty if the merge does not begin a short word, or if its parts have no twins.
    """
    left, right = merge
    letters = (left + right).removeprefix(SPACE)
    is_word = letters.isascii() and letters.isalpha()
    if not left.startswith(SPACE) or len(letters) > TWIN_LETTERS or not is_word:
        return []
    first, rest = letters[0].swapcase(), letters[1:]
    if left != SPACE:
        twin = (SPACE + first + left[2:], right)
        return [twin] if twin[0] in made else []
    if not rest:
        return [(SPACE, first)]
    return [(SPACE, first), (SPACE + first, rest)] if rest in made else []


def with_twins(merges: list[Merge]) -> list[Merge]:
    """The merges with each twin right behind its first, so that both cases merge in the same order."""
    ordered: dict[Merge, None] = {}
    made = set(pre_tokenizers.ByteLevel.alphabet())
    for merge in merges:
        for one in (merge, *_other_case(merge, made)):
            if one[0] + one[1] not in made:
                ordered.setdefault(one)
                made.add(one[0] + one[1])
    return list(ordered)


def _vocabulary(merges: list[Merge]) -> dict[str, int]:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = dict.fromkeys([*SPECIAL, *letters, *(left + right for left, right in merges)])
    return {token: index for index, token in enumerate(tokens)}


def train(path: Path, dialogues: int) -> Tokenizer:
    """Learn the merges, add their twins, save the tokenizer."""
    draft = Tokenizer(models.BPE())
    draft.pre_tokenizer = splitter()
    draft.train_from_iterator(
        _texts(dialogues),
        trainers.BpeTrainer(
            vocab_size=MERGED_VOCABULARY,
            special_tokens=list(SPECIAL),
            min_frequency=2,
            show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        ),
    )
    merges = with_twins([tuple(merge) for merge in json.loads(draft.to_str())["model"]["merges"]])
    tokenizer = Tokenizer(models.BPE(vocab=_vocabulary(merges), merges=merges))
    tokenizer.pre_tokenizer = splitter()
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.save(str(path))
    return tokenizer


def load(path: Path) -> Tokenizer:
    """The tokenizer of a work folder."""
    return Tokenizer.from_file(str(path))


def shipped_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer of a GGUF file as it was trained, put together again from the file's lists."""
    fields = GGUFReader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    whole = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    whole.pre_tokenizer = splitter()
    whole.decoder = decoders.ByteLevel()
    whole.add_special_tokens(list(SPECIAL))
    return whole
