"""How often a flow gets labelled recordings right: ``pipit eval``."""

from pipit.device.eval.labels import Labelled, read_labels
from pipit.device.eval.run import Plan, evaluate
from pipit.device.eval.score import Column, Confusion, Result

__all__ = ["Column", "Confusion", "Labelled", "Plan", "Result", "evaluate", "read_labels"]
