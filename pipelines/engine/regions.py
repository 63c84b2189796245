"""The regions of England as the names of files say them, for series that come in parts."""

from __future__ import annotations

import re

REGIONS = {
    "London": ("Y56",),
    "the South West": ("Y58",),
    "the South East": ("Y59",),
    "the Midlands": ("Y60",),
    "East of England": ("Y61",),
    "the North West": ("Y62",),
    "North East and Yorkshire": ("Y63",),
}
# A file of many practices is cut into fewer: London_East_South, Midlands_North.
QUARTERS = {
    "London": REGIONS["London"],
    "East of England": REGIONS["East of England"],
    "the South": (*REGIONS["the South West"], *REGIONS["the South East"]),
    "the Midlands": REGIONS["the Midlands"],
    "the North": (*REGIONS["the North West"], *REGIONS["North East and Yorkshire"]),
}
_OF_QUARTERS = {re.split(r"\W+", name.removeprefix("the "))[0].lower(): name for name in QUARTERS}


def quarters_in(words: str) -> tuple[str, ...]:
    """The quarters that words such as `London_East_South` name; none where they say else."""
    said = [word for word in re.split(r"[\W_]+", words.lower()) if word]
    if not set(said) <= _OF_QUARTERS.keys():
        return ()
    return tuple(name for word, name in _OF_QUARTERS.items() if word in said)


def region_of(name: str) -> str | None:
    """A region as `REGIONS` names it: of `EAST_OF_ENGLAND`, `East of England` or `Y61`."""
    plain = re.sub(r"[\W_]+", " ", name).strip().lower().removeprefix("the ")
    for region, codes in REGIONS.items():
        if plain == region.removeprefix("the ").lower() or plain.upper() in codes:
            return region
    return None
