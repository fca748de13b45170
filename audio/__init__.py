"""Sound in, sound out: frames, WAV, resampling, voice activity, endpointing, playout.

Time in here is audio consumed, counted in samples; nothing reads the wall clock but ``AudioClock.stamp``.
"""

from pipit.audio.clock import AudioClock
from pipit.audio.endpoint import Endpointer, EndpointSettings, Mark, MarkKind
from pipit.audio.frames import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES, RATE, Frame, Samples
from pipit.audio.playback import Playback, Played
from pipit.audio.ports import Microphone, VoiceActivity
from pipit.audio.vad import AboveFloor, ScriptedActivity, WebRtcActivity
from pipit.audio.wav import WavClip, WavWriter, write_wav

__all__ = [
    "FRAME_BYTES",
    "FRAME_MS",
    "FRAME_SAMPLES",
    "RATE",
    "AboveFloor",
    "AudioClock",
    "EndpointSettings",
    "Endpointer",
    "Frame",
    "Mark",
    "MarkKind",
    "Microphone",
    "Playback",
    "Played",
    "Samples",
    "ScriptedActivity",
    "VoiceActivity",
    "WavClip",
    "WavWriter",
    "WebRtcActivity",
    "write_wav",
]
