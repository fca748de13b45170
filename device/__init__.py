"""One board: composition root, configuration, command line, and the replay harness."""
