"""What Cairn says of Slack in one line: why it does not answer or allow something."""

from __future__ import annotations

BOT_REFUSED = (
    "CAIRN_SLACK_BOT_TOKEN: Slack does not take this token; copy it anew from your app's page (OAuth & Permissions)"
)
APP_REFUSED = (
    "CAIRN_SLACK_APP_TOKEN: Slack does not take this token; it begins with xapp- and has the scope connections:write "
    "(your app's page, Basic Information, App-Level Tokens)"
)
