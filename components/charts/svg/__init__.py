"""The SVG renderer: a drawing as text, for pages without scripts, files, mail and print."""

from components.charts.svg.file import WIDTH, Labels, file
from components.charts.svg.page import inline
from components.charts.svg.png import SCALE, png

__all__ = ["SCALE", "WIDTH", "Labels", "file", "inline", "png"]
