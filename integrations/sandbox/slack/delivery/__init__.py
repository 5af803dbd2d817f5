"""How apps hear: events, commands and clicks, over their sockets or by signed requests, with Slack's retries."""
