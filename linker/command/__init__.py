"""What only the commands of `linker.cli` need: options, pairs to read, how they fail and end.

Also what they print, and how their processes do without pandas. Nothing is imported here, so that
`--help` is instant.
"""
