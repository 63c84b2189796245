"""Serve the site until it is stopped: `python -m data.server`."""

from __future__ import annotations

from data import home, logs
from data.server.parent import serve
from data.settings import Settings, SettingsError


def main() -> None:
    try:
        settings = Settings.from_environment()
        home.prepare(settings.home)
        logs.configure(settings.log)
        serve(settings)
    except SettingsError as error:
        raise SystemExit(f"Haresign cannot start: {error}") from None


if __name__ == "__main__":
    main()
