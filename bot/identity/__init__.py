"""Who somebody is: their accounts, what joins them, and what they say of themselves."""
