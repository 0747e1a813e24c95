"""One call as a telephone sees it."""
import asyncio
import random
import re

from .message import first, token
from .sound import Sound

ALLOW = ("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY, REFER, UPDATE")


class Call:
    """States: "new", "ringing", "up", "over". The events `ringing`, `answered`
    and `over` can be awaited; `number` is what was dialled, `caller` and
    `caller_name` who calls."""

    def __init__(self, telephone, call_id, outgoing):
        self.telephone = telephone
        self.id = call_id
        self.outgoing = outgoing
        self.state = "new"
        self.ringing, self.answered, self.over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.number = self.caller = self.caller_name = ""
        self.code = None            # the final answer to our INVITE
        self.ended_by = None        # "us" or "them"
        self.cancelled = False
        self.held = False
        self.transferred = asyncio.Event()
        self.transfer_code = None
        # the dialogue
        self.our_tag, self.their_tag = token(), ""
        self.our_uri = self.their_uri = self.target = ""
        self.sequence = random.randrange(100, 900)
        self.sdp_version = 1
        self.invite = None          # the request that came in
        self.sent_invite = None     # branch, URI and number of the one we sent
        self.last_ok = None
        self.sound = Sound(telephone.address)
        telephone.clock.sounds.add(self.sound)

    # ------------------------------------------------------------ called
    def ring(self):
        if self.state == "new":
            self.state = "ringing"
            self.telephone.reply(self.invite, 180, "Ringing", call=self)
            self.ringing.set()

    def answer(self, tone=True):
        """False when the call is over already."""
        if self.state == "over":
            return False
        self.state = "up"
        self.sound.sending = tone
        self.last_ok = self.telephone.reply(self.invite, 200, "OK", call=self, body=self.sdp())
        self.answered.set()
        return True

    def refuse(self, code=486, reason="Busy Here"):
        if self.state != "over":
            self.telephone.reply(self.invite, code, reason, call=self)
            self.finish("us")

    # ------------------------------------------------------------ either side
    async def hang_up(self):
        if self.state == "over":
            return
        if self.state == "up":
            self.finish("us")
            await self.request("BYE")
        elif self.outgoing:
            self.cancelled = True
            if self.sent_invite:
                branch, uri, number = self.sent_invite
                heads = [(k, v if k != "To" else self.their_uri) for k, v in self.headers("CANCEL", branch, number)]
                self.telephone.send_request("CANCEL", uri, heads)
        else:
            self.refuse(480, "Temporarily Unavailable")

    async def hold(self):
        self.held = True
        return await self._offer()

    async def resume(self):
        self.held = False
        return await self._offer()

    async def _offer(self):
        self.sequence += 1
        number = self.sequence
        reply = await self.telephone.transact("INVITE", self.target, self.headers("INVITE"), self.sdp(),
                                              "application/sdp", call=self)
        if reply is not None and reply.code == 200:
            self.hear(reply.body)
            self.telephone.send_request("ACK", self.target, self.headers("ACK", number=number))
        return reply is not None and reply.code == 200

    async def keys(self, digits, gap=0.3):
        for digit in digits:
            await self.request("INFO", f"Signal={digit}\r\nDuration=160\r\n", "application/dtmf-relay")
            await asyncio.sleep(gap)

    async def transfer(self, number):
        """Blind. True when the PBX takes it on."""
        return await self._refer(f"<sip:{number}@{self.telephone.server_text}>")

    async def transfer_to(self, other):
        """Attended: this call's other side is joined to that of `other`."""
        number = first(r"sip:([^@>]+)@", other.their_uri)
        replaces = f"{other.id}%3Bto-tag%3D{other.their_tag}%3Bfrom-tag%3D{other.our_tag}"
        return await self._refer(f"<sip:{number}@{self.telephone.server_text}?Replaces={replaces}>")

    async def transfer_result(self):
        """The code the PBX reports for the last transfer; 200 too when it just ends the call."""
        await self._first(self.transferred, self.over)
        return self.transfer_code or 200

    async def settled(self):
        """Waits until the other side has answered, or the call is over without."""
        await self._first(self.answered, self.over)

    @staticmethod
    async def _first(*events):
        waits = [asyncio.ensure_future(event.wait()) for event in events]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _refer(self, to):
        self.transferred.clear()
        self.transfer_code = None
        by = f"<sip:{self.telephone.user}@{self.telephone.server_text}>"
        reply = await self.request("REFER", extra=[("Refer-To", to), ("Referred-By", by)])
        return reply is not None and reply.code == 202

    async def request(self, method, body="", kind=None, extra=()):
        self.sequence += 1
        return await self.telephone.transact(method, self.target, self.headers(method) + list(extra), body, kind,
                                             call=self)

    def headers(self, method, branch=None, number=None):
        phone = self.telephone
        return [
            ("Via", f"SIP/2.0/UDP {phone.address}:{phone.port};branch={branch or 'z9hG4bK' + token(14)}"),
            ("Max-Forwards", "70"),
            ("From", f"{self.our_uri};tag={self.our_tag}"),
            ("To", self.their_uri + (f";tag={self.their_tag}" if self.their_tag else "")),
            ("Call-ID", self.id),
            ("CSeq", f"{number or self.sequence} {method}"),
            ("Contact", phone.contact()),
        ]

    def sdp(self):
        self.sdp_version += 1
        address, port = self.telephone.address, self.sound.port
        return (f"v=0\r\no=- {port} {self.sdp_version} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
                f"m=audio {port} RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n"
                f"a={'sendonly' if self.held else 'sendrecv'}\r\n")

    def hear(self, sdp):
        address = re.search(r"^c=IN IP4 (\S+)", sdp, re.M)
        port = re.search(r"^m=audio (\d+)", sdp, re.M)
        if address and port:
            self.sound.to = (address.group(1), int(port.group(1)))

    def finish(self, by):
        if self.state == "over":
            return
        self.state, self.ended_by = "over", by
        self.telephone.clock.sounds.discard(self.sound)
        self.sound.close()
        self.over.set()
