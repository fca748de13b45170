"""Flow files on this machine: where they are, how they are shown."""
