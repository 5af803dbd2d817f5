"""Consent: what people choose about themselves, and how they are told and asked."""
