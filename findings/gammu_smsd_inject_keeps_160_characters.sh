#!/bin/sh
# gammu-smsd 1.42.0-8 (Debian 12), the usual way to send through a GSM stick. A text of 240 characters is given with
# -text, without the optional -len. One expects two parts, or an error. Seen: one message with the first 160
# characters; the exit code is 0, "Written message with ID", and no warning: the way out and the assembly point, told
# last, are gone. With -len 400 the same text is kept whole.
set -eu
command -v gammu-smsd-inject >/dev/null || apt-get install -y -q gammu-smsd=1.42.0-8 >/dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/in" "$work/out" "$work/sent" "$work/error"
cat >"$work/smsdrc" <<CONF
[gammu]
device = /dev/null
connection = at
[smsd]
service = files
inboxpath = $work/in/
outboxpath = $work/out/
sentsmspath = $work/sent/
errorsmspath = $work/error/
logfile = $work/log
CONF
words=$(python3 -c 'print("Fire! " * 40, end="")')
inject() {
    rm -f "$work"/out/*
    gammu-smsd-inject -c "$work/smsdrc" TEXT 10086 -text "$words" "$@" 2>"$work/said"
    cat "$work"/out/* | sed -n 's/^Text[0-9]* = //p' | tr -d '\r\n' | wc -c
}
cut=$(inject | tail -n 1)
if grep -v "No PIN code" "$work/said" | grep -qi warn; then exit 1; fi
whole=$(inject -len 400 | tail -n 1)
echo "given 240 characters; kept $((cut / 4)) without -len, $((whole / 4)) with -len 400"
test $((cut / 4)) -eq 160
test $((whole / 4)) -ge 240
