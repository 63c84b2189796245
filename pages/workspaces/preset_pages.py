"""What the pages of presets look like."""

from __future__ import annotations

from collections.abc import Sequence

from auth.forms import Form
from auth.views import fields, frame
from auth.views.dates import day
from auth.views.entry_pages import lead
from auth.views.fields import at
from auth.workspaces.presets import Saved
from components.markup import Child, Children, Node, attrs, html, icon
from pages.catalogue import Tool
from pages.workspaces.places import Place
from pages.workspaces.shelves import Row

PRESETS = "/accounts/presets/"
KEPT = "A preset keeps the selections of a page, not the data: figures update with each release."
PIN = "Pin to the data as published today, so that later releases change nothing"
INSTEAD = "A preset that is replaced keeps its name and whom it is shared with."
NONE = "No presets yet. On the page of a tool, choose Presets and then Save these selections."


def about(label: str, href: str, words: str) -> Node:
    """A link among others of its kind, completed for screen readers."""
    return html.A([label, html.Span(f" {words}", className="vh")], href=href)


def table(rows: Sequence[Row]) -> Node:
    if not rows:
        return html.P(NONE)
    heads = ("Preset", "Tool", "Shared with", "Last used", "")
    return fields.table("Presets", heads, [_row(row) for row in rows], actions="Change")


def _row(row: Row) -> Sequence[Children]:
    one = row.saved
    here = at(f"{PRESETS}{one.id}/")
    under = " · ".join(part for part in (row.org, row.pinned) if part)
    sub = html.Span(under, className="sub") if under else None
    return (
        [html.A(one.name, href=here), sub],
        row.tool,
        _shared(row),
        day(one.used_at) if one.used_at else "Not yet",
        fields.row(
            about("Change or share", f"{here}edit/", one.name) if one.own else None,
            fields.button(f"{here}duplicate/", "Duplicate", "link", one.name),
            about("Delete", f"{here}delete/", one.name) if row.may_delete else None,
            className="row-act justify-content-end",
        ),
    )


def _shared(row: Row) -> Sequence[Child]:
    one, place = row.saved, row.place
    if not (one.shared and place):
        return ["Only you", *([html.Span(f"in {place.name}", className="sub")] if place else [])]
    by = html.Span(f"by {one.author or 'an account that is gone'}", className="sub")
    return [place.name, *([] if one.own else [by])]


def shelf(title: str, rows: Sequence[Row], *, tool: Tool | None, form: Form, done: str) -> str:
    every = [" ", html.A("All presets", href=at(PRESETS))] if tool else []
    return frame.draw(
        title,
        fields.problems(form),
        html.Section(
            [html.H2("Presets you can load", id="all-h", className="vh"), table(rows)],
            className="bare",
            **attrs({"aria-labelledby": "all-h"}),
        ),
        said=done,
        lead=html.P([KEPT, *every], className="lead"),
    )


def new(
    form: Form,
    tool: Tool,
    search: str,
    *,
    org: str,
    code: str,
    place: Place | None,
    can_pin: bool,
    own: Sequence[Saved],
) -> str:
    """`org` and `code` are of the organisation that the page shows, `place` is the workspace in
    use; `own` are presets whose selections these can replace.
    """
    where = f", {org}" if org else ""
    back = f"?{search}" if search else ""
    instead = [
        ("", "As a new preset"),
        *((str(one.id), f"In place of “{one.name}”") for one in own),
    ]
    return frame.draw(
        "Save a preset",
        fields.problems(form),
        _other(org, place) if place and org and code != place.code else None,
        fields.form(
            fields.hidden("tool", tool.slug),
            fields.hidden("query", search),
            fields.text(form, "name", "Name", maxlength=120, hint="Such as Board pack: access"),
            fields.choice(form, "instead", "Save", instead, hint=INSTEAD) if own else None,
            fields.tick(form, "share", f"Share with the members of {place.label}")
            if place
            else None,
            fields.tick(form, "pin", PIN) if can_pin else None,
            fields.row(
                fields.submit("Save preset"),
                fields.way("Back to the page", at(f"{tool.path}{back}")),
            ),
            action=at(f"{PRESETS}new/"),
        ),
        lead=html.P(
            [
                f"{tool.title}{where}. The selections are kept, not the figures. ",
                *_in_workspace(place),
            ],
            className="lead",
        ),
    )


def _in_workspace(place: Place | None) -> Sequence[Child]:
    if place is None:
        return ["No workspace is in use, so it is offered in all of them."]
    return ["It is saved in the workspace ", html.B(place.label), "."]


def _other(org: str, place: Place) -> Node:
    words = (
        f"The page shows {org}, and your workspace is {place.label}. The preset is offered there, "
        f"and opens {org}."
    )
    return html.P([icon("warn"), html.Span(words)], className="note warn", role="status")


def misfit(saved: Saved, wrong: Sequence[str], *, target: str, may_delete: bool) -> str:
    """What of a preset no longer fits."""
    lines = html.Ul([html.Li(sentence) for sentence in wrong], className="plain")
    remove = fields.way("Delete the preset", at(f"{PRESETS}{saved.id}/delete/"), "outline-danger")
    return frame.draw(
        f"“{saved.name}” no longer fits",
        html.Div([icon("warn"), html.Div(lines)], className="note warn"),
        fields.row(
            fields.way("Open with what still fits", target, "primary") if target else None,
            remove if may_delete else None,
            fields.way("All presets", at(PRESETS)),
            className="row-act mt-3",
        ),
    )


def edit(form: Form, row: Row, choices: Sequence[Place], *, target: str, can_pin: bool) -> str:
    """`target` is the page with the present selections; empty where the tool is gone."""
    saved = row.saved
    pins = [
        ("", "Figures update with each release"),
        *([("keep", f"Stay p{row.pinned[1:]}")] if saved.data_version else []),
        *([("now", "Pin to the data as published today")] if can_pin else []),
    ]
    return frame.draw(
        "Change a preset",
        fields.problems(form),
        fields.form(
            fields.text(form, "name", "Name", maxlength=120),
            share_with(form, choices, label="Shared with"),
            fields.choice(form, "pin", "Data", pins),
            fields.row(fields.submit("Save"), fields.way("Cancel", at(PRESETS))),
            action=at(f"{PRESETS}{saved.id}/edit/"),
        ),
        _selections(row, target) if target else None,
    )


def _selections(row: Row, target: str) -> Node:
    return fields.section(
        "sel",
        "Selections",
        html.P([html.B(row.tool), f", {row.org}" if row.org else ""]),
        html.P(
            [
                html.A("Open the page with these selections", href=target),
                ", change them, choose Presets and Save these selections, and then ",
                f"“In place of {row.saved.name}”.",
            ]
        ),
    )


def share_with(
    form: Form, choices: Sequence[Place], *, label: str = "Share with", hint: str = ""
) -> Node:
    options = [("", "Only you"), *((one.code, f"Members of {one.label}") for one in choices)]
    return fields.choice(form, "with", label, options, hint=hint)


def deletion(name: str, place: Place | None, *, lost: str, here: str, back: str) -> str:
    """Ask once more before something is deleted that may be shared. `lost` says what it means."""
    too = f"The members of {place.name} lose it too. " if place else ""
    return frame.draw(
        f"Delete “{name}”?",
        lead(f"{too}{lost}"),
        fields.row(
            fields.button(here, "Delete", "outline-danger", name),
            fields.way("Cancel", back),
            className="row-act mt-3",
        ),
    )


def delete(saved: Saved, place: Place | None) -> str:
    return deletion(
        saved.name,
        place,
        lost="No data is deleted with it.",
        here=at(f"{PRESETS}{saved.id}/delete/"),
        back=at(PRESETS),
    )
