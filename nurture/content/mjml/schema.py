"""MJML 5 itself: which elements there are, where they may stand, and which attributes they take.

Facts of the language as its documentation gives them (https://documentation.mjml.io).
"""

PADDING = "padding padding-top padding-right padding-bottom padding-left "
BORDER = "border border-top border-right border-bottom border-left "
FONT = "color font-family font-size font-style font-weight line-height "
LETTERS = "letter-spacing text-decoration text-transform "
ICONS = (
    "icon-align icon-width icon-height icon-wrapped-url icon-wrapped-alt icon-unwrapped-url icon-unwrapped-alt "
    "icon-position "
)
BACKGROUND = (
    "background-color background-url background-repeat background-size background-position background-position-x "
    "background-position-y "
)
SECTION = BACKGROUND + BORDER + PADDING + "border-radius direction full-width gutter text-align text-padding "
FIELD = "container-background-color "

ATTRIBUTES: dict[str, frozenset[str]] = {
    tag: frozenset((names + " css-class mj-class").split())
    for tag, names in {
        "mjml": "owa lang dir",
        "mj-head": "",
        "mj-body": "width background-color id",
        "mj-attributes": "",
        "mj-all": "",
        "mj-class": "name",
        "mj-breakpoint": "width",
        "mj-font": "name href",
        "mj-html-attributes": "",
        "mj-selector": "path",
        "mj-html-attribute": "name",
        "mj-preview": "",
        "mj-style": "inline",
        "mj-title": "",
        "mj-raw": "position",
        "mj-include": "path type css-inline",
        "mj-wrapper": SECTION + "gap",
        "mj-section": SECTION,
        "mj-group": "background-color direction vertical-align width",
        "mj-column": BORDER
        + PADDING
        + "background-color border-radius direction inner-background-color inner-border inner-border-top "
        "inner-border-right inner-border-bottom inner-border-left inner-border-radius vertical-align width",
        "mj-hero": PADDING
        + "mode height background-url background-width background-height background-position background-color "
        "border-radius inner-background-color inner-padding inner-padding-top inner-padding-left inner-padding-right "
        "inner-padding-bottom vertical-align container-background-color",
        "mj-text": PADDING + FONT + LETTERS + FIELD + "align background-color height vertical-align",
        "mj-button": BORDER
        + PADDING
        + FONT
        + LETTERS
        + FIELD
        + "align background-color border-radius height href inner-padding name rel target text-align title "
        "vertical-align width",
        "mj-image": BORDER
        + PADDING
        + FIELD
        + "align alt border-radius fluid-on-mobile font-size height href max-height name rel sizes src srcset target "
        "title usemap width",
        "mj-divider": PADDING + FIELD + "align border-color border-style border-width width",
        "mj-spacer": BORDER + PADDING + FIELD + "height",
        "mj-table": PADDING
        + FONT
        + FIELD
        + "align border cellpadding cellspacing role table-layout vertical-align width",
        "mj-social": PADDING
        + FONT
        + FIELD
        + "align border border-radius icon-height icon-padding icon-size inner-padding mode table-layout text-decoration "
        "text-padding vertical-align",
        "mj-social-element": PADDING
        + FONT
        + "align alt background-color border border-radius href icon-height icon-padding icon-position icon-size name rel "
        "sizes src srcset target text-decoration text-padding title vertical-align",
        "mj-navbar": PADDING
        + "align base-url hamburger ico-align ico-close ico-color ico-font-family ico-font-size ico-line-height ico-open "
        "ico-padding ico-padding-bottom ico-padding-left ico-padding-right ico-padding-top ico-text-decoration "
        "ico-text-transform",
        "mj-navbar-link": PADDING + FONT + LETTERS + "href name rel target",
        "mj-accordion": PADDING + ICONS + FIELD + "border font-family",
        "mj-accordion-element": ICONS + "background-color border font-family",
        "mj-accordion-title": PADDING + "background-color color font-family font-size font-weight",
        "mj-accordion-text": PADDING
        + "background-color color font-family font-size font-weight letter-spacing line-height",
        "mj-carousel": PADDING
        + FIELD
        + "align border-radius icon-width left-icon right-icon tb-border tb-border-radius tb-hover-border-color "
        "tb-selected-border-color tb-width thumbnails",
        "mj-carousel-image": "alt border-radius href rel src target tb-border tb-border-radius thumbnails-src title",
    }.items()
}
"""Every element, and the attributes it takes."""

CONTENT = frozenset(
    "mj-accordion mj-button mj-carousel mj-divider mj-image mj-navbar mj-raw mj-social mj-spacer mj-table mj-text".split()  # noqa: SIM905
)
"""What stands in a column."""

CHILDREN: dict[str, frozenset[str]] = {
    "": frozenset({"mjml"}),
    "mjml": frozenset({"mj-head", "mj-body", "mj-raw"}),
    "mj-head": frozenset(
        "mj-attributes mj-breakpoint mj-font mj-html-attributes mj-preview mj-raw mj-style mj-title".split()  # noqa: SIM905
    ),
    "mj-body": frozenset({"mj-section", "mj-wrapper", "mj-hero", "mj-raw"}),
    "mj-wrapper": frozenset({"mj-section", "mj-hero", "mj-raw"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": CONTENT,
    "mj-hero": CONTENT,
    "mj-social": frozenset({"mj-social-element", "mj-raw"}),
    "mj-navbar": frozenset({"mj-navbar-link", "mj-raw"}),
    "mj-accordion": frozenset({"mj-accordion-element", "mj-raw"}),
    "mj-accordion-element": frozenset({"mj-accordion-title", "mj-accordion-text", "mj-raw"}),
    "mj-carousel": frozenset({"mj-carousel-image"}),
    "mj-html-attributes": frozenset({"mj-selector"}),
    "mj-selector": frozenset({"mj-html-attribute"}),
    "mj-attributes": frozenset(ATTRIBUTES) - {"mjml", "mj-head", "mj-attributes", "mj-include"},
}
"""What may stand directly in an element; elements that are not listed hold HTML or nothing."""
