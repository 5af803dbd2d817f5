"""How fast Cairn is: ratios of two sides measured in turn in one run. Start it with `python -m benchmarks`."""
