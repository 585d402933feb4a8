"""A network between a server and its database that can be cut without an end noticing."""

import socket
import threading
from contextlib import suppress


class Wire:
    """Passes bytes on to a port of this machine, until it is cut.

    Both ends still have their connections then, and whatever they send is taken: nothing comes
    through, not even that the other end has closed. Healed, it passes on what was sent meanwhile.
    """

    def __init__(self, port):
        self._to = port
        self._whole = threading.Event()
        self._whole.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        self._whole.clear()

    def heal(self):
        self._whole.set()

    def end(self):
        self._whole.set()
        for connection in (self._listening, *self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                near = self._listening.accept()[0]
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near):
        self._whole.wait()
        far = socket.create_connection(("127.0.0.1", self._to))
        self._open += [near, far]
        threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()
        self._pass_on(far, near)

    def _pass_on(self, one, other):
        with suppress(OSError):
            while data := one.recv(65_536):
                self._whole.wait()
                other.sendall(data)
        self._whole.wait()
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
