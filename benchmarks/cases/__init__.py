"""One benchmark a file; each has `run(size)` and is found by its name."""
