"""A SIP telephone over UDP, enough to exercise a PBX on the loopback."""
import asyncio
import re
import time

from .call import ALLOW, Call
from .message import Message, authorization, first, token


class Telephone(asyncio.DatagramProtocol):
    """Registers, rings, calls. Calls that come in are handed to `on_call`, a
    coroutine taking the call; without one they wait in `rang`."""

    def __init__(self, user, password, server, clock, address="127.0.0.1", on_call=None):
        self.user, self.password, self.server, self.address = user, password, server, address
        self.clock, self.on_call = clock, on_call
        self.rang = asyncio.Queue()
        self.texts = []
        self.calls = {}
        self.port = 0
        self._pending = {}
        self._seen = set()
        self._proofs = 0
        self._transport = None
        self._tasks = set()

    async def open(self, port=0):
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.address, port))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    def close(self):
        for call in list(self.calls.values()):
            call.finish("us")
        for task in list(self._tasks):
            task.cancel()
        if self._transport:
            self._transport.close()

    def forget(self):
        """The PBX is gone: so are all calls."""
        for call in list(self.calls.values()):
            call.finish("them")
        while not self.rang.empty():
            self.rang.get_nowait()

    @property
    def busy(self):
        return any(call.state == "up" for call in self.calls.values())

    @property
    def server_text(self):
        return f"{self.server[0]}:{self.server[1]}"

    def contact(self):
        return f"<sip:{self.user}@{self.address}:{self.port}>"

    async def register(self, seconds=3600):
        me = f"<sip:{self.user}@{self.server[0]}>"
        reply = await self.transact("REGISTER", f"sip:{self.server_text}", [
            ("Via", f"SIP/2.0/UDP {self.address}:{self.port};branch=z9hG4bK{token(14)}"), ("Max-Forwards", "70"),
            ("From", f"{me};tag={token()}"), ("To", me), ("Call-ID", token(20)), ("CSeq", "1 REGISTER"),
            ("Contact", self.contact()), ("Expires", str(seconds))])
        return reply is not None and reply.code == 200

    def call(self, number, caller=None, name="", tone=True):
        """Dials; the call's events tell the rest. `caller` is shown instead of our own number."""
        call = Call(self, token(24), outgoing=True)
        self.calls[call.id] = call
        call.number, call.caller = number, caller or self.user
        call.our_uri = (f'"{name}" ' if name else "") + f"<sip:{call.caller}@{self.address}:{self.port}>"
        call.their_uri, call.target = f"<sip:{number}@{self.server_text}>", f"sip:{number}@{self.server_text}"
        call.sound.sending = tone
        self._spawn(self._invite(call))
        return call

    async def _invite(self, call):
        reply = await self.transact("INVITE", call.target, call.headers("INVITE") + [ALLOW], call.sdp(),
                                    "application/sdp", call=call)
        call.code = reply.code if reply is not None else 408
        if call.state == "over":
            return
        if call.code != 200:
            call.finish("us" if call.cancelled else "them")
            return
        call.their_tag = reply.tag("to")
        call.target = first(r"<([^>]+)>", reply.get("contact")) or call.target
        call.hear(reply.body)
        self.send_request("ACK", call.target, call.headers("ACK"))
        call.state = "up"
        if call.cancelled:      # the answer was quicker than our hanging up
            await call.hang_up()
        else:
            call.answered.set()

    def _spawn(self, coroutine):
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------------ sending
    def _send(self, start, headers, body):
        text = start + "\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers)
        data = f"{text}Content-Length: {len(body)}\r\n\r\n{body}".encode()
        if not self._transport.is_closing():
            self._transport.sendto(data, self.server)
        return data

    def send_request(self, method, uri, headers, body="", kind=None):
        if kind:
            headers = [*headers, ("Content-Type", kind)]
        return self._send(f"{method} {uri} SIP/2.0", headers, body)

    def reply(self, request, code, reason, call=None, body=""):
        to = request.get("to")
        if ";tag=" not in to:
            to += f";tag={call.our_tag if call else token()}"
        headers = [("Via", via) for via in request.all("via")]
        headers += [("Record-Route", route) for route in request.all("record-route")]
        headers += [("From", request.get("from")), ("To", to), ("Call-ID", request.get("call-id")),
                    ("CSeq", request.get("cseq")), ("Contact", self.contact()), ALLOW]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        return self._send(f"SIP/2.0 {code} {reason}", headers, body)

    async def transact(self, method, uri, headers, body="", kind=None, call=None, again=True):
        """Sends a request until it is answered. None: nobody answered."""
        fields = dict(headers)
        branch = first(r"branch=([^;\s]+)", fields["Via"])
        answered = asyncio.get_running_loop().create_future()
        self._pending[branch] = entry = {"answered": answered, "call": call, "proceeding": False}
        if method == "INVITE" and call is not None and call.state == "new":
            call.sent_invite = (branch, uri, int(fields["CSeq"].split()[0]))
        data = self.send_request(method, uri, headers, body, kind)
        reply = await self._await_reply(entry, data, 180 if method == "INVITE" else 8)
        self._pending.pop(branch, None)
        if reply is None:
            return None
        if method == "INVITE" and reply.code >= 300:
            kept = [(k, v) for k, v in headers if k in ("Via", "Max-Forwards", "From", "Call-ID")]
            number = fields["CSeq"].split()[0]
            self.send_request("ACK", uri, [*kept, ("To", reply.get("to")), ("CSeq", f"{number} ACK")])
        if reply.code in (401, 407) and again:
            fresh = self._with_proof(method, uri, headers, reply, call)
            return await self.transact(method, uri, fresh, body, kind, call, again=False)
        return reply

    async def _await_reply(self, entry, data, limit):
        wait, until = 0.7, time.monotonic() + limit
        while time.monotonic() < until:
            try:
                return await asyncio.wait_for(asyncio.shield(entry["answered"]), wait)
            except asyncio.TimeoutError:
                if not entry["proceeding"] and not self._transport.is_closing():
                    self._transport.sendto(data, self.server)
                wait = min(wait * 2, 4)
        return None

    def _with_proof(self, method, uri, headers, reply, call):
        fresh = []
        for name, value in headers:
            if name == "Via":
                value = re.sub(r"branch=[^;\s]+", "branch=z9hG4bK" + token(14), value)
            elif name == "CSeq":
                number = int(value.split()[0]) + 1
                value = f"{number} {method}"
                if call is not None:
                    call.sequence = number
            fresh.append((name, value))
        self._proofs += 1
        asked, given = ("proxy-authenticate", "Proxy-Authorization") if reply.code == 407 else (
            "www-authenticate", "Authorization")
        proof = authorization(self.user, self.password, method, uri, reply.get(asked), self._proofs)
        return [*fresh, (given, proof)]

    # ------------------------------------------------------------ receiving
    def datagram_received(self, data, addr):
        try:
            message = Message(data)
        except (ValueError, IndexError):
            return      # a keep-alive
        if message.code is None:
            self._request(message)
        else:
            self._response(message)

    def _response(self, message):
        entry = self._pending.get(message.branch())
        cseq = message.get("cseq")
        if entry is None:
            call = self.calls.get(message.get("call-id"))
            if message.code == 200 and "INVITE" in cseq and call is not None:   # our ACK went astray
                self.send_request("ACK", call.target, call.headers("ACK", number=int(cseq.split()[0])))
        elif "CANCEL" in cseq:
            pass        # the INVITE's own answer ends the call
        elif message.code >= 200:
            if not entry["answered"].done():
                entry["answered"].set_result(message)
        else:
            entry["proceeding"] = True
            call = entry["call"]
            if call is not None and call.state == "new" and message.code >= 180:
                call.state = "ringing"
                call.hear(message.body)
                call.ringing.set()

    def _request(self, message):
        call = self.calls.get(message.get("call-id"))
        method = message.method
        if method == "INVITE":
            self._invited(message, call)
        elif method == "CANCEL":
            self.reply(message, 200, "OK", call=call)
            if call is not None and call.state in ("new", "ringing"):
                self.reply(call.invite, 487, "Request Terminated", call=call)
                call.cancelled = True
                call.finish("them")
        elif method == "NOTIFY" and call is not None and "refer" in message.get("event"):
            self.reply(message, 200, "OK", call=call)
            code = int(first(r"SIP/2.0 (\d+)", message.body) or 0)
            if code >= 200:
                call.transfer_code = code
                call.transferred.set()
                if code < 300:      # it is no longer our call: a telephone hangs up then
                    self._spawn(call.hang_up())
        elif method == "UPDATE":
            self.reply(message, 200, "OK", call=call, body=call.sdp() if call is not None and message.body else "")
        elif method == "MESSAGE":
            self.texts.append(message.body)
            self.reply(message, 200, "OK")
        elif method != "ACK":
            self.reply(message, 200, "OK", call=call)
            if method == "BYE" and call is not None:
                call.finish("them")

    def _invited(self, message, call):
        key = (message.get("call-id"), message.get("cseq"))
        if key in self._seen:       # sent again: our answer went astray
            if call is not None and call.state == "up" and call.last_ok:
                self._transport.sendto(call.last_ok, self.server)
            return
        self._seen.add(key)
        if call is not None and call.state == "up":
            call.hear(message.body)
            call.last_ok = self.reply(message, 200, "OK", call=call, body=call.sdp())
            return
        self.reply(message, 100, "Trying")
        call = Call(self, message.get("call-id"), outgoing=False)
        call.invite = message
        call.their_tag = message.tag("from")
        call.their_uri = re.sub(r";tag=[^;]+", "", message.get("from"))
        call.our_uri = re.sub(r";tag=[^;]+", "", message.get("to"))
        call.target = first(r"<([^>]+)>", message.get("contact")) or f"sip:{self.server_text}"
        call.caller = message.user("from")
        call.caller_name = first(r'^\s*"([^"]*)"', message.get("from"))
        call.number = first(r"sip:([^@;]+)@", message.start)
        call.hear(message.body)
        self.calls[call.id] = call
        if self.on_call:
            self._spawn(self.on_call(call))
        else:
            call.ring()
            self.rang.put_nowait(call)
