"""Publishers' files in miniature, written by hand: what a release holds and how it can be wrong.

Twelve practices in two ICBs, a month of each kind; counts are simple enough to check by eye.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

SERIES = "patients-registered-at-a-gp-practice"
APPOINTMENTS = "appointments-in-general-practice"
BANDS = (*(f"{age}_{age + 4}" for age in range(0, 95, 5)), "95+")


@dataclass(frozen=True, slots=True)
class Site:
    """A practice and where it belongs."""

    code: str
    pcn: str
    sub_icb: str
    icb: str
    region: str


SITES = tuple(
    Site(f"A810{n:02d}", f"U0000{n % 4}" if n % 6 else "U", *home)
    for n, home in enumerate([("16C", "QHM", "Y63")] * 6 + [("03W", "QK1", "Y60")] * 6, 1)
)
ALL_HEADER = (
    "PUBLICATION,EXTRACT_DATE,TYPE,SUB_ICB_LOCATION_CODE,ONS_SUB_ICB_LOCATION_CODE,CODE,POSTCODE,"
    "SEX,AGE,NUMBER_OF_PATIENTS"
)
MAP_HEADER = (
    "PUBLICATION,EXTRACT_DATE,PRACTICE_CODE,PRACTICE_NAME,PRACTICE_POSTCODE,PCN_CODE,PCN_NAME,"
    "ONS_SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_NAME,ONS_ICB_CODE,ICB_CODE,"
    "ICB_NAME,ONS_COMM_REGION_CODE,COMM_REGION_CODE,COMM_REGION_NAME,SUPPLIER_NAME"
)
QUIN_HEADER = (
    "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE_GROUP_5,"
    "NUMBER_OF_PATIENTS"
)
CROSSTAB_HEADER = (
    "APPOINTMENT_MONTH_START_DATE,GP_CODE,GP_NAME,SUPPLIER,PCN_CODE,PCN_NAME,"
    "SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_NAME,HCP_TYPE,APPT_MODE,NATIONAL_CATEGORY,"
    "TIME_BETWEEN_BOOK_AND_APPT,COUNT_OF_APPOINTMENTS,APPT_STATUS"
)
MAPPING_HEADER = (
    "GP_CODE,GP_NAME,SUPPLIER,PCN_CODE,PCN_NAME,SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_NAME,"
    "ICB_CODE,ICB_NAME,REGION_CODE,REGION_NAME"
)


def listed(month: date, n: int) -> int:
    """Patients of the n-th practice: grows by one a month, so every month differs."""
    return 1000 * n + month.year * 12 + month.month - 24_300


def text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def all_csv(month: date, sites: Iterable[Site] = SITES) -> bytes:
    """The totals of a month."""
    return text(
        [
            ALL_HEADER,
            *(
                f"GP_PRAC_PAT_LIST,{month},GP,{s.sub_icb},E38,{s.code},TS1 1AA,ALL,ALL,"
                f"{listed(month, int(s.code[4:]))}"
                for s in sites
            ),
        ]
    )


def map_csv(month: date, icbs: Mapping[str, str] | None = None) -> bytes:
    """The practice map of a month; `icbs` renames ICBs."""
    renamed = icbs or {}
    return text(
        [
            MAP_HEADER,
            *(
                f"GP_PRAC_PAT_LIST,{month:%d%b%Y},{s.code},THE {s.code} SURGERY,TS1 1AA,{s.pcn},"
                f"{'Unallocated' if s.pcn == 'U' else f'{s.pcn} PCN'},E38,{s.sub_icb},"
                f"SUB {s.sub_icb},E54,{renamed.get(s.icb, s.icb)},"
                f"ICB {renamed.get(s.icb, s.icb)},E40,{s.region},REGION {s.region},EMIS"
                for s in SITES
            ),
        ]
    )


def quin_csv(month: date) -> bytes:
    """Everyone of the n-th practice in two bands of each sex."""
    lines = [QUIN_HEADER]
    for site in SITES:
        start = f"GP_PRAC_PAT_LIST,{month},GP,{site.code},,TS1 1AA"
        people = listed(month, int(site.code[4:]))
        shares = {("MALE", "30_34"): people // 2, ("MALE", "95+"): 7, ("FEMALE", "0_4"): 5}
        shares["FEMALE", "65_69"] = people - sum(shares.values())
        lines += [
            f"{start},{sex},{band},{shares.get((sex, band), 0)}"
            for sex in ("MALE", "FEMALE")
            for band in BANDS
        ]
        lines.append(f"{start},ALL,ALL,{people}")
    return text(lines)


def list_files(month: date) -> dict[str, bytes]:
    """A release of list sizes as the publisher names its files."""
    return {
        f"{stem}.zip": zipped({f"{stem}.csv": body})
        for stem, body in (
            ("gp-reg-pat-prac-all", all_csv(month)),
            ("gp-reg-pat-prac-map", map_csv(month)),
            ("gp-reg-pat-prac-quin-age", quin_csv(month)),
        )
    }


_SLOTS = (
    ("GP", "Face-to-Face", "General Consultation Acute", "Same Day", "Attended", 300),
    ("GP", "Telephone", "General Consultation Routine", "2 to 7 Days", "DNA", 20),
    ("Other Practice staff", "Home Visit", "Home Visit", "8  to 14 Days", "Attended", 40),
    ("Unknown", "Video Conference/Online", "Unmapped", "Unknown / Data Issue", "Unknown", 10),
)


def crosstab_csv(month: date) -> bytes:
    """Four combinations for every practice; the n-th has n appointments more in the first."""
    lines = [CROSSTAB_HEADER]
    for n, site in enumerate(SITES, 1):
        pcn = "UNALLOCATED" if site.pcn == "U" else f"{site.pcn} PCN"
        start = (
            f"{month:%d%b%Y}".upper() + f",{site.code},THE {site.code} SURGERY,EMIS,{site.pcn},"
            f"{pcn},{site.sub_icb},SUB {site.sub_icb}"
        )
        for row, (staff, mode, category, wait, status, count) in enumerate(_SLOTS):
            count += n * (row == 0)
            lines.append(f"{start},{staff},{mode},{category},{wait},{count},{status}")
    return text(lines)


def appointments_of(month: date) -> int:
    """England total of `crosstab_csv`."""
    return sum(slot[-1] for slot in _SLOTS) * len(SITES) + sum(range(1, len(SITES) + 1))


def appointment_files(month: date, months: Iterable[date]) -> dict[str, bytes]:
    """A release of appointments: one zip of several months and the mapping."""
    mapping = [MAPPING_HEADER]
    mapping += [
        f"{s.code},THE {s.code} SURGERY,EMIS,{s.pcn},{s.pcn} PCN,{s.sub_icb},SUB {s.sub_icb},"
        f"{s.icb},ICB {s.icb},{s.region},REGION {s.region}"
        for s in SITES
    ]
    members = {f"Practice_Level_Crosstab_{m:%b_%y}.csv": crosstab_csv(m) for m in months}
    packed = zipped(members | {"Mapping.csv": text(mapping)})
    return {f"Practice_Level_Crosstab_{month:%b_%y}.zip": packed}


def zipped(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return packed.getvalue()
