"""A cable between Switchroom and the manager interface that can be cut, or fall silent."""
import asyncio


class Cable:
    def __init__(self, to_port):
        self.to_port = to_port
        self.port = None
        self._server = None
        self._ends = set()
        self._flowing = asyncio.Event()

    async def open(self):
        self._flowing.set()
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port or 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def cut(self):
        """Connections end at once and new ones are refused, until `open`."""
        self._server.close()
        for end in list(self._ends):
            end.transport.abort()

    def silence(self):
        """Nothing comes through, and nobody is told, until `speak`."""
        self._flowing.clear()

    def speak(self):
        self._flowing.set()

    async def _join(self, reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:         # Asterisk is down: so is the cable's near end
            writer.transport.abort()
            return
        self._ends |= {writer, far_writer}
        await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        self._ends -= {writer, far_writer}

    async def _carry(self, reader, writer):
        try:
            while data := await reader.read(65536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass                # cut
        finally:
            writer.close()
