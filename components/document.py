"""The HTML document of every page: the files it needs, in order, before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable

NAME = "Haresign"
STYLES = (
    "vendor/bootstrap/bootstrap.min.css",
    "tokens.css",
    "icons.css",
    "app.css",
    "charts.css",
    "site.css",
    "phone.css",
)
SCRIPTS = (  # deferred
    "page.js",
    "focus.js",
    "built.js",
    "combobox.js",
    "figures.js",
    "toolbar.js",
    "tools.js",
)
FONT = "vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2"
PLOTLY = "vendor/plotly/plotly-cartesian.min.js"
ASSETS_IGNORE = ".*"  # for Dash: the document below names every file, in order
FONT_RANGE = (  # the latin file; other alphabets fall back to the system font
    "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, "
    "U+0329, U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD"
)
NO_SCRIPT = (
    "Haresign draws its pages with JavaScript, which is off in this browser. "
    "The figures are also in the API and in the downloads on the publishers' own pages."
)


def index_string(asset: Callable[[str], str]) -> str:
    """The HTML document. `asset` turns a path under assets/ into its URL with prefix and version.

    Plotly comes before Dash's own scripts: `dcc.Graph` then uses it and fetches no other. The
    font is declared here so that preload and use name the same URL.
    """
    styles = "\n".join(f'    <link rel="stylesheet" href="{asset(path)}">' for path in STYLES)
    scripts = "\n".join(f'    <script src="{asset(path)}" defer></script>' for path in SCRIPTS)
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
{styles}
    {{%css%}}
  </head>
  <body>
    <noscript><p class="noscript">{NO_SCRIPT}</p></noscript>
    {{%app_entry%}}
    {{%config%}}
    <script src="{asset("url_state.js")}"></script>
    <script src="{asset(PLOTLY)}"></script>
    {{%scripts%}}
    {{%renderer%}}
{scripts}
  </body>
</html>"""
