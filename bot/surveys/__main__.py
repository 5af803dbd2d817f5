"""`python -m bot.surveys > docs/survey.schema.json` writes the JSON Schema of survey files anew."""

import sys

from bot.surveys.schema import schema_text

sys.stdout.write(schema_text())
