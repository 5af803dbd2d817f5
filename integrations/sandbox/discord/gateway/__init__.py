"""Discord's gateway, version 10: sessions, their connections, and what is told to whom."""
