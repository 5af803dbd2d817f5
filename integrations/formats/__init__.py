"""What platforms' own data look like wherever they are read: live, from history, or in an archive."""
