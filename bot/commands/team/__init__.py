"""`/cairn-team`: what moderators and managers work with."""
