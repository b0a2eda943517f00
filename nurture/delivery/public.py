"""Which addresses are on the public internet: what a stranger may have us connect to (against SSRF)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

NAT64 = IPv6Network("64:ff9b::/96")
"""Where a network without IPv4 reaches it, the address in the last 32 bits (RFC 6052 §2.1)."""


def is_public(address: str) -> bool:
    """Whether *address* is one that everybody reaches; private, loopback, link-local, shared, reserved ones are not.

    Raises ValueError for what is no address.
    """
    meant = reached(ip_address(address))
    site_local = (
        isinstance(meant, IPv6Address) and meant.is_site_local
    )  # deprecated by RFC 3879, yet never public
    return meant.is_global and not (meant.is_multicast or meant.is_reserved or site_local)


def reached(address: Address) -> Address:
    """The address at the end of the way: an IPv4 one that an IPv6 one stands for, else *address*."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
