"""How good a GGUF is, through llama.cpp, greedy, one thread.

    python tools/pocket/model/evaluate.py models/pocket/model/pocket.gguf [--turns 1500] [--show 40]

Prints the share of right replies for trained language in new dialogues ("train": seeds never trained), for
wordings held out, for fillings held out, and for both; the demo conversation in one context, and its turns
in shuffled orders; an interview's verdicts, words picked and sessions summed up, by Pipit's own engine, prompts and
grammars; and whether llama.cpp splits texts as trained. Needs Pipit itself.
The history of a test turn is what the dialogue holds, not the model's own replies.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from llama_cpp import Llama

import checks
from dialogues import SPLITS, Dialogue, Message, Turn, render, write
from picks import picks
from sums import sums
from verdicts import verdicts

TEST_SEED = 500_000_000  # training never comes here
CONTEXT = 512
LONGEST_REPLY = 120  # tokens


@dataclass
class Result:
    """Right and asked replies by kind, and what went wrong."""

    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    after_cut: list[bool] = field(default_factory=list)
    """Whether the replies that follow a cut one are right."""
    wrong: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Right replies per hundred asked."""
        return 100 * self.right.total() / max(1, self.asked.total())

    def note(self, turn: Turn, said: str, cut_before: bool) -> None:
        """Count one reply."""
        good = is_right(turn, said)
        self.asked[turn.kind] += 1
        self.right[turn.kind] += good
        if cut_before:
            self.after_cut.append(good)
        if not good:
            self.wrong.append(f"[{turn.kind}] {turn.user!r}\n    wanted {turn.reply!r}\n    said   {said!r}")

    def table(self) -> str:
        """The kinds, worst first."""
        kinds = sorted(self.asked, key=lambda kind: self.right[kind] / self.asked[kind])
        parts = [f"{kind} {self.right[kind]}/{self.asked[kind]}" for kind in kinds]
        return "  ".join([*parts, f"(after a cut reply {sum(self.after_cut)}/{len(self.after_cut)})"])


class Speaker:
    """The model under test."""

    def __init__(self, path: Path) -> None:
        self.llama = Llama(str(path), n_ctx=CONTEXT, n_threads=1, n_threads_batch=1, verbose=False)
        self.end = self.llama.token_eos()

    def ids(self, text: str) -> list[int]:
        """Token ids as llama.cpp splits a rendered text."""
        return self.llama.tokenize(text.encode(), add_bos=False, special=True)

    def say(self, messages: list[Message]) -> str | None:
        """The greedy reply to a history; None if the history leaves no room for it."""
        prompt = self.ids(render(messages) + "<|assistant|>")
        if len(prompt) > CONTEXT - LONGEST_REPLY:
            return None
        said: list[int] = []
        for token in self.llama.generate(prompt, top_k=1, temp=0.0, repeat_penalty=1.0):
            if token == self.end or len(said) >= LONGEST_REPLY:
                break
            said.append(token)
        return self.llama.detokenize(said).decode("utf-8", "replace")


def _plain(text: str) -> str:
    """Letters and digits only; capitals count, since names are to be capitalised."""
    return re.sub(r"[^A-Za-z0-9 ]", "", text).strip()


def is_right(turn: Turn, said: str) -> bool:
    """Whether a reply is the wanted one or one as good."""
    return _plain(said) in {_plain(wanted) for wanted in (turn.reply, *turn.accept)}


def _test_dialogue(speaker: Speaker, dialogue: Dialogue, result: Result) -> None:
    messages = dialogue.messages()
    for index, turn in enumerate(dialogue.turns):
        if not turn.taught:
            continue
        said = speaker.say(messages[: 2 + 2 * index])
        if said is None:
            return
        result.note(turn, said, index > 0 and dialogue.turns[index - 1].heard is not None)


def test_split(speaker: Speaker, split: str, turns: int) -> Result:
    """Ask about `turns` turns of one side of the language."""
    result, seed = Result(), TEST_SEED
    while result.asked.total() < turns:
        _test_dialogue(speaker, write(seed, split), result)
        seed += 1
    return result


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--turns", type=int, default=1500, help="test turns for each split (default: 1500)")
    parser.add_argument("--verdicts", type=int, default=500, help="an interview's verdicts of each side (default: 500)")
    parser.add_argument("--picks", type=int, default=500, help="words to be picked of each side (default: 500)")
    parser.add_argument("--sums", type=int, default=200, help="sessions to be summed up of each side (default: 200)")
    parser.add_argument("--show", type=int, default=0, help="how many wrong replies of each split to print")
    arguments = parser.parse_args()
    speaker = Speaker(arguments.model)
    print(checks.tokenizer(arguments.model, speaker.ids))
    for split in SPLITS:
        started = time.process_time()
        result = test_split(speaker, split, arguments.turns)
        print(f"\n{split}: {result.share:.1f} % ({time.process_time() - started:.0f} s)\n{result.table()}")
        for wrong in result.wrong[: arguments.show]:
            print(wrong)
    print("\n" + "\n".join(checks.demo(speaker.say)))
    print("\n" + "\n".join(checks.demo_shuffled(speaker.say)))
    print("\n" + "\n".join(verdicts(arguments.model, arguments.verdicts, arguments.show)))
    print("\n" + "\n".join(picks(arguments.model, arguments.picks, arguments.show)))
    print("\n" + "\n".join(sums(arguments.model, arguments.sums, arguments.show)))


if __name__ == "__main__":
    main()
