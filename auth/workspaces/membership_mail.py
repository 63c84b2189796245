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


def _workspaces() -> mail.Link:
    return mail.Link("Your workspaces", whole("/accounts/workspaces/"))


def _manage(code: str) -> mail.Link:
    return mail.Link(f"Members of {label(code)}", whole(f"/accounts/organisations/{code}/"))


def asked(account: Account, code: str, deciders: Sequence[Person]) -> None:
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
                _manage(code),
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


def changed(
    account: Account,
    action: Action,
    before: State,
    state: State,
    code: str,
    person: Person,
    deciders: Sequence[Person],
) -> None:
    """To the person whose membership it is and, where it is theirs to know, to the deciders."""
    name = label(code)
    own = person.email == account.email
    said = _to_person(action, state, name, own=own)
    if said:
        mail.send(person.email, said[0], [said[1], _workspaces()])
    to_others = {
        "withdraw": f"{person.name} withdrew the request to join {name}.",
        "leave": f"{person.name} left {name}.",
        "remove": f"{account.name} removed {person.name} from {name}.",
        "promote": f"{account.name} made {person.name} an admin of {name}.",
        "hand-over": f"{account.name} handed {name} over to {person.name}.",
        "approve": f"{account.name} approved the request of {person.name} to join {name}.",
        "reject": f"{account.name} declined the request of {person.name} to join {name}.",
    }.get(action)
    for one in deciders if to_others else ():
        if one.email != account.email:
            mail.send(one.email, f"A change at {name}", [to_others or "", _manage(code)])
    if action == "hand-over":
        mail.send(
            account.email,
            f"You handed {name} over",
            [f"{person.name} is now an admin of {name}. You remain a member.", _workspaces()],
        )


def _to_person(action: Action, state: State, name: str, *, own: bool) -> tuple[str, str] | None:
    """Subject and text."""
    if action == "approve" and state == "admin":
        return (
            f"You are now an admin of {name}",
            (
                f"Your request to join {name} is approved. You are its first admin: you approve, "
                "decline and remove other members."
            ),
        )
    if action == "approve":
        return f"You are now a member of {name}", f"Your request to join {name} is approved."
    if action == "reject":
        return (
            f"Your request to join {name} was declined",
            (
                f"Your request to join {name} was declined. If that was a mistake, speak to its "
                "admins and ask again."
            ),
        )
    if action in ("promote", "hand-over"):
        return (
            f"You are now an admin of {name}",
            f"You can now approve, decline and remove members of {name}.",
        )
    if action == "leave":
        return f"You left {name}", f"You are no longer a member of {name}. You may ask again."
    if action == "withdraw":
        return f"Request to join {name} withdrawn", f"You withdrew your request to join {name}."
    if own:
        return None
    return (
        f"You were removed from {name}",
        f"You are no longer a member of {name}. You may ask again.",
    )
