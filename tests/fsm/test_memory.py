"""What the model is told: the newest that fits, in turns, and only what was heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle

from hypothesis import given
from hypothesis import strategies as st

from pipit.fsm.memory import Exchange, Memory, build_prompt
from pipit.models import Message

EXCHANGES = st.lists(
    st.builds(Exchange, said=st.text("abc", min_size=1, max_size=5), heard=st.text("xyz", max_size=5)), max_size=12
)


def room(words: int) -> Callable[[Sequence[Message]], bool]:
    return lambda messages: sum(1 + len(message.text) for message in messages) <= words


def always(_: Sequence[Message]) -> bool:
    return True


def test_a_conversation() -> None:
    memory = Memory()
    memory.remember("hello", "Hi.")
    memory.remember("what is", "")
    memory.remember("the time", "Noon.")
    memory.remember("and in", "")
    messages, dropped = build_prompt("Be brief.", memory.snapshot(), "paris", always)
    assert dropped == 0
    assert [(message.role, message.text) for message in messages] == [
        ("system", "Be brief."),
        ("user", "hello"),
        ("assistant", "Hi."),
        ("user", "what is the time"),
        ("assistant", "Noon."),
        ("user", "and in paris"),
    ]


def test_without_a_system_prompt_there_is_no_such_message() -> None:
    assert build_prompt("", (), "hello", always) == ((Message("user", "hello"),), 0)


def test_a_snapshot_is_not_touched_by_what_comes_later() -> None:
    memory = Memory()
    memory.remember("a", "b")
    before = memory.snapshot()
    memory.remember("c", "d")
    assert before == (Exchange("a", "b"),)


def test_memory_is_bounded() -> None:
    memory = Memory()
    for n in range(10_000):
        memory.remember(str(n), "x")
    assert len(memory.snapshot()) < 1000
    assert memory.snapshot()[-1] == Exchange("9999", "x")


@given(st.sampled_from(["", "sys"]), EXCHANGES, st.text("abc", min_size=1, max_size=5), st.integers(0, 120))
def test_whatever_is_left_out_the_form_holds(system: str, exchanges: list[Exchange], said: str, size: int) -> None:
    fits = room(size)
    messages, dropped = build_prompt(system, exchanges, said, fits)
    assert 0 <= dropped <= len(exchanges)
    # the system prompt never drops out, roles alternate, the person has the last word
    assert [message.text for message in messages if message.role == "system"] == ([system] if system else [])
    talk = [message for message in messages if message.role != "system"]
    assert [message.role for message in talk] == [r for r, _ in zip(cycle(["user", "assistant"]), talk, strict=False)]
    assert talk[-1].role == "user"
    assert talk[-1].text.endswith(said)
    # exchanges drop out whole, oldest first; of what stays nothing is lost
    kept = exchanges[dropped:]
    spoken = " ".join(message.text for message in talk if message.role == "user")
    assert spoken == " ".join([*(exchange.said for exchange in kept), said])
    answers = [message.text for message in talk if message.role == "assistant"]
    assert answers == [exchange.heard for exchange in kept if exchange.heard]
    # no more is dropped than must be
    if dropped < len(exchanges):
        assert fits(messages)
    if dropped:
        assert not fits(build_prompt(system, exchanges[dropped - 1 :], said, always)[0])
