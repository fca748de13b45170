"""Stores the large numbers of an ONNX graph in half precision; onnxruntime widens them once, when it loads.

Computing stays in full precision, so nothing gets slower and nothing can overflow.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST = 1024  # numbers; below that a Cast costs more bytes than it saves


def shrink(source: Path, out: Path) -> None:
    """Writes the small graph to `out`."""
    model = onnx.load(str(source))
    graph = model.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    constants = [node for node in graph.node if node.op_type == "Constant" and _is_large(node.attribute[0].t)]
    for node in constants:  # the exporter leaves some tables as nodes
        tensor = node.attribute[0].t
        tensor.name = node.output[0]
        tensors[tensor.name] = tensor
        graph.node.remove(node)
    kept, casts = [], []
    for name, tensor in tensors.items():
        if not _is_large(tensor):
            kept.append(tensor)
            continue
        half = numpy_helper.to_array(tensor).astype(np.float16)
        kept.append(numpy_helper.from_array(half, f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(kept)
    model.producer_name, model.doc_string = "pipit", ""
    onnx.checker.check_model(model)
    onnx.save(model, str(out))


def _is_large(tensor: onnx.TensorProto) -> bool:
    return tensor.data_type == TensorProto.FLOAT and int(np.prod(tensor.dims)) >= SMALLEST
