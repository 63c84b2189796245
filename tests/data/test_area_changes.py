"""The areas of April 2026, and what they were before."""

from __future__ import annotations

from data.versions import area_changes


def test_an_icb_that_was_split_has_several_successors() -> None:
    found = area_changes.successors("icb", "QNQ")
    assert [(one.new_code, one.practices) for one in found] == [
        ("S0E4D", 42),
        ("QRL", 14),
        ("S9B9J", 11),
    ]
    split = {"QNQ", "QJG", "QM7"}
    for code in ("QNQ", "QJG", "QM7", "QRV", "QXU"):
        assert (len(area_changes.successors("icb", code)) > 1) == (code in split)


def test_a_new_icb_names_those_that_it_is_made_of() -> None:
    found = area_changes.predecessors("icb", "D7T5G")
    assert [(one.old_code, one.practices) for one in found] == [
        ("QH8", 144),
        ("QJG", 32),
        ("QM7", 28),
    ]


def test_a_single_practice_that_moved_is_no_succession() -> None:
    assert area_changes.successors("icb", "QF7") == ()
    assert area_changes.predecessors("icb", "QT1") == ()


def test_the_sub_icb_location_that_was_abolished() -> None:
    found = area_changes.successors("sub_icb", "D4U1Y")
    assert [one.new_code for one in found] == ["U2G6B", "D9Y0V", "92A"]
    assert [one.old_code for one in area_changes.predecessors("sub_icb", "U2G6B")] == ["D4U1Y"]
