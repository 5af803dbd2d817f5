"""A made-up Discord on this machine, which an unmodified client logs in to. Start with `server.Sandbox`."""
