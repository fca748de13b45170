"""A network in onnxruntime whose runs can be stopped from another thread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipit.models.ending import native


class Stop:
    """The options of one synthesis; ``stop`` ends what runs under them at the next operation of the network."""

    def __init__(self) -> None:
        import onnxruntime

        self.options = onnxruntime.RunOptions()

    def stop(self) -> None:
        """End the run, and every later one under the same options."""
        self.options.terminate = True


class Session:
    """``onnxruntime.InferenceSession`` with the settings that suit a small board; ``run`` is called the same way."""

    def __init__(self, source: Path | bytes, threads: int, optimised: bool = False, keep: Path | None = None) -> None:
        """Load a network; ``threads`` work on one operation. Raises what onnxruntime raises.

        With ``keep`` the network is written there with its operations already joined, and read back later with
        ``optimised``: for the thousands of operations of a VITS encoder that halves the time of loading.
        """
        import onnxruntime

        levels = onnxruntime.GraphOptimizationLevel
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Threads that spin between operations take a third of the processor from the language model.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        if optimised:
            options.graph_optimization_level = levels.ORT_DISABLE_ALL
        elif keep is not None:  # beyond this level follows what only suits the processor at hand
            options.graph_optimization_level = levels.ORT_ENABLE_EXTENDED
            options.optimized_model_filepath = str(keep)
        network = source if isinstance(source, bytes) else str(source)
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self.inputs = {entry.name: list(entry.shape) for entry in self._session.get_inputs()}
        """Names and shapes; a length that is not fixed is a text or None."""
        self.under(Stop())

    def under(self, stop: Stop) -> None:
        """Let ``stop`` end every run from now on."""
        self._stop = stop

    def run(self, outputs: list[str] | None, inputs: dict[str, Any]) -> Any:
        """Run the network as ``onnxruntime.InferenceSession.run`` does."""
        with native():
            return self._session.run(outputs, inputs, self._stop.options)
