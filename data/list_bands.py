"""Sizes of practices' lists, by which practices are put into bands."""

SIZE_BANDS = (0, 5_000, 7_500, 10_000, 15_000, 1_000_000_000)  # registered patients, as edges
