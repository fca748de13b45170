"""Cuts the network of a voice in two where the sound begins: an encoder and a decoder.

A Piper voice (VITS) first makes frames of the whole sentence, then sound of these frames, in which a frame depends
only on its neighbours (a HiFi-GAN). The second part takes most of the time and can be had piece by piece.
The layout of an ONNX file: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pipit.models.protobuf import Field, bytes_field, fields, number_field

_GRAPH = 7
_NODE, _INITIALIZER, _INPUT, _OUTPUT, _VALUE_INFO, _SPARSE = 1, 5, 11, 12, 13, 15
_FLOAT = 1
_LOCAL = frozenset(
    "Add Cast Concat Constant Conv ConvTranspose Div Gather Identity LeakyRelu Mul Relu Sub Tanh Unsqueeze".split()
)
"""Operations in which a sample depends on no frame far away (those that make no frames only on the speaker)."""
SPEAKER = "sid"
"""Piper's input for the number of a speaker."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Two networks that one after the other do what the whole does."""

    encoder: bytes
    """From the whole's inputs to ``frames``."""
    decoder: bytes
    """From ``frames``, and the speaker if it asks for one, to the sound."""
    frames: str
    """The tensor between them, shape (1, channels, frames)."""


@dataclass(frozen=True)
class _Node:
    whole: memoryview
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    name: str
    kind: str
    inner: tuple[memoryview, ...]
    """Graphs within it, of a condition or a loop."""

    @cached_property
    def needs(self) -> frozenset[str]:
        """The tensors it reads, those that its inner graphs take from outside included."""
        inner = (name for graph in self.inner for node in _nodes(fields(graph)) for name in node.needs)
        return frozenset((*self.inputs, *inner)) - {""}


def cut(model: memoryview) -> Parts | None:
    """Return the parts of a voice of the usual shape, None for another; raises ``ValueError`` for no ONNX file."""
    outside = list(fields(model))
    graph = [field for part in outside if part.number == _GRAPH for field in fields(part.value)]
    nodes = list(_nodes(graph))
    frames = next((node.inputs[0] for node in nodes if _begins_decoder(node)), None)
    outputs = [_name(field.value) for field in graph if field.number == _OUTPUT]
    if frames is None or not outputs:
        return None
    decoder = _back_from(nodes, outputs[0], frames)
    inputs = {_name(field.value) for field in graph if field.number == _INPUT}
    asks = {name for node in decoder for name in node.needs} & inputs
    if not asks <= {SPEAKER} or not {node.kind for node in decoder} <= _LOCAL:
        return None
    head = [field.whole for field in outside if field.number != _GRAPH]
    between = _float_tensor(frames)
    sound = next(field.value for field in graph if field.number == _OUTPUT)
    given = [field.value for field in graph if field.number == _INPUT]
    speaker = [value for value in given if _name(value) in asks]
    return Parts(
        encoder=_model(head, graph, _back_from(nodes, frames, ""), given, between),
        decoder=_model(head, graph, decoder, [between, *speaker], sound),
        frames=frames,
    )


def _begins_decoder(node: _Node) -> bool:
    """Whether it is VITS's ``dec.conv_pre``: by its own name, or by its weight's in files of older exporters."""
    named = (node.name, *node.inputs[1:2])
    return node.kind == "Conv" and any("dec/conv_pre" in name or "dec.conv_pre" in name for name in named)


def _back_from(nodes: Collection[_Node], wanted: str, stop: str) -> list[_Node]:
    """Return what it takes to compute ``wanted``, in order, taking ``stop`` as given."""
    makers = {name: node for node in nodes for name in node.outputs}
    found: set[int] = set()
    open_ends = [wanted]
    while open_ends:
        node = makers.get(open_ends.pop())
        if node is not None and id(node) not in found:
            found.add(id(node))
            open_ends += (name for name in node.needs if name != stop)
    return [node for node in nodes if id(node) in found]


def _model(
    head: Iterable[memoryview], graph: Iterable[Field], nodes: list[_Node], inputs: Iterable[bytes | memoryview],
    output: bytes | memoryview,
) -> bytes:  # fmt: skip
    """Write a model of ``nodes`` with the weights that they need."""
    needs = {name for node in nodes for name in node.needs}
    body: list[bytes | memoryview] = [node.whole for node in nodes]
    dropped = (_NODE, _INPUT, _OUTPUT, _VALUE_INFO, _INITIALIZER, _SPARSE)
    body += [field.whole for field in graph if field.number not in dropped or _is_weight(field, needs)]
    body += [bytes_field(_INPUT, value) for value in inputs]
    body.append(bytes_field(_OUTPUT, output))
    return b"".join((*head, bytes_field(_GRAPH, *body)))


def _is_weight(field: Field, needed: Collection[str]) -> bool:
    if field.number == _SPARSE:  # its name is that of its values
        return any(part.number == 1 and _name(part.value, at=8) in needed for part in fields(field.value))
    return field.number == _INITIALIZER and _name(field.value, at=8) in needed


def _name(message: memoryview, at: int = 1) -> str:
    return next((field.text for field in fields(message) if field.number == at), "")


def _float_tensor(name: str) -> bytes:
    """Describe a tensor of floats with three axes of any length."""
    shape = bytes_field(2, *[bytes_field(1)] * 3)
    kind = bytes_field(1, number_field(1, _FLOAT), shape)
    return bytes_field(1, name.encode()) + bytes_field(2, kind)


def _nodes(graph: Iterable[Field]) -> Iterator[_Node]:
    for field in graph:
        if field.number == _NODE:
            yield _node(field)


def _node(field: Field) -> _Node:
    texts: dict[int, list[str]] = {1: [], 2: [], 3: [""], 4: [""]}
    inner: list[memoryview] = []
    for part in fields(field.value):
        if part.number in texts:
            texts[part.number].append(part.text)
        elif part.number == 5:  # an attribute, whose graphs are its fields 6 and 11
            inner += (held.value for held in fields(part.value) if held.number in (6, 11))
    return _Node(field.whole, tuple(texts[1]), tuple(texts[2]), texts[3][-1], texts[4][-1], tuple(inner))
