"""Query parameters through marshmallow, with every refusal in the API's own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import flask
import flask_smorest
import marshmallow as ma
from webargs.flaskparser import FlaskParser

from api.errors import ApiError, suggestion

REFUSALS = {
    400: "A parameter is missing, unknown or invalid",
    401: "No valid key",
    404: "There is nothing with that code",
    429: "A limit is used up; see Retry-After",
    503: "The data are not loaded on this server",
}
View = TypeVar("View", bound=Callable[..., flask.Response])


class NoQuery(ma.Schema):
    """An endpoint without parameters, which refuses any."""


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
        problems: dict[str, list[str]] = error.messages["query"]  # type: ignore[call-overload]
        unknown = [name for name in problems if name not in schema.fields]
        if unknown:
            known = list(schema.fields)
            sentences = [f"'{n}' is not a parameter here.{suggestion(n, known)}" for n in unknown]
            takes = f"It takes: {', '.join(known)}." if known else "It takes no parameters."
            raise ApiError(
                400,
                "unknown_parameter",
                detail=" ".join((*sentences, takes)),
                errors=dict(zip(unknown, ([text] for text in sentences), strict=True)),
            )
        raise ApiError(
            400,
            "invalid_parameter",
            detail=" ".join(f"{name}: {' '.join(texts)}" for name, texts in problems.items()),
            errors=problems,
        )


class Blueprint(flask_smorest.Blueprint):
    ARGUMENTS_PARSER = QueryParser()

    def endpoint(
        self,
        path: str,
        *,
        name: str,
        summary: str,
        query: ma.Schema,
        answer: type[ma.Schema],
        description: str = "",
        public: bool = False,
    ) -> Callable[[View], View]:
        """Serve GET and document it: parameters, answer, key and every refusal."""
        refusals = {
            str(status): {
                "description": meaning,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            }
            for status, meaning in REFUSALS.items()
            if (status != 404 or "<" in path) and (status not in (401, 429) or not public)
        }
        documentation = {
            "summary": summary,
            "description": description,
            "operationId": name.replace("-", "_"),
            "security": [] if public else [{"bearer": []}],
            "responses": {"304": {"description": "Unchanged since that ETag"}} | refusals,
        }

        def serve(view: View) -> View:
            documented = self.alt_response(200, schema=answer, description=summary)(view)
            parsed = self.arguments(query, location="query")(documented)
            described = self.doc(**documentation)(parsed)
            self.route(path, endpoint=name, methods=["GET"])(described)
            return view

        return serve
