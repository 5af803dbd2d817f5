"""Slack, live: listens, and speaks, in one workspace or many."""
