"""Routes of an application whose twin in this process had the same ones: what builds their addresses is made once.

Werkzeug writes and compiles two functions for each route, and we have two hundred: that takes longer than most tests of
pages, each of which has an application of its own.
"""

from typing import Any

from werkzeug.routing import Rule

_built: dict[tuple[Any, ...], Any] = {}


class QuickRule(Rule):
    def _compile_builder(self, append_unknown: bool = True) -> Any:
        """The same function for the same route: it asks its rule only for the converters of its variables."""
        if self.defaults:  # their values would be written into it
            return super()._compile_builder(append_unknown)
        key = (self.rule, append_unknown, *self._trace)
        if key not in _built:
            _built[key] = super()._compile_builder(append_unknown)
        return _built[key]
