"""What the people concerned are told when a membership changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auth.credentials.sessions import Account
from auth.email import mail
from auth.email.addresses import whole
from auth.models.workspaces import State
from auth.workspaces.organisations import label
from auth.workspaces.transitions import Action


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """A membership that has just changed. `in_use`: it became its member's workspace with it."""

    action: Action
    before: State
    state: State
    code: str
    reason: str = ""
    in_use: bool = False
    by_platform: bool = False  # decided by the administrators of the site: there was no admin


def _workspaces() -> mail.Link:
    return mail.Link("Your workspaces", whole("/accounts/workspaces/"))


def _manage(code: str) -> mail.Link:
    return mail.Link(f"Members of {label(code)}", whole(f"/accounts/organisations/{code}/"))


def asked(account: Account, code: str, membership_id: int, deciders: Sequence[Person]) -> None:
    """To whoever decides about a request, and to whoever made it."""
    name = label(code)
    for one in deciders:
        mail.send(
            one.email,
            f"{account.name} asks to join {name}",
            [
                (
                    f"{account.name} ({account.email}) asks to join {name} on Haresign. Approve "
                    "only people who you know work there: members see what its members share."
                ),
                mail.Link("Approve or decline", whole(f"/accounts/memberships/{membership_id}/")),
            ],
        )
    mail.send(
        account.email,
        f"You asked to join {name}",
        [
            f"Your request to join {name} waits for a decision. You will get an e-mail.",
            _workspaces(),
        ],
    )


def changed(account: Account, change: Change, person: Person, deciders: Sequence[Person]) -> None:
    """To the person whose membership it is and, where it is theirs to know, to the deciders."""
    name = label(change.code)
    own = person.email == account.email
    reason = [f"The reason given: {change.reason}"] if change.reason else []
    to_person = _to_person(change, name, own=own)
    if to_person:
        subject, lines = to_person
        mail.send(person.email, subject, [*lines, *reason, _workspaces()])
    what = _to_others(change.action, account.name, person.name, name, own=own)
    for one in deciders if what else ():
        if one.email != account.email:
            mail.send(one.email, what, [f"{what}.", *reason, _manage(change.code)])
    if change.action == "hand-over":
        mail.send(
            account.email,
            f"{person.name} is admin in your place at {name}",
            [f"{person.name} now decides about members of {name}. You stay one.", _workspaces()],
        )


def _to_others(action: Action, by: str, person: str, name: str, *, own: bool) -> str:
    """What happened, as the subject of a message; empty where it is nobody else's concern."""
    if own and action == "demote":
        return f"{person} is no longer an admin of {name} and stays a member"
    return {
        "withdraw": f"{person} withdrew the request to join {name}",
        "leave": f"{person} left {name}",
        "remove": f"{by} removed {person} from {name}",
        "promote": f"{by} made {person} an admin of {name}",
        "demote": f"{by} made {person} an ordinary member of {name} again",
        "hand-over": f"{by} made {person} admin of {name} in their place",
        "approve": f"{by} approved the request of {person} to join {name}",
        "reject": f"{by} declined the request of {person} to join {name}",
    }.get(action, "")


def _to_person(change: Change, name: str, *, own: bool) -> tuple[str, mail.Lines] | None:
    """Subject and lines."""
    action = change.action
    if action == "approve":
        return _approved(change, name)
    if action == "reject":
        return _declined(change, name)
    if action in ("promote", "hand-over"):
        return (
            f"You are now an admin of {name}",
            [f"You can now approve, decline and remove members of {name}."],
        )
    if action == "demote":
        return (
            f"You are an ordinary member of {name} again",
            [f"You no longer decide about members of {name}. What its members share stays open."],
        )
    if action == "leave":
        return f"You left {name}", [f"You are no longer a member of {name}. You may ask again."]
    if action == "withdraw":
        return f"Request to join {name} withdrawn", [f"You withdrew your request to join {name}."]
    if own:
        return None
    return (
        f"You were removed from {name}",
        [f"You are no longer a member of {name}. You may ask again."],
    )


def _approved(change: Change, name: str) -> tuple[str, mail.Lines]:
    role = "an admin" if change.state == "admin" else "a member"
    lines = [f"Your request to join {name} is approved."]
    if change.state == "admin":
        lines.append("You are its first admin: you approve, decline and remove other members.")
    if change.in_use:
        lines.append(f"{name} is your workspace from now on: tools open on it.")
    else:
        lines.append(f"To have tools open on {name}, choose it under Your workspaces.")
    return (
        f"You are now {role} of {name}",
        [
            " ".join(lines),
            mail.Link(f"The page of {name}", whole(f"/organisations/{change.code}/")),
            mail.Link("All tools", whole("/tools/")),
        ],
    )


def _declined(change: Change, name: str) -> tuple[str, mail.Lines]:
    subject = f"Your request to join {name} was declined"
    if not change.by_platform:
        return subject, [f"{subject}. If that was a mistake, speak to its admins and ask again."]
    return (
        subject,
        [
            (
                f"{subject} by the administrators of this site: {name} has no admin of its own "
                "yet. If that was a mistake, write to us and ask again."
            ),
            mail.Link("Contact", whole("/contact/")),
        ],
    )
