"""A speed layer: nothing here decides what a page shows, and all of it could be left out.

`serialise` sends nodes as plain dicts instead of Dash's components; `short` sends parts that only
have to be read as data, in short forms, which assets/speed/built.js turns into elements;
assets/speed/turns.js has charts take turns. docs/decisions/speed-layer.md says why and what it
costs; tests/components/test_speed.py fails when a new Dash changes what this relies on.
"""
