"""Privacy, cookies, accessibility and terms: plain pages that the server draws."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from auth.credentials import sessions, tokens

BLUEPRINT = Blueprint("statements", __name__, template_folder="../templates")
REVIEWED = "21 November 2026"


def _draw(template: str, title: str, **values: object) -> str:
    return render_template(
        template, title=title, reviewed=REVIEWED, root=request.script_root, **values
    )


@BLUEPRINT.get("/privacy-policy/")
def privacy() -> str:
    return _draw(
        "privacy.html",
        "Privacy policy",
        link_hours=int(tokens.LASTS["verify"].total_seconds() // 3600),
    )


@BLUEPRINT.get("/cookie-policy/")
def cookies() -> str:
    return _draw(
        "cookies.html",
        "Cookie policy",
        hours=int(sessions.ABSOLUTE.total_seconds() // 3600),
        days=sessions.ABSOLUTE_REMEMBERED.days,
    )


@BLUEPRINT.get("/accessibility/")
def accessibility() -> str:
    return _draw("accessibility.html", "Accessibility statement")


@BLUEPRINT.get("/terms/")
def terms() -> str:
    return _draw("terms.html", "Terms of use")
