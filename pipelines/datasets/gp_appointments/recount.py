"""Appointments, counted again, with spellings, bank holidays and sums of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from pipelines.recount.areas import Home, Parts, Recounted, rehomed
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import Source, count_in, header, rows

_STATUS = {"attended": "attended", "dna": "dna", "did not attend": "dna",
           "unknown": "status_unknown"}  # fmt: skip
_STAFF = {"gp": "hcp_gp", "other practice staff": "hcp_other", "unknown": "hcp_unknown"}
_MODE = {
    "face-to-face": "mode_face_to_face", "face to face": "mode_face_to_face",
    "telephone": "mode_telephone", "video conference/online": "mode_online",
    "video conference / online": "mode_online", "video/online": "mode_online",
    "home visit": "mode_home_visit", "unknown": "mode_unknown",
}  # fmt: skip
_WAIT = {
    "same day": "same_day", "1 day": "1_day", "2 to 7 days": "2_to_7", "8 to 14 days": "8_to_14",
    "15 to 21 days": "15_to_21", "22 to 28 days": "22_to_28", "more than 28 days": "over_28",
    "unknown / data issue": "unknown", "unknown / data quality": "unknown", "unknown": "unknown",
}  # fmt: skip
_CATEGORY = {
    "general consultation acute": "cat_acute",
    "general consultation routine": "cat_routine",
    "unplanned clinical activity": "cat_unplanned",
    "clinical triage": "cat_triage",
    "planned clinics": "cat_planned_clinics",
    "planned clinical procedure": "cat_planned_procedure",
    "walk-in": "cat_walk_in",
    "home visit": "cat_home_visit",
    "care home visit": "cat_care_home_visit",
    "patient contact during care home round": "cat_care_home_round",
    "care home needs assessment & personalised care and support planning":
        "cat_care_home_assessment",
    "structured medication review": "cat_medication_review",
    "group consultation and group education": "cat_group",
    "social prescribing service": "cat_social_prescribing",
    "service provided by organisation external to the practice": "cat_external",
    "non-contractual chargeable work": "cat_chargeable",
    "care related encounter but does not fit into any other category": "cat_other",
    "inconsistent mapping": "cat_inconsistent",
    "unmapped": "cat_unmapped",
}  # fmt: skip
_TWO_WEEK = {"cat_acute", "cat_routine", "cat_unplanned", "cat_triage", "cat_walk_in",
             "cat_home_visit", "cat_care_home_visit", "cat_other"}  # fmt: skip
_WEEK = {"same_day", "1_day", "2_to_7"}
_OTHER = (
    "appointments", "two_week_all", "two_week_met", "acute_same_day", "acute_known", "routine_7",
    "routine_14", "routine_known",
)  # fmt: skip
EVERY_PART = (
    *_OTHER, *_STATUS.values(), *_STAFF.values(), *_MODE.values(), *_CATEGORY.values(),
    *(f"{who}wait_{wait}" for who in ("", "gp_", "other_") for wait in _WAIT.values()),
)  # fmt: skip


def recount(evidence: Evidence) -> Recounted:
    """The month from its crosstab; lists, ICBs and regions from the month's list sizes."""
    month, used, landed = evidence.month, evidence.used, evidence.landed
    lists = evidence.again("list-sizes", month)
    counts: dict[str, dict[str, int]] = {}
    listed: dict[str, tuple[str, str]] = {}
    for source in used["crosstab"]:
        for row in rows(source):
            practice = row["GP_CODE"].strip()
            if not re.fullmatch("[A-Z][0-9]{5}", practice):
                continue  # a row of the whole country is left out
            if practice not in counts:
                counts[practice] = dict.fromkeys(EVERY_PART, 0)
                listed[practice] = (row["PCN_CODE"], row["SUB_ICB_LOCATION_CODE"])
            _count(counts[practice], row)
    days = working_days(month)
    parts: dict[str, Parts] = {}
    for practice, found in counts.items():
        patients = lists.parts.get(practice, {}).get("registered") if lists else None
        parts[practice] = {
            **found,
            "practices": 1,
            "working_days": days,
            "patients": patients,
            "appointments_listed": None if patients is None else found["appointments"],
        }
    homes = lists.homes if lists else _mapping(used.get("mapping") or landed)
    return Recounted(parts, rehomed(listed, homes), not_added=frozenset({"working_days"}))


def _label(row: Mapping[str, str], column: str, known: Mapping[str, str]) -> str:
    return known[" ".join(row[column].split()).lower()]


def _count(tally: dict[str, int], row: Mapping[str, str]) -> None:
    number = count_in(row["COUNT_OF_APPOINTMENTS"])
    staff = _label(row, "HCP_TYPE", _STAFF)
    category = _label(row, "NATIONAL_CATEGORY", _CATEGORY)
    wait = _label(row, "TIME_BETWEEN_BOOK_AND_APPT", _WAIT)
    met = [
        "appointments",
        _label(row, "APPT_STATUS", _STATUS),
        _label(row, "APPT_MODE", _MODE),
        staff,
        category,
        f"wait_{wait}",
        f"gp_wait_{wait}" if staff == "hcp_gp" else f"other_wait_{wait}",
    ]
    in_week = wait in _WEEK
    in_two = in_week or wait == "8_to_14"
    if category in _TWO_WEEK:
        met += ["two_week_all"] + ["two_week_met"] * in_two
    if category == "cat_acute":
        met += ["acute_known"] * (wait != "unknown") + ["acute_same_day"] * (wait == "same_day")
    if category == "cat_routine":
        met += ["routine_known"] * (wait != "unknown")
        met += ["routine_7"] * in_week + ["routine_14"] * in_two
    for part in met:
        tally[part] += number


def _mapping(found: Sequence[Source]) -> dict[str, Home]:
    """Areas from the newest Mapping.csv among some files."""
    homes: dict[str, Home] = {}
    for source in found:
        if not {"GP_CODE", "ICB_CODE", "REGION_CODE"} <= header(source):
            continue
        homes = {}
        for row in rows(source):
            home = Home(
                row["PCN_CODE"], row["SUB_ICB_LOCATION_CODE"], row["ICB_CODE"], row["REGION_CODE"]
            )
            other = homes.get(row["GP_CODE"], home)  # some practices are listed twice
            homes[row["GP_CODE"]] = min(home, other, key=lambda one: one.icb)
    return homes


_MOVED = {date(2020, 5, 4), date(2022, 5, 30)}  # bank holidays held on another day that year
_SINGLE = {date(2020, 5, 8), date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19),
           date(2023, 5, 8)}  # fmt: skip


def _easter(year: int) -> date:
    """Easter Sunday (Butcher's rule)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - ((b - (b + 8) // 25 + 1) // 3) + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - (c % 4)) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def _bank_holidays(year: int) -> set[date]:
    def monday(day: date) -> date:
        return day - timedelta(days=day.weekday())

    easter = _easter(year)
    days = {easter - timedelta(days=2), easter + timedelta(days=1)}
    days |= {monday(date(year, 5, 7)), monday(date(year, 5, 31)), monday(date(year, 8, 31))}
    for first in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        day = first
        while day.weekday() > 4 or day in days:
            day += timedelta(days=1)
        days.add(day)
    return (days - _MOVED) | {day for day in _SINGLE if day.year == year}


def working_days(month: date) -> int:
    """Weekdays of a month that are not bank holidays in England."""
    closed = _bank_holidays(month.year)
    days = [month + timedelta(days=n) for n in range(31)]
    return sum(d.month == month.month and d.weekday() < 5 and d not in closed for d in days)
