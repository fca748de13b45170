"""Pipit as a systemd service: what it tells systemd, when it may live on, how it ends, how it is installed.

``attend`` is the context around a running assistant; ``cli`` has the commands, and imports no engine.
"""
