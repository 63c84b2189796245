"""The SVG renderer: a drawing as text, for pages without scripts, files, mail and print."""

from components.charts.svg.file import WIDTH, Labels, file
from components.charts.svg.page import inline
from components.charts.svg.png import MOST_PIXELS, SCALE, png

__all__ = ["MOST_PIXELS", "SCALE", "WIDTH", "Labels", "file", "inline", "png"]
