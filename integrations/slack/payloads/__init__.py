"""What the payloads of Slack mean: from its JSON to signals, without asking anybody and without a clock."""
