#!/usr/bin/env python3
"""HylaFAX's hook for a fax that came in: hands it to Madang. Runs on the fax server, Python 3.8.

Copy it to `bin/madang-received` in the spool, make it executable, and end `bin/faxrcvd` with
`bin/madang-received "$FILE" "$COMMID" "$CIDNUMBER"`. `etc/madang-received` (readable by uucp only)
holds two lines: the address as `madang messages fax-addresses` prints it, whole, and the shared
secret. A fax stays in `recvq`, and is handed over again with the next, until Madang has taken it.
What Madang refuses for good is put aside in `client/madang-received/refused` and said on the error
stream, which `faxrcvd` leaves to whoever minds the server; the fax itself stays where it is.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

SIGNATURE = "X-HylaFAX-Signature"
UNTOLD = Path("client/madang-received")
PAUSES = (0, 1, 5, 30, 120)
ANSWER_SECONDS = 60
FOR_GOOD = (400, 413, 414, 415, 422)
"""What is wrong with one fax, and no other; 401, 403 and 404 a setting mends, 429 and 5xx time."""


def news_of(file: Path, comm: str, sender: str) -> bytes:
    """What Madang is told of a fax: the communication's number, who sent it, when, its pages."""
    at = datetime.fromtimestamp(file.stat().st_mtime, timezone.utc)  # noqa: UP017 - older Python
    tiff = base64.b64encode(file.read_bytes()).decode()
    news = {"comm": comm, "from": sender, "at": at.isoformat(), "tiff": tiff}
    return json.dumps(news).encode()


def told(address: str, secret: str, body: bytes) -> int:
    """Post one fax; the status of the answer, 0 where there was none."""
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }
    request = urllib.request.Request(address, body, headers)  # noqa: S310 - the setting names it
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


def put_aside(note: Path, why: str) -> None:
    """Keep a note out of the way of those after it, and say so."""
    sys.stderr.write("madang-received: " + note.name + " put aside: " + why + "\n")
    refused = UNTOLD / "refused"
    refused.mkdir(exist_ok=True)
    with contextlib.suppress(FileNotFoundError):  # another run was quicker
        note.replace(refused / note.name)


def main(file: str, comm: str, sender: str) -> None:
    """Note this fax, then hand it over and whatever was left, oldest first."""
    address, secret = Path("etc/madang-received").read_text("utf-8").splitlines()[:2]
    UNTOLD.mkdir(exist_ok=True)
    note = json.dumps([file, comm, sender])
    (UNTOLD / f"{time.time_ns()}.json").write_text(note, "utf-8")
    for pause in PAUSES:
        time.sleep(pause)
        for left in sorted(UNTOLD.glob("*.json")):
            try:
                name, comm, sender = json.loads(left.read_text("utf-8"))
                body = news_of(Path(name), comm, sender)
            except FileNotFoundError:
                left.unlink(missing_ok=True)  # handed over by another run, or cleaned away
                continue
            except ValueError:
                put_aside(left, "the note cannot be read")
                continue
            status = told(address, secret, body)
            if status in FOR_GOOD:
                put_aside(left, "answered with " + str(status))
                continue
            if not 200 <= status < 300:
                break
            left.unlink(missing_ok=True)
        else:
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
