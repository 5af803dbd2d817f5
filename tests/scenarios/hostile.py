"""Two hundred names and texts that try to ping, link, format, hide, turn around or tower over what they stand in."""

from __future__ import annotations

_PINGS = (
    "@everyone", "@here", "@EVERYONE", "@\u200beveryone", "@ev\u00aderyone", "\u202e@everyone", "<@&{role}>",
    "<@{ann}>", "<@!{ann}>", "<#{place}>", "\\@everyone", "\\<@{ann}>", "<@\u200b{ann}>", "<<@{ann}>>",
    "<@&{role}><@{ann}>", "`@everyone`", "```@everyone```", "||@everyone||", "[@everyone](https://evil.example)",
    "<id:customize>", "</cairn show:1>", "<t:0:R>", "<:leaf:1>", "<a:leaf:1>", ":smile:", "@everyone\n@here",
    "＠everyone",
)  # fmt: skip
_LINKS = (
    "[free gifts](https://evil.example)", "[a](<https://evil.example>)", "https://evil.example/x?y=z",
    "http://evil.example", "<https://evil.example>", "[https://good.example](https://evil.example)",
    "![x](https://evil.example/x.png)", "[x]: https://evil.example", "discord://-/invite/x", "javascript:alert(1)",
    "[a\n](https://evil.example)", "[\\](https://evil.example)", "[a](https://evil.example \"t\")",
    "mailto:x@evil.example", "steam://run/1",
)  # fmt: skip
_FORMS = (
    "**", "***", "__", "~~", "||", "`", "``", "```", "````", "*a", "_a_", "__a", "# big", "## big", "### big",
    "-# small", "> said", ">>> said", "- one", "* one", "+ one", "1. one", "99) one", "  - in", "\\", "\\\\", "\\*",
    "a\\", "|||", "~~~", "```py\nx\n```", "**a", "a**", "*_~|`", "`a", "a`b``c```", "#", "-", ">", "1.", "---",
    "***a***b***", "[", "]", "[]()", "](", "()", "<", ">", "<>", "&lt;", "&#64;everyone", "%s %d {0} {name} ${x}",
    "{{7*7}}", "{%", "\0", "\x1b[31mred",
)  # fmt: skip
_HIDDEN = (
    "", " ", "\n", "\t", "\r\n", "\u200b", "\u200b" * 50, "\u2060", "\ufeff", "\u00ad", "\u034f", "\u3164",
    "\u115f", "\uffa0", "\u2800", "\u180e", "\u202e", "\u202ereversed", "\u2066a\u2069", "\u200f\u200e", "\u061c",
    "a\u202eb\u202cc", "\u2028a\u2029b", "\ue000", "\U000e0041\U000e007f", "\ud800", "a\udfffb",
    "\U0001f3f4\U000e0067\U000e007f", "\u206a", "\x7f\x80\x9f",
)  # fmt: skip
_TALL = (
    "Z" + "\u0351" * 200, "Z\u0351\u0352\u0353" * 60, "e\u0301" * 300, "\u0301" * 40, "\U0001f468\u200d" * 100,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 40, "\U0001f1e9\U0001f1ea" * 200,
    "\U0001f1e9" * 301, "\U0001f44d\U0001f3fd" * 150, "\u1112\u1161\u11ab" * 200, "\uac01\u11a8" * 99, "中文" * 700,
    "ｗｉｄｅ" * 200, "\ufdfd" * 60, "नमस्ते" * 150, "\u0e33" * 500, "ا" * 900, "שלום" * 300, "\U0001f600" * 3_000,
    "𝕏" * 2_500,
)  # fmt: skip
_LONG = (
    "a" * 99, "a" * 100, "a" * 101, "a" * 4_000, "a" * 4_001, "a" * 10_000, "a " * 5_000, "*" * 10_000,
    "`" * 10_000, "\\" * 10_000, "@everyone " * 1_000, "<@{ann}>" * 900, "\n" * 10_000, "\n# a" * 2_000,
    "```\n" * 2_500, "|" * 4_000, "[a](https://evil.example)" * 300, "\u200b" * 10_000, "x" * 3_899, "x" * 3_900,
    "\U0001f600" * 2_001, ":a" * 3_000,
)  # fmt: skip
_NAMES = (
    "Robert'); DROP TABLE member;--", "null", "None", "undefined", "true", "0", "-1", "1e309", "NaN", "Ω≈ç√",
    "Iñtërnâtiônàl", "𝓯𝓪𝓷𝓬𝔂", "Ⓐⓑⓒ", "İstanbul", "ß", "ﬀ", "~user~", "user_name_here", "__init__", "*star*",
    "C:\\temp\\new", "a:b", "a : b", "12:30", "1.5", "50%", "#1", "@ann", "mail@example.org",
    "</script><script>alert(1)</script>", "ɐuuɐ",
)  # fmt: skip
CORPUS = (*_PINGS, *_LINKS, *_FORMS, *_HIDDEN, *_TALL, *_LONG, *_NAMES)
