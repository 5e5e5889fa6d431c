#!/bin/sh
# Chromium and fonts for the browser tests. Installs them from Debian's packages where we are root and apt exists;
# elsewhere it only says what is missing, and the browser tests say that they are skipped.
set -eu
have() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
have && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing Chromium for the browser tests …"
    log=$(mktemp)
    if apt-get update -qq >"$log" 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >>"$log" 2>&1; then
        rm -f "$log"
        exit 0
    fi
    tail -5 "$log" >&2
    rm -f "$log"
fi
echo "no Chromium here: the browser tests will be skipped (install the package 'chromium' to run them)" >&2
