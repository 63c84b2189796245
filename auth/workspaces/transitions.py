"""The states of a membership, and who may change which into which. Nothing else changes one."""

from __future__ import annotations

from typing import Literal

from auth.models.workspaces import State

Actor = Literal["self", "admin", "platform"]
Action = Literal[
    "request", "withdraw", "leave", "approve", "reject", "remove", "promote", "demote", "hand-over"
]

# `platform` stands for a platform administrator while the organisation has no admin who can act.
# Whoever they approve becomes its admin, so that the next request is the organisation's own.
TABLE: dict[tuple[Actor, Action, State | None], State] = {
    ("self", "request", None): "pending",
    ("self", "request", "rejected"): "pending",
    ("self", "request", "removed"): "pending",
    ("self", "withdraw", "pending"): "removed",
    ("self", "leave", "active"): "removed",
    ("self", "leave", "admin"): "removed",
    ("self", "demote", "admin"): "active",
    ("admin", "approve", "pending"): "active",
    ("admin", "reject", "pending"): "rejected",
    ("admin", "remove", "active"): "removed",
    ("admin", "remove", "admin"): "removed",
    ("admin", "promote", "active"): "admin",
    ("admin", "demote", "admin"): "active",
    ("admin", "hand-over", "active"): "admin",
    ("admin", "hand-over", "admin"): "admin",
    ("platform", "approve", "pending"): "admin",
    ("platform", "reject", "pending"): "rejected",
    ("platform", "promote", "active"): "admin",
    ("platform", "remove", "active"): "removed",
    ("platform", "remove", "admin"): "removed",
}
REASONED: tuple[Action, ...] = ("withdraw", "reject", "remove")  # may be given a reason
INSIDE: tuple[State, ...] = ("active", "admin")  # may use the organisation as a workspace


def after(actor: Actor, action: Action, before: State | None) -> State | None:
    """The state that follows; None where the table has no such line."""
    return TABLE.get((actor, action, before))
