"""Where a relay can be reached."""

import socket
from typing import Any

Address = tuple[socket.AddressFamily, Any]
"""A family, and an address of it as ``socket.connect`` takes it."""


def resolve(host: str, port: int) -> list[Address]:
    """Every address of the host, in the order to try them (RFC 6724). Raises OSError where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, where) for family, _, _, _, where in found]
