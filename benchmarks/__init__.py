"""How fast and how well linker finds reprints, beside other tools: `python -m benchmarks`."""
