"""Does: takes signals in, settles scores, stores, reports. Knows no platform."""
