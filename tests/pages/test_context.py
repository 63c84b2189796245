"""Reading the address: every value is checked, nothing raises."""

import statistics
from datetime import date

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components import url_state
from data.questions import queries
from data.questions.peers import Peers
from pages.dashboard import context, peers
from pages.dashboard.context import UnknownOrg, View
from pages.dashboard.registry import dashboards
from tests.pages.tools import GP_APPOINTMENTS, LIST_SIZE

KEYS = ("org", "month", "unit", "group", "vs", "membership", "measure", "span", "missed", "utm")
WORDS = st.one_of(
    st.sampled_from(
        [
            "",
            "A81001",
            "a81001",
            "U11111",
            "QK1",
            "QNEW",
            "Y60",
            "ENG",
            "2026-03",
            "2019-01",
            "2026-13",
            "none",
            "pcn,england",
            "similar",
            "supplier",
            "count",
            "current",
            "dna_rate",
            "all",
            "24",
        ]
    ),
    st.text(max_size=12),
)


def view(tool: object = GP_APPOINTMENTS, **values: str) -> View:
    found = context.read(tool, values)  # type: ignore[arg-type]
    assert isinstance(found, View)
    return found


@given(values=st.dictionaries(st.sampled_from(KEYS), WORDS))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_address_gives_a_view_or_an_unknown_organisation(
    asked: Flask, values: dict[str, str]
) -> None:
    for tool in dashboards():
        found = context.read(tool, values)
        if isinstance(found, UnknownOrg):
            assert values["org"].strip()
            continue
        assert isinstance(found, View)
        assert found.period in found.snapshot.months
        assert found.group in context.groups(found.org, found.areas, found.supplier)
        assert set(found.shown) <= {area.level for area in found.areas}
        peers.peers(found)


def test_the_number_of_an_even_group_is_the_mean_of_its_middle_two(asked: Flask) -> None:
    """For groups without an area of their own, of every size that the country has."""
    found = view(LIST_SIZE, org="A81001", group="similar")
    measure = found.snapshot.dataset.measure(found.snapshot.dataset.headline)
    codes = found.snapshot.codes("practice")
    for size in range(1, len(codes) + 1):
        group = Peers("similar", None, tuple(codes[:size]), "similar practices", "practices")
        values = queries.peer_values(
            found.snapshot, measure, "practice", month=found.period, codes=group.codes
        )
        expected = statistics.median(values.tolist()) if values.size else None
        assert peers.benchmark(found, group, measure) == expected


@given(values=st.dictionaries(st.sampled_from(KEYS), WORDS))
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_address_of_a_view_gives_the_view_back(asked: Flask, values: dict[str, str]) -> None:
    found = context.read(GP_APPOINTMENTS, values)
    if isinstance(found, View):
        again = view(**url_state.parse(context.query(found)))
        assert context.state(again) == context.state(found)


def test_without_an_organisation_it_is_england(asked: Flask) -> None:
    found = view()
    assert found.org.level == "england" and not found.chosen and found.areas == ()


def test_defaults_are_left_out_of_the_address(asked: Flask) -> None:
    assert context.query(view(org="A81001")) == "?org=A81001"
    assert context.query(view(org="A81001", unit="count")) == "?org=A81001&unit=count"


def test_the_permanent_link_names_the_month(asked: Flask) -> None:
    assert context.permanent(view(org="A81001")) == (
        "https://haresign.example/tools/gp-appointments/?org=A81001&month=2026-04"
    )


@pytest.mark.parametrize(
    ("text", "period"),
    [("2026-03", date(2026, 3, 1)), ("2026-00", None), ("2026-3", None), ("x", None)],
)
def test_months_are_read_as_year_and_month(asked: Flask, text: str, period: date | None) -> None:
    found = view(org="A81001", month=text)
    assert (found.period == period and not found.asked) if period else found.asked == text


def test_a_month_that_is_not_held_shows_the_nearest_and_says_so(asked: Flask) -> None:
    found = view(org="A81001", month="2026-02")
    assert found.asked == "2026-02"
    assert found.period in (date(2026, 1, 1), date(2026, 3, 1))


def test_the_nearest_month_is_the_later_of_two_equally_near() -> None:
    months = (date(2026, 1, 1), date(2026, 5, 1))
    assert context.nearest_period(months, date(2026, 3, 2)) == date(2026, 5, 1)


def test_a_closed_practice_and_an_old_code_open_at_their_last_month(asked: Flask) -> None:
    assert view(LIST_SIZE, org="QK1").period == date(2026, 3, 1)
    assert view(LIST_SIZE, org="QNEW").period == date(2026, 4, 1)


def test_an_unknown_code_comes_with_three_near_ones(asked: Flask) -> None:
    found = context.read(GP_APPOINTMENTS, {"org": "A8100"})
    assert isinstance(found, UnknownOrg)
    assert len(found.nearest) == 3 and found.nearest[0].code.startswith("A8100")


def test_similar_practices_are_only_for_practices(asked: Flask) -> None:
    assert view(org="A81001", group="similar").group == "similar"
    assert view(org="U11111", group="similar").group == "england"


def test_practices_compare_with_those_on_the_same_clinical_system(asked: Flask) -> None:
    found = view(org="A81001", group="supplier")
    group = peers.peers(found)
    same = [
        code
        for code in found.snapshot.codes("practice")
        if found.snapshot.home(code, found.period).get("supplier") == "EMIS"
    ]
    assert group.among == "practices using EMIS"
    assert sorted(group.codes or ()) == sorted(same) and "A81001" in same
    assert view(org="U11111", group="supplier").group == "england"
