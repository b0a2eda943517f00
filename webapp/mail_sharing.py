"""A part of a mail that is being edited, made a shared file: live at once, though no live mail puts it in yet."""

from nurture.content.outline import Address
from nurture.content.shared_block import SharedBlock, shared_block
from nurture.engine.editing import write
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from webapp.acting import actor, i_may
from webapp.rights import Permission


def share(engine: Engine, path: str, text: str, at: Address, called: str) -> SharedBlock:
    """Publish the node at *at* of *text*, the mail at *path*, as a block called so; the mail itself is not written.

    Raises ProgrammeError, and then nothing is changed: OvertakenError where somebody published in this very moment.
    """
    if not i_may(Permission.PUBLISH):
        raise ProgrammeError(
            "a shared block is live for every mail at once: ask somebody who may publish to save it"
        )
    block, live = shared_block(text, at, called), engine.live
    if block.path in live.catalog.texts:
        raise ProgrammeError(f"there is a shared file {block.name} already; choose another name")
    reason = f"{block.name}, a block of {path.rpartition('/')[2]}"
    write(engine, {block.path: block.text}, expecting=live.number, actor=actor(), reason=reason)
    return block
