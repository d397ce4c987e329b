"""How fast and how well linker does its work, beside other tools: `python -m benchmarks`."""
