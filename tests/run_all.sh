#!/bin/sh
# All tests, in parallel, ending in one verdict. Usage: run_all.sh VENV/bin
set -u
bin=$1
browser=""
for name in chromium chromium-browser google-chrome; do
  browser=$(command -v "$name") && break
done
if [ -z "$browser" ] && command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium for the browser tests"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
  browser=$(command -v chromium || true)
fi
if [ -z "$browser" ]; then
  echo "*** No Chromium was found: the browser tests are SKIPPED. ***"
  if [ -n "${REQUIRE_BROWSER:-}" ]; then
    echo "The browser tests are required here. VERDICT: FAILED"
    exit 1
  fi
fi
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null; then
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing PostgreSQL for the tests of accounts"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
  else
    echo "*** No PostgreSQL was found: accounts are tested on SQLite only. ***"
  fi
fi
for proxy in nginx caddy; do
  if ! PATH="$PATH:/usr/sbin" command -v "$proxy" >/dev/null; then
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
      echo "Installing $proxy for the test of its example in README.md"
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$proxy" >/dev/null || true
    else
      echo "*** No $proxy was found: its example in README.md is not tested. ***"
    fi
  fi
done
command -v cc >/dev/null || echo "*** No C compiler was found: clocks set anew are not tested. ***"
export CHROMIUM="$browser"
"$bin/python" -m pytest -n 2 --dist loadgroup -q
outcome=$?
if [ "$outcome" = 0 ]; then
  echo "VERDICT: everything passed"
else
  echo "VERDICT: FAILED"
fi
exit "$outcome"
