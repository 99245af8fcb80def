#!/usr/bin/python3
"""refuse-netlink.py PROGRAM ARGUMENTS...: runs a program to which socket(AF_NETLINK, ...) is refused, by seccomp(2)."""

import ctypes
import os
import struct
import sys

SOCKET, AF_NETLINK, EAFNOSUPPORT = 41, 16, 97  # of x86_64
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2

program = [
    (LOAD, 0, 0, 0),  # the number of the call
    (EQUAL, 0, 3, SOCKET),
    (LOAD, 0, 0, 16),  # its first argument
    (EQUAL, 0, 1, AF_NETLINK),
    (RETURN, 0, 0, ERRNO | EAFNOSUPPORT),
    (RETURN, 0, 0, ALLOW),
]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in program))
header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, FILTER, ctypes.c_void_p(ctypes.addressof(header)), 0, 0)):
    if libc.prctl(*arguments) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])
