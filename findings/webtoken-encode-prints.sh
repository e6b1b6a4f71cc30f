#!/usr/bin/env bash
# webtoken's `encode` prints a line to standard output for each token that it makes; nothing says so, and no option stops it.
#
# PyJWT, whose interface it has, prints nothing; whoever pipes a program's output finds the lines among it.
# Seen with webtoken 0.5.0 on Python 3.11 (Linux x86-64):
#   webtoken.encode printed 'fpoo' for HS256, and webtoken.decode nothing
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet webtoken==0.5.0

cat >"$folder/made.py" <<'PYTHON'
import sys

import webtoken

token = webtoken.encode({"sub": "42"}, "k" * 32, algorithm="HS256")
sys.stderr.write(token)
PYTHON
cat >"$folder/read.py" <<'PYTHON'
import sys

import webtoken

webtoken.decode(sys.argv[1], "k" * 32, algorithms=["HS256"])
PYTHON
said=$("$folder/env/bin/python" "$folder/made.py" 2>"$folder/token")
read_said=$("$folder/env/bin/python" "$folder/read.py" "$(cat "$folder/token")")
"$folder/env/bin/python" -m pip freeze | grep webtoken
echo "webtoken.encode printed '$said' for HS256, webtoken.decode '$read_said'"
test "$said" != "" && test "$read_said" = ""
