"""The markup of digital.nhs.uk, as far as discovery depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Literal

Markup = Literal["current", "plain"]

_FRAME = """<!DOCTYPE html>
<html lang="en" class="no-js">
<head><meta charset="utf-8"><title>{title} - NHS England Digital</title></head>
<body>
<header><a href="/">NHS England Digital</a> <a href="/services">Services</a></header>
<main id="maincontent">{body}</main>
<footer><a href="https://digital.nhs.uk/about-nhs-digital/terms-and-conditions">Terms</a></footer>
</body>
</html>
"""


def day(moment: date) -> str:
    """A date as the publisher writes it: 18 Dec 2025."""
    return f"{moment.day} {moment:%b %Y}"


def series_page(
    title: str, path: str, out: Sequence[tuple[str, str]], upcoming: Sequence[tuple[str, str]]
) -> str:
    """`out` and `upcoming` are (slug, title), newest first."""
    latest = _items(path, out[:1])
    past = _items(path, out[1:])
    coming = _items(path, upcoming)
    body = f"""
<h1 data-uipath="ps.document.title">{escape(title)}</h1>
<p>See the <a href="{path}/metadata">metadata</a> and the
<a href="{path}/support-information">support information</a>.</p>
<div id="latest-statistics"><h2>Latest statistics</h2>
<ul data-uipath="ps.series.publications-list.latest">{latest}</ul></div>
<div id="upcoming-publications"><h2>Upcoming publications</h2><ul>{coming}</ul></div>
<div id="past-publications"><h2>Past publications</h2>
<ul data-uipath="ps.series.publications-list.previous">{past}</ul></div>
<div id="related">
<a href="{path.rpartition("/")[0]}/another-series/may-2024">Another series</a></div>
"""
    return _FRAME.format(title=escape(title), body=body)


def _items(path: str, releases: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<li><h3 itemprop="name"><a class="cta__button" itemprop="url" href="{path}/{slug}">'
        f"{escape(title)}</a></h3></li>\n"
        for slug, title in releases
    )


def release_page(
    title: str,
    published: date | None,
    files: Mapping[str, tuple[str, int]],
    *,
    upcoming: bool,
    markup: Markup,
) -> str:
    """`files` maps a name to (address, bytes)."""
    body = f'<h1 data-uipath="document.title">{escape(title)}</h1>\n'
    if published and markup == "current":
        body += f"""<div class="nhsd-o-hero__meta-data">
<div class="nhsd-o-hero__meta-data-item-title">Publication Date:</div>
<div data-uipath="ps.publication.nominal-publication-date">{day(published)}</div></div>
"""
    elif published:
        body += f"<dl>\n<dt>Publication date:</dt>\n<dd>{day(published)}</dd>\n</dl>\n"
    if upcoming:
        body += (
            '<p data-uipath="ps.publication.upcoming-disclaimer">(Upcoming, not yet published)</p>'
        )
    elif markup == "current":
        body += _resources(files)
    else:
        links = (f'<li><a href="{url}">{escape(name)}</a></li>' for name, (url, _) in files.items())
        body += f"<h2>Resources</h2><ul>{''.join(links)}</ul>"
    return _FRAME.format(title=escape(title), body=body)


def _resources(files: Mapping[str, tuple[str, int]]) -> str:
    blocks = "".join(
        f"""<div class="nhsd-!t-margin-top-4" data-uipath="ps.publication.resources-attachment">
<div class="nhsd-m-download-card"><a class="nhsd-a-box-link" href="{url}">
<div class="nhsd-a-box nhsd-a-box--bg-light-grey">
<p class="nhsd-t-heading-xs">{escape(name.rpartition(".")[0].replace("_", " "))}</p>
<div class="nhsd-m-download-card__meta-tags">
<span class="nhsd-a-tag">{name.rpartition(".")[2].upper()}</span>
<span class="nhsd-a-tag">{max(1, round(size / 1000))} kB</span></div></div></a></div></div>
"""
        for name, (url, size) in files.items()
    )
    return f"""<div id="resources"><h2 class="nhsd-t-heading-m">Resources</h2>
<div data-uipath="ps.publication.resources-attachments">{blocks}</div></div>"""


def web_page(title: str) -> str:
    return _FRAME.format(title=escape(title), body=f"<h1>{escape(title)}</h1>")
