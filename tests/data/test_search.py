"""Search by text: what is found, in which order, and that it equals an obvious slow search."""

from hypothesis import given
from hypothesis import strategies as st

from data.versions.orgs import Org, Organisations, display_name
from data.versions.search import TextIndex

WORDS = st.text(alphabet="abc ", min_size=1, max_size=8)


def slow(lines: list[str], words: list[str]) -> list[tuple[int, int]]:
    wanted = list(dict.fromkeys(words))
    found = []
    for number, line in enumerate(lines):
        text = " " + " ".join(line.split())
        if wanted and all(word in text for word in wanted):
            starts = sum(f" {word}" in text for word in wanted)
            found.append((starts + text.startswith(" " + " ".join(words)), number))
    return sorted(found, key=lambda pair: (-pair[0], pair[1]))


@given(st.lists(WORDS, max_size=12), WORDS)
def test_the_index_finds_what_a_search_of_every_line_finds(lines: list[str], typed: str) -> None:
    words = typed.split()
    assert TextIndex(lines).find(words) == slow(lines, words)


@given(st.lists(WORDS, max_size=12), WORDS, st.integers(1, 4))
def test_a_limit_keeps_the_best(lines: list[str], typed: str, limit: int) -> None:
    words = typed.split()
    assert TextIndex(lines).find(words, limit=limit) == slow(lines, words)[:limit]


def directory(*orgs: Org) -> Organisations:
    return Organisations({(org.level, org.code): org for org in orgs}, ())


PARK = Org("practice", "A81001", "Park Surgery", None, None, postcode="TS1 1AA", town="Stockton")
QUEENS = Org("practice", "A81002", "Queens Park Medical", None, None, postcode="TS2 2AA")
CLOSED = Org("practice", "A81003", "Park Lane", None, None, status="closed")
PCN = Org("pcn", "U11111", "Parkway PCN", None, None)
COUNTRY = directory(PARK, QUEENS, CLOSED, PCN)


def test_names_that_start_with_it_come_first_and_among_them_open_practices() -> None:
    assert COUNTRY.search("park") == [PARK, PCN, CLOSED, QUEENS]
    assert COUNTRY.search("par", levels=("practice",)) == [PARK, CLOSED, QUEENS]


def test_an_exact_code_or_name_comes_first() -> None:
    assert COUNTRY.search("a81002") == [QUEENS]
    assert COUNTRY.search("park lane")[0] == CLOSED


def test_a_postcode_is_found_with_or_without_its_space_and_else_by_its_district() -> None:
    assert COUNTRY.search("TS1 1AA") == COUNTRY.search("ts11aa") == [PARK]
    assert COUNTRY.search("TS1 9ZZ") == [PARK]


def test_a_misspelt_name_finds_names_like_it() -> None:
    assert COUNTRY.search("qeens medicl")[0] == QUEENS


def test_words_run_together_find_the_name() -> None:
    assert COUNTRY.search("queenspark medicl")[0] == QUEENS
    assert COUNTRY.search("zzzzzzzz") == []


def test_levels_and_limit_hold() -> None:
    assert COUNTRY.search("park", levels=("pcn",)) == [PCN]
    assert COUNTRY.search("park", limit=1) == [PARK]
    assert COUNTRY.search("   ") == []


def test_codes_in_names_keep_their_capitals() -> None:
    assert display_name("NHS PARK ICB - 16C") == "NHS Park ICB - 16C"
    assert display_name("NHS PARK ICB - D9Y0V") == "NHS Park ICB - D9Y0V"
    assert display_name("1ST AVENUE SURGERY") == "1st Avenue Surgery"
