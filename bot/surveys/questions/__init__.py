"""The types of questions, one file each; found by scanning."""
