"""What a method of the Web API is refused with."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError


async def refused(doing: Any) -> Any:
    with pytest.raises(SlackApiError) as raised:
        await doing
    return raised.value.response


async def error(doing: Any) -> str:
    return str((await refused(doing))["error"])
