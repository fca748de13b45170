"""Talking to a running assistant by text: over a serial line, a UNIX socket, standard input."""

from pipit.device.console.attach import attach
from pipit.device.console.paths import socket_to_reach, socket_to_serve
from pipit.device.console.serial_port import SerialConsole
from pipit.device.console.session import Session
from pipit.device.console.stdin import StdinConsole
from pipit.device.console.unix_socket import UnixSocketConsole

__all__ = [
    "SerialConsole",
    "Session",
    "StdinConsole",
    "UnixSocketConsole",
    "attach",
    "socket_to_reach",
    "socket_to_serve",
]
