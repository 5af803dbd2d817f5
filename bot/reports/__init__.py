"""Reports: what the measures found, as JSON documents, on the terminal, and as a page."""
