"""Which of the scripts that others wrote a page needs."""

from __future__ import annotations

import re

PLOTLY = "vendor/plotly/plotly-basic.min.js"  # bars, lines and points: all that is drawn
GENERATORS = "vendor/regenerator-runtime/runtime.js"
UNUSED_SCRIPT = re.compile(r'<script src="[^"]*/(?:deps/polyfill|dash_table/)[^"]*"></script>\n?')

SHARED_SCRIPT = re.compile(
    r'<script src="([^"]*/dcc/)dash_core_components-shared([^"]*)"></script>'
)


def used(scripts: str) -> str:
    """Dash's script elements without those that no page needs, with the one that draws charts.

    Its polyfill is for browsers from before 2018; the one part of it that Dash's own scripts rely
    on is `GENERATORS`. Its old table is replaced by `components.table`. It would fetch the script
    of charts only when it meets the first one, which then waits for it.
    """
    with_graph = r'\g<0><script src="\1async-graph\2"></script>'
    return SHARED_SCRIPT.sub(with_graph, UNUSED_SCRIPT.sub("", scripts))
