"""The replay harness: the same loop as live, over recordings; faster than real time and repeatable."""

from pipit.device.replay.run import ReplayResult, replay
from pipit.device.replay.scenario import Scenario, Step, from_wavs, read_scenario

__all__ = ["ReplayResult", "Scenario", "Step", "from_wavs", "read_scenario", "replay"]
