"""People use an app: they begin something, the app answers in time, and goes on by trigger or response URL.

`triggers` and `urls` are the two ways to go on, `responses` what is said then, `payloads` what the app is told, `state`
what stands in fields, `begin` sends it off, `uses` is what becomes of it, for the person.
"""
