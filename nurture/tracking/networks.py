"""Whose network an address is in, as far as that tells machines from people."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

MICROSOFT = tuple(
    ip_network(block)
    for block in (
        # Exchange Online Protection, as Microsoft publishes it (endpoints of Microsoft 365, ids 1, 9 and 10).
        *("40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17"),
        *("2a01:111:f400::/48", "2a01:111:f403::/48"),
        # Registered to Microsoft (ARIN, RIPE): where Safe Links opens what mails link to.
        *("13.64.0.0/11", "20.33.0.0/16", "20.36.0.0/14", "20.40.0.0/13", "20.48.0.0/12", "20.64.0.0/10"),
        *("20.160.0.0/12", "20.184.0.0/13", "20.192.0.0/10", "23.96.0.0/13", "40.64.0.0/13", "40.74.0.0/15"),
        *("40.76.0.0/14", "40.80.0.0/12", "40.96.0.0/12", "40.112.0.0/13", "40.120.0.0/14", "51.140.0.0/14"),
        *(
            "52.96.0.0/12",
            "52.136.0.0/13",
            "52.148.0.0/14",
            "52.152.0.0/13",
            "52.160.0.0/11",
            "52.224.0.0/11",
        ),
        *(
            "65.52.0.0/14",
            "70.37.0.0/17",
            "104.40.0.0/13",
            "104.208.0.0/13",
            "157.54.0.0/15",
            "157.56.0.0/14",
        ),
        *("172.160.0.0/11", "207.46.0.0/16", "2603:1000::/24", "2620:1ec::/36", "2a01:110::/31"),
    )
)


@lru_cache(maxsize=4096)
def is_microsoft(address: str) -> bool:
    """Whether *address* is one of Microsoft's; what is no address is not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in block for block in MICROSOFT)
