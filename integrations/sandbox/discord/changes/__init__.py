"""Everything that can happen in the made-up Discord, one file per resource; done alike by people and by the bot."""
