#!/usr/bin/env python3
"""HylaFAX's notify hook: tells Madang how a fax ended. Runs on the fax server, Python 3.8.

Copy it to `bin/madang-notify` in the spool, make it executable, and set `NotifyCmd:
bin/madang-notify` in `etc/config`. `etc/madang` (readable by uucp only) holds two lines: the
address `https://…/callbacks/hylafax` and the shared secret. News is stored before it is told, and
told again with the next until Madang has taken it. HylaFAX calls: QFILE WHY JOBTIME [NEXT].
"""

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
UNTOLD = Path("client/madang")
PAUSES = (0, 1, 5, 30, 120)
ANSWER_SECONDS = 20


def news_of(qfile: Path, why: str) -> dict[str, object]:
    """What Madang is told of a job, from its queue file."""
    job: dict[str, str] = {}
    for line in qfile.read_text("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        job.setdefault(name, value)
    return {
        "order": job.get("jobtag", ""),
        "job": job.get("jobid", ""),
        "why": why,
        "pages": int(job.get("npages", "0")),
        "status": job.get("status", ""),
        "at": datetime.now(timezone.utc).isoformat(),  # noqa: UP017 - an older Python, there
    }


def told(address: str, secret: str, body: bytes) -> bool:
    """Post one piece of news; whether it need not be told again."""
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }
    request = urllib.request.Request(address, body, headers)  # noqa: S310 - etc/madang names it
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return bool(200 <= answer.status < 300)
    except urllib.error.HTTPError as refusal:
        return refusal.code == 400  # unreadable it stays
    except OSError:
        return False


def main(qfile: str, why: str) -> None:
    """Store this piece of news, then tell it and whatever was left untold, oldest first."""
    address, secret = Path("etc/madang").read_text("utf-8").splitlines()[:2]
    UNTOLD.mkdir(exist_ok=True)
    body = json.dumps(news_of(Path(qfile), why)).encode()
    (UNTOLD / f"{time.time_ns()}.json").write_bytes(body)
    for pause in PAUSES:
        time.sleep(pause)
        for file in sorted(UNTOLD.glob("*.json")):
            try:
                left = file.read_bytes()
            except FileNotFoundError:
                continue  # another run of the hook has told it
            if not told(address, secret, left):
                break
            file.unlink(missing_ok=True)
        else:
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
