"""What Discord sends: one file per resource. Pure functions from the world to what becomes JSON."""
