"""People's rights: see, correct, take along, be forgotten; and what is let go of when its time is over."""
