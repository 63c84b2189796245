"""How general practice looks on average: the proportions the fiction is drawn around.

Rounded from published statistics (NHS England, Open Government Licence v3.0): Patients
Registered at a GP Practice, December 2025, and the London, East and South part of the
practice-level Appointments in General Practice file for October 2025.
"""

from __future__ import annotations

from dataclasses import dataclass

FACE, PHONE, ONLINE, HOME, NO_MODE = range(5)
MODES = ("Face-to-Face", "Telephone", "Video Conference/Online", "Home Visit", "Unknown")
GP, OTHER, NO_STAFF = range(3)
STAFF = ("GP", "Other Practice staff", "Unknown")
ATTENDED, DNA, NO_STATUS = range(3)
STATUSES = ("Attended", "DNA", "Unknown")
WAITS = (
    "Same Day",
    "1 Day",
    "2 to 7 Days",
    "8  to 14 Days",
    "15  to 21 Days",
    "22  to 28 Days",
    "More than 28 Days",
    "Unknown / Data Issue",
)
# Did-not-attend and unmarked appointments by wait, relative to a practice's own average.
DNA_BY_WAIT = (0.33, 0.82, 1.2, 1.45, 1.53, 1.65, 1.75, 0.2)
NO_STATUS_BY_WAIT = (0.8, 0.7, 0.8, 1.05, 1.25, 1.55, 2.1, 3.0)
DNA_BY_STAFF = (0.85, 1.12, 0.6)
DNA_BY_MODE = (1.2, 0.45, 0.2, 0.15, 0.6)

# Appointments per working day by calendar month, before the vaccination clinics below.
SEASON = (1.03, 1.02, 1.02, 1.0, 1.0, 0.995, 0.97, 0.93, 0.985, 1.03, 1.02, 0.965)
VACCINATION = {9: 1.05, 10: 1.5, 11: 1.17}  # planned clinics and procedures in flu season
WINTER_ACUTE = {12: 1.12, 1: 1.1, 2: 1.05}


@dataclass(frozen=True, slots=True)
class Category:
    """A national category: % of its appointments in each wait band, and its slots.

    A slot is (staff, mode, % of all appointments, share of practices that have it).
    """

    name: str
    waits: tuple[float, ...]
    slots: tuple[tuple[int, int, float, float], ...]


ROUTINE = "General Consultation Routine"
ACUTE = "General Consultation Acute"
PLANNED = ("Planned Clinics", "Planned Clinical Procedure")
TRIAGE = "Clinical Triage"
INCONSISTENT = "Inconsistent Mapping"
UNMAPPED = "Unmapped"

CATEGORIES = (
    Category(
        ROUTINE,
        (26.1, 7.3, 23.2, 18.7, 10.5, 6.8, 7.4, 0.04),
        (
            (GP, FACE, 8.4, 0.92),
            (OTHER, FACE, 7.4, 0.93),
            (GP, PHONE, 4.2, 0.8),
            (OTHER, PHONE, 2.4, 0.8),
            (GP, ONLINE, 0.195, 0.07),
            (OTHER, ONLINE, 0.126, 0.06),
            (NO_STAFF, FACE, 0.03, 0.03),
            (OTHER, NO_MODE, 0.011, 0.02),
            (OTHER, HOME, 0.005, 0.02),
        ),
    ),
    Category(
        "Planned Clinics",
        (13.4, 4.7, 17.0, 16.8, 12.9, 11.4, 23.7, 0.04),
        (
            (OTHER, FACE, 8.2, 0.91),
            (GP, FACE, 2.2, 0.74),
            (OTHER, PHONE, 1.6, 0.61),
            (GP, PHONE, 1.0, 0.37),
            (OTHER, ONLINE, 0.132, 0.05),
            (GP, ONLINE, 0.056, 0.03),
            (OTHER, HOME, 0.03, 0.04),
            (OTHER, NO_MODE, 0.007, 0.03),
        ),
    ),
    Category(
        "Planned Clinical Procedure",
        (6.6, 4.2, 17.1, 18.1, 14.3, 13.0, 26.6, 0.04),
        (
            (OTHER, FACE, 10.8, 0.89),
            (GP, FACE, 1.4, 0.67),
            (OTHER, PHONE, 0.105, 0.09),
            (GP, PHONE, 0.064, 0.04),
        ),
    ),
    Category(
        ACUTE,
        (71.5, 7.6, 11.6, 4.8, 2.1, 1.2, 1.2, 0.04),
        (
            (GP, FACE, 6.4, 0.87),
            (OTHER, FACE, 3.2, 0.8),
            (GP, PHONE, 3.1, 0.69),
            (OTHER, PHONE, 1.4, 0.55),
            (GP, ONLINE, 0.281, 0.05),
            (OTHER, ONLINE, 0.124, 0.04),
        ),
    ),
    Category(
        INCONSISTENT,
        (56.8, 10.4, 15.3, 6.3, 3.6, 2.9, 4.6, 0.1),
        (
            (OTHER, FACE, 2.1, 0.74),
            (GP, FACE, 1.2, 0.61),
            (OTHER, ONLINE, 1.6, 0.41),
            (GP, ONLINE, 1.3, 0.34),
            (OTHER, PHONE, 1.3, 0.47),
            (GP, PHONE, 1.0, 0.36),
            (OTHER, NO_MODE, 0.428, 0.54),
            (GP, NO_MODE, 0.203, 0.41),
            (NO_STAFF, FACE, 0.066, 0.03),
            (GP, HOME, 0.015, 0.02),
            (OTHER, HOME, 0.013, 0.03),
        ),
    ),
    Category(
        TRIAGE,
        (82.9, 6.4, 6.1, 2.2, 1.0, 0.6, 0.6, 0.2),
        (
            (GP, PHONE, 3.1, 0.49),
            (OTHER, ONLINE, 2.2, 0.2),
            (GP, ONLINE, 2.0, 0.23),
            (OTHER, PHONE, 1.4, 0.39),
            (GP, FACE, 1.4, 0.27),
            (OTHER, FACE, 0.743, 0.25),
            (GP, NO_MODE, 0.089, 0.03),
        ),
    ),
    Category(
        UNMAPPED,
        (55.1, 6.7, 14.1, 8.0, 4.7, 3.7, 7.5, 0.2),
        (
            (NO_STAFF, NO_MODE, 1.9, 0.85),
            (OTHER, FACE, 0.056, 0.04),
            (GP, FACE, 0.014, 0.04),
        ),
    ),
    Category(
        "Home Visit",
        (46.9, 12.2, 18.3, 8.3, 4.1, 3.1, 6.4, 0.7),
        (
            (OTHER, HOME, 0.345, 0.45),
            (GP, HOME, 0.178, 0.5),
            (OTHER, FACE, 0.126, 0.17),
            (GP, FACE, 0.065, 0.18),
            (NO_STAFF, HOME, 0.023, 0.04),
        ),
    ),
    Category(
        "Structured Medication Review",
        (19.9, 11.7, 25.3, 15.5, 11.4, 8.3, 7.9, 0.0),
        ((OTHER, PHONE, 0.351, 0.24), (OTHER, FACE, 0.242, 0.16)),
    ),
    Category(
        "Unplanned Clinical Activity",
        (74.1, 7.4, 10.1, 4.2, 1.9, 1.1, 1.1, 0.1),
        (
            (GP, FACE, 0.213, 0.13),
            (OTHER, FACE, 0.197, 0.16),
            (GP, PHONE, 0.166, 0.1),
            (GP, ONLINE, 0.092, 0.03),
            (OTHER, PHONE, 0.065, 0.07),
        ),
    ),
    Category(
        "Care Related Encounter but does not fit into any other category",
        (46.9, 8.7, 16.3, 9.0, 5.8, 4.8, 8.3, 0.2),
        (
            (OTHER, FACE, 0.272, 0.18),
            (GP, FACE, 0.148, 0.09),
            (OTHER, PHONE, 0.134, 0.12),
            (GP, PHONE, 0.112, 0.06),
        ),
    ),
    Category(
        "Patient contact during Care Home Round",
        (52.6, 16.1, 17.9, 4.8, 2.1, 1.8, 3.1, 1.7),
        (
            (GP, FACE, 0.176, 0.13),
            (GP, HOME, 0.11, 0.09),
            (OTHER, FACE, 0.108, 0.09),
            (OTHER, HOME, 0.085, 0.05),
        ),
    ),
    Category(
        "Social Prescribing Service",
        (44.7, 6.8, 20.0, 11.8, 6.4, 4.8, 5.2, 0.3),
        ((OTHER, PHONE, 0.174, 0.16), (OTHER, FACE, 0.171, 0.2)),
    ),
    Category(
        "Care Home Visit",
        (50.7, 16.5, 18.9, 5.3, 2.6, 2.5, 2.5, 1.0),
        ((GP, FACE, 0.091, 0.08), (GP, HOME, 0.081, 0.09), (OTHER, HOME, 0.073, 0.06)),
    ),
    Category(
        "Service provided by organisation external to the practice",
        (17.6, 8.6, 18.2, 16.4, 14.9, 11.5, 12.8, 0.0),
        ((OTHER, FACE, 0.22, 0.18), (OTHER, PHONE, 0.054, 0.07)),
    ),
    Category(
        "Walk-in",
        (71.6, 3.5, 10.0, 4.6, 1.9, 1.7, 6.7, 0.0),
        ((OTHER, FACE, 0.126, 0.04), (GP, FACE, 0.043, 0.02)),
    ),
    Category(
        "Care Home Needs Assessment & Personalised Care and Support Planning",
        (51.0, 12.9, 14.8, 5.3, 2.9, 1.8, 10.7, 0.6),
        ((OTHER, FACE, 0.041, 0.03), (GP, FACE, 0.026, 0.03), (GP, HOME, 0.023, 0.02)),
    ),
    Category(
        "Non-contractual chargeable work",
        (9.7, 7.7, 26.5, 24.9, 15.1, 6.9, 9.1, 0.1),
        ((GP, FACE, 0.026, 0.23), (OTHER, FACE, 0.011, 0.03)),
    ),
    Category(
        "Group Consultation and Group Education",
        (20.8, 3.2, 15.6, 11.5, 8.7, 12.7, 27.1, 0.4),
        ((OTHER, FACE, 0.024, 0.03), (GP, FACE, 0.006, 0.01)),
    ),
)

# Registered patients per 100,000 by five-year band 0-4, 5-9, ... 90-94, 95+.
MALE_BANDS = (
    *(2330, 2736, 3023, 3060, 3026, 3527, 3784, 3901, 3656, 3296),
    *(3167, 3210, 3040, 2479, 1987, 1851, 1165, 638, 246, 56),
)
FEMALE_BANDS = (
    *(2216, 2605, 2876, 2918, 3007, 3439, 3650, 3704, 3416, 3054),
    *(2998, 3147, 3037, 2560, 2160, 2117, 1438, 905, 433, 145),
)
