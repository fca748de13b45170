"""The phase machine: which phase may follow which, built from the flow."""

from __future__ import annotations

from typing import Any

from transitions import Machine, MachineError

from pipit.errors import BadInput
from pipit.fsm.flow.schema import Flow

END = "end"
"""Where a flow goes after its last phase; no phase is called so."""


class NoSuchTransition(BadInput):
    """A phase may not follow the running one."""


class PhaseMachine:
    """Holds the running phase; ``start`` is the state before the first."""

    state: str

    def __init__(self, flow: Flow, at: str = "") -> None:
        self._flow = flow
        names = [phase.name for phase in flow.phases]
        self._machine = Machine(
            model=self, states=["start", *names, END], initial=at or "start", auto_transitions=False, send_event=False
        )
        self._machine.add_transition("to_" + names[0], "start", names[0])
        for phase in flow.phases:
            for dest in following(flow, phase.name):
                self._machine.add_transition("to_" + dest, phase.name, dest)
            for dest in names:
                self._machine.add_transition("back_to_" + dest, phase.name, dest)

    def go(self, dest: str, back: bool = False) -> None:
        """Enter a phase, or ``end``; raises ``NoSuchTransition`` with both names, and nothing has changed."""
        trigger = ("back_to_" if back else "to_") + dest
        try:
            self._machine.events[trigger].trigger(self)
        except (MachineError, KeyError) as error:
            allowed = ", ".join(self.allowed()) or "none"
            raise NoSuchTransition(
                "phase-order", f"'{dest}' cannot follow '{self.state}'", f"what may follow: {allowed}"
            ) from error

    def allowed(self) -> tuple[str, ...]:
        """Return the names that may follow."""
        if self.state == "start":
            return (self._flow.phases[0].name,)
        return () if self.state == END else following(self._flow, self.state)


def following(flow: Flow, name: str) -> tuple[str, ...]:
    """Return the phases, or ``end``, that may follow a phase."""
    index = flow.index(name)
    after = flow.phases[index + 1].name if index + 1 < len(flow.phases) else END
    rules = [rule.to for rule in flow.phases[index].next] if flow.order == "free" else []
    return tuple(dict.fromkeys([*rules, after] if not _always(flow, name) else rules))


def _always(flow: Flow, name: str) -> bool:
    return flow.order == "free" and any(rule.when is None for rule in flow.phase(name).next)


def chosen(flow: Flow, name: str, holds: Any) -> str:
    """Return which one follows: the first rule that ``holds`` says yes to, else the next in the file."""
    if flow.order == "free":
        for rule in flow.phase(name).next:
            if rule.when is None or holds(rule.when):
                return rule.to
    return following(flow, name)[-1]
