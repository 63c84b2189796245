"""The least that a Flask application can answer, served as the site is: what a machine allows."""

from flask import Flask, Response

app = Flask(__name__)


@app.get("/")
def bare() -> Response:
    return Response(b"{}", content_type="application/json")
