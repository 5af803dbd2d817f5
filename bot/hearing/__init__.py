"""What an integration is given to listen with."""
