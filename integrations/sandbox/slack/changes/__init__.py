"""What can happen in a made-up Slack, one file per resource: the state changes, apps are told, the ledger notes it."""
