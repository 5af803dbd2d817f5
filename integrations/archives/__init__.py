"""Readers of files that hold a community's history: chat archives and lists of participation."""
