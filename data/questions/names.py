"""Names as sentences say them, for pages, downloads and API alike."""

from __future__ import annotations

import re

from data.versions.orgs import Org

_ICB = re.compile(r"^NHS (.+?)(?: Integrated Care Board| ICB)(?:\s*-\s*\w+)?$", re.IGNORECASE)


def short_name(org: Org) -> str:
    """A name for labels and sentences: Northshire ICB for NHS Northshire Integrated Care Board."""
    match = _ICB.match(org.name)
    if not match:
        return org.name
    if org.level == "icb":
        return f"{match[1]} ICB"
    return f"{match[1]} ({org.code})" if org.level == "sub_icb" else org.name


def in_sentence(org: Org) -> str:
    """In the middle of a sentence: England (33% of patients), where its name says so."""
    if org.level != "england":
        return short_name(org)
    name, comma, share = org.name.partition(", ")
    return f"{name} ({share})" if comma else name


def lower_first(text: str) -> str:
    """For the middle of a sentence; leaves GP and DNA as they are."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
