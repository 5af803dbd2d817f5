"""What the commands of the team share: what was given, who is meant, what was done, and work that takes long."""
