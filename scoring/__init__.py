"""Decides. Pure functions of their arguments: no I/O, clock, SQL, asyncio or platform; `now` is a parameter."""
