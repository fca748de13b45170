"""The assistant with a real microphone, speaker, button, lights and consoles around it."""

from pipit.device.live.run import run_live

__all__ = ["run_live"]
