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

Tests check it from outside: hikari, another client, logs in; every route, as discord.py uses it, is held against
Discord's OpenAPI file; and what Cairn reads is compared with simcord, another made-up Discord (`tests/integrations/
sandbox/discord`: `other_client`, `every_route` and `openapi`, `two_worlds`). A new route is used in `every_route`.

`model` and `world` are the state, `changes` is what can happen to it (one file per resource), `payloads` how it is
shown, `routes` the REST interface, `gateway` the live one, `people` and `guilds` what a script acts with.
"""
