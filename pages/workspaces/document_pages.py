"""What the pages of documents look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auth.forms import Form
from auth.views import fields, frame
from auth.views.dates import day
from auth.views.entry_pages import lead
from auth.views.fields import at
from auth.workspaces.documents import Kept
from components.markup import Child, Children, Node, attrs, html
from pages.workspaces.places import Place
from pages.workspaces.preset_pages import about, deletion, share_with

DOCUMENTS, MINE = "/accounts/documents/", "mine"
LEAD = "Files that you keep here, and those that members of your practices and PCNs share."
NOTHING_SHARED = (
    "Nothing shared here yet. Upload a file that colleagues need, without patient data."
)
RULES = (
    "No patient data. Text and tables are searched for NHS numbers, and for dates of birth beside "
    "names; a file that seems to hold them is refused and nothing of it is kept. Pictures are not "
    "read. Files are not scanned for viruses: macros, scripts and programs are refused instead."
)


@dataclass(frozen=True, slots=True)
class Row:
    """A document, and what the account may do with it."""

    kept: Kept
    size: str
    place: Place | None
    may_delete: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """Which files are taken, in words and as browsers want it, up to so many bytes."""

    words: str
    accept: str
    largest: int


def shelf(
    form: Form,
    rows: Sequence[Row],
    linked: Sequence[Place],
    *,
    scope: str,
    taken: Taken,
    done: str,
) -> str:
    """The documents of one shelf, and a form to add to it."""
    here = next((one for one in linked if one.code == scope), None)
    title = f"Shared with {here.name}" if here else "Your documents"
    return frame.draw(
        "Documents",
        fields.problems(form),
        _scopes(linked, scope),
        html.Section(
            [html.H2(title, id="list-h", className="vh"), _listed(rows, here)],
            className="bare",
            **attrs({"aria-labelledby": "list-h"}),
        ),
        html.Section(
            [
                html.Div(html.H2("Upload a document", id="up-h"), className="sh"),
                _upload(form, linked, here, taken),
                html.P(RULES, className="small muted mt-3"),
            ],
            id="upload",
            **attrs({"aria-labelledby": "up-h"}),
        ),
        said=done,
        lead=html.P(LEAD, className="lead"),
    )


def _scopes(linked: Sequence[Place], scope: str) -> Node:
    shelves = [(MINE, "Mine", DOCUMENTS)]
    shelves += [(one.code, one.name, f"{DOCUMENTS}?scope={one.code}") for one in linked]
    lines = [
        html.Li(
            html.A(
                words,
                href=at(path),
                **attrs({"aria-current": "page"} if scope == code else {}),
            )
        )
        for code, words, path in shelves
    ]
    return html.Nav(
        html.Ul(lines, className="side across"),
        className="scopes",
        **attrs({"aria-label": "Whose documents"}),
    )


def _listed(rows: Sequence[Row], here: Place | None) -> Node:
    if rows:
        whose = "By" if here else "Shared with"
        heads = ("Name", "Type", "Size", whose, "Uploaded", "")
        cells = [_row(row, shared=here is not None) for row in rows]
        return fields.table("Documents", heads, cells, actions="Change")
    words = NOTHING_SHARED if here else "No documents yet."
    return html.Div(html.P(words, className="mb-0"), className="panel")


def _row(row: Row, *, shared: bool) -> Sequence[Children]:
    one = row.kept
    here = at(f"{DOCUMENTS}{one.id}/")
    if shared:
        whose = "You" if one.own else one.author or "An account that is gone"
    else:
        whose = row.place.name if row.place else "Only you"
    share: Child | None = None
    if one.own:
        share = about("Share", f"{here}share/", one.name)
    elif row.may_withdraw:
        share = about("Stop sharing", f"{here}share/", one.name)
    return (
        html.A(one.name, href=here, download=True),
        one.kind,
        row.size,
        whose,
        day(one.created_at),
        fields.row(
            share,
            about("Delete", f"{here}delete/", one.name) if row.may_delete else None,
            className="row-act justify-content-end",
        ),
    )


def _upload(form: Form, linked: Sequence[Place], here: Place | None, taken: Taken) -> Node:
    chosen = Form({"with": here.code if here else ""})
    return fields.form(
        fields.file(
            form,
            "file",
            "File",
            accept=taken.accept,
            hint=taken.words,
            required=True,
            largest=taken.largest,
        ),
        share_with(chosen, linked) if linked else None,
        fields.row(fields.submit("Upload")),
        action=at(f"{DOCUMENTS}?scope={here.code}" if here else DOCUMENTS),
        enctype="multipart/form-data",
    )


def share(document: Kept, choices: Sequence[Place]) -> str:
    here = at(f"{DOCUMENTS}{document.id}/share/")
    if not document.own:
        return frame.draw(
            f"Stop sharing “{document.name}”?",
            lead(f"Members can no longer download it. {document.author} keeps it."),
            fields.row(
                fields.button(here, "Stop sharing", "outline-danger", document.name, {"with": ""}),
                fields.way("Cancel", at(f"{DOCUMENTS}?scope={document.org_code}")),
                className="row-act mt-3",
            ),
        )
    chosen = Form({"with": document.org_code or ""} if document.shared else {})
    hint = "Members can download it. Only you can change or delete it."
    link = html.A("Link one", href=at("/accounts/link/"))
    return frame.draw(
        f"Share “{document.name}”",
        fields.form(
            share_with(chosen, choices, hint=hint),
            fields.row(fields.submit("Save"), fields.way("Cancel", at(DOCUMENTS))),
            action=here,
        ),
        None if choices else lead("No practice or PCN is linked yet. ", link),
    )


def delete(document: Kept, place: Place | None) -> str:
    return deletion(
        document.name,
        place,
        lost="It cannot be brought back.",
        here=at(f"{DOCUMENTS}{document.id}/delete/"),
        back=at(DOCUMENTS),
    )


def counts(own: int, linked: Sequence[tuple[Place, int]]) -> Node:
    """How many documents there are on each shelf, for the profile."""
    shelves = [("Yours", at(DOCUMENTS), own)]
    shelves += [
        (f"Shared with {place.name}", at(f"{DOCUMENTS}?scope={place.code}"), count)
        for place, count in linked
    ]
    lines = [html.Li([html.A(words, href=href), f": {count}"]) for words, href, count in shelves]
    return html.Ul(lines, className="plain")
