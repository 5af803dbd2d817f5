"""`/cairn`: what everybody may ask for."""
