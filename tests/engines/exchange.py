"""A telephone exchange that speaks just enough IAX2 to say that the called line is busy."""

import socket
import struct
from dataclasses import dataclass, field
from threading import Thread

_CONTROL, _IAX = 4, 6
_BUSY = 5
_NEW, _ACK, _ACCEPT = 1, 4, 7
_FORMAT, _SIGNED_LINEAR = 9, 0x40
_OUR_CALL = 4321


@dataclass
class BusyExchange:
    """Answers every call at `port` with the busy signal; counts the calls."""

    port: int
    calls: int = 0
    _open: bool = field(default=True, repr=False)

    def __post_init__(self) -> None:
        self._line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._line.bind(("127.0.0.1", self.port))
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            frame, caller = self._line.recvfrom(4096)
            if not self._open:
                return
            if len(frame) < 12 or not frame[0] & 0x80:
                continue
            source, _, stamp, theirs, ours, kind, word = struct.unpack("!HHIBBBB", frame[:12])
            call = source & 0x7FFF
            expects = (theirs + 1) & 0xFF
            if (kind, word) == (_IAX, _NEW):
                self.calls += 1
                format_element = struct.pack("!BBI", _FORMAT, 4, _SIGNED_LINEAR)
                self._say(caller, call, (stamp, 0, expects), _IAX, _ACCEPT, format_element)
                self._say(caller, call, (stamp + 20, 1, expects), _CONTROL, _BUSY)
            elif (kind, word) != (_IAX, _ACK):
                self._say(caller, call, (stamp, ours, expects), _IAX, _ACK)

    def _say(
        self,
        caller: tuple[str, int],
        call: int,
        place: tuple[int, int, int],
        kind: int,
        word: int,
        elements: bytes = b"",
    ) -> None:
        stamp, ours, theirs = place
        head = struct.pack("!HHIBBBB", 0x8000 | _OUR_CALL, call, stamp, ours, theirs, kind, word)
        self._line.sendto(head + elements, caller)

    def close(self) -> None:
        self._open = False
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
            bell.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._line.close()
