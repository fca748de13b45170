"""The figures of speed, each a ratio taken in one run; see ``docs/benchmarks.md``."""
