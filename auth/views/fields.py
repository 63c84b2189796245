"""Forms as nodes: label, hint, control and error of a field belong together by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from flask import request

from auth import csrf
from auth.forms import Form
from components.markup import Child, Children, Node, attrs, html, icon

Mark = Literal["", "ok", "bad", "wait", "br"]
Kind = Literal["primary", "outline-secondary", "outline-danger", "danger", "link"]


def at(path: str) -> str:
    """The address of a page of the site, wherever the site is."""
    return f"{request.script_root}{path}"


def hidden(name: str, value: str) -> Node:
    return html.Input(type="hidden", name=name, value=value)


def form(*children: Child | None, action: str = "", **attributes: Any) -> Node:
    """A form of this visitor, sent to `action` or to the page that it stands on."""
    return html.Form(
        [hidden(csrf.FIELD, csrf.token()), *children],
        method="post",
        action=action or None,
        noValidate=True,
        **attributes,
    )


def button(
    action: str,
    label: str,
    kind: Kind = "outline-secondary",
    about: str = "",
    fields: Mapping[str, str] | None = None,
) -> Node:
    """A form that is one button. `about` completes its label for screen readers."""
    more = html.Span(f" {about}", className="vh") if about else None
    return html.Form(
        [
            hidden(csrf.FIELD, csrf.token()),
            *(hidden(name, value) for name, value in (fields or {}).items()),
            html.Button([label, more], className=f"btn btn-{kind}", type="submit"),
        ],
        className="inline",
        method="post",
        action=action,
    )


def submit(label: str, kind: Kind = "primary", *, wide: bool = False) -> Node:
    return html.Button(label, className=f"btn btn-{kind}{' px-4' * wide}", type="submit")


def way(label: Children, href: str, kind: Kind = "link") -> Node:
    """A link among buttons."""
    return html.A(label, className=f"btn btn-{kind}", href=href)


def row(*actions: Child | None, className: str = "row-act") -> Node:
    return html.Div(actions, className=className)


def problems(form: Form) -> Node | None:
    """What is wrong with a form, each with a link to its field. It takes the focus."""
    if not form.errors:
        return None
    lines = [
        html.Li(message if name == "form" else html.A(message, href=f"#f-{name}"))
        for name, message in form.errors.items()
    ]
    return html.Div(
        [
            icon("warn"),
            html.Div([html.B("There is a problem"), html.Ul(lines, className="plain")]),
        ],
        className="note bad",
        role="alert",
        tabIndex="-1",
        **attrs({"data-problems": ""}),
    )


def done(sentence: str) -> Node | None:
    """What was just done; None where nothing was."""
    words = [icon("tick"), html.Span(sentence)]
    return html.P(words, className="note ok", role="status") if sentence else None


def text(
    form: Form,
    name: str,
    label: str,
    type: str = "text",
    autocomplete: str = "",
    hint: str = "",
    maxlength: int = 254,
    inputmode: str = "",
    optional: bool = False,
) -> Node:
    """A line of text. What a password was is never written again."""
    secret = type == "password"
    as_typed = attrs({"spellcheck": "false", "autocapitalize": "none"})
    box = html.Input(
        **_named(form, name, hint=hint, kind="form-control"),
        type=type,
        autocomplete=autocomplete or None,
        inputmode=inputmode or None,
        maxlength=maxlength,
        value=None if secret else form[name],
        **(as_typed if type in ("password", "email") else {}),
        required=not optional,
    )
    if secret:
        box = html.Div([box, _show(name, label)], className="input-group")
    return field(form, name, label, box, hint=hint, optional=optional)


def _show(name: str, label: str) -> Node:
    return html.Button(
        ["Show", html.Span(f" {label.lower()}", className="vh")],
        className="btn btn-outline-secondary",
        type="button",
        hidden=True,
        **attrs({"aria-pressed": "false", "data-show": f"f-{name}"}),
    )


def area(
    form: Form,
    name: str,
    label: str,
    hint: str = "",
    rows: int = 5,
    maxlength: int = 4000,
    optional: bool = False,
) -> Node:
    """Lines of text."""
    box = html.Textarea(
        form[name],
        **_named(form, name, hint=hint, kind="form-control"),
        rows=rows,
        maxlength=maxlength,
        required=not optional,
    )
    return field(form, name, label, box, hint=hint, optional=optional)


def choice(
    form: Form, name: str, label: str, options: Iterable[tuple[str, str]], *, hint: str = ""
) -> Node:
    """A list to choose one of (value, words) from."""
    listed = [
        html.Option(words, value=value, selected=form[name] == value and bool(value))
        for value, words in options
    ]
    box = html.Select(listed, **_named(form, name, hint=hint, kind="form-select"))
    return field(form, name, label, box, hint=hint)


def file(
    form: Form,
    name: str,
    label: str,
    *,
    accept: str,
    hint: str,
    required: bool = False,
    largest: int = 0,
) -> Node:
    """A file. Above `largest` bytes, assets/served.js says so before anything is sent."""
    limit = attrs({"data-largest": str(largest)} if largest else {})
    box = html.Input(
        **_named(form, name, hint=hint, kind="form-control"),
        type="file",
        accept=accept,
        required=required,
        **limit,
    )
    return field(form, name, label, box, hint=hint)


def tick(form: Form, name: str, label: str) -> Node:
    box = html.Input(
        className="form-check-input",
        type="checkbox",
        name=name,
        value="1",
        checked=bool(form[name]),
    )
    return html.Div(html.Label([box, f" {label}"], className="tick"), className="field")


def field(
    form: Form, name: str, label: str, box: Node, *, hint: str = "", optional: bool = False
) -> Node:
    """A control with its label, its hint and what is wrong with it."""
    error = form.errors.get(name)
    more = [" ", html.Span("(optional)", className="muted")] if optional else []
    return html.Div(
        [
            html.Label([label, *more], className="form-label", htmlFor=f"f-{name}"),
            html.P(hint, className="hint", id=f"h-{name}") if hint else None,
            box,
            html.P(error, className="error", id=f"e-{name}") if error else None,
        ],
        className="field",
    )


def _named(form: Form, name: str, *, hint: str, kind: str) -> dict[str, Any]:
    """What ties a control to its label, hint and error."""
    wrong = name in form.errors
    described = [f"h-{name}"] * bool(hint) + [f"e-{name}"] * wrong
    invalid = attrs({"aria-invalid": "true"}) if wrong else {}
    by = attrs({"aria-describedby": " ".join(described)}) if described else {}
    shown = {"id": f"f-{name}", "name": name, "className": kind + " is-invalid" * wrong}
    return {**shown, **invalid, **by}


def section(slug: str, title: str, *children: Child | None, remark: Children = None) -> Node:
    """A part of a page with its rule and h2."""
    head = [html.H2(title, id=f"{slug}-h"), html.P(remark) if remark else None]
    return html.Section(
        [html.Div(head, className="sh"), *children], **attrs({"aria-labelledby": f"{slug}-h"})
    )


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Children]],
    *,
    actions: str = "Action",
    className: str = "box",
) -> Node:
    """Rows that become blocks on a phone. A head without words is that of actions."""
    columns = [html.Th(head or html.Span(actions, className="vh"), scope="col") for head in heads]
    body = [
        html.Tr(
            [
                html.Th(first, scope="row"),
                *(
                    html.Td(cell, **(attrs({"data-l": head}) if head else {}))
                    for head, cell in zip(heads[1:], cells, strict=True)
                ),
            ]
        )
        for first, *cells in rows
    ]
    inside = [
        html.Caption(caption, className="vh"),
        html.Thead(html.Tr(columns)),
        html.Tbody(body),
    ]
    return html.Div(html.Table(inside, className="bt stack"), className=className)


def tag(words: str, kind: Mark = "") -> Node:
    return html.Span(words, className=f"tag {kind}".strip())
