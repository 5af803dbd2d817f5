"""Reads what Slack still shows of the past: what was missed, and what was before Cairn came."""
