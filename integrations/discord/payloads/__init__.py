"""What the payloads of Discord mean: from its JSON to signals, without asking anybody and without a clock."""
