"""A HylaFAX of the test's own with pairs of iaxmodems for telephones: real calls on one machine.

Each pair is one line: `ttyMad…s` sends, `ttyMad…r` receives. hfaxd, faxq and faxgetty insist on
root and turn into uucp by themselves.
"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from gateways.providers import hylafax_notify
from tests.engines.exchange import BusyExchange
from tests.engines.packages import program
from tests.engines.running import Processes, listens, quiet_port, wait_for

SPOOL = Path("/var/spool/hylafax")
DIRECTORIES = (
    *("archive", "bin", "client", "config", "dev", "docq", "doneq", "etc", "info", "log"),
    *("pollq", "recvq", "sendq", "status", "tmp"),
)
SCHEDULER = """
CountryCode: 82
AreaCode: 2
LongDistancePrefix: 0
InternationalPrefix: 00
DialStringRules: etc/dialrules
NotifyCmd: bin/madang-notify
"""
MODEM = """
CountryCode: 82
AreaCode: 2
FAXNumber: +82.2.2670.3500
LongDistancePrefix: 0
InternationalPrefix: 00
DialStringRules: etc/dialrules
SessionTracing: 11
DeviceMode: 0660
RingsBeforeAnswer: 1
LocalIdentifier: Madang
UseJobTSI: yes
RecvFileMode: 0644
ModemType: Class1
ModemResetCmds: "ATH1\\nAT+VCID=1"
ModemReadyCmds: ATH0
Class1AdaptRecvCmd: AT+FAR=1
Class1TMConnectDelay: 400
CallIDPattern: "NMBR="
CallIDPattern: "NAME="
JobReqBusy: 3
JobReqNoAnswer: 3
JobReqNoCarrier: 3
JobReqProto: 3
JobReqOther: 3
"""
TELEPHONE = """
device /dev/{device}
owner uucp:uucp
mode 660
port {port}
refresh 0
server 127.0.0.1:{other}
peername {device}
secret none
cidname Madang
cidnumber 0226703500
codec slinear
"""


@dataclass
class Line:
    """One pair. `answers`: a fax machine takes the call; otherwise the telephone rings for ever,
    or the exchange says busy where `engaged`."""

    name: str
    answers: bool = True
    engaged: bool = False

    def device(self, end: str) -> str:
        return f"ttyMad{os.getpid()}{self.name}{end}"


@dataclass
class HylaFaxEngine:
    folder: Path
    lines: list[Line]
    callback_url: str
    secret: str
    port: int = field(default_factory=quiet_port)

    def __post_init__(self) -> None:
        self.folder.chmod(0o711)
        self.processes = Processes(self.folder)
        self.spool = self.folder / "spool"
        self.exchanges: dict[str, BusyExchange] = {}

    def open(self) -> None:
        """Lay the spool out, start telephones, server, scheduler and fax machines."""
        self._lay_out()
        for line in self.lines:
            self._lay_line(line)
        self.processes.start("faxq", "faxq", "-D", "-q", str(self.spool), cwd=self.spool)
        self.processes.start(
            "hfaxd",
            *("hfaxd", "-d", "-q", str(self.spool), "-l", "127.0.0.1", "-i", str(self.port)),
            cwd=self.spool,
        )
        wait_for("hfaxd", lambda: listens(self.port))
        for line in self.lines:
            self._fax_machine(line, "s")
            if line.answers:
                self._fax_machine(line, "r")
        wait_for("the modems", self._idle, 90)

    def _lay_out(self) -> None:
        for name in DIRECTORIES:
            (self.spool / name).mkdir(parents=True)
        shared = Path("/etc/hylafax")
        for name in ("setup.cache", "dialrules", "pagesizes", "typerules", "lutRS18.pcf"):
            shutil.copy(shared / name, self.spool / "etc" / name)
        shutil.copy(SPOOL / "bin/tiff2fax", self.spool / "bin/tiff2fax")
        hook = Path(hylafax_notify.__file__).read_text("utf-8")
        # An interpreter that uucp may run, too: not one in somebody's home.
        python = program("/usr/bin/python3")
        self._script("madang-notify", f"#!{python}\n" + hook.split("\n", 1)[1])
        self._script("faxrcvd", '#!/bin/sh\necho "$1 $2" >> log/received\n')
        etc = self.spool / "etc"
        (etc / "config").write_text(SCHEDULER)
        (etc / "madang").write_text(f"{self.callback_url}\n{self.secret}\n")
        (etc / "hosts.hfaxd").write_text("localhost:21::\n127.0.0.1:21::\n")
        (etc / "hosts.hfaxd").chmod(0o600)
        for line in self.lines:
            for end in "sr":
                (etc / f"config.{line.device(end)}").write_text(MODEM)
        for path in (self.spool, *self.spool.rglob("*")):
            shutil.chown(path, "uucp", "uucp")

    def _script(self, name: str, text: str) -> None:
        file = self.spool / "bin" / name
        file.write_text(text)
        file.chmod(0o755)

    def _lay_line(self, line: Line) -> None:
        ports = {"s": quiet_port(), "r": quiet_port()}
        if line.engaged:
            self.exchanges[line.name] = BusyExchange(ports["r"])
        for end, other in (("s", "r"), ("r", "s")):
            if end == "r" and line.engaged:
                continue
            device = line.device(end)
            file = self.folder / f"{device}.conf"
            told = TELEPHONE.format(device=device, port=ports[end], other=ports[other])
            file.write_text(told.lstrip())
            # iaxmodem looks for its configurations in /etc/iaxmodem, and nowhere else
            self.processes.start(device, "iaxmodem", os.path.relpath(file, "/etc/iaxmodem"))
            wait_for(device, Path("/dev", device).exists)

    def _fax_machine(self, line: Line, end: str) -> None:
        device = line.device(end)
        words = ("-q", str(self.spool), f"/dev/{device}")
        self.processes.start(f"faxgetty-{device}", "faxgetty", *words, cwd=self.spool)

    def _idle(self) -> bool:
        devices = [line.device("s") for line in self.lines]
        devices += [line.device("r") for line in self.lines if line.answers]
        states = [self.spool / "status" / device for device in devices]
        return all(s.exists() and s.read_text().startswith("Running and idle") for s in states)

    def received(self, line: Line) -> list[Path]:
        """The faxes that have arrived whole on a line, oldest first."""
        told = self.spool / "log/received"
        words = [each.split() for each in told.read_text().splitlines()] if told.exists() else []
        return [self.spool / file for file, device in words if device == line.device("r")]

    def journal(self) -> str:
        """What faxq and faxgetty noted of every call, for the message of a failed test."""
        log = self.spool / "log/xferfaxlog"
        return log.read_text("utf-8", "replace") if log.exists() else "no call was made"

    def close(self) -> None:
        self.processes.stop_all()
        for exchange in self.exchanges.values():
            exchange.close()
        for line in self.lines:
            for end in "sr":
                Path("/dev", line.device(end)).unlink(missing_ok=True)
