"""A child of the workbench: reads jobs from its standard input, answers on its standard output.

It may have a stranger's file in its hands: its memory and its processor time are capped, it writes
no file, and each kind of job brings only the decoders that it needs.
"""

import json
import math
import os
import resource
import struct
import sys
from collections.abc import Callable
from importlib import import_module

from gateways.encode.parcels import Facts, Parcel, Refused, listed, pages_of, pieces, whole


def _photo_job(_: Facts, blobs: list[bytes]) -> Parcel:
    from gateways.encode import photo

    (data,) = blobs
    done = photo.prepare(data)
    return {"width": done.width, "height": done.height}, [done.full, done.thumb]


def _attachment_job(facts: Facts, blobs: list[bytes]) -> Parcel:
    from gateways.encode import attachment

    (data,) = blobs
    read = attachment.read(data, whole(facts["pages_max"]))
    answer: Facts = {"rows": [page.rows for page in read.pages], "texts": list(read.texts)}
    return answer, [page.strip for page in read.pages]


def _received_job(facts: Facts, blobs: list[bytes]) -> Parcel:
    from gateways.encode import received

    (data,) = blobs
    read = received.read(data, whole(facts["pages_max"]))
    answer: Facts = {"rows": [page.rows for page in read.pages], "more": int(read.more)}
    return answer, [page.strip for page in read.pages]


def _fax_job(facts: Facts, blobs: list[bytes]) -> Parcel:
    from datetime import datetime
    from pathlib import Path

    from gateways.encode import fax
    from gateways.encode.fax_cover import Cover

    at = datetime.fromisoformat(str(facts["at"]))
    header = fax.Header(str(facts["sender"]), str(facts["recipient"]), at)
    cover = None if facts["cover"] is None else Cover(*listed(facts["cover"]))
    attached = pages_of(facts, blobs)
    done = fax.draw(str(facts["text"]), attached, header, Path(str(facts["font"])), cover)
    answer: Facts = {"lacking": done.lacking, "rows": [page.rows for page in done.pages]}
    return answer, [page.strip for page in done.pages]


_JOBS: dict[str, Callable[[Facts, list[bytes]], Parcel]] = {
    "photo": _photo_job,
    "attachment": _attachment_job,
    "received": _received_job,
    "fax": _fax_job,
}


def _exactly(size: int) -> bytes:
    data = sys.stdin.buffer.read(size)
    if len(data) < size:
        os._exit(0)  # the server has gone, and nothing here is worth tidying up
    return data


def _allow(seconds: int) -> None:
    """So many seconds of processor time more than were used until now; then the system ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    ends = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (ends, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def serve(memory_max: int, cpu_seconds_max: int) -> None:
    """Do one job after the other, as long as somebody asks; the seconds are those of one job."""
    import_module("gateways.encode.pdf")  # nobody else does, and its bytecode is a file to write
    resource.setrlimit(resource.RLIMIT_AS, (memory_max, memory_max))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it reads fonts; it writes no file
    os.nice(5)
    out = sys.stdout.buffer
    while True:
        facts_size, count = struct.unpack("!II", _exactly(8))
        sizes = struct.unpack(f"!{count}I", _exactly(4 * count))
        facts: Facts = json.loads(_exactly(facts_size))
        blobs = [_exactly(size) for size in sizes]
        _allow(cpu_seconds_max)
        try:
            answer = _JOBS[str(facts["job"])](facts, blobs)
        except Refused as error:
            answer = error.refusal, []
        del blobs
        for piece in pieces(answer):
            out.write(piece)
        out.flush()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
