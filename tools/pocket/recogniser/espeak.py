"""espeak-ng through its library, which tells when each phone begins: labelled speech in a millisecond.

Constants and structures follow `speak_lib.h` of espeak-ng 1.51 (Debian `libespeak-ng1`).
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

_SYNCHRONOUS = 2
_PHONEME_EVENTS = 1
_UTF8, _PHONEMES = 1, 0x100  # the second: what stands in [[ ]] are phones
_EVENT_END, _EVENT_PHONEME = 0, 7
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7
_BETWEEN = "|"
_STRESSED = re.compile(r"([',%=]*)(\S+)")


class _Identifier(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("message", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identifier),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True)
class Manner:
    """How a voice speaks: words a minute, pitch and its range (0 to 100), pause between words in 10 ms."""

    rate: int
    pitch: int
    range: int
    gap: int


@dataclass(frozen=True)
class Phone:
    """An espeak phone: its mnemonic, its start in seconds, where its word begins in the text."""

    name: str
    start: float
    offset: int


class Espeak:
    """The library, initialised once a process."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self.sample_rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS)
        self._samples = bytearray()
        self._phones: list[Phone] = []
        self._callback = _Callback(self._receive)  # kept: the library holds a bare pointer
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p

    def speak(self, text: str, voice: str, manner: Manner) -> tuple[np.ndarray, list[Phone]]:
        """Return int16 samples at `sample_rate` and the phones in order; `voice` is like "en-us+f4"."""
        self._samples.clear()
        self._phones.clear()
        self._choose(voice)
        for parameter, value in (
            (_RATE, manner.rate),
            (_PITCH, manner.pitch),
            (_RANGE, manner.range),
            (_WORD_GAP, manner.gap),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)
        spoken = text.encode()
        self._library.espeak_Synth(spoken, len(spoken) + 1, 0, 1, 0, _UTF8 | _PHONEMES, None, None)
        return np.frombuffer(bytes(self._samples), np.int16), list(self._phones)

    def sounds(self, word: str, voice: str) -> list[tuple[str, str]]:
        """Return how a voice would say a word: each phone's stress mark, mostly "", and its mnemonic."""
        self._choose(voice)
        text = ctypes.c_char_p(word.encode())
        said = self._library.espeak_TextToPhonemes(ctypes.byref(text), _UTF8, ord(_BETWEEN) << 8)
        found = [_STRESSED.fullmatch(sound) for sound in said.decode().strip().split(_BETWEEN)]
        return [(match[1], match[2]) for match in found if match]

    def _choose(self, voice: str) -> None:
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice}")

    def _receive(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._samples.extend(ctypes.string_at(samples, 2 * count))
        index = 0
        while events[index].type != _EVENT_END:
            event = events[index]
            if event.type == _EVENT_PHONEME:
                name = bytes(event.id.string).decode("ascii", "replace")
                self._phones.append(Phone(name, event.sample / self.sample_rate, event.text_position - 1))
            index += 1
        return 0
