"""Commands in chat: one file each below `everyone/` and `team/`, the same on every platform."""
