"""Which roles one person may have together."""

from collections.abc import Collection

from safeshare.kernel.actors import Role

QUEUE_ROLES = frozenset({Role.HANDLER, Role.SUPERVISOR})
"""The roles that make somebody a member of queues and so, perhaps, a holder."""

CASE_ROLES = QUEUE_ROLES | {Role.OVERSEER}
"""The roles that are given cases."""

_APART = (
    (frozenset({Role.ADMINISTRATOR}), CASE_ROLES),
    (frozenset({Role.INSPECTOR}), frozenset(Role) - {Role.INSPECTOR}),
    (frozenset({Role.LEADER}), CASE_ROLES),
    (frozenset({Role.OVERSEER}), QUEUE_ROLES),
)


def roles_fit(roles: Collection[Role]) -> bool:
    """Whether one person may have these roles together.

    An administrator makes accounts, so never has content as well; leaders see releases, never a
    case; an overseer judges handlers, so is none; an inspector is from outside.
    """
    held = frozenset(roles)
    return bool(held) and not any(held & one and held & others for one, others in _APART)
