"""Which rep of a team gets a lead: by turn or by weight, and only as far as each has room."""

from collections.abc import Mapping

from nurture.content.model import Member, Team


def pick(team: Team, open_leads: Mapping[str, int], turn: int) -> str | None:
    """The rep for the *turn*-th lead of *team*; None where nobody has room.

    open_leads  leads that each rep has waiting or in work.
    round-robin goes around; weighted goes to whoever has least work for the weight, so that shares follow the weights.
    """
    free = [each for each in team.members if _has_room(each, open_leads.get(each.email, 0))]
    if not free:
        return None
    if team.strategy == "round-robin":
        order = team.members[turn % len(team.members) :] + team.members[: turn % len(team.members)]
        return next(each.email for each in order if each in free)
    return min(free, key=lambda each: ((open_leads.get(each.email, 0) + 1) / each.weight, each.email)).email


def _has_room(member: Member, open_leads: int) -> bool:
    return member.capacity is None or open_leads < member.capacity
