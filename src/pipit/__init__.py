"""Pipit: a private voice assistant that runs whole on one small board."""

from pipit.errors import PipitError

__all__ = ["PipitError", "__version__"]
__version__ = "0.1.0"
