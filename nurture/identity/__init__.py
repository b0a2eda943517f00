"""Ids, and the tokens that carry them through the world and back: links, return paths, Message-IDs, sealed values."""

from nurture.identity.ids import new_visitor_id
from nurture.identity.keyring import Keyring, TouchToken
from nurture.identity.share import share

__all__ = ["Keyring", "TouchToken", "new_visitor_id", "share"]
