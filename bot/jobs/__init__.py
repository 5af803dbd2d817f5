"""The jobs, one a file: what the clock has done at its time. Each has a `JOB` (see `bot/clockwork/duties.py`)."""
