"""The Plotly renderer: a drawing as a figure dict in two arrangements."""

from components.charts.plotly.figure import CONFIG, Figure, figure

__all__ = ["CONFIG", "Figure", "figure"]
