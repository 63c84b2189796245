"""Generated requests to operations of the OpenAPI document, checked against what it promises."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext, suppress
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

load_all_checks()
# Filters of which one must be given cannot be said in OpenAPI, so a valid request may be 400.
LEFT_OUT = {"positive_data_acceptance", "ignored_auth"}


def ask_operations(app: Flask, key: str, document: dict[str, Any], wanted: Collection[str]) -> int:
    """Ask the operations of some paths, validly and not; return how many requests were made."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    checks = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path not in wanted:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=5,
                derandomize=True,
                deadline=None,
                database=None,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                nonlocal tried
                tried += 1
                case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=checks)

            # Nothing about a request without parameters can be made wrong.
            with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
                ask()
    return tried
