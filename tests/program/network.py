"""Two machines in one: network namespaces with a cable that can be cut, or a relay that is slow and loses packets.

Run as a program it is that relay, between devices that it makes: network.py PID PID MILLISECONDS LOSS, the processes being
those whose namespaces it joins. It writes a line when it is there, and how many packets came through and were lost when it
is told to end.
"""

import collections
import ctypes
import dataclasses
import fcntl
import heapq
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time

NEEDED = "needs user and network namespaces, iproute2, and for a slow network /dev/net/tun"
DEVICE = "cable"
IN_NAMESPACES = ["unshare", "--user", "--map-root-user"]


def succeeds(*command):
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def can_unshare(namespace, *command):
    return succeeds(*IN_NAMESPACES, namespace, *command)


def is_possible():
    return can_unshare("--net", "ip", "link", "add", "name", DEVICE, "type", "veth", "peer", "name", "other")


def can_relay():
    return can_unshare("--net", "ip", "tuntap", "add", "dev", DEVICE, "mode", "tun")


class Machines:
    """Two network namespaces; whoever lives in them sees the same files and processes as everyone else."""

    def __enter__(self):
        self.keepers = []
        self.relay = None
        stay = ["sh", "-c", "echo there; exec sleep 600"]
        self._keep([*IN_NAMESPACES, "--net", *stay])
        self._keep([*self._inside(0, "--user"), "unshare", "--net", *stay])
        for machine in range(2):
            self._ip(machine, "link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        for process in [*self.keepers, *([self.relay.process] if self.relay else [])]:
            process.kill()
            process.wait()
            process.stdout.close()

    def address(self, machine):
        return f"10.0.0.{machine + 1}"

    def command(self, machine, command):
        """The command that runs another on a machine, as the same process."""
        return [*self._inside(machine, "--user", "--net"), *command]

    def join_by_cable(self, gigabits=None):
        """A cable that carries that many in a second each way, or as many as the processor can."""
        self._ip(0, "link", "add", "name", DEVICE, "type", "veth", "peer", "name", DEVICE,
                 "netns", str(self.keepers[1].pid))
        for machine in range(2):
            self._ip(machine, "address", "add", f"{self.address(machine)}/24", "dev", DEVICE)
            self._ip(machine, "link", "set", DEVICE, "up")
            if gigabits:
                subprocess.run(self.command(machine, [
                    "tc", "qdisc", "add", "dev", DEVICE, "root", "tbf", "rate", f"{gigabits}gbit", "burst", "128kb",
                    "latency", "100ms"]), check=True)

    def cut_cable(self):
        self._ip(0, "link", "set", DEVICE, "down")

    def join_by_relay(self, milliseconds, loss):
        """Every packet takes as long, from either side, and that part of them does not come."""
        places = [str(keeper.pid) for keeper in self.keepers]
        self.relay = Relay([*self._inside(0, "--user"), sys.executable, "-B", __file__, *places, str(milliseconds),
                            str(loss)])
        for machine in range(2):
            self._ip(machine, "address", "add", self.address(machine), "peer", self.address(1 - machine), "dev", DEVICE)
            self._ip(machine, "link", "set", DEVICE, "up")
        return self.relay

    def _keep(self, command):
        keeper = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.keepers.append(keeper)
        assert keeper.stdout.readline() == "there\n"

    def _inside(self, machine, *namespaces):
        return ["nsenter", "--target", str(self.keepers[machine].pid), *namespaces, "--preserve-credentials", "--"]

    def _ip(self, machine, *arguments):
        subprocess.run(self.command(machine, ["ip", *arguments]), check=True)


class Relay:
    """The process that carries packets, seen by whoever started it."""

    @dataclasses.dataclass
    class Count:
        carried: int
        lost: int

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "there\n"

    def end(self):
        self.process.terminate()
        count = self.Count(*map(int, self.process.stdout.readline().split()))
        self.process.wait()
        return count


def open_device(process):
    """A network device of raw IP packets in the namespace of a process, which this one enters."""
    with open(f"/proc/{process}/ns/net") as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    set_interface, is_tun, no_header = 0x400454CA, 1, 0x1000  # TUNSETIFF, IFF_TUN, IFF_NO_PI
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, set_interface, struct.pack("16sH22x", DEVICE.encode(), is_tun | no_header))
    return device


def relay(places, delay, loss):
    devices = [open_device(place) for place in places]
    ends = []
    signal.signal(signal.SIGTERM, lambda *_: ends.append(True))
    print("there", flush=True)
    draw = random.Random(1).random
    count = collections.Counter()
    waiting = []  # (when, number, to which device, packet)
    while not ends:
        pause = max(0, waiting[0][0] - time.monotonic()) if waiting else 0.1
        for device in select.select(devices, [], [], pause)[0]:
            packet = os.read(device, 65536)
            if draw() < loss:
                count["lost"] += 1
                continue
            count["carried"] += 1
            other = devices[1 - devices.index(device)]
            heapq.heappush(waiting, (time.monotonic() + delay, count["carried"], other, packet))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, device, packet = heapq.heappop(waiting)
            os.write(device, packet)
    print(count["carried"], count["lost"], flush=True)


if __name__ == "__main__":
    relay(sys.argv[1:3], 1e-3 * float(sys.argv[3]), float(sys.argv[4]))
