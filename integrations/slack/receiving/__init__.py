"""How what Slack sends comes in, over sockets and HTTP, and is acknowledged when it is stored."""
