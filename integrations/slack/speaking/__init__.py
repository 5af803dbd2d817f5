"""What Cairn says on Slack: blocks drawn natively, commands and clicks answered, messages delivered."""
