"""Live sound over PortAudio: which devices there are, the microphone, the speaker, a level meter."""

from pipit.device.sound.devices import Device, available, choose, inputs, outputs
from pipit.device.sound.meter import devices_as_json, show_devices
from pipit.device.sound.microphone import LiveMicrophone
from pipit.device.sound.speaker import LiveSpeaker

__all__ = [
    "Device",
    "LiveMicrophone",
    "LiveSpeaker",
    "available",
    "choose",
    "devices_as_json",
    "inputs",
    "outputs",
    "show_devices",
]
