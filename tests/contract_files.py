"""A core contract in miniature: two practices of each indicator's form, and carers beside it."""

from __future__ import annotations

from collections.abc import Iterable

HEADER = "QUALITY_SERVICE,PRACTICE_CODE,PRACTICE_NAME,ACH_DATE,IND_CODE,MEASURE,MEASURE_TYPE,VALUE"
PRACTICES = tuple(f"A810{n:02d}" for n in range(1, 13))
DAYS = ("30/04/2025", "31/05/2025", "30/06/2025")
PCA = "PCA Count (Rule 3: FRAILASSDEC_DAT)"


def text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


def core_csv(
    *,
    days: Iterable[str] = DAYS,
    practices: Iterable[str] = PRACTICES,
    carers: int = 40,
    year: str = "2025-26",
    more: Iterable[str] = (),
) -> bytes:
    """The n-th practice has n frail patients more; the first one's pair is suppressed."""
    lines = [HEADER]
    for n, practice in enumerate(practices):
        for day in days:
            start = f"Core GP Contract {year},{practice},THE {practice} SURGERY,{day}"
            pair = ("*", "*") if n == 0 else (str(100 + n), "3")
            lines += [
                f"{start},CCDCMI30,Numerator,Numerator,{n}",
                f"{start},CCDCMI30,Denominator,Denominator,{pair[0]}",
                f"{start},CCDCMI30,{PCA},PCA,{pair[1]}",
                f"{start},CGPCMI01,COUNT,COUNT,{carers + n}",
            ]
    return text([*lines, *more])


def mmr_csv(*, day: str = "2025-06-30", doses: str = "7") -> bytes:
    """One indicator, dates the other way, without the type of a measure."""
    heads = "PRACTICE_CODE,PRACTICE_NAME,QUALITY_SERVICE,ACH_DATE,IND_CODE,MEASURE,VALUE"
    rows = (f"{p},THE {p} SURGERY,MMR 2025/26,{day},MMRV004,Count,{doses}" for p in PRACTICES)
    return text([heads, *rows])


def carers_csv(*, women: str = "300") -> bytes:
    """Two sub-ICB locations, by sex or by ethnicity."""
    heads = "QUALITY_SERVICE,SUB_ICB_LOCATION_CODE,ACH_DATE,IND_CODE,SEX,ETHNICITY,VALUE"
    start = "Core GP Contract 2025-26"
    return text(
        [
            heads,
            f"{start},16C,30/06/2025,CGPCMI01,Female,,{women}",
            f"{start},16C,30/06/2025,CGPCMI01,Male,,200",
            f"{start},16C,30/06/2025,CGPCMI01,,White,480",
            f"{start},03W,30/06/2025,CGPCMI01,Female,,*",
        ]
    )
