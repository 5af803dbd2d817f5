"""What the clock works with: jobs, when they are due, and doing them."""
