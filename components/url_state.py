"""The URL is the state of a page: query string to values, values to query string.

Controls carry the id `{"url": name, "default": value}`. One clientside callback
(assets/url_state.js) owns them and `url.search` in both directions and leaves defaults out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, quote_plus

from dash import ALL, ClientsideFunction, Dash, Input, Output, State

LOCATION = "url"
NONE = "none"  # written for an empty choice, which a query string could not tell from no choice
SEPARATOR = ","
LONGEST = 8_000  # characters of an address


def control_id(name: str, default: str | Iterable[str]) -> dict[str, str]:
    """The id of a control that the URL owns."""
    return {"url": name, "default": default if isinstance(default, str) else join(default)}


def dom_id(control: Mapping[str, str]) -> str:
    """The id that Dash writes into the document for a control, for its label."""
    return json.dumps(control, sort_keys=True, separators=(",", ":"))


def join(values: Iterable[str]) -> str:
    """Several choices as one query value: pcn,england; `none` for an empty choice."""
    return SEPARATOR.join(values) or NONE


def split(
    value: str | None, *, default: Iterable[str] = (), allowed: Iterable[str] | None = None
) -> tuple[str, ...]:
    """The choices in a query value; unknown ones are dropped."""
    if value is None:
        return tuple(default)
    if value == NONE:
        return ()
    known = None if allowed is None else set(allowed)
    return tuple(one for one in value.split(SEPARATOR) if one and (known is None or one in known))


def parse(search: str | None) -> dict[str, str]:
    """`?org=Y99001&unit=count` as a dict. The last of a repeated key wins.

    An address that is longer than any page makes counts as empty.
    """
    if search is None or len(search) > LONGEST:
        return {}
    return dict(parse_qsl(search.removeprefix("?"), keep_blank_values=True))


def build(
    values: Mapping[str, str | Iterable[str] | None], *, defaults: Mapping[str, str] | None = None
) -> str:
    """The query string for `values` without defaults and None; empty when nothing is left."""
    texts = {
        name: value if isinstance(value, str) else join(value)
        for name, value in values.items()
        if value is not None
    }
    kept = {name: text for name, text in texts.items() if text != (defaults or {}).get(name)}
    return (
        "?" + "&".join(f"{_quoted(n)}={_quoted(text)}" for n, text in kept.items()) if kept else ""
    )


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    """The same few names and values stand in every link of a page."""
    return quote_plus(text, safe=SEPARATOR)


def register(app: Dash) -> None:
    """Tie every control with a URL id to the address bar, in both directions."""
    controls = {"url": ALL, "default": ALL}
    app.clientside_callback(
        ClientsideFunction("haresign", "sync"),
        Output(controls, "value"),
        Output(LOCATION, "search"),
        Input(controls, "value"),
        Input(LOCATION, "search"),
        State(controls, "id"),
        prevent_initial_call=True,
    )
