"""Which of the scripts that others wrote a page needs."""

from __future__ import annotations

import re

PLOTLY = "vendor/plotly/plotly-basic.min.js"  # bars, lines and points: all that is drawn
GENERATORS = "vendor/regenerator-runtime/runtime.js"
UNUSED_SCRIPT = re.compile(r'<script src="[^"]*/(?:deps/polyfill|dash_table/)[^"]*"></script>\n?')


def used(scripts: str) -> str:
    """Dash's script elements without those that no page needs.

    Its polyfill is for browsers of before 2018; the one part of it that Dash's own scripts rely
    on is `GENERATORS`. Its old table is replaced by `components.table`.
    """
    return UNUSED_SCRIPT.sub("", scripts)
