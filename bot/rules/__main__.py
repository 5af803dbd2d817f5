"""`python -m bot.rules > docs/mountain.schema.json` writes the JSON Schema of rules files anew."""

import sys

from bot.rules.schema import schema_text

sys.stdout.write(schema_text())
