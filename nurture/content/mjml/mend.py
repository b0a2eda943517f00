"""What the compiler writes otherwise than the reference compiler, mended after it."""

import re

from css_inline import CSSInliner
from selectolax.lexbor import LexborHTMLParser

from nurture.content.mjml.gutters import answered
from nurture.content.mjml.quirks import Prepared

DEFAULT_FONTS = {
    "Open Sans": "https://fonts.googleapis.com/css?family=Open+Sans:300,400,500,700",
    "Droid Sans": "https://fonts.googleapis.com/css?family=Droid+Sans:300,400,500,700",
    "Lato": "https://fonts.googleapis.com/css?family=Lato:300,400,500,700",
    "Roboto": "https://fonts.googleapis.com/css?family=Roboto:300,400,500,700",
    "Ubuntu": "https://fonts.googleapis.com/css?family=Ubuntu:300,400,500,700",
}
"""Fonts that MJML imports when a mail names them."""

FONT_IMPORTS = re.compile(r"<!--\[if !mso\]><!--><link href=.*?<!--<!\[endif\]-->", re.DOTALL)
BEFORE_IMPORTS = ".mj-outlook-group-fix { width:100% !important; }\n</style>\n<![endif]-->"
COLUMN_WIDTHS = re.compile(
    r"(<style type=\"text/css\">@media only screen and \(min-width:[^)]*\) \{ )(.*?)( \}</style>)", re.DOTALL
)
COLUMN_RULE = re.compile(r"\.([\w-]+) \{[^}]*\} *")
SOCIAL_IMAGE = re.compile(r'(<img [^>]*style=")(border-radius:[^;"]*;display:block;")')
TOUCHED = re.compile(r"--touched: ?1;? ?")
TABLE_TAG = re.compile(r"<(?:table|tr|td|th|thead|tbody|tfoot)\b[^>]*--touched: ?1[^>]*>")
TABLE_ATTRIBUTES = {"align": "text-align", "valign": "vertical-align", "bgcolor": "background-color"}
"""What the reference compiler's inliner also writes as attributes, for clients that know no CSS in tables."""


def mend(html: str, prepared: Prepared) -> str:
    """*html* as the reference compiler would have written it. Raises ValueError for styles nobody can read."""
    html = SOCIAL_IMAGE.sub(r"\1border:0;\2", html)
    html = _with_tables(html, prepared).replace(' aria-label=""', "")
    html = _with_contents(html, prepared, late=False)
    html = _with_used_fonts(html, prepared)
    html = answered(html, prepared.gutters) if prepared.gutters else html
    html = _in_order(html, prepared)
    html = _with_body_class(html, prepared.body_class)
    if prepared.inline_css:
        html = _inlined(html, prepared.inline_css)
    if prepared.html_attributes:
        html = _attributed(html, prepared.html_attributes)
    return prepared.file_start + _with_contents(html, prepared, late=True)


def _with_contents(html: str, prepared: Prepared, *, late: bool) -> str:
    """The authors' HTML back in its place.

    late  text between structural elements, such as a condition: as long as the document may be parsed it hides in a
          comment, because a parser moves text out of tables.
    """

    def content(found: re.Match[str]) -> str:
        number = int(found[1])
        if not late and number in prepared.raw and "<" not in prepared.contents[number]:
            return f"<!--{found[0]}-->"
        return prepared.contents[number]

    placeholder = rf"{prepared.prefix}(\d{{5}})x"
    return re.sub(rf"<!--{placeholder}-->" if late else placeholder, content, html)


def _with_tables(html: str, prepared: Prepared) -> str:
    """An mj-table's width without its unit, and its role."""

    def table(found: re.Match[str]) -> str:
        role = prepared.table_roles.get(int(found[2]))
        attributes = re.sub(r'( width="\d+)px"', r'\1"', found[1])
        return f"<table{attributes}{f' role={chr(34)}{role}{chr(34)}' if role else ''}>{found[0].rpartition('>')[2]}"

    return re.sub(rf"<table( [^>]*)>{prepared.prefix}(\d{{5}})x", table, html)


def _with_used_fonts(html: str, prepared: Prepared) -> str:
    """Imports of the fonts that the mail names, and of no other: an import costs the reader a request."""
    html = FONT_IMPORTS.sub("", html)
    body = html[html.find("<body") :]
    fonts = DEFAULT_FONTS | dict(prepared.fonts)
    used = [url for name, url in fonts.items() if name and _names_font(body, name, prepared.inline_css)]
    if not used:
        return html
    links = "".join(f'<link href="{url}" rel="stylesheet" type="text/css">' for url in used)
    imports = "".join(f"@import url({url});" for url in used)
    block = f'<!--[if !mso]><!-->{links}<style type="text/css">{imports}</style><!--<![endif]-->'
    return html.replace(BEFORE_IMPORTS, BEFORE_IMPORTS + "\n" + block, 1)


def _names_font(body: str, name: str, css: str) -> bool:
    written = re.escape(name)
    in_tag = re.search(rf'"[^"]*font-family:[^"]*{written}[^"]*"', body, re.IGNORECASE)
    return bool(in_tag or re.search(rf"font-family:[^;}}]*{written}", css, re.IGNORECASE))


def _in_order(html: str, prepared: Prepared) -> str:
    """The widths of columns in the order in which the columns stand, so that equal rules win equally."""
    body = html[html.find("<body") :]
    gaps = {
        gutter.name: f".{gutter.name} {{ padding: {gutter.beside} !important; }}"
        for gutter in prepared.gutters
    }

    def ordered(found: re.Match[str]) -> str:
        rules = {rule[1]: rule[0] for rule in COLUMN_RULE.finditer(found[2])} | gaps
        by_place = sorted(rules, key=lambda name: place if (place := body.find(name)) >= 0 else len(body))
        return found[1] + "".join(rules[name].strip() + " " for name in by_place) + found[3]

    mozilla = "".join(f".moz-text-html {rule} " for rule in gaps.values())
    html = COLUMN_WIDTHS.sub(ordered, html, count=1)
    return (
        re.sub(r'(<style media="screen and \(min-width:[^)]*\)">)', rf"\g<1>{mozilla}", html)
        if mozilla
        else html
    )


def _with_body_class(html: str, name: str) -> str:
    if not name:
        return html
    start, body, rest = html.partition("<body ")
    return f'{start}{body}class="{name}" {rest.replace(f" class={chr(34)}{name}{chr(34)}", "", 1)}'


def _inlined(html: str, css: str) -> str:
    """The document with *css* written into its tags, as <mj-style inline="inline"> asks."""
    inliner = CSSInliner(
        inline_style_tags=False,
        keep_style_tags=True,
        keep_link_tags=True,
        load_remote_stylesheets=False,
        extra_css=css.replace("}", ";--touched:1}"),
    )
    return TOUCHED.sub("", TABLE_TAG.sub(_with_table_attributes, inliner.inline(html)))


def _with_table_attributes(found: re.Match[str]) -> str:
    tag = found[0]
    for attribute, style in TABLE_ATTRIBUTES.items():
        value = re.search(rf'[";] ?{style}: ?([^;"]+)', tag)
        if value and f" {attribute}=" not in tag:
            tag = f'{tag[:-1]} {attribute}="{value[1].strip()}">'
    return tag


def _attributed(html: str, attributes: tuple[tuple[str, str, str], ...]) -> str:
    """The document with the attributes that <mj-html-attributes> sets."""
    document = LexborHTMLParser(html)
    for path, name, value in attributes:
        for node in document.css(path):
            node.attrs[name] = value
    return document.html or html
