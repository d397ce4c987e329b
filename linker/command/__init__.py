"""What only the commands of `linker.cli` need: options, how they fail and end, what they print.

Nothing is imported here, so that `--help` is instant.
"""
