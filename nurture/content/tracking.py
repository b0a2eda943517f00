"""What we put into a mail to know that it was opened, and by whom its links are followed."""

from nurture.vocabulary.touch import HONEYPOT


def telltales(base_url: str, token: str) -> str:
    """The end of the mail of the message *token*: what only machines follow, and the picture whose request is its open."""
    return hidden_link(base_url, token) + pixel(base_url, token)


def pixel(base_url: str, token: str) -> str:
    """The image whose request is the open of the message *token*."""
    return f'<img src="{base_url}/o/{token}.gif" width="1" height="1" alt="">'


def hidden_link(base_url: str, token: str) -> str:
    """A link around nothing: whoever follows it has read the source, and follows everything.

    It is not styled away: scanners pass by what is, and spam filters ask why. Around nothing there is nothing to see, to
    point at or to read aloud; the keyboard passes by, and whoever lists a page's links is not told of it (WAI-ARIA 1.2,
    aria-hidden).
    """
    return f'<a href="{base_url}/c/{token}/{HONEYPOT}" tabindex="-1" aria-hidden="true"></a>'


def before_body_end(html: str, addition: str) -> str:
    """*html* with *addition* as the last thing of its body."""
    before, end, after = html.rpartition("</body>")
    return before + addition + end + after if end else html + addition
