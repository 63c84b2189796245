"""Reading publication pages, as text and from the publication site."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from pipelines.fetch.discovery import (
    Release,
    ReleaseFile,
    Skipped,
    latest_issues,
    ods_release,
    original_name,
    period_of_slug,
    read_release,
    read_series,
    reissue_rank,
    releases,
)
from pipelines.fetch.http import Client, Manners
from pipelines.fetch.outline import Outline, outlined, read
from pipelines.files.errors import DiscoveryError, NotPublished
from tests.publication_site import Fault, PublicationSite

PATIENTS = "patients-registered-at-a-gp-practice"
APPOINTMENTS = "appointments-in-general-practice"
STATISTICAL = "https://digital.nhs.uk/data-and-information/publications/statistical"
FILES = "https://files.digital.nhs.uk"
QUICK = Manners(gap=0, first_wait=0.01, longest_wait=0.02, attempts=2)


def outline_of(html: str) -> Outline:
    return outlined(read(html))


def patients_site() -> PublicationSite:
    site = PublicationSite()
    site.add_upcoming(PATIENTS, "january-2026", "January 2026", due=date(2026, 1, 15))
    for slug, published in (
        ("october-2025", date(2025, 10, 16)),
        ("december-2025", date(2025, 12, 11)),
        ("november-2025", date(2025, 11, 13)),
    ):
        site.add_release(
            PATIENTS,
            slug,
            f"Patients Registered at a GP Practice, {slug.replace('-', ' ')}",
            published=published,
            files={
                "gp-reg-pat-prac-all.csv": f"CODE,EXTRACT_DATE\nA1,{slug}\n".encode(),
                "gp-reg-pat-prac-map.csv": b"PRACTICE_CODE\nA1\n",
            },
        )
    return site


def walk(site: PublicationSite, series: str) -> list[Release | Skipped]:
    with site.running() as urls, Client(urls.settings(), manners=QUICK) as client:
        found = releases(client, site.series_url(series), files_url=urls.files_url)
        return list(found)


def file(name: str) -> ReleaseFile:
    return ReleaseFile(name, f"{FILES}/AB/012345/{name}", name, "CSV", None)


def test_releases_come_newest_first_with_their_files() -> None:
    found = walk(patients_site(), PATIENTS)
    out = [item for item in found if isinstance(item, Release)]
    assert [release.slug for release in out] == ["december-2025", "november-2025", "october-2025"]
    december = out[0]
    assert december.period == date(2025, 12, 1)
    assert december.published == date(2025, 12, 11)
    assert december.title == "Patients Registered at a GP Practice, december 2025"
    assert [item.name for item in december.files] == [
        "gp-reg-pat-prac-all.csv",
        "gp-reg-pat-prac-map.csv",
    ]
    assert december.files[0].title == "gp-reg-pat-prac-all"
    assert (december.files[0].kind, december.files[0].size) == ("CSV", 1000)


def test_an_announced_release_is_skipped_with_its_reason() -> None:
    first = walk(patients_site(), PATIENTS)[0]
    assert isinstance(first, Skipped)
    assert (first.slug, first.reason) == (
        "january-2026",
        "Listed but not yet published (due 2026-01-15).",
    )


def test_a_release_page_that_is_gone_is_skipped_with_its_reason() -> None:
    site = patients_site().fault("november-2025", Fault.GONE)
    skipped = [item for item in walk(site, PATIENTS) if isinstance(item, Skipped)]
    assert [item.slug for item in skipped] == ["january-2026", "november-2025"]
    assert "404" in skipped[1].reason


def test_pages_are_asked_only_as_far_as_they_are_wanted() -> None:
    site = patients_site()
    with site.running() as urls, Client(urls.settings(), manners=QUICK) as client:
        found = releases(client, site.series_url(PATIENTS), files_url=urls.files_url)
        newest = next(item for item in found if isinstance(item, Release))
    assert newest.slug == "december-2025"
    asked = [request.path.rpartition("/")[2] for request in site.requests]
    assert asked == [PATIENTS, "january-2026", "december-2025"]


def test_a_page_without_the_known_markup_still_gives_its_files() -> None:
    site = PublicationSite().add_release(
        APPOINTMENTS,
        "oct-2018",
        "Appointments in General Practice, October 2018",
        published=date(2018, 12, 13),
        files={"Appointments GP Daily & more.csv": b"a,b\n1,2\n"},
        markup="plain",
    )
    (release,) = walk(site, APPOINTMENTS)
    assert isinstance(release, Release)
    assert release.period == date(2018, 10, 1)
    assert release.published == date(2018, 12, 13)
    assert [item.name for item in release.files] == ["Appointments GP Daily & more.csv"]
    assert release.files[0].size is None


def test_a_reissued_release_shows_its_new_files() -> None:
    site = patients_site()
    site.add_release(
        PATIENTS,
        "december-2025",
        "December 2025",
        published=date(2025, 12, 18),
        files={"gp-reg-pat-prac-all_v2.csv": b"CODE\nA1\n"},
    )
    with site.running() as urls, Client(urls.settings(), manners=QUICK) as client:
        found = releases(client, site.series_url(PATIENTS), files_url=urls.files_url)
        december = list(islice(found, 2))[1]
    assert isinstance(december, Release)
    assert [item.name for item in december.files] == ["gp-reg-pat-prac-all_v2.csv"]
    assert december.published == date(2025, 12, 18)


def test_a_series_page_without_releases_is_an_error_that_says_what_to_do() -> None:
    site = PublicationSite()
    site.add_release(PATIENTS, "summary", "Summary", published=None, files={"a.csv": b"a\n1\n"})
    with pytest.raises(DiscoveryError, match="load them with --from"):
        walk(site, PATIENTS)


def test_a_missing_series_is_an_error() -> None:
    with pytest.raises(NotPublished):
        walk(PublicationSite(), PATIENTS)


def test_series_links_are_releases_of_this_series_only() -> None:
    base = f"{STATISTICAL}/{PATIENTS}"
    html = f"""
    <a href="/data-and-information/publications/statistical/{PATIENTS}/december-2025">x</a>
    <a href="{base}/december-2025/?utm=1#resources">twice</a>
    <a href="{base}/july-2023">x</a> <a href="{base}/jul-2019">x</a>
    <a href="{base}/metadata">x</a> <a href="{base}/support-information">x</a>
    <a href="{base}">x</a> <a href="{base}/december-2025/chapter-1">x</a>
    <a href="{STATISTICAL}/another-series/december-2025">x</a>
    <a href="https://example.org/data-and-information/publications/statistical/{PATIENTS}/may-2024">
    <a href="mailto:someone@nhs.net">x</a> <a>x</a> <a href="">x</a>
    """
    assert [(link.slug, link.url) for link in read_series(outline_of(html), base)] == [
        ("december-2025", f"{base}/december-2025"),
        ("july-2023", f"{base}/july-2023"),
        ("jul-2019", f"{base}/jul-2019"),
    ]


@pytest.mark.parametrize(
    ("slug", "period"),
    [
        ("december-2025", date(2025, 12, 1)),
        ("oct-2018", date(2018, 10, 1)),
        ("jul-2019", date(2019, 7, 1)),
        ("sept-2019", date(2019, 9, 1)),
        ("may-2024", date(2024, 5, 1)),
        ("patients-registered-at-a-gp-practice-january-2018", date(2018, 1, 1)),
        ("metadata", None),
        ("support-information", None),
        ("marketing-2025", None),
        ("2024-25", date(2024, 4, 1)),
        ("england-2018-19", date(2018, 4, 1)),
        ("2026", date(2026, 1, 1)),
        ("30-june-2026", date(2026, 6, 1)),
        ("december-2025/chapter-1", None),
        ("", None),
    ],
)
def test_a_slug_says_its_month(slug: str, period: date | None) -> None:
    assert period_of_slug(slug) == period


def test_files_outside_resources_do_not_count_when_resources_are_marked() -> None:
    html = f"""<h1>R</h1>
    <p>Last month: <a href="{FILES}/AA/000000/old.csv">old</a></p>
    <div id="resources"><div data-uipath="ps.publication.resources-attachment">
    <a class="nhsd-a-box-link" href="{FILES}/47/8E21AA/By%20Day%20and%20Time%20-%20May.zip">
    <p class="nhsd-t-heading-xs">By Day
      and Time</p><span class="nhsd-a-tag">ZIP</span><span class="nhsd-a-tag">17.3 MB</span></a>
    <a class="nhsd-a-box-link" href="https://example.org/47/8E21AA/other.zip">x</a>
    </div></div>"""
    release = read_release(outline_of(html), f"{STATISTICAL}/x/may-2026", files_url=FILES)
    assert release.files == (
        ReleaseFile(
            "By Day and Time - May.zip",
            f"{FILES}/47/8E21AA/By%20Day%20and%20Time%20-%20May.zip",
            "By Day and Time",
            "ZIP",
            17_300_000,
        ),
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<dl><dt>Publication date:</dt> <dd data-uipath="x">18 Dec 2025</dd></dl>',
        '<span data-uipath="ps.publication.publication-date">18 December 2025</span>',
        '<div data-uipath="ps.publication.nominal-publication-date">18 Dec 2025</div>',
        '<meta itemprop="datePublished" content="2025-12-18T09:30:00Z">',
        (
            '<i data-uipath="ps.publication.publication-date">soon</i><dl><dt>Publication Date</dt>'
            "<dd>18 Dec 2025 9:30am</dd></dl>"
        ),
    ],
)
def test_the_publication_date_is_read_in_each_markup(markup: str) -> None:
    release = read_release(outline_of(markup), f"{STATISTICAL}/x/november-2025", files_url=FILES)
    assert release.published == date(2025, 12, 18)


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<p>18 Dec 2025</p>",
        "<dl><dt>Publication date</dt></dl>",
        '<i data-uipath="ps.publication.publication-date">31 Feb 2025</i>',
    ],
)
def test_an_absent_publication_date_is_none(markup: str) -> None:
    release = read_release(outline_of(markup), f"{STATISTICAL}/x/november-2025", files_url=FILES)
    assert release.published is None


def test_reissues_rank_in_the_order_they_came() -> None:
    stem = "Cloud Based Telephony By Durations - March 2026"
    names = [f"{stem}{suffix}.zip" for suffix in ("", "_v2", "_v10", "_0526", "_14-05-26_0526")]
    assert sorted(set(names), key=reissue_rank) == names
    assert {original_name(name) for name in names} == {f"{stem}.zip"}


def test_a_correction_may_have_a_second_number() -> None:
    assert original_name("NCDesJune24_v2.0.zip") == original_name("NCDesJune24.zip")
    assert reissue_rank("NCDesJune24_v2.0.zip") > reissue_rank("NCDesJune24.zip")


@pytest.mark.parametrize(
    "name",
    [
        "Practice_Level_Crosstab_Nov_25.zip",
        "National_Categories_CSV_2024_north_regions.csv",
        "gp-reg-pat-prac-sing-age-male.zip",
        "SUB_ICB_LOCATION_CSV_Sep_25.csv",
        "Cloud Based Telephony Metadata 2026.xlsx",
        "overview.csv",
    ],
)
def test_ordinary_names_are_not_reissues(name: str) -> None:
    assert original_name(name) == name
    assert reissue_rank(name) == (date.min, 1)


def test_of_several_issues_the_latest_counts() -> None:
    offered = [file("all_v2.csv"), file("map.csv"), file("all.csv"), file("all_0526.csv")]
    assert [item.name for item in latest_issues(offered)] == ["all_0526.csv", "map.csv"]


def test_ods_reports_are_a_release_of_today() -> None:
    release = ods_release("https://ods.example/api", ("epraccur", "eccg"), today=date(2026, 10, 2))
    assert release.slug == "ods-20261002"
    assert [item.url for item in release.files] == [
        "https://ods.example/api/getReport?report=epraccur",
        "https://ods.example/api/getReport?report=eccg",
    ]
