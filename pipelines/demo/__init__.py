"""A fictional England, written in the publishers' own file formats."""
