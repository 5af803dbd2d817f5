"""Speak: one folder per platform or kind of file, independent of one another."""
