from hypothesis import given
from hypothesis import strategies as st

from components import url_state

names = st.text("abcdefghij_", min_size=1, max_size=8)
texts = st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable())


@given(st.dictionaries(names, texts, max_size=6))
def test_values_survive_the_address(values: dict[str, str]) -> None:
    assert url_state.parse(url_state.build(values)) == values


@given(st.dictionaries(names, texts, max_size=6), st.dictionaries(names, texts, max_size=6))
def test_defaults_are_left_out_and_come_back(
    values: dict[str, str], defaults: dict[str, str]
) -> None:
    parsed = url_state.parse(url_state.build(values, defaults=defaults))
    assert not parsed.items() & defaults.items()
    known = {name: value for name, value in defaults.items() if name in values}
    assert known | parsed == values


def test_several_choices_are_one_readable_value() -> None:
    assert url_state.build({"vs": ("pcn", "england"), "org": "Y99001"}) == (
        "?vs=pcn,england&org=Y99001"
    )


def test_an_empty_choice_is_not_the_default() -> None:
    search = url_state.build({"vs": ()}, defaults={"vs": "pcn"})
    assert search == "?vs=none"
    assert url_state.split(url_state.parse(search)["vs"], default=("pcn",)) == ()
    assert url_state.split(None, default=("pcn",)) == ("pcn",)


def test_unknown_choices_are_dropped() -> None:
    assert url_state.split("pcn,<script>,england", allowed=("pcn", "england")) == (
        "pcn",
        "england",
    )


def test_nothing_to_say_is_an_empty_query() -> None:
    assert url_state.build({"org": None, "unit": "rate"}, defaults={"unit": "rate"}) == ""
    assert url_state.parse(None) == url_state.parse("") == url_state.parse("?") == {}


def test_control_ids_carry_name_and_default() -> None:
    control = url_state.control_id("vs", ("pcn", "england"))
    assert control == {"url": "vs", "default": "pcn,england"}
    assert url_state.dom_id(control) == '{"default":"pcn,england","url":"vs"}'
