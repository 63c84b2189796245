"""What an action on a membership means, said before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from auth.forms import Form
from auth.views import fields, frame, reasons
from auth.views.entry_pages import lead
from auth.views.fields import at
from auth.workspaces.rosters import Member
from auth.workspaces.transitions import REASONED, Action
from components.markup import html
from data.format import plural
from pages.workspaces.places import Place

ASK_AGAIN = "They may ask to join again."
ADMINS_DO = "approve, decline and remove members"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`possible` is false where something else has to be done first."""

    title: str
    label: str
    meaning: str
    possible: bool = True


def sentence(
    action: Action, row: Member, place: Place, *, own: bool, others: tuple[int, int]
) -> Sentence | None:
    """What to say; None of what needs no confirmation. `others` are the other members and admins
    of an organisation that the account itself leaves.
    """
    name, where = row.name, place.name
    if action == "leave":
        return _leave(row, where, *others)
    if action == "demote" and own:
        possible = others[1] > 0
        meaning = f"You stay a member of {where} and no longer {ADMINS_DO}."
        if not possible:
            meaning = f"You are the only admin of {where}: make another member an admin first."
        return Sentence("Stop being an admin?", "Stop being an admin", meaning, possible)
    if action == "withdraw" and own:
        return Sentence(
            f"Withdraw your request to join {where}?",
            "Withdraw request",
            "Nobody decides about it then. You may ask again.",
        )
    by_action: dict[Action, Sentence] = {
        "reject": Sentence(
            f"Decline {name}?", "Decline", f"They do not become a member of {where}. {ASK_AGAIN}"
        ),
        "remove": Sentence(
            f"Remove {name}?",
            "Remove",
            (
                "They no longer see what members share. What they shared themselves stays. "
                f"{ASK_AGAIN}"
            ),
        ),
        "promote": Sentence(
            f"Make {name} an admin?", "Make an admin", f"They may then {ADMINS_DO}."
        ),
        "demote": Sentence(
            f"Make {name} an ordinary member again?",
            "Make an ordinary member",
            f"They stay a member and no longer {ADMINS_DO}.",
        ),
        "hand-over": Sentence(
            f"Make {name} admin in your place?",
            "Make admin in my place",
            f"They may then {ADMINS_DO}. You stay a member and no longer do.",
        ),
    }
    return by_action.get(action)


def _leave(row: Member, where: str, others: int, admins: int) -> Sentence:
    title = f"Leave {where}?"
    usual = "You no longer see what its members share. You may ask to join again."
    if not others:
        alone = (
            "You are its only member: nobody else is a member. What was shared here stays, but "
            "nobody can open it until somebody joins, and the administrators of the site decide "
            "who is next."
        )
        return Sentence(title, "Leave", f"{usual} {alone}")
    if row.state == "admin" and not admins:
        first = (
            f"You are its only admin, and there {'is' if others == 1 else 'are'} "
            f"{plural(others, 'other member', 'other members')}. Make one of them an admin first."
        )
        return Sentence(title, "Leave", first, possible=False)
    return Sentence(title, "Leave", usual)


def page(
    sentence: Sentence, row: Member, action: Action, place: Place, *, form: Form, own: bool
) -> str:
    back = at("/accounts/workspaces/" if own else f"/accounts/organisations/{row.org_code}/")
    members = at(f"/accounts/organisations/{row.org_code}/")
    title = html.P([f"{place.name}, {place.kind} ", html.Span(place.code, className="code")])
    if not sentence.possible:
        ways = fields.way("Choose a member", members, "primary"), fields.way("Cancel", back)
        return frame.draw(sentence.title, lead(sentence.meaning), fields.row(*ways), lead=title)
    whom = f"{place.name}’s admins" if own else "the person"
    hint = f"It goes into the e-mail to {whom} and into the log of {place.name}."
    kind: fields.Kind = "danger" if action in ("leave", *REASONED) else "primary"
    return frame.draw(
        sentence.title,
        fields.problems(form),
        lead(sentence.meaning),
        fields.form(
            reasons.box(form, hint) if action in REASONED else None,
            fields.row(fields.submit(sentence.label, kind), fields.way("Cancel", back)),
            action=at(f"/accounts/memberships/{row.id}/{action}/"),
        ),
        lead=title,
    )
