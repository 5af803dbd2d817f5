"""Voting in polls and ending them."""

from __future__ import annotations

from integrations.sandbox.discord.changes import messages
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Message, MessageType, Poll, Reference


def vote(hub: Hub, by: By, message: Message, answer: int, *, on: bool = True) -> None:
    """Choose an answer or take that back; where only one may be chosen, the choice before it is taken back."""
    poll = poll_of(message)
    if answer not in poll.answers:
        raise ValueError("the poll has no such answer")
    people = poll.votes.setdefault(answer, {})
    if on == (by.user_id in people):
        return
    if on and not poll.multiple:
        for other, chosen in poll.votes.items():
            if by.user_id in chosen:
                vote(hub, by, message, other, on=False)
    if on:
        people[by.user_id] = hub.now(by)
    else:
        del people[by.user_id]
    channel = hub.home(message)
    found = {
        "user_id": str(by.user_id),
        "channel_id": str(channel.id),
        "message_id": str(message.id),
        "answer_id": answer,
        **messages.in_guild(channel),
    }
    hub.tell_in(by, f"MESSAGE_POLL_VOTE_{'ADD' if on else 'REMOVE'}", found, channel)
    hub.note(by, "poll_vote" if on else "poll_vote_removed", channel, what=message.id, detail=answer)


def end(hub: Hub, by: By, message: Message) -> None:
    """End a poll now: its counts are final, and a message tells the result."""
    poll = poll_of(message)
    if poll.finalized:
        return
    poll.expires, poll.finalized = hub.now(by), True
    messages.told(hub, by, message)
    channel = hub.home(message)
    about = Reference(channel.id, message.id, channel.guild_id)
    told = messages.Draft(type=MessageType.POLL_RESULT, reference=about, pings=False)
    messages.post(hub, By(message.author_id, by.at, by.told), channel, told)


def poll_of(message: Message) -> Poll:
    """Return the poll of a message. Raises ValueError where there is none."""
    if message.poll is None:
        raise ValueError("the message has no poll")
    return message.poll
