"""The SVG renderer: a drawing as text, for pages without scripts, files, mail and print."""

from components.charts.svg.file import Labels, file
from components.charts.svg.page import inline
from components.charts.svg.png import SCALE, png

__all__ = ["SCALE", "Labels", "file", "inline", "png"]
