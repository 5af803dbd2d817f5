"""Where members stand: kept up to date, explained, and tried under other rules."""
