#!/usr/bin/env python3
"""Prepares a new network namespace: its loopback interface, and ICMP for its
root user (icmp(7))."""

import fcntl
import socket
import struct

SIOCSIFFLAGS = 0x8914
IFF_UP = 1

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", IFF_UP))
with open("/proc/sys/net/ipv4/ping_group_range", "w", encoding="ascii") as file:
    file.write("0 0")
