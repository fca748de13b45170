"""Names of keys as Linux spells them (KEY_SPACE), for those that a keyboard, a clicker or a pedal has."""

from __future__ import annotations

import difflib

from pipit.errors import BadConfig

_ROWS = {
    1: "ESC 1 2 3 4 5 6 7 8 9 0 MINUS EQUAL BACKSPACE TAB Q W E R T Y U I O P LEFTBRACE RIGHTBRACE ENTER LEFTCTRL",
    30: "A S D F G H J K L SEMICOLON APOSTROPHE GRAVE LEFTSHIFT BACKSLASH Z X C V B N M COMMA DOT SLASH RIGHTSHIFT",
    55: "KPASTERISK LEFTALT SPACE CAPSLOCK F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NUMLOCK SCROLLLOCK",
    71: "KP7 KP8 KP9 KPMINUS KP4 KP5 KP6 KPPLUS KP1 KP2 KP3 KP0 KPDOT",
    86: "102ND F11 F12",
    96: "KPENTER RIGHTCTRL KPSLASH SYSRQ RIGHTALT",
    102: "HOME UP PAGEUP LEFT RIGHT END DOWN PAGEDOWN INSERT DELETE",
    113: "MUTE VOLUMEDOWN VOLUMEUP POWER",
    119: "PAUSE",
    125: "LEFTMETA RIGHTMETA COMPOSE STOP",
    142: "SLEEP WAKEUP",
    163: "NEXTSONG PLAYPAUSE PREVIOUSSONG STOPCD RECORD",
    183: "F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24",
    248: "MICMUTE",
    0x160: "OK SELECT",
    0x246: "VOICECOMMAND",
}
CODES = {f"KEY_{name}": first + n for first, row in _ROWS.items() for n, name in enumerate(row.split())}
_HIGHEST = 0x2FF


def key_code(name: str) -> int:
    """Return the kernel's code of a key, given its name or the code itself; raises ``BadConfig``."""
    wanted = name.strip().upper()
    if wanted.isdecimal():  # a code, never the key of that digit, which is KEY_1
        if 0 < int(wanted) <= _HIGHEST:
            return int(wanted)
    elif code := CODES.get(wanted) or CODES.get(f"KEY_{wanted}"):
        return code
    near = difflib.get_close_matches(wanted, CODES, n=1)
    hint = f"did you mean {near[0]}?" if near else "give a name such as KEY_SPACE, or the number that evtest shows"
    raise BadConfig("button-key", f"button.key: there is no key '{name}'", hint)
