"""An upload inspected in a child process that it may break, one at a time on the whole site."""

from __future__ import annotations

from pathlib import Path

from auth.uploads import check, turns
from auth.uploads.kinds import BY_TYPE, Kind
from auth.uploads.refusal import RefusedFile
from data import confined
from data.confined import Limits, Lost, Why

LIMITS = Limits(memory=768 << 20, cpu=40, wall=90.0, written=0)
_LONGEST = 1000  # characters of a message
_REASONS: dict[Why, str] = {
    "memory": "Checking the file takes more memory than any report or table should. Save it again, "
    "or upload it in parts.",
    "time": "Checking the file takes longer than any report or table should. Save it again, or "
    "upload it in parts.",
}
_OTHERWISE = "The file could not be read, so it cannot be checked. Save it again, or as a PDF."


def inspect(path: Path, name: str, *, folder: Path) -> Kind:
    """The kind of a file. Raises `RefusedFile`, whose message is for whoever uploaded it.

    `folder` is one that all workers share, for waiting in turn.
    """
    with turns.turn(folder):
        try:
            answer = confined.run(check.verdict, str(path), name, limits=LIMITS)
        except Lost as lost:
            raise RefusedFile(_REASONS.get(lost.why, _OTHERWISE)) from lost
    if "refused" in answer:
        raise RefusedFile(str(answer["refused"])[:_LONGEST])
    return BY_TYPE[answer["kind"]]
