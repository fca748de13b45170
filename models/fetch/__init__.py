"""Fetching weights: resumable, checked, and never visible before they are whole."""

from pipit.models.added import Added, read_added
from pipit.models.fetch.add import add
from pipit.models.fetch.mirror import mirrored
from pipit.models.fetch.patience import Patience
from pipit.models.fetch.pull import Fetched, Order, order_of, pull
from pipit.models.fetch.take_in import Taken, Wish
from pipit.models.fetch.watch import Silent, Watch

__all__ = [
    "Added",
    "Fetched",
    "Order",
    "Patience",
    "Silent",
    "Taken",
    "Watch",
    "Wish",
    "add",
    "mirrored",
    "order_of",
    "pull",
    "read_added",
]
