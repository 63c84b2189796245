"""What surrounds every page: document, layout, page head, rail and sections.

Holds the one `dcc.Location` that pages listen to. Paths given to these functions carry the
URL prefix already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from components import static
from components.header import NAME, NavItem, Surroundings, banners, brand, footer, header
from components.markup import Node, attrs, dcc, html, icon, link
from components.scripts import GENERATORS, PLOTLY
from components.text import to_text
from components.url_state import LOCATION

FONT = "vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2"
ASSETS_IGNORE = ".*"  # for Dash: the document below names every file, in order
FONT_RANGE = (  # the latin file; other alphabets fall back to the system font
    "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, "
    "U+0329, U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD"
)
NO_SCRIPT = (
    "Haresign draws its pages with JavaScript, which is off in this browser. "
    "The figures are also in the API and in the downloads on the publishers' own pages."
)


_NOT_DRAWN = f'<noscript><p class="noscript">{NO_SCRIPT}</p></noscript>'


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the breadcrumb; the last has no link."""

    label: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The line under the h1. Dates as shown; `fresh` is Latest data or what it is instead.

    `next_due` says when the next release comes, as in next due November 2026.
    """

    fresh: str
    data_to: str
    published: str
    next_due: str
    publisher: str
    licence: str
    notes_href: str = "#notes"
    is_latest: bool = True  # whether nothing newer is to be had


def index_string(
    asset: Callable[[str], str], *, home: str = "/", nav: Sequence[NavItem] = ()
) -> str:
    """The HTML document. `asset` turns a path under assets/ into its URL with prefix and version.

    Until Dash has drawn a page, the mark and the main links are shown with grey bars for the page.

    Plotly comes before Dash's own scripts: `dcc.Graph` then uses it and fetches no other. The
    font is declared here so that preload and use name the same URL.
    """
    return f"""<!DOCTYPE html>
<html lang="en-GB" data-bs-theme="light">
  <head>
    {{%metas%}}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{%title%}}</title>
    <link rel="icon" type="image/svg+xml" href="{asset("mark.svg")}">
    <link rel="preload" href="{asset(FONT)}" as="font" type="font/woff2" crossorigin>
    <link rel="preload" href="{asset(PLOTLY)}" as="script">
    <script src="{asset("theme.js")}"></script>
    <style>
      @font-face {{
        font-family: "Source Sans 3 Variable"; font-weight: 200 900; font-display: swap;
        src: url("{asset(FONT)}") format("woff2"); unicode-range: {FONT_RANGE};
      }}
    </style>
    <link rel="stylesheet" href="{asset(static.STYLES)}">
    {{%css%}}
  </head>
  <body>
    {_NOT_DRAWN}
    {{%app_entry%}}
    {to_text(_meanwhile(home, nav))}
    {{%config%}}
    <script src="{asset("url_state.js")}"></script>
    <script src="{asset(PLOTLY)}"></script>
    <script src="{asset(GENERATORS)}"></script>
    {{%scripts%}}
    {{%renderer%}}
    <script src="{asset(static.DASH_SCRIPTS)}" defer></script>
  </body>
</html>"""


_BARS = html.Div(
    html.Div([html.Div(className="bone") for _ in range(5)], className="bones"), className="wrap"
)


def _meanwhile(home: str, nav: Sequence[NavItem]) -> Node:
    return html.Div(
        [brand(home, nav), html.P("Loading", className="vh", role="status"), _BARS],
        className="meanwhile",
    )


def begun(document: str, *, first: Markup, plain: str) -> str:
    """A document with what is shown first in place of the bars, and for browsers without
    JavaScript the way to the page at `plain`.
    """
    leads_on = Markup(
        '<noscript><meta http-equiv="refresh" content="0; url={}"></noscript></head>'
    ).format(plain)
    link = Markup('<noscript><p class="noscript"><a href="{}">{}</a></p>').format(
        plain, "This page without JavaScript"
    )
    document = document.replace("</head>", leads_on, 1)
    document = document.replace(str(_NOT_DRAWN), link + Markup("</noscript>"), 1)
    return document.replace(str(to_text(_BARS)), first, 1)


def layout(container: Node, around: Surroundings) -> Node:
    """The whole site around `dash.page_container`."""
    return html.Div(
        [
            dcc.Location(id=LOCATION, refresh=False),
            header(around),
            *banners(around),
            container,
            html.Div(id="live", className="vh", role="status", **attrs({"aria-live": "polite"})),
            footer(around.links),
        ],
        className="site",
    )


def breadcrumb(crumbs: Sequence[Crumb]) -> Node:
    return html.Nav(
        html.Ol(
            [
                html.Li(link(crumb.label, crumb.href))
                if crumb.href
                else html.Li(crumb.label, **attrs({"aria-current": "page"}))
                for crumb in crumbs
            ]
        ),
        className="crumbs",
        **attrs({"aria-label": "Breadcrumb"}),
    )


def provenance(line: Provenance) -> Node:
    """How fresh the data is and whose it is."""
    published = f"published {line.published}"
    if line.next_due:
        published += f", {line.next_due}"
    return html.P(
        [
            html.Span(line.fresh, className="fresh" if line.is_latest else "fresh old"),
            html.Span(f"Data to {line.data_to}"),
            html.Span(published),
            html.Span(html.A(line.publisher, href=line.notes_href)),
            html.Span(line.licence),
        ],
        className="prov",
    )


def copy_link() -> Node:
    """The action that copies the address of the view."""
    return html.Button(
        [icon("link"), "Copy link"],
        type="button",
        className="btn btn-outline-secondary",
        **attrs({"data-copy-link": "1"}),
    )


def preset_menu(*, menu_url: str, save_url: str, all_url: str) -> Node:
    """The action that saves the selections of the view, or loads others. It is the same for every
    visitor: assets/workspace.js asks `menu_url` for the presets when it opens.
    """
    return html.Details(
        [
            html.Summary([icon("bookmark"), "Presets"], className="btn btn-outline-secondary"),
            html.Ul(
                [
                    html.Li(
                        html.A(
                            "Save these selections",
                            href=save_url,
                            **attrs({"data-save-preset": "1"}),
                        )
                    ),
                    html.Li(html.A("All presets of this tool", href=all_url)),
                ],
                className="pop",
            ),
        ],
        className="dropdown-d presets",
        **attrs({"data-presets": menu_url}),
    )


def print_page() -> Node:
    return html.Button(
        [icon("print"), "Print"],
        type="button",
        className="btn btn-outline-secondary",
        **attrs({"data-print": "1"}),
    )


def download_menu(files: Sequence[tuple[str, str]]) -> Node:
    """Files of this view, as (label, href), behind one button."""
    return html.Details(
        [
            html.Summary([icon("download"), "Download"], className="btn btn-outline-secondary"),
            html.Ul(
                [html.Li(html.A(label, href=href, download="")) for label, href in files],
                className="pop",
            ),
        ],
        className="dropdown-d",
    )


def page_state(title: str, spoken: str, *, code: str = "", text: str = "", link: str = "") -> Node:
    """What assets/page.js reads after a change, so it belongs in the part that changes.

    `title` becomes the document title, `spoken` goes to screen readers, `code` and `text` are the
    organisation now shown in the selector (as for `selector.organisation`), `link` the permanent
    address of the view.
    """
    return html.Div(
        id="page-state",
        hidden=True,
        **attrs(
            {
                "data-title": f"{title} | {NAME}",
                "data-said": spoken,
                "data-code": code,
                "data-text": text,
                **({"data-link": link} if link else {}),
            }
        ),
    )


def section(
    slug: str,
    title: str,
    *children: Node | None,
    remark: str = "",
    right: Sequence[Node] = (),
) -> Node:
    """A section with its rule and h2. `slug` is the anchor used by the rail."""
    words = html.P(remark) if remark else None
    return html.Section(
        [
            html.Div([html.H2(title, id=f"{slug}-h"), words, *right], className="sh"),
            *(child for child in children if child is not None),
        ],
        id=slug,
        **attrs({"aria-labelledby": f"{slug}-h"}),
    )


def quiet_section(slug: str, title: str, *children: Node | None) -> Node:
    """A section whose h2 is only for screen readers and the rail, such as the summary."""
    return html.Section(
        [
            html.H2(title, id=f"{slug}-h", className="vh"),
            *(child for child in children if child is not None),
        ],
        id=slug,
        **attrs({"aria-labelledby": f"{slug}-h"}),
    )


def waiting(slug: str, title: str) -> Node:
    """A section that the browser has asked for: its heading and grey bars in its place."""
    bars = html.Div([html.Div(className="bone") for _ in range(4)], className="bones")
    return html.Section(
        [
            html.Div(html.H2(title, id=f"{slug}-h"), className="sh"),
            html.Div(bars, className="state wait"),
        ],
        id=slug,
        className="waiting",
        **attrs({"aria-busy": "true", "aria-labelledby": f"{slug}-h"}),
    )


def rail(sections: Sequence[tuple[str, str]]) -> Node:
    """On this page: links (slug, label) beside the text; a jump list where it is narrow."""

    def links() -> Node:
        return html.Ul([html.Li(html.A(label, href=f"#{slug}")) for slug, label in sections])

    parts: list[Node] = [html.Div([html.B("On this page"), links()], className="rail-full")]
    if len(sections) > 4:
        parts.append(
            html.Details(
                [
                    html.Summary(
                        ["Jump to", icon("chevron")], className="btn btn-outline-secondary"
                    ),
                    html.Div(links(), className="pop"),
                ],
                className="jump",
            )
        )
    return html.Nav(parts, className="rail", **attrs({"aria-label": "On this page"}))


def frame(
    *children: Node,
    title: str,
    crumbs: Sequence[Crumb] = (),
    lead: Node | str = "",
    under_title: Node | None = None,
    selection: str = "",
    actions: Sequence[Node] = (),
    selector: Node | None = None,
    sections: Sequence[tuple[str, str]] = (),
) -> Node:
    """A page: breadcrumb, h1 with its line and actions, selector, rail, and `children`.

    `sections` are (slug, label) pairs for the rail. `under_title` is mostly `provenance(...)`.
    `selection` says on paper what the controls say on a screen.
    """
    words = html.P(lead, className="lead") if lead else None
    parts: list[Node] = [
        html.Div(
            [
                html.Div([html.H1(title), words], className="t"),
                html.Div(list(actions), className="acts") if actions else None,
                html.P(selection, className="on-paper") if selection else None,
                under_title,
            ],
            className="phead",
        )
    ]
    if selector is not None:
        parts.append(selector)
    if sections:
        parts.append(
            html.Div([rail(sections), html.Div(list(children))], className="cols has-rail")
        )
    else:
        parts += children
    return html.Div(
        [
            *([breadcrumb(crumbs)] if crumbs else []),
            html.Main(parts, id="main", tabIndex="-1"),
        ],
        className="wrap page",
    )


def side_by_side(*children: Node, lead: bool = False) -> Node:
    """Two figures in a row where there is room; the first wider when it leads."""
    return html.Div(list(children), className="g2 w" if lead else "g2")
