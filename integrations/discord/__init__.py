"""Discord, live: what its gateway and its pages of history tell about participation."""
