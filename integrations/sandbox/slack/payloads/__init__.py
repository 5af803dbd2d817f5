"""How the state is shown: by methods, in events, in interactions."""
