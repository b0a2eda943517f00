"""An address of ours as others reach it: what it answers, and until when its certificate is good."""

import ssl

import httpx

from nurture.doctor.ask.relay import certificate_end
from nurture.doctor.facts import Site
from nurture.languages.told import told


def site_of(url: str, path: str, *, seconds: float, trusted: ssl.SSLContext | None = None) -> Site:
    """What a GET of *path* brings; redirects are not followed. *trusted* None believes what the system trusts."""
    verify = trusted or ssl.create_default_context()
    try:
        with (
            httpx.Client(timeout=seconds, trust_env=False, verify=verify) as client,
            client.stream("GET", url + path) as answer,
        ):
            socket = answer.extensions["network_stream"].get_extra_info("socket")
            until = certificate_end(socket) if isinstance(socket, ssl.SSLSocket) else None
            return Site(url=url, status=answer.status_code, certificate_until=until)
    except httpx.TimeoutException:
        return Site(url=url, problem=told("it did not answer in time"))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Site(url=url, problem=str(error) or type(error).__name__)
