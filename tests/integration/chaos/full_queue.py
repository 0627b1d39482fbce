"""A listener whose accept queue is full, to be started as a program: full_queue.py ADDRESS PORT"""
import signal
import socket
import sys

BACKLOG = 1


def listen(address, port):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
        print("ready", flush=True)
        signal.pause()


if __name__ == "__main__":
    listen(sys.argv[1], int(sys.argv[2]))
