"""What we put into a mail to know that it was opened."""


def pixel(base_url: str, token: str) -> str:
    """The image whose request is the open of the message *token*."""
    return f'<img src="{base_url}/o/{token}.gif" width="1" height="1" alt="">'


def before_body_end(html: str, addition: str) -> str:
    """*html* with *addition* as the last thing of its body."""
    before, end, after = html.rpartition("</body>")
    return before + addition + end + after if end else html + addition
