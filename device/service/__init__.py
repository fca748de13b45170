"""Pipit as a systemd service: what it tells systemd, when it may live on, how it ends, how it is installed."""

from pipit.device.service.attend import attend
from pipit.device.service.notify import Notify
from pipit.device.service.signals import Signals
from pipit.device.service.watchdog import Health, Limits, Verdict, Watchdog, limits_for

__all__ = ["Health", "Limits", "Notify", "Signals", "Verdict", "Watchdog", "attend", "limits_for"]
