"""What a tag is called, so that two spellings of one label are one tag."""

TAG_CHARACTERS_MAX = 60
TAGS_MAX = 50
"""Tags of one lead: its state is read and written at every turn."""


def tag_name(text: str) -> str | None:
    """*text* as the tag that it means: lower case, single spaces; None where it means none.

    Commas and quotes are left out: lists of tags and conditions are written with them.
    """
    plain = "".join(" " if each in ",;'\"" or not each.isprintable() else each for each in text)
    name = " ".join(plain.lower().split())
    return name[:TAG_CHARACTERS_MAX].strip() or None
