"""What was before Cairn listened: archives and a space's own history, in and out again."""
