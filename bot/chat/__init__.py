"""What is said and asked in chat and what people do there, for any platform."""
