"""A fax call in memory: two T.30 machines of libspandsp that hear each other, faster than time."""

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engines import packages

_BLOCK = 160  # samples: 20 ms at 8 kHz
_V27TER, _V29, _V17 = 1, 2, 4
_FINE_RESOLUTION, _STANDARD_RESOLUTION = 2, 1
_WIDTH_215_MM, _LENGTH_A4, _LENGTH_UNLIMITED = 0x01, 0x20000, 0x10000
_T4_1D, _T4_2D, _T6 = 2, 4, 8
_PHASE_E = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_SECONDS_MAX = 1800


@dataclass(frozen=True, slots=True)
class Called:
    """How a call ended: spandsp's result of each end (0 is well), and how long it would take."""

    sender: int
    receiver: int
    seconds: float


def _library() -> Any:
    library = ctypes.CDLL(packages.library("spandsp"))
    library.fax_init.restype = ctypes.c_void_p
    library.fax_init.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.fax_get_t30_state.restype = ctypes.c_void_p
    for name in ("fax_get_t30_state", "fax_free"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
    for name in ("fax_tx", "fax_rx"):
        getattr(library, name).argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
    for name in ("ecm_capability", "supported_modems", "supported_compressions"):
        getattr(library, f"t30_set_{name}").argtypes = [ctypes.c_void_p, ctypes.c_int]
    for name in ("resolutions", "image_sizes"):
        getattr(library, f"t30_set_supported_{name}").argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.fax_set_transmit_on_idle.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.t30_set_tx_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p] + [ctypes.c_int] * 2
    library.t30_set_rx_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    library.t30_set_phase_e_handler.argtypes = [ctypes.c_void_p, _PHASE_E, ctypes.c_void_p]
    return library


class _Machine:
    def __init__(self, library: Any, *, calling: bool, error_correction: bool) -> None:
        self.library = library
        self.result: int | None = None
        self.state = library.fax_init(None, int(calling))
        self.t30 = library.fax_get_t30_state(self.state)
        library.fax_set_transmit_on_idle(self.state, 1)
        library.t30_set_supported_modems(self.t30, _V27TER | _V29 | _V17)
        library.t30_set_supported_resolutions(self.t30, _FINE_RESOLUTION | _STANDARD_RESOLUTION)
        sizes = _WIDTH_215_MM | _LENGTH_A4 | _LENGTH_UNLIMITED
        library.t30_set_supported_image_sizes(self.t30, sizes)
        compressions = _T4_1D | _T4_2D | (_T6 if error_correction else 0)
        library.t30_set_supported_compressions(self.t30, compressions)
        library.t30_set_ecm_capability(self.t30, int(error_correction))
        self._handler = _PHASE_E(self._ended)  # kept, or it is collected under spandsp's hands
        library.t30_set_phase_e_handler(self.t30, self._handler, None)
        self.samples = (ctypes.c_int16 * _BLOCK)()

    def _ended(self, _: int, __: int, result: int) -> None:
        self.result = result

    def speak(self) -> Any:
        length = self.library.fax_tx(self.state, self.samples, _BLOCK)
        if length < _BLOCK:
            ctypes.memset(ctypes.byref(self.samples, 2 * length), 0, 2 * (_BLOCK - length))
        return self.samples

    def hear(self, samples: Any) -> None:
        self.library.fax_rx(self.state, samples, _BLOCK)


def call(sent: Path, received: Path, *, error_correction: bool = True) -> Called:
    """Fax the TIFF `sent` from one machine to the other, who writes `received`."""
    library = _library()
    sender = _Machine(library, calling=True, error_correction=error_correction)
    receiver = _Machine(library, calling=False, error_correction=error_correction)
    library.t30_set_tx_file(sender.t30, str(sent).encode(), -1, -1)
    library.t30_set_rx_file(receiver.t30, str(received).encode(), -1)
    blocks = 0
    while sender.result is None or receiver.result is None:
        receiver.hear(sender.speak())
        sender.hear(receiver.speak())
        blocks += 1
        assert blocks * _BLOCK < _SECONDS_MAX * 8000, "the call does not end"
    for machine in (sender, receiver):
        library.fax_free(machine.state)
    return Called(sender.result, receiver.result, blocks * _BLOCK / 8000)
