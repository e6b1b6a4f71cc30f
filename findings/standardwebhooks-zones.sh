#!/usr/bin/env bash
# standardwebhooks' Webhook.sign takes the wall clock of an aware datetime for UTC: out of another zone it signs another second.
#
# The signature is over the timestamp that stands in the header (Standard Webhooks 1.0). `sign` replaces the zone of the
# datetime that it is given instead of converting it, so that whoever sends its POSIX time in the header is refused, by the
# library's own `verify` as well.
# Seen with standardwebhooks 1.1.0 on Python 3.11 (Linux x86-64):
#   the same moment in UTC verifies: True
#   the same moment at +02:00 verifies: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet standardwebhooks==1.1.0

cat >"$folder/seen.py" <<'PYTHON'
import sys
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

hook = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
now = datetime.now(timezone.utc)


def verifies(at):
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": hook.sign("msg_1", at, "{}"),
    }
    try:
        hook.verify("{}", headers)
    except WebhookVerificationError:
        return False
    return True


print("standardwebhooks", version("standardwebhooks"))
elsewhere = now.astimezone(timezone(timedelta(hours=2)))
assert elsewhere == now
seen = verifies(now), verifies(elsewhere)
print("the same moment in UTC verifies:", seen[0])
print("the same moment at +02:00 verifies:", seen[1])
sys.exit(seen != (True, False))
PYTHON
"$folder/env/bin/python" "$folder/seen.py"
