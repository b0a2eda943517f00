"""Attributes of MJML 5 whose values are a closed set, as its documentation gives them (https://documentation.mjml.io)."""

SIDES, HEIGHTS = ("left", "center", "right"), ("top", "middle", "bottom")
WHICHEVER = ""
"""Stands for every element that has no row of its own for the attribute."""

CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    WHICHEVER: {
        "align": SIDES,
        "text-align": SIDES,
        "ico-align": SIDES,
        "vertical-align": HEIGHTS,
        "icon-align": HEIGHTS,
        "icon-position": ("left", "right"),
        "direction": ("ltr", "rtl"),
        "dir": ("ltr", "rtl", "auto"),
        "full-width": ("full-width",),
        "background-repeat": ("repeat", "no-repeat"),
        "fluid-on-mobile": ("true",),
        "font-style": ("normal", "italic", "oblique"),
        "text-transform": ("none", "uppercase", "lowercase", "capitalize"),
        "ico-text-transform": ("none", "uppercase", "lowercase", "capitalize"),
        "table-layout": ("auto", "fixed", "initial", "inherit"),
        "target": ("_blank", "_self"),
        "hamburger": ("hamburger",),
        "thumbnails": ("visible", "hidden", "supported"),
        "inline": ("inline",),
    },
    "mj-text": {"align": (*SIDES, "justify")},
    "mj-hero": {"mode": ("fixed-height", "fluid-height")},
    "mj-social": {"mode": ("horizontal", "vertical")},
    "mj-table": {"role": ("none", "presentation")},
    "mj-raw": {"position": ("file-start",)},
}
