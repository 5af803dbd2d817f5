"""The REST routes, one file per resource, found by scanning: a new file with `routes` in it is served."""
