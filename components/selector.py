"""The selector bar: organisation, period, unit and comparators, which double as the legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from components.charts.palette import Role
from components.markup import Node, attrs, dbc, html, icon
from components.url_state import control_id, dom_id

Flag = Literal["follow", "shortcut", "hide-label", "dot"]


@dataclass(frozen=True, slots=True)
class Option:
    """A choice: the value in the URL and the words on the page."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Comparator:
    """A comparator and the role whose colour and dash it keeps everywhere."""

    value: str
    label: str
    role: Role


KEY: dict[Role, str] = {
    "you": "key k-you",
    "pcn": "key k-pcn",
    "sub_icb": "key k-icb",
    "icb": "key k-icb k-long",
    "region": "key k-region",
    "england": "key k-eng",
    "similar": "key k-similar",
}


def search(
    name: str,
    *,
    label: str,
    search_url: str,
    placeholder: str = "Name, code, postcode or town",
    flags: Sequence[Flag] = (),
    key: str = "org",
    code: str = "",
    chosen: str = "",
) -> Node:
    """Where assets/combobox.js builds a search box.

    Choosing sets `key` in the URL of this page, or goes to the item's own link with the flag
    `follow`. `name` makes ids unique; `chosen` is the text shown at first; with `shortcut` it
    answers to the key `/`; `dot` shows the organisation's dot instead of a lens.
    """
    return html.Div(
        className="combo",
        **attrs(
            {
                "data-search-url": search_url,
                "data-name": name,
                "data-label": label,
                "data-value": code,
                "data-chosen": chosen,
                "data-key": key,
                "data-placeholder": placeholder,
                **{f"data-{flag}": "1" for flag in flags},
            }
        ),
    )


def organisation(
    *, search_url: str, code: str, text: str, label: str = "Practice, PCN or area"
) -> Node:
    """The organisation of this page. `text` is the name and code as shown."""
    return html.Div(
        search("org", label=label, search_url=search_url, code=code, chosen=text, flags=("dot",)),
        className="f f-org",
    )


def choice(name: str, *, label: str, options: Sequence[Option], value: str, default: str) -> Node:
    """A native list of choices, such as months."""
    control = control_id(name, default)
    return html.Div(
        [
            html.Label(label, htmlFor=dom_id(control), className="l"),
            dbc.Select(
                id=control,
                options=[{"label": one.label, "value": one.value} for one in options],
                value=value,
            ),
        ],
        className=f"f f-{name}",
    )


def segments(name: str, *, label: str, options: Sequence[Option], value: str, default: str) -> Node:
    """Two or three choices side by side: one stop of the Tab key, as they share a name."""
    control = control_id(name, default)
    return html.Fieldset(
        [
            html.Legend(label, className="l"),
            dbc.RadioItems(
                id=control,
                name=dom_id(control),
                options=[{"label": one.label, "value": one.value} for one in options],
                value=value,
                class_name="seg",
                input_class_name="btn-check",
                label_class_name="seg-l",
                label_checked_class_name="on",
            ),
        ],
        className=f"f f-{name}",
    )


def comparators(
    name: str,
    *,
    label: str,
    options: Sequence[Comparator],
    values: Sequence[str],
    default: Sequence[str],
) -> Node:
    """Checkboxes that carry the colour and dash of their line: the selector is the legend."""
    return html.Fieldset(
        [
            html.Legend(label, className="l"),
            dbc.Checklist(
                id=control_id(name, default),
                options=[
                    {
                        "label": [html.Span(className=KEY[one.role]), one.label],
                        "value": one.value,
                    }
                    for one in options
                ],
                value=list(values),
                class_name="ticks",
                label_class_name="tick",
            ),
        ],
        className=f"f f-{name}",
    )


def folded(controls: Sequence[Node], changed: Sequence[str]) -> list[Node]:
    """More options, behind a line that says which of them are not as at first."""
    if not controls:
        return []
    words = html.Span(", ".join(changed), className="changed") if changed else None
    return [
        html.Details(
            [
                html.Summary(
                    [html.Span("More options"), words, icon("chevron")],
                    className="btn btn-outline-secondary",
                ),
                html.Div(list(controls), className="pop"),
            ],
            className="f dropdown-d options-d",
        )
    ]


def bar(
    controls: Sequence[Node],
    *,
    more: Sequence[Node] = (),
    changed: Sequence[str] = (),
    summary: str,
) -> Node:
    """The bar. Where there is little room the first control stays and the rest open behind
    `summary`; `more` stand behind a line of their own everywhere.
    """
    opens = html.Button(
        [html.Span(", ".join([summary, *changed])), icon("chevron")],
        type="button",
        className="btn btn-outline-secondary only-m view-sum",
        **attrs({"aria-expanded": "false", "data-toggle-view": "1"}),
    )
    return html.Div(
        [controls[0], opens, *controls[1:], *folded(more, changed)],
        className="selbar",
        role="group",
        **attrs({"aria-label": "What to show"}),
    )
