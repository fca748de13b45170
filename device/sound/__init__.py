"""Live sound over PortAudio: which devices there are, the microphone, the speaker."""

from pipit.device.sound.devices import Device, available, choose, inputs, outputs
from pipit.device.sound.microphone import LiveMicrophone
from pipit.device.sound.speaker import LiveSpeaker

__all__ = [
    "Device",
    "LiveMicrophone",
    "LiveSpeaker",
    "available",
    "choose",
    "inputs",
    "outputs",
]
