"""Reads, checks and applies `community.yaml`: spaces, channels, consent, language, zone and digest of one community."""

from bot.community.applying import Change, Terms, apply, in_force
from bot.community.reading import parse_community, read_community
from bot.community.shapes import CommunityShape
from bot.community.trees import as_tree

__all__ = ["Change", "CommunityShape", "Terms", "apply", "as_tree", "in_force", "parse_community", "read_community"]
