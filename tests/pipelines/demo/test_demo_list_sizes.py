import csv
import gzip
import io
from collections import Counter

import pytest

MONTHS = ("december-2025", "march-2026", "june-2026")
BANDS = [f"{age}_{age + 4}" for age in range(0, 95, 5)] + ["95+"]


def totals(publications, slug):
    rows = publications.rows("list-sizes", slug, "gp-reg-pat-prac-all")
    assert len({row["CODE"] for row in rows}) == len(rows)
    return {row["CODE"]: int(row["NUMBER_OF_PATIENTS"]) for row in rows}


def organisations_of(publications, slug):
    """For each practice, its organisation of each type in the quinary file."""
    return {
        row["PRACTICE_CODE"]: {
            "PCN": row["PCN_CODE"],
            "SUB_ICB_LOCATION_CODE": row["SUB_ICB_LOCATION_CODE"],
            "ICB": row["ICB_CODE"],
            "Comm Region": row["COMM_REGION_CODE"],
        }
        for row in publications.rows("list-sizes", slug, "gp-reg-pat-prac-map")
    }


@pytest.mark.parametrize("slug", MONTHS)
def test_five_year_bands_and_single_ages_add_up_to_the_list(spring, slug):
    everyone = totals(spring, slug)
    by_band, by_age, stated = Counter(), Counter(), {}
    for row in spring.rows("list-sizes", slug, "gp-reg-pat-prac-quin-age"):
        if row["ORG_TYPE"] == "GP" and row["AGE_GROUP_5"] != "ALL":
            by_band[row["ORG_CODE"]] += int(row["NUMBER_OF_PATIENTS"])
        if row["ORG_TYPE"] == "GP" and row["SEX"] == "ALL":
            stated[row["ORG_CODE"]] = int(row["NUMBER_OF_PATIENTS"])
    for sex in ("male", "female"):
        for row in spring.rows("list-sizes", slug, f"gp-reg-pat-prac-sing-age-{sex}"):
            assert row["SEX"] == sex.upper()
            if row["AGE"] != "ALL":
                by_age[row["ORG_CODE"]] += int(row["NUMBER_OF_PATIENTS"])
    assert by_band == by_age == stated == everyone


def test_single_ages_of_a_band_add_up_to_it(spring):
    bands, ages = Counter(), Counter()
    for row in spring.rows("list-sizes", "june-2026", "gp-reg-pat-prac-quin-age"):
        if row["ORG_TYPE"] == "GP" and row["AGE_GROUP_5"] in BANDS:
            key = (row["ORG_CODE"], row["SEX"], row["AGE_GROUP_5"])
            bands[key] = int(row["NUMBER_OF_PATIENTS"])
    for sex in ("male", "female"):
        for row in spring.rows("list-sizes", "june-2026", f"gp-reg-pat-prac-sing-age-{sex}"):
            if row["AGE"] != "ALL":
                band = BANDS[int(row["AGE"].rstrip("+")) // 5]
                ages[row["ORG_CODE"], row["SEX"], band] += int(row["NUMBER_OF_PATIENTS"])
    assert bands == ages


@pytest.mark.parametrize("slug", MONTHS)
def test_organisations_add_up_from_their_practices(spring, slug):
    belongs = organisations_of(spring, slug)
    rows = spring.rows("list-sizes", slug, "gp-reg-pat-prac-quin-age")
    added, stated = Counter(), Counter()
    for row in rows:
        key = (row["SEX"], row["AGE_GROUP_5"])
        if row["ORG_TYPE"] == "GP":
            for kind, code in belongs[row["ORG_CODE"]].items():
                added[(kind, code, *key)] += int(row["NUMBER_OF_PATIENTS"])
        else:
            stated[(row["ORG_TYPE"], row["ORG_CODE"], *key)] = int(row["NUMBER_OF_PATIENTS"])
    assert added == stated


def test_regions_file_agrees_with_the_practices(spring):
    england = sum(totals(spring, "june-2026").values())
    rows = spring.rows("list-sizes", "june-2026", "gp-reg-pat-prac-sing-age-regions")
    for kind in ("PCN", "SUB_ICB_LOCATION_CODE", "ICB", "Comm Region"):
        mine = [row for row in rows if row["ORG_TYPE"] == kind]
        ages = [row for row in mine if row["AGE"] != "ALL"]
        assert sum(int(row["NUMBER_OF_PATIENTS"]) for row in ages) == england
        everyone = [row for row in mine if row["SEX"] == "ALL"]
        assert sum(int(row["NUMBER_OF_PATIENTS"]) for row in everyone) == england


def test_a_merger_moves_every_patient_to_the_successor(spring):
    slugs = [release.slug for release in spring.of("list-sizes")]
    mergers = []
    for before, after in zip(slugs, slugs[1:], strict=False):
        old, new = totals(spring, before), totals(spring, after)
        where = organisations_of(spring, before)
        for closed in old.keys() - new.keys():
            grown = [
                heir
                for heir in new.keys() & old.keys()
                if where[heir]["PCN"] == where[closed]["PCN"]
                and new[heir] == old[heir] + old[closed]
            ]
            mergers.append((closed, grown))
    assert mergers
    assert all(len(heirs) == 1 for _, heirs in mergers)


def test_icbs_change_code_in_april_2026_and_sub_icbs_do_not(spring):
    before, after = (organisations_of(spring, slug) for slug in ("march-2026", "april-2026"))
    changed = {
        (before[code]["ICB"], after[code]["ICB"])
        for code in before.keys() & after.keys()
        if before[code]["ICB"] != after[code]["ICB"]
    }
    assert len(changed) == 2 * len({new for _, new in changed}) > 0
    assert all(len(old) == 3 and len(new) == 5 for old, new in changed)
    for code in before.keys() & after.keys():
        kept = "SUB_ICB_LOCATION_CODE"
        assert before[code][kept] == after[code][kept]


def test_some_practice_is_in_no_pcn_and_one_opens(spring):
    rows = spring.rows("list-sizes", "june-2026", "gp-reg-pat-prac-map")
    assert ("U", "Unallocated") in {(row["PCN_CODE"], row["PCN_NAME"]) for row in rows}
    first, last = totals(spring, "december-2025"), totals(spring, "june-2026")
    opened = last.keys() - first.keys()
    assert opened
    assert all(last[code] < 15_000 for code in opened)


def test_dates_are_written_as_in_each_file(spring):
    files = {
        "gp-reg-pat-prac-all": "2026-06-01",
        "gp-reg-pat-prac-quin-age": "2026-06-01",
        "gp-reg-pat-prac-sing-age-regions": "2026-06-01",
        "gp-reg-pat-prac-map": "01Jun2026",
        "gp-reg-pat-prac-sing-age-male": "01Jun2026",
    }
    for start, written in files.items():
        rows = spring.rows("list-sizes", "june-2026", start)
        assert {row["EXTRACT_DATE"] for row in rows} == {written}


@pytest.mark.real
@pytest.mark.parametrize(
    ("real", "start"),
    [
        ("gp-reg-pat-prac-all_2026-03-01.csv", "gp-reg-pat-prac-all"),
        ("gp-reg-pat-prac-map_2025-12_reexport.csv.gz", "gp-reg-pat-prac-map"),
        ("gp-reg-pat-prac-quin-age_2025-12_reexport.csv.gz", "gp-reg-pat-prac-quin-age"),
        (
            "gp-reg-pat-prac-sing-age-regions_2025-12_reexport.csv.gz",
            "gp-reg-pat-prac-sing-age-regions",
        ),
    ],
)
def test_columns_are_those_of_the_real_file(spring, real_files, real, start):
    content = (real_files / "patients_registered" / real).read_bytes()
    if real.endswith(".gz"):
        content = gzip.decompress(content)
    published = list(csv.DictReader(io.StringIO(content.decode())))
    ours = spring.rows("list-sizes", "june-2026", start)
    assert list(ours[0]) == list(published[0])
    for column in ("PUBLICATION", "TYPE", "ORG_TYPE", "SEX", "AGE", "AGE_GROUP_5"):
        if column in published[0]:
            assert {row[column] for row in ours} == {row[column] for row in published}, column
