"""A name server for one name, to be started as a program: dns.py ADDRESS MODE_FILE

What it answers is in the file, which is read at each query: an IPv4 address, "servfail", or "silent".
"""
import pathlib
import socket
import struct
import sys

TYPE_A = 1
RESPONSE, RECURSION, SERVFAIL = 0x8000, 0x0180, 2


def question_end(query):
    """Where the first question ends: after its labels, type and class."""
    at = 12
    while query[at] != 0:
        at += query[at] + 1
    return at + 5


def answer_to(query, mode):
    """The bytes to send back; None: nothing."""
    if mode == "silent":
        return None
    end = question_end(query)
    question = query[12:end]
    found = b""
    if mode != "servfail" and struct.unpack("!H", question[-4:-2])[0] == TYPE_A:
        # A pointer to the name in the question, then type, class, lifetime 0 and the address.
        found = struct.pack("!HHHIH", 0xC00C, TYPE_A, 1, 0, 4) + socket.inet_aton(mode)
    flags = RESPONSE | RECURSION | (SERVFAIL if mode == "servfail" else 0)
    return query[:2] + struct.pack("!HHHHH", flags, 1, 1 if found else 0, 0, 0) + question + found


def serve(address, mode_file):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        print("ready", flush=True)
        while True:
            query, client = server.recvfrom(512)
            try:
                answer = answer_to(query, pathlib.Path(mode_file).read_text().strip())
            except (IndexError, struct.error):
                continue
            if answer is not None:
                server.sendto(answer, client)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
