"""GP appointments: how much activity, how attended, how soon."""

from __future__ import annotations

from pages import catalogue
from pages.dashboard.breakdowns import ranked
from pages.dashboard.declaration import Dashboard, Nation
from pages.particular import appointments, appointments_nation

WAITS = ("same_day", "within_7_days", "within_14_days", "over_28_days")
CONTRACT = ("two_week", "acute_same_day", "routine_7_days", "routine_14_days")
COMPARED = (
    *("per_1000", "same_day", "within_14_days", "dna_rate"),
    *("gp_share", "face_to_face", "status_unknown"),
)
AREAS = ("per_1000", "dna_rate", "gp_share", "face_to_face", "same_day", "within_14_days")
QUALITY = ("acute_same_day", "routine_14_days", "mapping_problems", "per_working_day")

DASHBOARD = Dashboard(
    tool=catalogue.planned(
        "gp-appointments",
        dataset="gp-appointments",
        measure="per_1000",
        switches=(appointments.MISSED,),
    ),
    noun="appointments",
    disclaimer="Says nothing about need, length or quality.",
    groups=(
        ("Activity", ("per_1000",)),
        ("Attendance", ("attended", "dna_rate", "dna_of_all", "status_unknown")),
        ("How soon", WAITS),
        ("Waits that the contract reports", CONTRACT),
        ("Who and how", ("gp_share", "face_to_face", "telephone", "online")),
        ("Data quality", ("mapping_problems",)),
    ),
    cards=(appointments.total, "per_1000", "same_day", "within_14_days", "dna", "gp_share"),
    compared=COMPARED,
    members=("appointments", "per_1000", "within_14_days", "same_day", "dna", "gp_share"),
    resolve=appointments.resolve,
    sentences=appointments.summary,
    beside=appointments.missed_control,
    below=(appointments.daily_trend,),
    rows=(
        (appointments.MODE, appointments.WAIT),
        (ranked("category", "appointments", whole="appointments", what="National category"),),
    ),
    more=(
        (appointments.STAFF, appointments.STATUS),
        (appointments.waits_by_staff, appointments.mapping_trend),
        (appointments.wait_table,),
    ),
    notes=appointments.supplier_notes,
    nation=Nation(
        measures=(*AREAS, *QUALITY),
        cards=(
            "appointments",
            "per_working_day",
            "dna_rate",
            "same_day",
            "within_14_days",
            "gp_share",
        ),
        columns=AREAS,
        front=("appointments", "per_1000", "dna_rate", "same_day", "within_14_days"),
        sections=(appointments_nation.category_mix, appointments_nation.quality),
    ),
)
