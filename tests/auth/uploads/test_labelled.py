"""How many files about patients are found, and how many others are taken for such."""

from __future__ import annotations

from auth.uploads.check import examine
from auth.uploads.refusal import RefusedFile
from tests.auth.uploads.labelled import Labelled, all_files

RECALL, FALSE_ALARMS = 0.99, 0.03  # the least, and the most


def is_refused(file: Labelled) -> bool:
    try:
        examine(file.name, file.body)
    except RefusedFile as refused:
        assert "Haresign keeps nothing about single patients" in str(refused), (file, refused)
        return True
    return False


def test_patients_are_found_and_what_practices_share_is_kept() -> None:
    files = all_files()
    about = [file for file in files if file.patients]
    others = [file for file in files if not file.patients]
    assert len(files) >= 200 and min(len(about), len(others)) >= 90
    missed = [file.what for file in about if not is_refused(file)]
    alarms = [file.what for file in others if is_refused(file)]
    assert len(missed) <= (1 - RECALL) * len(about), missed
    assert len(alarms) <= FALSE_ALARMS * len(others), alarms
