"""Query parameters through marshmallow, with every refusal in the API's own words."""

from __future__ import annotations

from typing import Any, NoReturn

import flask
import flask_smorest
import marshmallow as ma
from webargs.flaskparser import FlaskParser

from api.errors import ApiError, suggestion

KEY_NEEDED: list[dict[str, list[str]]] = [{"bearer": []}]


class QueryParser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION = {"query": ma.RAISE}
    DEFAULT_VALIDATION_STATUS = 400

    def load_querystring(self, req: flask.Request, schema: ma.Schema) -> dict[str, str]:
        values: dict[str, str] = {}
        for name, given in req.args.lists():
            if len(given) > 1:
                raise ApiError(
                    400,
                    "invalid_parameter",
                    detail=f"The parameter '{name}' is given {len(given)} times.",
                    errors={name: ["Give it once."]},
                )
            values[name] = given[0]
        return values

    def handle_error(
        self, error: ma.ValidationError, req: flask.Request, schema: ma.Schema, **_: Any
    ) -> NoReturn:
        found: dict[str, list[str]] = error.messages["query"]  # type: ignore[call-overload]
        unknown = [name for name in found if name not in schema.fields]
        if unknown:
            known = list(schema.fields)
            told = [f"'{n}' is not a parameter here.{suggestion(n, known)}" for n in unknown]
            takes = f"It takes: {', '.join(known)}." if known else "It takes no parameters."
            raise ApiError(
                400,
                "unknown_parameter",
                detail=" ".join((*told, takes)),
                errors=dict(zip(unknown, ([text] for text in told), strict=True)),
            )
        raise ApiError(
            400,
            "invalid_parameter",
            detail=" ".join(f"{name}: {' '.join(said)}" for name, said in found.items()),
            errors=found,
        )


class Blueprint(flask_smorest.Blueprint):
    ARGUMENTS_PARSER = QueryParser()
