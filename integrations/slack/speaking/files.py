"""Files that go along with an answer: pictures stand in it, everything else goes to the person's own conversation."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from bot.ports import Attachment, File, MachineError, Payload
from integrations.slack.api import Api, LimitedError, RefusedError
from integrations.slack.receiving.ear import Heard
from integrations.slack.speaking.rendering import PICTURES, Drawn

Json = dict[str, Any]
LARGEST_FILE = 20_000_000
_logger = logging.getLogger(__name__)


class Files:
    """Brings files to Slack, and reads those that people give."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def shown(self, heard: Heard, person: str, drawn: Drawn) -> Drawn:
        """Return what is to be shown once its files are on Slack; one that Slack does not take is left out."""
        blocks = list(drawn.blocks)
        for one in drawn.files:
            picture = one.name.lower().endswith(PICTURES)
            number = await self.put(heard, one, drawn.text, "" if picture else person)
            if number and picture:
                blocks.append({"type": "image", "slack_file": {"id": number}, "alt_text": drawn.text[:1_900]})
        return replace(drawn, blocks=tuple(blocks), files=())

    async def put(self, heard: Heard, one: File, said: str, room: str) -> str:
        """Bring a file to Slack, into a person's or channel's conversation where one is given; returns its id.

        `said` is read to those who cannot see it. Returns nothing where Slack does not take it.
        """
        try:
            wanted = {"filename": one.name, "length": len(one.content), "alt_txt": said[:900]}
            place = await self._api.ask(heard.token, "files.getUploadURLExternal", **wanted)
            await self._api.upload(str(place["upload_url"]), one.content)
            done: Json = {"files": [{"id": place["file_id"], "title": one.name}]}
            if room:
                done["channel_id"] = await self._room(heard, room)
            await self._api.post(heard.token, "files.completeUploadExternal", done)
        except (RefusedError, LimitedError, MachineError, KeyError) as error:
            _logger.warning("a file does not go along (%s)", error if isinstance(error, RefusedError) else "no answer")
            return ""
        return str(place["file_id"])

    async def _room(self, heard: Heard, room: str) -> str:
        if not room.startswith(("U", "W")):
            return room
        answer = await self._api.post(heard.token, "conversations.open", {"users": room})
        return str(answer["channel"]["id"])

    def given(self, heard: Heard, told: Payload) -> Attachment:
        """Return a file that somebody gave in a form."""
        size, address = int(told["size"]), str(told.get("url_private_download") or told["url_private"])

        async def read() -> bytes:
            return await self._api.fetch(heard.token, address, min(size, LARGEST_FILE))

        return Attachment(str(told.get("name") or "file")[:200], size, read)
