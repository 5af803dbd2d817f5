"""Installing Cairn in workspaces by a link (OAuth): the pages, the tokens got there, and where it is installed."""
