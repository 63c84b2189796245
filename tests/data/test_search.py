"""What a search finds, in which order, and that it equals an obvious slow search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.names import words
from data.names.index import ADDRESS, NAME, NONE, TOWN, Entry, NameIndex
from data.versions.orgs import Org, Organisations
from tests.published_files import SITES

TEXTS = st.sampled_from(["", "ab", "abc", "b", "bc ca", "ca ab", "abc b", "c", "bc ab abc"])
ENTRIES = st.builds(
    Entry, code=st.just("x"), name=TEXTS, town=TEXTS, address=TEXTS, closed=st.booleans()
)


def slow(entries: list[Entry], text: str) -> list[tuple[bool, int, int]]:
    """(closed, tier, place) of the entries in which each word begins a word of some field."""
    found = []
    for place, entry in enumerate(entries):
        fields = ((NAME, entry.name), (TOWN, entry.town), (ADDRESS, entry.address))
        tier = 0
        for word in words.typed(text):
            holding = [
                at for at, field in fields if any(w.startswith(word) for w in words.indexed(field))
            ]
            tier = max(tier, min(holding, default=NONE))
        if tier < NONE:
            found.append((entry.closed, tier, place))
    return sorted(found)


@given(st.lists(ENTRIES, max_size=6), st.sampled_from(["a", "ab", "abc", "b ca", "ab bc", "c"]))
def test_the_index_finds_what_a_search_of_every_entry_finds(
    entries: list[Entry], text: str
) -> None:
    found = NameIndex(entries).find(text)
    expected = slow(entries, text)
    if not expected:
        is_joined = " " in text  # two words may be one of a name: river side
        assert found.near or is_joined or not len(found.places)
        return
    ordered = list(zip(found.places.tolist(), found.tiers.tolist(), strict=True))
    assert sorted(place for place, _ in ordered) == sorted(place for *_, place in expected)
    assert [(entries[place].closed, tier) for place, tier in ordered] == [
        (closed, tier) for closed, tier, _ in expected
    ]


def directory(*orgs: Org) -> Organisations:
    return Organisations({(org.level, org.code): org for org in orgs}, ())


def practice(code: str, name: str, **more: str) -> Org:
    return Org("practice", code, name, None, None, **more)  # type: ignore[arg-type]


PARK = practice("A81001", "Park Surgery", postcode="TS1 1AA", town="Stockton")
QUEENS = practice("A81002", "Queens Park Medical", postcode="TS2 2AA")
CLOSED = practice("A81003", "Park Lane", status="closed")
PCN = Org("pcn", "U11111", "Parkway PCN", None, None)
COUNTRY = directory(PARK, QUEENS, CLOSED, PCN)


def test_a_name_that_begins_so_comes_before_one_that_holds_it_and_closed_ones_come_last() -> None:
    assert COUNTRY.search("park") == [PARK, QUEENS, PCN, CLOSED]
    assert COUNTRY.search("par", levels=("practice",)) == [PARK, QUEENS, CLOSED]


def test_each_kind_of_match_has_its_place() -> None:
    """Code, postcode or its district, name, former name, town, address, closed."""
    code = practice("BN1", "Zeta Surgery")
    district = practice("G81001", "Wish Park", postcode="BN1 6AG")
    name = practice("G81002", "BN1 Practice", postcode="LE1 1AA")
    former = Org("practice", "G81003", "New Surgery", None, None, former=("BN1 Surgery",))
    town = practice("G81004", "Alpha", town="BN1")
    address = practice("G81005", "Alpha", address="1 BN1 Road")
    closed = practice("G81006", "BN1 Practice", status="closed", postcode="BN1 1AA")
    other = practice("G81007", "Alpha", postcode="BN11 1AA")
    everything = directory(closed, other, address, town, former, name, district, code)
    assert everything.search("bn1") == [
        code, district, name, former, town, address, other, closed
    ]  # fmt: skip
    assert everything.search("BN1 6AG") == [district]
    hits = everything.find("bn1 surgery").first(("practice",))
    assert [(hit.org, hit.formerly) for hit in hits] == [(code, ""), (former, "BN1 Surgery")]


def test_the_article_is_no_part_of_a_name() -> None:
    weir, street = practice("A1", "The Weir Practice"), practice("A2", "Old Weir Surgery")
    side = practice("A3", "Weirside Surgery")
    assert directory(side, street, weir).search("weir") == [weir, street, side]
    assert directory(weir).search("the weir") == [weir]


def test_a_word_inside_another_does_not_come_before_a_town() -> None:
    wheatley, cathedral = practice("A1", "Wheatley"), practice("A2", "Cathedral", town="Ely")
    assert directory(wheatley, cathedral).search("ely") == [cathedral]


def test_an_exact_code_or_name_comes_first() -> None:
    assert COUNTRY.search("a81002") == [QUEENS]
    assert COUNTRY.search("a81003") == [CLOSED]
    assert COUNTRY.search("park surgery")[0] == PARK


POSTCODES = ("TS1 1AA", "ts11aa", "TS1-1AA", "(TS1 1AA)", "TS1 1AA,")


@pytest.mark.parametrize("text", [*POSTCODES, "(A81001)", "A81001,", "a81001."])
def test_punctuation_around_codes_and_postcodes_says_nothing(text: str) -> None:
    assert COUNTRY.search(text) == [PARK]


def test_a_postcode_that_nobody_has_finds_its_district() -> None:
    assert COUNTRY.search("TS1 9ZZ") == [PARK]


NAMES = (
    "Drs Bellwether & Gill",
    "St Mary's Health Centre",
    "Dr CM Patel's Surgery",
    "Riverside Med.Ctr.",
    "O'Brien Practice",
    "Park View H/C",
    "27@Northgate",
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Drs Bellwether & Gill", NAMES[0]),
        ("drs bellwether and gill", NAMES[0]),
        ("doctors bellwether gill", NAMES[0]),
        ("saint marys", NAMES[1]),
        ("st. mary’s", NAMES[1]),
        ("st mary s health", NAMES[1]),
        ("dr c.m. patel", NAMES[2]),
        ("C M Patel", NAMES[2]),
        ("doctor patel", NAMES[2]),
        ("Dr CM Patel’s", NAMES[2]),
        ("riverside medical centre", NAMES[3]),
        ("riverside med ctr", NAMES[3]),
        ("river side", NAMES[3]),
        ("riversid medcal", NAMES[3]),
        ("o brien", NAMES[4]),
        ("obrien", NAMES[4]),
        ("o’brien practise", NAMES[4]),
        ("parkview health centre", NAMES[5]),
        ("park view hc", NAMES[5]),
        ("northgate", NAMES[6]),
        ("Bellwether surgery", NAMES[0]),
    ],
)
def test_ways_in_which_people_write_a_name(text: str, name: str) -> None:
    orgs = [practice(f"A8100{at}", one) for at, one in enumerate(NAMES)]
    assert directory(*orgs).search(text)[0].name == name


def test_a_network_is_found_by_its_long_name_too() -> None:
    assert COUNTRY.search("parkway primary care network") == [PCN]


def test_words_run_together_find_the_name() -> None:
    assert COUNTRY.search("queenspark medicl")[0] == QUEENS
    assert COUNTRY.search("qeens medicl")[0] == QUEENS
    assert COUNTRY.search("zzzzzzzz") == []


def test_levels_limit_and_count_hold() -> None:
    assert COUNTRY.search("park", levels=("pcn",)) == [PCN]
    assert COUNTRY.search("park", limit=1) == [PARK]
    assert COUNTRY.search("   ") == [] and COUNTRY.search("&") == []
    hits = COUNTRY.find("park")
    assert (hits.count(("practice",)), hits.near) == (3, False)
    assert [hit.org for hit in hits.first(("practice",), 1, start=1)] == [QUEENS]


def test_a_town_finds_its_practices_before_a_street_of_that_name() -> None:
    street = practice("A1", "Alpha", address="Stockton Road", town="Derby")
    assert directory(street, PARK).search("stockton") == [PARK, street]


def test_every_code_finds_its_own_first() -> None:
    orgs = [practice(site.code, f"Practice {site.code[1:]}") for site in SITES]
    everything = directory(*orgs)
    assert [everything.search(org.code)[0] for org in orgs] == orgs


def test_a_name_that_ends_in_its_code_is_not_followed_by_it_again() -> None:
    assert Org("sub_icb", "16C", "NHS Park ICB - 16C", None, None).label == "NHS Park ICB - 16C"
    assert PARK.label == "Park Surgery (A81001)"
