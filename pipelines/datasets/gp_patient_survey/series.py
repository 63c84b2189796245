"""GP Patient Survey: wide files of practices, PCNs, ICSs, regions and England, as questions.

A file says neither its year nor, by itself, whether it is weighted: the year is in its name, and
weighted bases differ from the number of answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from data import periods
from data.datasets.gp_patient_survey import DATASET
from data.datasets.vocabulary.survey import BEFORE_2024, FIRST_YEAR, SINCE_2024, list_band_sql
from data.spec import ENGLAND, UNALLOCATED, UNASSIGNED
from data.versions.manifest import Check
from pipelines.datasets.gp_patient_survey import checks as survey_checks
from pipelines.datasets.gp_patient_survey.columns import KINDS, kind_of, questionnaires
from pipelines.datasets.gp_patient_survey.files import AREAS, load
from pipelines.datasets.gp_patient_survey.site import discover, wants
from pipelines.engine import geography
from pipelines.engine.folder import aggregate, write_fact, write_parts, write_table
from pipelines.engine.units import BadRelease, Month, Preview, Recognised, Series, Sources, sql_text

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
# Codes as today's practice map has them; others (of older kinds of area) are left to the map.
_CODES = {
    "pcn": "^U[0-9]{5}$",
    "sub_icb": "^[0-9A-Z]{3,5}$",
    "icb": "^Q[0-9A-Z]{2}$",
    "region": "^Y[0-9]{2}$",
}


def recognise(preview: Preview) -> Recognised | None:
    names = _names(preview)
    kind = kind_of(names)
    if not kind:
        return None
    if not preview.first:
        if not wants(preview.file):
            return None  # a description of the files, not one of them
        raise BadRelease(f"{preview.name} has headings but no rows.")
    year = _year(preview)
    _require_one_series(preview, names, year)
    return kind, date(year, 1, 1)


def _names(preview: Preview) -> list[str]:
    return [" ".join(name.split()).upper() for name in preview.header]


def _year(preview: Preview) -> int:
    for name in (preview.name, preview.file, preview.release):
        if years := {int(year) for year in _YEAR.findall(name)}:
            return max(years)
    raise BadRelease(
        f"{preview.name} does not say which year's survey it is: neither the file nor its name "
        "has a year. Put it in the name, such as GPPS_2026_Practice_data.csv."
    )


def _require_one_series(preview: Preview, names: Iterable[str], year: int) -> None:
    expected = SINCE_2024 if year >= FIRST_YEAR else BEFORE_2024
    found = questionnaires(names)
    if found != {expected}:
        raise BadRelease(
            f"{preview.name} is named after {year}, but its columns are of the questionnaire "
            f"{' and '.join(sorted(found)).replace('-', ' ')}: results of the two must not be "
            "joined."
        )


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    year = sources.month.year
    survey_checks.create(con)
    notes: list[str] = []
    for kind in KINDS:
        for table in sources.tables.get(kind, ()):
            notes += load(con, table, kind, year)
    said = _add_england(con, year, national="national" in sources.tables)
    checks = survey_checks.checks(con, weighted=year >= FIRST_YEAR)
    if not all(check.passed for check in checks):
        return Month(0, {}, tuple(checks))
    listed = f"SELECT code AS practice, name AS practice_name, {_listed()} FROM who"
    listed += " WHERE level = 'practice'"
    notes += [*said, *geography.complete(con, sources, listed, target)]
    notes += survey_checks.notes(con, year)
    notes += [
        f"{year}: the file of {what} is not loaded; they are missing."
        for kind, what in _MISSING.items()
        if kind not in sources.tables
    ]
    notes += _write(con, sources, target)
    practices, returned = con.execute(
        """SELECT count(*) FILTER (WHERE level = 'practice'),
                  max(received) FILTER (WHERE level = 'england') FROM who"""
    ).fetchall()[0]
    checks.append(Check("questionnaires of England", returned is not None, f"{returned}"))
    return Month(practices, {DATASET.control: returned or 0}, tuple(checks), tuple(notes))


_MISSING = {"pcns": "PCNs", "ics": "ICSs", "regions": "regions", "national": "England"}


def _listed() -> str:
    """Areas and their names; a code of another kind than today's is left to the practice map."""
    return ", ".join(
        f"CASE WHEN regexp_matches({area}, '{_CODES[area]}') THEN {area} ELSE '' END AS {area}, "
        f"CASE WHEN regexp_matches({area}, '{_CODES[area]}') THEN {area}_name ELSE '' END "
        f"AS {area}_name"
        for area in AREAS
    )


def _add_england(con: duckdb.DuckDBPyConnection, year: int, *, national: bool) -> list[str]:
    """Questionnaires of England from practices, counts and nothing else, without England's file."""
    if national:
        return []
    con.execute(
        f"""INSERT INTO who BY NAME SELECT 'england' AS level, '{ENGLAND}' AS code, '' AS name,
        sum(distributed) AS distributed, sum(received) AS received
        FROM who WHERE level = 'practice'"""
    )
    return [f"{year}: England's questionnaires are the sum of the file's practices; no result is."]


def _write(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> list[str]:
    questionnaire = SINCE_2024 if sources.month.year >= FIRST_YEAR else BEFORE_2024
    held = geography.load_lists(con, sources, nearest_too=True)
    own = f"CASE WHEN level = 'practice' THEN code ELSE '{UNASSIGNED}' || code END"
    homes = ", ".join(
        f"CASE level WHEN 'practice' THEN g.{area} WHEN '{area}' THEN code ELSE w.{area} END "
        f"AS {area}"
        for area in AREAS
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE fact AS
        SELECT {own} AS practice, DATE '{sources.month}' AS month, level, code, w.name, {homes},
               {list_band_sql("registered")} AS list_band, '{questionnaire}' AS questionnaire,
               question, result, value, low, high, positive, base_weighted, base,
               distributed, received
        FROM who w LEFT JOIN results USING (level, code)
        LEFT JOIN read_parquet({sql_text(target / "geography.parquet")}) g
          ON level = 'practice' AND g.practice = code
        LEFT JOIN lists ON level = 'practice' AND lists.practice = code"""
    )
    write_fact(con, "SELECT * FROM fact WHERE result IS NOT NULL", target)
    write_parts(con, DATASET, "SELECT * FROM fact WHERE level = 'practice'", target)
    shown = ", ".join(aggregate(part) for part in DATASET.parts if part.spread == "published")
    write_table(
        con,
        f"""SELECT month, level, code, any_value(name) AS name, {shown} FROM fact
        WHERE level <> 'practice' AND code NOT IN ('', '{UNALLOCATED}')
        GROUP BY month, level, code ORDER BY level, code""",
        target / "published.parquet",
    )
    write_fact(
        con,
        f"""SELECT {own} AS practice, DATE '{sources.month}' AS month, level, question, answer,
        percent FROM answers""",
        target,
        table="answers",
    )
    if held in (None, sources.member_month):
        return []
    return [f"{sources.month.year}: bands of list size are by the lists of {held:%B %Y}."]


def _march(period: date) -> date:
    """Fieldwork ends in March: areas are those of then."""
    return periods.add_months(period, 2)


SERIES = Series(
    dataset=DATASET,
    transform=1,
    slug="",
    wants=wants,
    recognise=recognise,
    headline_kind="practices",
    shared_kinds=(),
    build=build,
    tolerance=0.25,
    per_working_day=False,
    first=date(2007, 1, 1),
    member_month=_march,
    known_share=0.95,
    discover=discover,
)
