"""A question before something is declined, revoked or taken back, with room for a reason."""

from __future__ import annotations

from auth.forms import Form
from auth.models.workspaces import LONGEST_REASON
from auth.views import fields, frame
from auth.views.entry_pages import lead
from components.markup import Node


def sent() -> Form:
    """The reason in the present request; what is too long is an error in the form."""
    form = Form.sent("reason")
    form.limit("reason", LONGEST_REASON, "The reason")
    return form


def box(form: Form, hint: str) -> Node:
    return fields.area(
        form, "reason", "Reason", hint=hint, rows=2, maxlength=LONGEST_REASON, optional=True
    )


def page(
    form: Form, title: str, meaning: str, *, action: str, label: str, hint: str, back: str
) -> str:
    ways = fields.submit(label, "danger"), fields.way("Cancel", back)
    return frame.draw(
        title,
        fields.problems(form),
        lead(meaning),
        fields.form(box(form, hint), fields.row(*ways), action=action),
    )
