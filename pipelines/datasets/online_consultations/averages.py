"""Online consultations of England on an average day of the week, by time of day, as published.

Table 3 of the summary workbooks, since January 2025. An average is a month's total divided by
the days of that name in the month: true to the last digit of every edition seen. It is kept as it
is printed; what it stands for is worked out only to compare it with the other tables.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime
from pathlib import Path

import duckdb

from data.datasets.online_consultations import BANDS, WEEKDAYS
from data.formula import quoted
from data.spec import ENGLAND
from data.versions.manifest import Check
from pipelines.engine.reading.sheets import below_headings, find_headings, tidy
from pipelines.engine.units import BadRelease, Preview, Table, sql_text

_BY_BAND = ("08:00 - 09:59", "10:00 - 11:59")
_TITLE = re.compile(r"average number of submissions", re.IGNORECASE)
_MONTH = re.compile(r"\b([A-Z][a-z]+ 20\d\d)\b")
_BAND = re.compile(r"\d\d:\d\d - \d\d:\d\d|UNKNOWN")
_MISSING = ("*", "")  # not disclosed


def month_of(preview: Preview) -> date | None:
    """The month that the title above the table names; None for any other sheet."""
    lines = preview.path.with_suffix(".txt")
    titles = lines.read_text(encoding="utf-8").splitlines() if lines.exists() else []
    title = next((line for line in titles if _TITLE.search(line)), "")
    found = find_headings(preview.path, _BY_BAND)
    if found is None and not title:
        return None
    if found is None:
        headings = ", ".join(filter(None, preview.header))[:300]
        raise BadRelease(f"{preview.name} has no times of day as headings. It has: {headings}.")
    month = _named(title)
    if month is None:
        raise BadRelease(f"{preview.name} has no title that says which month it is of.")
    of_file = _named(Path(preview.file).stem)
    if of_file and of_file != month:
        raise BadRelease(
            f"{preview.name} has the title of {month:%B %Y}, but the file is named after "
            f"{of_file:%B %Y}."
        )
    return month


def _named(text: str) -> date | None:
    for name in _MONTH.findall(text):
        try:
            return datetime.strptime(name, "%B %Y").date()
        except ValueError:
            continue
    return None


def load(con: duckdb.DuckDBPyConnection, table: Table, month: date) -> list[Check]:
    """Table `averages`: practice (ENG), month, weekday, band, average."""
    sheet = below_headings(table, _BY_BAND)
    labels = {tidy(band): band for band in BANDS.values()}
    columns = [name for name in sheet.names if _BAND.fullmatch(name)]
    rows = " UNION ALL ".join(
        f"SELECT trim({quoted(sheet.names[0])}) AS weekday, "
        f"{sql_text(labels.get(name, name))} AS band, {quoted(name)} AS text FROM {sheet.sql}"
        for name in columns
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE averages AS
        SELECT '{ENGLAND}' AS practice, DATE '{month}' AS month, weekday, band,
               CASE WHEN trim(text) NOT IN {_MISSING} THEN text::DECIMAL(18, 6) END AS average
        FROM ({rows}) WHERE weekday IN {tuple(WEEKDAYS.values())}"""
    )
    strange = [name for name in columns if name not in labels]
    days, cells, below = con.execute(
        """SELECT count(DISTINCT weekday), count(*), count(*) FILTER (WHERE average < 0)
        FROM averages"""
    ).fetchall()[0]
    whole = not strange and days == len(WEEKDAYS) and cells == days * len(columns) and not below
    found = f"{cells} averages of {days} days of the week and {len(columns)} times of day"
    if strange:
        found = f"times of day that are not in the specification: {', '.join(strange)}"
    return [Check("averages by day and time", whole, found)]


def against_totals(
    con: duckdb.DuckDBPyConnection, month: date, submissions: int, *, same_release: bool
) -> list[Check | str]:
    """What the averages stand for, against the sum of practices: a check within a release."""
    stood_for, unknown = con.execute(
        f"""SELECT coalesce(sum(round(average * {_days(month)})), 0)::BIGINT,
                   count(*) FILTER (WHERE average IS NULL) FROM averages"""
    ).fetchall()[0]
    said = f"averages stand for {stood_for:,} submissions, practices add up to {submissions:,}"
    if same_release and not unknown:
        return [Check("averages stand for the total", stood_for == submissions, said)]
    if stood_for == submissions or unknown:
        return []
    return [f"In {month:%B %Y} {said}: the averages are of an earlier release than the practices."]


def against_times(con: duckdb.DuckDBPyConnection, month: date) -> Check:
    """Each average against the day-and-time file of the same release, in tables `times`.

    A count that differed by one would move an average by 0.2 or more; 0.05 is what printing one
    decimal may take away.
    """
    unequal, cells, example = con.execute(
        f"""SELECT count(*) FILTER (WHERE apart), count(*),
                   min(weekday || ' ' || band) FILTER (WHERE apart)
        FROM (SELECT weekday, band,
                     abs(CASE WHEN practice IS NULL THEN 0 ELSE average END
                         - coalesce(value, 0) / {_days(month)}) > 0.05 AS apart
              FROM averages
              FULL JOIN (SELECT weekday, band, sum(value) AS value FROM times GROUP BY ALL)
              USING (weekday, band))"""
    ).fetchall()[0]
    found = f"{cells} averages are those of the file by day and time"
    if unequal:
        found = f"{unequal} of {cells} averages differ from the file by day and time: {example}"
    return Check("averages by day and time agree", not unequal, found)


def _days(month: date) -> str:
    """SQL for how many days of a row's `weekday` the month has."""
    days = monthrange(month.year, month.month)[1]
    names = [f"{month.replace(day=day):%A}" for day in range(1, days + 1)]
    cases = " ".join(f"WHEN '{day}' THEN {names.count(day)}" for day in WEEKDAYS.values())
    return f"CASE weekday {cases} END"
