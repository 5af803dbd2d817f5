"""The command line: one file per command group, found by scanning; with `bot.__main__` it may import integrations."""
