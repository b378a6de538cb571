"""A Kannel of the test's own: bearerbox, smsbox and the fake SMSC, on free ports of loopback."""

import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

from tests.engines.running import Processes, listens, quiet_port, wait_for

USER, PASSWORD = "madang", "password of the tests"
CONFIGURATION = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = none
smsbox-port = {smsbox}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal
store-type = file
store-location = {folder}/store
store-dump-freq = 1
sms-resend-freq = 1
{core}

group = smsc
smsc = fake
smsc-id = FAKE
port = {smsc}
connect-allow-ip = 127.0.0.1
{smsc_more}

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {smsbox}
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
http-request-retry = 20
http-queue-delay = 1

group = sendsms-user
username = {user}
password = {password}
max-messages = 10
concatenation = true
"""
_GOT = re.compile(r"Got message \d+: <(.*)>$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """One part as the SMSC got it: number `index` of `total` of a message `of` that number."""

    sender: str
    recipient: str
    text: str
    of: int = 0
    index: int = 1
    total: int = 1


@dataclass
class KannelEngine:
    folder: Path
    core: str = ""
    smsc_more: str = ""
    ports: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ports = {name: quiet_port() for name in ("admin", "smsbox", "smsc", "sendsms")}
        self.processes = Processes(self.folder)
        (self.folder / "kannel.conf").write_text(
            CONFIGURATION.format(
                folder=self.folder,
                core=self.core,
                smsc_more=self.smsc_more,
                user=USER,
                password=PASSWORD,
                **self.ports,
            )
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['sendsms']}/cgi-bin/sendsms"

    def open(self) -> None:
        self.start_boxes()
        self.start_smsc()

    def start_boxes(self) -> None:
        self.processes.start("bearerbox", "bearerbox", "kannel.conf")
        wait_for("bearerbox", lambda: listens(self.ports["smsbox"]))
        self.processes.start("smsbox", "smsbox", "kannel.conf")
        wait_for("smsbox", lambda: listens(self.ports["sendsms"]))

    def start_smsc(self) -> None:
        known = self._log().count("Connecting to")
        self.processes.start(
            "fakesmsc",
            "/usr/lib/kannel/test/fakesmsc",
            *("-H", "127.0.0.1", "-r", str(self.ports["smsc"]), "-m", "0"),
        )
        wait_for("the SMSC", lambda: self._log().count("Connecting to") > known)

    def stop_smsc(self) -> None:
        self.processes.stop("fakesmsc")

    def kill_boxes(self) -> None:
        """kill -9 of the bearerbox; smsbox ends without it."""
        self.processes.stop("bearerbox", signal.SIGKILL)
        self.processes.stop("smsbox")

    def close(self) -> None:
        self.processes.stop_all()

    def _log(self) -> str:
        log = self.folder / "fakesmsc.log"
        return log.read_text("utf-8", "replace") if log.exists() else ""

    def parts(self) -> list[Part]:
        """Every part that has reached the SMSC so far."""
        lines = re.split(r"\n(?=\d{4}-\d\d-\d\d )", self._log())
        return [_part(found[1]) for line in lines if (found := _GOT.search(line.rstrip()))]

    def texts(self) -> dict[str, list[str]]:
        """The messages by number, put together from their parts as a phone does."""
        texts: dict[str, list[str]] = {}
        joined: dict[tuple[str, int], dict[int, Part]] = {}
        for part in self.parts():
            parts = joined.setdefault((part.recipient, part.of), {}) if part.total > 1 else {}
            parts[part.index] = part
            if len(parts) == part.total:
                text = "".join(parts[index].text for index in range(1, part.total + 1))
                texts.setdefault(part.recipient, []).append(text)
                joined.pop((part.recipient, part.of), None)
        return texts


def _part(line: str) -> Part:
    """`from to text words…`, `from to ucs-2 %XX…` or `from to udh %XX… data %XX…`."""
    sender, recipient, kind, rest = line.split(" ", 3)
    if kind == "text":
        return Part(sender, recipient, rest)
    if kind == "ucs-2":
        return Part(sender, recipient, _bytes(rest).decode("utf-16-be"))
    udh, _, data = rest.split(" ", 2)
    header = _bytes(udh)
    return Part(
        sender, recipient, _bytes(data).decode("utf-16-be"), header[3], header[5], header[4]
    )


def _bytes(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", " "))
