"""What a process costs, as Linux counts it, and how one is ended."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

_PATIENCE = 5.0
_CPUCLOCK_OF_PROCESS = 2


def cpu_seconds(pid: int) -> float:
    """Seconds of CPU that all threads of a process have used, to the nanosecond (`clock_getcpuclockid`).

    `/proc/PID/stat` counts in hundredths of a second: too coarse for a program that uses five milliseconds a second.
    """
    return time.clock_gettime((~pid << 3) | _CPUCLOCK_OF_PROCESS)


def resident_mb(pid: int) -> float:
    """Megabytes (2**20) of memory that a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has ended")


def load_average() -> float:
    """How many processes wanted a CPU in the last minute."""
    return float(Path("/proc/loadavg").read_text(encoding="ascii").split()[0])


def end(process: subprocess.Popen[str]) -> None:
    """End a process of ours: nicely, then not."""
    for gently in (True, False):
        if process.poll() is not None:
            return
        if gently:
            process.terminate()
        else:
            process.kill()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            continue
