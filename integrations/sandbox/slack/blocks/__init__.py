"""Blocks: held against Slack's limits, and completed with the ids that were left out.

Source: Slack's reference, "Block Kit". `parts` has what blocks are put together from, `elements` what people use,
`layouts` the blocks themselves, `views` modals and Home tabs, `walking` finds things in them.
"""

from __future__ import annotations

from integrations.sandbox.slack.blocks.layouts import HOME, MESSAGE, MODAL, problems
from integrations.sandbox.slack.blocks.walking import completed, element, elements

__all__ = ["HOME", "MESSAGE", "MODAL", "completed", "element", "elements", "problems"]
