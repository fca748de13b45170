"""The assistant with a real microphone, speaker, button, lights and consoles around it."""

from pipit.device.live.run import HOME, run_live

__all__ = ["HOME", "run_live"]
