"""Strings that attack whatever shows them, each with a mark of ours in it, and what tells that one has got through."""

import json
from collections.abc import Iterator
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

MARK = "zqx"
"""In every attack and nowhere else: an element or attribute of this name was made by one."""

ATTACKS = (
    f"<{MARK} onclick={MARK}()>",
    f'"><{MARK} a="',
    f"'><{MARK} a='",
    f'" on{MARK}="1" a="',
    f"' on{MARK}='1' a='",
    f" on{MARK}=1 ",
    f"</title><{MARK}>",
    f"</textarea><{MARK}>",
    f"</script><{MARK}>",
    f"</style><{MARK}>",
    f"--><{MARK}>",
    f"]]><{MARK}>",
    f"<svg/on{MARK}=1>",
    f"<img src={MARK} onerror={MARK}()>",
    f"javascript:{MARK}()",
    f"JaVaScRiPt:{MARK}()",
    f"data:text/html,<{MARK}>",
    f"&lt;{MARK}&gt;",
    f"&#60;{MARK}&#62;",
    f"\\u003c{MARK}\\u003e",
    f"{{{{ 7*191 }}}}{MARK}",
    f"{{% for each in ().__class__.__mro__ %}}{MARK}{{% endfor %}}",
    f"${{7*191}}{MARK}",
    f"<%= 7*191 %>{MARK}",
    f"{MARK}\r\nX-{MARK}: 1\r\n\r\n<{MARK}>",
    f"{MARK}\nBcc: all@{MARK}.example",
    f"{MARK}%0d%0aX-{MARK}: 1",
    f"{MARK}\u2028X-{MARK}: 1",
    f"=?utf-8?q?{MARK}=0D=0AX-{MARK}:_1?=",
    f"{MARK}\x00<{MARK}>",
    f"\u202e{MARK}",
    f'=HYPERLINK("http://{MARK}.example")',
    f"@SUM(1+1)*{MARK}",
    f"+{MARK}",
    f"-{MARK}",
    f"\t={MARK}",
    f"{MARK}'; DROP TABLE lead; --",
    f"{MARK}' OR '1'='1",
    f"../../../../etc/passwd#{MARK}",
    f'<mj-include path="/etc/passwd" />{MARK}',
    f'<!DOCTYPE {MARK} [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
)
COUNTED = "1337"
"""What a template would make of 7*191."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
RUNS = ("javascript:", "data:text", "vbscript:")
ADDRESSES = ("href", "src", "action", "formaction", "srcset", "poster", "background")


def injected(html: str) -> Iterator[str]:
    """What an attack has made in a page: elements, attributes, addresses that run something, and sums that were worked out."""
    tree = LexborHTMLParser(html)
    for node in tree.css("*"):
        tag = node.tag or ""
        if MARK in tag:
            yield f"<{tag}>"
        if tag == "script" and node.attributes.get("type") == "application/json":
            json.loads(
                node.text() or ""
            )  # what is data to a browser; an attack that ended it would have broken it
        elif tag in ("script", "style") and MARK in (node.text() or ""):
            yield f"{tag}: {(node.text() or '')[:80]}"
        for name, value in node.attributes.items():
            if MARK in name or (name.startswith("on") and MARK in (value or "")):
                yield f"<{tag} {name}={value}>"
            told = unquote(value or "").strip().lower()
            if name in ADDRESSES and told.startswith(RUNS):
                yield f"<{tag} {name}={value}>"
    if COUNTED in html:
        yield f"worked out: {COUNTED}"
    if "root:x:0" in html:
        yield "a file of the machine"
