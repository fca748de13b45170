"""``pipit doctor --bundle``: one file to send with a bug report, without secrets and without what people said."""

from pipit.device.doctor.bundle.collect import Wish, collect, contents
from pipit.device.doctor.bundle.pack import pack, target_for

__all__ = ["Wish", "collect", "contents", "pack", "target_for"]
