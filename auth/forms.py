"""What a visitor typed into a form, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import request


@dataclass(slots=True)
class Form:
    """Values by field name, trimmed except for passwords, and messages by field name.

    The message of no field in particular is under "form".
    """

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, *names: str, passwords: tuple[str, ...] = ()) -> Form:
        """The named fields of the present request; control characters are dropped."""
        values = {name: _clean(request.form.get(name, "")) for name in names}
        values |= {name: request.form.get(name, "") for name in passwords}
        return cls(values)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def require(self, name: str, message: str) -> None:
        if not self[name]:
            self.errors.setdefault(name, message)

    def limit(self, name: str, most: int, label: str) -> None:
        if len(self[name]) > most:
            self.errors.setdefault(name, f"{label} may have at most {most:,} characters.")


def _clean(text: str) -> str:
    kept = (c for c in text if c in "\n\t" or c.isprintable())
    return "".join(kept).strip()
