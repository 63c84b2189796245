"""Blocks as plain HTML: charts as SVG with their tables, controls as fields of a form.

Without a form nothing can be chosen and charts have no table: what is shown until Dash draws.
`components.render.still` then takes out what only scripts give life to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from components import blocks as b
from components import picture, selector, shell
from components.explain import explain
from components.markup import Node, attrs, html
from components.render import as_dash
from components.url_state import NONE


@dataclass(frozen=True, slots=True)
class Form:
    """The one form of a page, to which every control belongs: its id, and where it leads.

    `kept` are values of the address that no control has.
    """

    id: str
    action: str
    kept: Mapping[str, str]


def section(content: b.Section, form: Form | None = None) -> Node:
    """A section with its heading."""
    inside = [block(one, form) for one in content.blocks]
    fields = [control(one, form) for one in content.controls]
    return as_dash.framed(content, inside, [*fields, *_go(form)] if fields else [])


def block(content: b.Block, form: Form | None = None) -> Node:
    """One block of a section."""
    if isinstance(content, b.Beside):
        drawn = (block(one, form) for one in content.blocks)
        return shell.side_by_side(*drawn, lead=content.leads)
    if isinstance(content, b.Figure) and not isinstance(content.chart, b.Absent):
        working = explain(content.explain) if content.explain else None
        return picture.draw(
            content.frame, content.chart, explain=working, with_table=form is not None
        )
    if isinstance(content, b.Fold):
        return as_dash.fold(content, [block(one, form) for one in content.blocks])
    return as_dash.block(content)


def bar(content: b.Bar, form: Form | None = None) -> Node:
    """The controls above a page; with a form the form itself."""
    fields = [control(one, form) for one in content.controls]
    more = [control(one, form) for one in content.more]
    if form is None:
        return selector.bar(
            [_organisation(content, content.text, form), *fields],
            more=more,
            changed=content.changed,
            summary=content.summary,
        )
    fields += selector.folded(more, content.changed)
    hidden = [html.Input(type="hidden", name=name, value=of) for name, of in form.kept.items()]
    return html.Form(
        [*hidden, _organisation(content, content.code, form), *fields, *_go(form)],
        id=form.id,
        method="get",
        action=form.action,
        className="selbar open",
    )


def control(content: b.Control, form: Form | None = None) -> Node:
    """A control as the browser's own field, which looks like that of Dash."""
    if isinstance(content, b.Ticks):
        return _ticks(content, form)
    if content.look == "list":
        return _list(content, form)
    return _segments(content, form)


def _field(name: str, form: Form | None) -> dict[str, str]:
    return {"name": name, "form": form.id} if form else {}


def _id(name: str, form: Form | None) -> str | None:
    return f"{form.id}-{name}" if form else None


def _go(form: Form | None) -> Iterable[Node]:
    if form is not None:
        yield html.Button("Show", type="submit", form=form.id, className="btn btn-primary")


def _organisation(content: b.Bar, value: str, form: Form | None) -> Node:
    box = html.Input(
        type="text",
        id=_id("org", form),
        className="form-control",
        value=value,
        placeholder="Name, code, postcode or town",
        autoComplete="off",
        **_field("org", form),
        **({} if form else attrs({"aria-label": content.label})),
    )
    mark = html.Span(className="dot", **attrs({"aria-hidden": "true"}))
    return html.Div(
        html.Div(
            [
                html.Label(content.label, htmlFor=_id("org", form), className="l"),
                html.Div([mark, box], className="combo-in"),
            ],
            className="combo",
            **attrs({"data-ready": "1"}),  # for assets/combobox.js
        ),
        className="f f-org",
    )


def _list(content: b.Choice, form: Form | None) -> Node:
    options = [
        html.Option(one.label, value=one.value, selected=one.value == content.value)
        for one in content.options
    ]
    named = {} if form else attrs({"aria-label": content.label})
    box = html.Select(
        options,
        id=_id(content.name, form),
        className="form-select",
        **_field(content.name, form),
        **named,
    )
    label = html.Label(content.label, htmlFor=_id(content.name, form), className="l")
    return html.Div([label, box], className=f"f f-{content.name}")


def _segments(content: b.Choice, form: Form | None) -> Node:
    parts = [
        _tick(content.name, one, one.value == content.value, form, kind="radio")
        for one in content.options
    ]
    return _group(content, html.Div(parts, className="seg"))


def _ticks(content: b.Ticks, form: Form | None) -> Node:
    parts = [
        _tick(content.name, one, one.value in content.values, form, kind="checkbox")
        for one in content.options
    ]
    # an address without the name would stand for what is ticked at first
    none = html.Input(type="hidden", value=NONE, **_field(content.name, form)) if form else None
    return _group(content, html.Div([none, *parts], className="ticks"))


def _group(content: b.Control, inside: Node) -> Node:
    legend = html.Legend(content.label, className="l")
    return html.Fieldset([legend, inside], className=f"f f-{content.name}")


def _tick(
    name: str,
    option: selector.Option | selector.Comparator,
    is_on: bool,
    form: Form | None,
    *,
    kind: str,
) -> Node:
    role = option.role if isinstance(option, selector.Comparator) else None
    key = html.Span(className=selector.KEY[role]) if role else None
    box = html.Input(
        type=kind,
        id=_id(f"{name}-{option.value}", form),
        value=option.value,
        checked=is_on,
        className="form-check-input" if role else "form-check-input btn-check",
        **_field(name, form),
        **({} if form else attrs({"aria-label": option.label})),
    )
    label = html.Label(
        [key, option.label],
        htmlFor=_id(f"{name}-{option.value}", form),
        className="form-check-label tick" if role else "form-check-label seg-l",
    )
    return html.Div([box, label], className="form-check")
