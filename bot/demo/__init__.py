"""The demo: what it says and which commands it runs."""
