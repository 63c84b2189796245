"""The six kinds of no value, and what each is called: on pages, in files and in the API alike."""

from __future__ import annotations

from typing import Literal, get_args

Absence = Literal[
    "not_held", "not_published", "suppressed", "not_supplied", "not_applicable", "below_base"
]
ABSENCES: tuple[Absence, ...] = get_args(Absence)
DASHED: tuple[Absence, ...] = ("suppressed", "not_applicable")  # drawn as a dash; others as gaps

WORDS: dict[Absence, str] = {
    "not_held": "not loaded here",
    "not_published": "the publisher gave none",
    "suppressed": "a small number, not published",
    "not_supplied": "the practice sent no return",
    "not_applicable": "does not apply",
    "below_base": "too few to compare",
}
MEANINGS: dict[Absence, str] = {
    "not_held": "the file that would hold it is not loaded on this server",
    "not_published": "the publisher gave none",
    "suppressed": "the publisher withholds small numbers",
    "not_supplied": "the practice sent no return",
    "not_applicable": "there is no such service, base or organisation in that period",
    "below_base": "there is a value, on too few to compare it",
}


def loading(dataset: str) -> str:
    """How those who run the server load what is not held."""
    return f"Administrators load it with: flask data refresh {dataset}"
