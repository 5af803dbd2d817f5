"""All SQL. Rows leave as frozen dataclasses or columns; no other module names a table."""
