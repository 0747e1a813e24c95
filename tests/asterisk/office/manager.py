"""A client of the manager interface, for what the driver of a test does besides telephoning."""
import asyncio
import itertools


class Manager:
    def __init__(self, port, user, secret):
        self.port, self.user, self.secret = port, user, secret
        self.on_event = None
        self._ids = itertools.count(1)
        self._waiting = {}

    async def open(self):
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        await self._reader.readline()       # the banner
        self._task = asyncio.ensure_future(self._read())
        reply = await self.action("Login", Username=self.user, Secret=self.secret, Events="on")
        if reply.get("Response") != "Success":
            raise RuntimeError(f"the manager interface says: {reply}")
        return self

    async def action(self, name, variables=None, **fields):
        """The answer's fields; "Response" is Success or Error."""
        number = f"office-{next(self._ids)}"
        lines = [f"Action: {name}", f"ActionID: {number}"]
        lines += [f"{key}: {value}" for key, value in fields.items()]
        lines += [f"Variable: {key}={value}" for key, value in (variables or {}).items()]
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await self._writer.drain()
        try:
            return await asyncio.wait_for(answer, 30)
        finally:
            self._waiting.pop(number, None)

    async def _read(self):
        block = {}
        while line := await self._reader.readline():
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if text:
                key, _, value = text.partition(":")
                block[key] = block[key] + "\n" + value.strip() if key in block else value.strip()
                continue
            block, message = {}, block
            answer = self._waiting.get(message.get("ActionID"))
            if "Response" in message and answer is not None and not answer.done():
                answer.set_result(message)
            elif "Event" in message and self.on_event:
                self.on_event(message)
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_result({"Response": "Error", "Message": "connection closed"})

    async def close(self):
        self._task.cancel()
        self._writer.close()
