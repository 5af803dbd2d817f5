"""A made-up Slack on this machine, which unmodified clients talk to.

`server.Sandbox` is the way in:

    async with Sandbox() as server:
        team = server.team("Acme")              # the app is installed; team.token is its bot's
        general, alice = team.channel("general"), team.person("Alice", tz="Europe/Berlin")
        ...                                     # AsyncWebClient(base_url=server.url), server.app.app_token
        message = await alice.says(general, "hello")
        await alice.at(last_year).says(general, "history, which nobody is told of")
        server.sockets.refresh()                # the app opens other sockets
        server.passes(60)                       # what Slack would do in a minute happens now
        server.fails("chat.postMessage", "internal_error")
        server.ledger.acts("message"), server.ledger.sent(general.id)

`model`, `registered` and `world` are the state, `changes` is what can happen to it (one file per resource), `payloads`
how it is shown, `routes` the Web API, `delivery` how apps hear, `people` and `teams` what a script acts with.
"""
