"""The connection to the gateway: logging in, staying connected, and reading no faster than can be stored."""
