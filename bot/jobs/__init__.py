"""The jobs, one a file: what the clock has done at its time. Each has a `JOB`; `bot/duties.py` says what that is."""
