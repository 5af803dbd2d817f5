"""A made-up Discord on this machine, which an unmodified client logs in to.

`server.Sandbox` is the way in:

    async with Sandbox() as server:
        garden = server.guild("Garden")
        general, alice = garden.text("general"), garden.person("alice")
        ...                                     # a client logs in at server.rest_url with server.token
        message = await alice.says(general, "hello")
        await alice.at(last_year).says(general, "history, which nobody is told of")
        used = await (await alice.uses(general, "/cairn me")).answered()
        server.gateway.drop()                   # the client resumes
        server.faults.inject("POST", "/channels/*/messages", 403, 50007)
        server.ledger.acts("message"), server.ledger.sent(general.id)

`model` and `world` are the state, `changes` is what can happen to it (one file per resource), `payloads` how it is
shown, `routes` the REST interface, `gateway` the live one, `people` and `guilds` what a script acts with.
"""
