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
        used = await (await alice.uses("/cairn", "me", general)).said()
        used = await (await alice.clicks(used.message, "more")).viewed()
        await alice.submits(used.view, {"name": "Alice"})
        server.ledger.acts("message"), server.ledger.sent(general.id)

Instead of over sockets an app hears by signed requests after `server.app.reached_at(url)`. Tests that are not about
limits give `Settings(limits=LIFTED)`.

`model`, `registered` and `world` are the state, `changes` is what can happen to it (one file per resource), `payloads`
how it is shown, `routes` the Web API, `blocks` Slack's limits on what is shown, `delivery` how apps hear,
`interactions` how people use them, `people` and `teams` what a script acts with.

Tests hold it against Slack's own payloads, and use it by the real slack-bolt and slack-sdk.
"""
