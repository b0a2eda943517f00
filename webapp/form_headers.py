"""What a browser may do with a form: stand in pages of the company's sites and in no other, and lead on where it says."""

from collections.abc import Collection
from urllib.parse import urlsplit


def framed_by(site_origins: Collection[str], redirect: str | None) -> str:
    """The Content-Security-Policy of a form's page. Browsers hold a redirect after sending against form-action, too."""
    onward = urlsplit(redirect or "")
    actions = f"'self' {onward.scheme}://{onward.netloc}" if redirect else "'self'"
    sites = " ".join(("'self'", *site_origins))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"form-action {actions}; base-uri 'none'; frame-ancestors {sites}"
    )


def script_headers() -> dict[str, str]:
    """Those of the script that other sites load: kept for an hour, and allowed there."""
    return {
        "Cache-Control": "public, max-age=3600",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Content-Type": "text/javascript; charset=utf-8",
    }
