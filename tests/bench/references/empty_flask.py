"""An empty Flask application: what a machine allows. `behind` it stands the site's own server."""

from flask import Flask, Response

from data.server.bridge import Bridge

app = Flask(__name__)


@app.get("/")
def empty() -> Response:
    return Response(b"{}", content_type="application/json")


behind = Bridge(app)
