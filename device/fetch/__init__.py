"""Weights from the command line: pulled, added and put to use."""
