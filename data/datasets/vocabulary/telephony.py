"""Telephony's participation list: which practices agreed, have data and share an account."""

from __future__ import annotations

from data.spec import Measure, Part

QUESTIONS = {  # of the participation list: id of a part, in words
    "agreed": "Practices that agreed to take part",
    "received": "Practices whose data were received and passed",
    "sharing": "Practices on an account that they share",
}


def _answer(question: str) -> str:
    return f"any_value(answer) FILTER (WHERE question = '{question}')"


def _yes(question: str) -> str:
    """1 for yes and 0 for no; NULL where the list says neither."""
    return f"CASE {_answer(question)} WHEN 'Yes' THEN 1 WHEN 'No' THEN 0 END"


def _reason(where: str) -> str:
    """1 or 0 for a practice whose place in the collection follows from its answers, else NULL."""
    received, agreed, sharing = (_yes(one) for one in ("received", "agreed", "sharing"))
    return (
        f"CASE WHEN ({received} = 1 AND {sharing} IS NOT NULL) "
        f"OR ({received} = 0 AND {agreed} IS NOT NULL) THEN ({where})::BIGINT END"
    )


REASONS = {
    "own_account": (
        "Practices with data, on an account of their own",
        f"{_yes('received')} = 1 AND {_yes('sharing')} = 0",
    ),
    "shared_account": (
        "Practices with data, on an account that they share",
        f"{_yes('received')} = 1 AND {_yes('sharing')} = 1",
    ),
    "agreed_without_data": (
        "Practices that agreed, without data",
        f"{_yes('received')} = 0 AND {_yes('agreed')} = 1",
    ),
    "not_agreed": (
        "Practices that did not agree, without data",
        f"{_yes('received')} = 0 AND {_yes('agreed')} = 0",
    ),
}


def _parts() -> tuple[Part, ...]:
    found = []
    for question, label in QUESTIONS.items():
        known = f"CASE WHEN {_yes(question)} IS NOT NULL THEN 1 END"
        found += [
            Part(question, label, _yes(question), table="participation"),
            Part(f"{question}_known", f"{label}, or not", known, table="participation"),
        ]
    found += [
        Part(part, label, _reason(where), table="participation")
        for part, (label, where) in REASONS.items()
    ]
    return tuple(found)


def _share(measure: str, label: str, num: str, what: str, why: str) -> Measure:
    return Measure(
        measure,
        label,
        num=num,
        den=f"{num}_known",
        unit="percent",
        what=f"{what} as a percentage of those on the participation list",
        why=why,
    )


PARTICIPATION = _parts()
PARTICIPATION_MEASURES = (
    _share(
        "agreed_share",
        "Agreed to take part",
        "agreed",
        "practices that agreed to take part in the collection",
        "A practice that has not agreed is missing for that reason, not for want of calls.",
    ),
    _share(
        "received_share",
        "With data",
        "received",
        "practices whose data were received and passed",
        "A practice may have agreed and still be missing, because its supplier sends nothing yet "
        "or because what it sent did not pass.",
    ),
    _share(
        "sharing_share",
        "On a shared account",
        "sharing",
        "practices on a telephone account that they share with others",
        "Their calls count in areas only, so most of them have no row of calls of their own.",
    ),
)
