import csv
import gzip
import io
import zipfile
from collections import Counter
from datetime import date

import numpy as np
import pytest

from pipelines.datasets.gp_appointments.demo import release_ends
from pipelines.datasets.gp_appointments.demo_activity import SLOTS, Activity, working_days
from pipelines.demo.world import build_world

KEY = (
    *("APPOINTMENT_MONTH_START_DATE", "GP_CODE", "HCP_TYPE", "APPT_MODE", "NATIONAL_CATEGORY"),
    *("TIME_BETWEEN_BOOK_AND_APPT", "APPT_STATUS"),
)


def by(rows, *columns):
    counts = Counter()
    for row in rows:
        counts[tuple(row[column] for column in columns)] += int(row["COUNT_OF_APPOINTMENTS"])
    return counts


def test_a_release_holds_three_months_and_the_mapping(spring):
    zipped = spring.release("gp-appointments", "may-2026").files[0]
    assert zipped.name == "Practice_Level_Crosstab_May_26.zip"
    assert zipfile.ZipFile(zipped).namelist() == [
        "Practice_Level_Crosstab_May_26.csv",
        "Practice_Level_Crosstab_Apr_26.csv",
        "Practice_Level_Crosstab_Midlands_North_Mar_26.csv",
        "Mapping.csv",
    ]


def test_march_comes_in_the_two_parts_of_the_country(tmp_path, write_publications):
    large = write_publications(tmp_path, end=date(2026, 4, 1), practices=300)
    zipped = large.release("gp-appointments", "march-2026").files[0]
    assert zipfile.ZipFile(zipped).namelist()[:2] == [
        "Practice_Level_Crosstab_London_East_South_Mar_26.csv",
        "Practice_Level_Crosstab_Midlands_North_Mar_26.csv",
    ]


def test_every_month_is_in_a_release():
    for months in (1, 2, 3, 6, 23, 24, 36):
        for practices in (300, 6200):
            ends = release_ends(months, practices)
            inside = {m for end in ends for m in range(max(0, end - 2), end + 1)}
            assert inside == set(range(months))
            assert ends == sorted(set(ends))


def test_no_row_is_repeated_and_no_count_is_zero(spring):
    rows = spring.rows("gp-appointments", "may-2026", "Practice_Level_Crosstab")
    assert len({tuple(row[column] for column in KEY) for row in rows}) == len(rows)
    assert min(int(row["COUNT_OF_APPOINTMENTS"]) for row in rows) == 1


def test_rows_per_practice_are_as_sparse_as_the_real_file(spring):
    rows = spring.crosstab("may-2026", "01MAY2026")
    per_practice = Counter(row["GP_CODE"] for row in rows)
    assert 140 < sum(per_practice.values()) / len(per_practice) < 240


def test_later_releases_revise_a_month_a_little(spring):
    first, second, third = (
        by(spring.crosstab(f"{release}-2026", "01MAR2026"), "GP_CODE")
        for release in ("march", "april", "may")
    )
    assert first.keys() <= second.keys() <= third.keys()
    assert all(first[code] <= second[code] <= third[code] for code in first)
    revised = [code for code in first if first[code] < third[code]]
    assert 0 < len(revised) < len(first) / 2
    assert all(third[code] < first[code] * 1.05 for code in revised)


def test_st_annes_lane_is_missing_from_the_latest_month_only(spring):
    latest = {row["GP_CODE"] for row in spring.crosstab("may-2026", "01MAY2026")}
    before = {row["GP_CODE"] for row in spring.crosstab("may-2026", "01APR2026")}
    assert "Y99009" not in latest
    assert {"Y99001", "Y99004", "Y99007", "Y99009", "Y99012"} <= before
    assert {"Y99001", "Y99004", "Y99007", "Y99012"} <= latest


def test_closed_practices_stop(spring):
    listed = {row["CODE"] for row in spring.rows("list-sizes", "may-2026", "gp-reg-pat-prac-all")}
    opening = {row["CODE"] for row in spring.rows("list-sizes", "june-2026", "gp-reg-pat-prac-all")}
    seen = {row["GP_CODE"] for row in spring.crosstab("may-2026", "01MAY2026")}
    assert seen <= listed | opening
    assert len(seen) < len(listed | opening)


def test_mapping_follows_the_reorganised_icbs(spring):
    def icbs(slug):
        rows = spring.rows("gp-appointments", slug, "Mapping")
        return {row["GP_CODE"]: row["ICB_CODE"] for row in rows}

    march, april = icbs("march-2026"), icbs("april-2026")
    assert {len(code) for code in march.values()} == {3}
    assert march["Y99001"] != april["Y99001"]
    assert len(april["Y99001"]) == 5


def test_mapping_names_every_practice_of_the_release(spring):
    for release in spring.of("gp-appointments"):
        mapped = {row["GP_CODE"] for row in spring.rows("gp-appointments", release.slug, "Mapping")}
        rows = spring.rows("gp-appointments", release.slug, "Practice_Level_Crosstab")
        assert {row["GP_CODE"] for row in rows} <= mapped


def test_coverage_counts_the_practices_that_are_in(spring):
    rows = spring.rows("gp-appointments", "may-2026", "APPOINTMENTS_GP_COVERAGE")
    may = [row for row in rows if row["Appointment_Month"] == "01MAY2026"]
    lists = {
        row["CODE"]: int(row["NUMBER_OF_PATIENTS"])
        for row in spring.rows("list-sizes", "may-2026", "gp-reg-pat-prac-all")
    }
    seen = {row["GP_CODE"] for row in spring.crosstab("may-2026", "01MAY2026")}
    assert sum(int(row["Open Practices"]) for row in may) == len(lists)
    assert sum(int(row["Included Practices"]) for row in may) == len(seen & lists.keys())
    patients = sum(int(row["Patients registered at included practices"]) for row in may)
    assert patients == sum(lists[code] for code in seen & lists.keys())


def test_october_is_the_peak_and_august_the_trough(autumn):
    months = {date(2025, m, 1): f"{date(2025, m, 1):%d%b%Y}".upper() for m in range(7, 13)}
    totals = Counter()
    for slug in ("september-2025", "december-2025"):
        for row in autumn.rows("gp-appointments", slug, "Practice_Level_Crosstab"):
            totals[row["APPOINTMENT_MONTH_START_DATE"]] += int(row["COUNT_OF_APPOINTMENTS"])
    per_day = {month: totals[text] / working_days(month) for month, text in months.items()}
    assert max(per_day, key=per_day.get) == date(2025, 10, 1)
    assert min(per_day, key=per_day.get) == date(2025, 8, 1)
    assert per_day[date(2025, 12, 1)] < per_day[date(2025, 11, 1)]


def test_working_days_leave_out_bank_holidays():
    assert working_days(date(2025, 12, 1)) == 21
    assert working_days(date(2026, 4, 1)) == 20
    assert working_days(date(2026, 9, 1)) == 22


def test_more_appointments_are_missed_where_deprivation_is_higher():
    world = build_world(practices=300, months=3, end=date(2026, 10, 1), seed=7)
    rows = Activity(world).published(2, release=2)
    score = world.characters.deprivation[rows.practice]
    low, high = np.quantile(world.characters.deprivation, [0.2, 0.8])

    def missed(chosen):
        return rows.count[chosen & (rows.status == 1)].sum() / rows.count[chosen].sum()

    assert 1.3 < missed(score > high) / missed(score < low) < 3.5


def test_hartley_road_moves_its_routine_work_to_acute_with_a_stable_total():
    world = build_world(practices=60, months=12, end=date(2026, 10, 1), seed=7)
    activity = Activity(world)

    def shares(month):
        rows = activity.published(month, release=2)
        own = rows.practice == world.codes.index("Y99004")
        category = np.array([slot[2] for slot in SLOTS])[rows.slot[own]]
        counts = rows.count[own]
        # 0 is routine and 3 acute, in the order in which the categories are listed
        return counts.sum(), *(counts[category == n].sum() / counts.sum() for n in (0, 3))

    (total, routine, acute), (after, routine_after, acute_after) = shares(3), shares(4)
    assert routine_after < routine / 2
    assert acute_after > acute * 1.3
    per_day = total / working_days(world.months[3])
    assert after / working_days(world.months[4]) == pytest.approx(per_day, rel=0.15)


def test_some_practices_come_a_release_late():
    world = build_world(practices=400, months=12, end=date(2026, 10, 1), seed=7)
    activity = Activity(world)
    late = 0
    for month in range(4):
        first, second = (set(activity.published(month, release=r).practice) for r in (0, 1))
        assert first <= second
        late += len(second - first)
    assert late


def test_some_practices_report_far_more_or_less_than_their_list_suggests():
    world = build_world(practices=300, months=3, end=date(2026, 10, 1), seed=7)
    rows = Activity(world).published(2, release=2)
    lists = world.history.registered(2)
    totals = np.bincount(rows.practice, rows.count, len(lists))
    rate = (1000 * totals / np.maximum(lists, 1))[(totals > 0) & (lists > 0)]
    assert rate.max() > 3 * np.median(rate)
    assert rate.min() < 0.35 * np.median(rate)


@pytest.mark.real
def test_columns_and_words_are_those_of_the_real_files(spring, real_files):
    def real(name):
        content = gzip.decompress((real_files / "gpad" / name).read_bytes()).decode()
        return csv.DictReader(io.StringIO(content))

    published = real("Practice_Level_Crosstab_London_East_South_Oct_25_reexport.csv.gz")
    ours = spring.rows("gp-appointments", "may-2026", "Practice_Level_Crosstab")
    assert list(ours[0]) == published.fieldnames
    words = {column: set() for column in KEY[2:]}
    for row in published:
        for column, seen in words.items():
            seen.add(row[column])
    for column, seen in words.items():
        assert {row[column] for row in ours} <= seen
        if column != "NATIONAL_CATEGORY":
            assert {row[column] for row in ours} == seen
    mapping = spring.rows("gp-appointments", "may-2026", "Mapping")
    assert list(mapping[0]) == real("Mapping_Aug_25.csv.gz").fieldnames
    coverage = spring.rows("gp-appointments", "may-2026", "APPOINTMENTS_GP_COVERAGE")
    published = real("APPOINTMENTS_GP_COVERAGE_2023-02_to_2025-07.csv.gz")
    assert list(coverage[0]) == published.fieldnames
