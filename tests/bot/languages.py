"""What tells a text in another language from one in English."""

from __future__ import annotations

import re

ENGLISH = re.compile(
    r"\b(the|and|of|with|what|by|you|your|they|this|that|for|from|not|are|people|which|where|who|when|it|or|no|if)\b",
    re.IGNORECASE,
)
"""Words of which no German text has one."""
