"""Speaking on Discord: commands and forms in, neutral blocks drawn natively out."""
