"""Local stand-ins for live platforms: they power the demo, rehearsals and tests, and no outside account is needed.

One folder per platform. `ledger.py` records what was accepted, `exchanges.py` shows all that was said, `faults.py`
spoils answers, `proxy.py` spoils the wire.
"""
