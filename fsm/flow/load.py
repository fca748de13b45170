"""From a file to a flow, or to everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from pipit.errors import BadInput
from pipit.fsm.flow.fault import Fault, FlowError
from pipit.fsm.flow.lint import lint
from pipit.fsm.flow.schema import Flow
from pipit.fsm.flow.tree import plain_data
from pipit.fsm.flow.wording import faults_of
from pipit.fsm.flow.yaml_file import LARGEST, NotYaml, decode, read_yaml

__all__ = ["Fault", "FlowError", "check_file", "check_text", "load_flow", "read_flow"]


def load_flow(path: Path) -> Flow:
    """Read a flow file; raises ``FlowError``, or ``BadInput`` for a file that cannot be read."""
    flow, faults, _ = _inspect_file(path, None)
    return _sound(flow, faults, str(path))


def read_flow(text: str, name: str) -> Flow:
    """Read a flow; ``name`` stands for the file in messages. Raises ``FlowError``."""
    return _sound(*_inspect(text, name, None), name)


def check_text(text: str, name: str, heard_words: frozenset[str] | None = None) -> tuple[Fault, ...]:
    """Return what is wrong, in the order of the file; ``heard_words`` are all that the recogniser knows."""
    return _inspect(text, name, heard_words)[1]


def check_file(path: Path, heard_words: frozenset[str] | None = None) -> tuple[str, tuple[Fault, ...]]:
    """Return a file's text, as far as it is one, and what is wrong with it; raises ``BadInput``."""
    _, faults, text = _inspect_file(path, heard_words)
    return text, faults


def _inspect_file(path: Path, heard: frozenset[str] | None) -> tuple[Flow | None, tuple[Fault, ...], str]:
    try:
        with path.open("rb") as file:
            data = file.read(4 * LARGEST + 1)  # no more than can matter, whatever the file is
    except FileNotFoundError as error:
        raise BadInput("flow-missing", f"{path}: no such file", "pipit flow list shows the flows there are") from error
    except OSError as error:
        raise BadInput(
            "flow-unreadable", f"{path}: {error.strerror}", "check what it is and its permissions"
        ) from error
    try:
        text = decode(data)
    except NotYaml as error:
        return None, (error.fault,), ""
    return *_inspect(text, str(path), heard), text


def _sound(flow: Flow | None, faults: tuple[Fault, ...], name: str) -> Flow:
    if flow is None or any(fault.severity == "error" for fault in faults):
        raise FlowError(name, faults)
    return flow


def _inspect(text: str, name: str, heard: frozenset[str] | None) -> tuple[Flow | None, tuple[Fault, ...]]:
    try:
        document, twice = read_yaml(text)
    except NotYaml as error:
        return None, (error.fault,)
    try:
        flow = Flow.model_validate(plain_data(document.root))
    except ValidationError as error:
        return None, tuple(sorted({*twice, *faults_of(error, document)}))
    found = {*twice, *lint(flow, document, Path(name).name, heard)}
    return flow, tuple(sorted(found))
