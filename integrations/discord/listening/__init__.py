"""Takes what the gateway tells, asks for what it does not tell, and hands both in."""
