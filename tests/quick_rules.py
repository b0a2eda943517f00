"""Routes of an application whose twin in this process had the same ones: what finds and builds their addresses is made once.

Werkzeug takes each route apart, writes and compiles two functions for it, and we have some hundred: that takes longer
than most tests of pages, each of which has an application of its own.
"""

from typing import Any

from werkzeug.routing import Rule

_built: dict[tuple[Any, ...], Any] = {}
_taken_apart: dict[tuple[Any, ...], tuple[Any, ...]] = {}


class QuickRule(Rule):
    def compile(self) -> None:
        """As its twin was: converters know no more of their map than what every application here has alike."""
        assert self.map, "a rule is bound before"
        route = (self.rule, self.subdomain, self.host, self.merge_slashes, self.map.host_matching)
        if self.defaults:
            super().compile()
        elif route in _taken_apart:
            self._parts, self._trace, self._converters, arguments = _taken_apart[route]
            self.arguments.update(arguments)
            self._build = self._compile_builder(append_unknown=False).__get__(self, None)
            self._build_unknown = self._compile_builder(append_unknown=True).__get__(self, None)
        else:
            super().compile()
            _taken_apart[route] = self._parts, self._trace, self._converters, frozenset(self.arguments)

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        """The same function for the same route: it asks its rule only for the converters of its variables."""
        if self.defaults:  # their values would be written into it
            return super()._compile_builder(append_unknown)
        key = (self.rule, append_unknown, *self._trace)
        if key not in _built:
            _built[key] = super()._compile_builder(append_unknown)
        return _built[key]
