"""What one job may use, held by the kernel: a job that goes beyond it ends, and nobody else notices."""

import resource

CPU_SECONDS = 2
WALL_SECONDS = 10.0
"""Jobs wait for nothing, so only a machine that is far too busy, or one that swaps, comes near."""
MEMORY_MAX = 256 * 1024 * 1024
STACK_MAX = 1024 * 1024
"""Half of what the smallest thread of a web server has: what is proved here nests no deeper than any of them can follow."""
ANSWER_MAX = 16 * 1024 * 1024


def apply() -> None:
    """Hold this process to the limits, for good."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_MAX),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_MAX, resource.getrlimit(resource.RLIMIT_STACK)[1]))
