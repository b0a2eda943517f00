"""``python -m nurture`` is ``nurture``."""

from nurture.cli import main

main()
