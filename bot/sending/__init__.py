"""Messages on their way out, between the outbox and a platform."""
