"""Builds the islands of the pages into the wheel. An editable install has them built by make, whenever they changed."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))
from tools import front_end


class Islands(BuildHookInterface[Any]):
    """Named under [tool.hatch.build.targets.wheel.hooks.custom]."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        if version == "standard":
            front_end.build()
