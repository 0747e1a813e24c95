"""A small office that calls by itself: what `./dev run` shows.

Callers come at random, more of them at some times than at others, wait, give
up; agents log on, answer, hold, transfer, park, dial out, report outcomes and
take breaks, each as a person with a telephone would.
"""
import asyncio
import math
import random
import time

from .pbx import Pbx
from .plan import Person, Plan, Queue
from .sound import Clock, murmur
from .telephone import Telephone

PEOPLE = [Person(str(number), name, f"1{number}") for number, name in enumerate((
    "Alice Moreau", "Bruno Keller", "Chiara Lodi", "Dieter Braun", "Eva O'Neill", "Farid Ben Ali", "Grete Åström",
    "Hugo Junior"), 201)]
NAMES = ("", "", "", "Rossi", "ACME GmbH", "J. Doe", "Zoë K", "O'Hara & Sons", "Martin SARL", "Berger")


def plan():
    return Plan(
        people=PEOPLE, telephones=["281", "282", "283"],
        queues=[Queue("sales", "0155501", "601", 180, ("201", "202", "203"), settings={"timeout": 12}),
                Queue("support", "0155502", "602", 240, ("203", "204", "205", "206"),
                      settings={"timeout": 10, "strategy": "rrmemory", "wrapuptime": 5}),
                Queue("billing", "0155503", "603", 60, ("207", "208"), settings={"maxlen": 4}),
                Queue("vip-line", "0155504", "604", 120, ("208", "201"),
                      settings={"timeout": 8, "strategy": "linear", "weight": 10})],
        monitors=("283",), parking_seconds=45, recorded=("*",), recorded_phones=("*",))


class Voices:
    """A few voices; somebody with a number has always the same one."""

    def __init__(self):
        self.all = [murmur(pitch) for pitch in (105, 128, 190, 215)]

    def speak(self, call, number):
        call.sound.frames = self.all[sum(map(ord, number)) % len(self.all)]


class Office:
    """`open` starts it, `work` goes on until cancelled, `close` ends it."""

    def __init__(self, version, folder):
        self.plan, self.version, self.folder = plan(), version, folder
        self.clock, self.voices = Clock(), Voices()
        self.pbx = self.trunk = None
        self.phones = {}
        self.taken = {}         # number of a caller → set once somebody talks with him
        self.callers = 0
        self.began = time.time()
        self.tasks = set()

    async def open(self):
        self.start(self.clock.run())
        self.trunk = await Telephone("trunk", "", None, self.clock, "127.0.0.2", self.outside).open()
        self.pbx = Pbx(self.version, self.plan, self.folder, self.trunk.port)
        await asyncio.to_thread(self.pbx.start)
        server = self.trunk.server = ("127.0.0.1", self.pbx.sip_port)
        for number in self.plan.numbers():
            phone = Telephone(number, f"secret-{number}", server, self.clock, on_call=self.agent)
            self.phones[number] = await phone.open()
            await phone.register()

    async def close(self):
        for task in list(self.tasks):
            task.cancel()
        for phone in [self.trunk, *self.phones.values()]:
            if phone is not None:
                phone.close()
        if self.pbx is not None:
            await asyncio.to_thread(self.pbx.stop)

    def start(self, coroutine):
        task = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def work(self):
        for person in PEOPLE:
            await self.code(person.telephone, "*41")
            self.start(self.day(person.telephone))
        while True:
            # Waves of eight minutes: the office is overrun at times, and idle at others.
            wave = 1 + 0.6 * math.sin((time.time() - self.began) / 480 * 2 * math.pi)
            await asyncio.sleep(random.expovariate(wave / 8))
            self.start(self.caller())

    # ------------------------------------------------------------ callers
    async def caller(self):
        self.callers += 1
        number = f"01{random.choice('3579')}{random.randrange(10**6):06d}"
        taken = self.taken[number] = asyncio.Event()
        queue = random.choices(self.plan.queues, (5, 6, 2, 1))[0]
        call = self.trunk.call(queue.did, caller=number, name=random.choice(NAMES))
        self.voices.speak(call, number)
        patience = random.expovariate(1 / 70) + 4
        try:
            await asyncio.wait_for(self.either(taken.wait(), call.over.wait()), patience)
            await call.over.wait()
        except asyncio.TimeoutError:
            await call.hang_up()
        finally:
            self.taken.pop(number, None)

    @staticmethod
    async def either(*waits):
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    async def outside(self, call):
        """Somebody whom an agent calls."""
        call.ring()
        await asyncio.sleep(random.uniform(2, 9))
        if random.random() < 0.25:
            call.refuse()
        elif call.answer():
            self.voices.speak(call, call.number or "")
            await self.sleep_or_over(call, random.uniform(10, 60))
            await call.hang_up()

    # ------------------------------------------------------------ agents
    async def agent(self, call):
        """A telephone of the office rings."""
        phone = call.telephone
        if phone.busy:
            call.refuse()
            return
        call.ring()
        if random.random() < 0.06:
            return              # nobody there: it rings out
        await self.sleep_or_over(call, random.uniform(1.5, 7))
        if call.state != "ringing" or phone.busy:
            return
        call.answer()
        self.voices.speak(call, phone.user)
        caller = call.caller
        if caller in self.taken:
            self.taken[caller].set()
        talk = random.lognormvariate(3.4, 0.7)      # about half a minute
        await self.sleep_or_over(call, talk / 2)
        what = random.random()
        if what < 0.18:
            await self.hold(call)
        elif what < 0.25 and caller in self.taken:
            await self.ask_and_transfer(call)
            return
        elif what < 0.31 and caller in self.taken:
            await call.transfer(random.choice([queue.number for queue in self.plan.queues] + ["281", "282"]))
            return
        elif what < 0.37 and caller in self.taken:
            await self.park(call)
            return
        await self.sleep_or_over(call, talk / 2)
        await call.hang_up()
        if random.random() < 0.6 and phone.user in self.of_people():
            await asyncio.sleep(random.uniform(1, 4))
            if not phone.busy:
                await self.code(phone.user, f"*47{random.randrange(1, 4)}")

    def of_people(self):
        return [person.telephone for person in PEOPLE]

    @staticmethod
    async def sleep_or_over(call, seconds):
        try:
            await asyncio.wait_for(call.over.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    async def hold(self, call):
        if call.state == "up":
            await call.hold()
            await self.sleep_or_over(call, random.uniform(5, 25))
        if call.state == "up":
            await call.resume()

    async def ask_and_transfer(self, call):
        if call.state != "up":
            return
        await call.hold()
        ask = call.telephone.call(random.choice(["281", "282", "283"]), tone=False)
        await self.sleep_or_over(ask, random.uniform(8, 15))
        if ask.state == "up" and call.state == "up" and await call.transfer_to(ask):
            await self.sleep_or_over(call, 5)
        elif call.state == "up":
            await call.resume()
            await self.sleep_or_over(call, 15)
        await ask.hang_up()
        await call.hang_up()

    async def park(self, call):
        """Parked; a colleague fetches the oldest one after a while, or nobody does."""
        await call.transfer("700")
        await asyncio.sleep(random.uniform(6, 30))
        if random.random() < 0.2:
            return
        phone = self.phones[random.choice(["281", "282", "283"])]
        for slot in ("701", "702", "703"):
            if phone.busy:
                return
            fetch = phone.call(slot, tone=False)
            await self.either(fetch.answered.wait(), fetch.over.wait())
            if fetch.state == "up":
                await self.sleep_or_over(fetch, random.uniform(10, 40))
                await fetch.hang_up()
                return

    async def day(self, number):
        """What an agent does besides answering."""
        phone = self.phones[number]
        while True:
            await asyncio.sleep(random.expovariate(1 / 70) + 15)
            if phone.busy:
                continue
            if random.random() < 0.5:
                await self.code(number, f"*43{random.randrange(1, 4)}")
                await asyncio.sleep(random.uniform(20, 90))
                await self.code(number, "*44")
            else:
                call = phone.call(f"*48{random.randrange(1, 3)}*0156{random.randrange(10**5):05d}")
                self.voices.speak(call, number)
                await self.sleep_or_over(call, random.uniform(15, 80))
                await call.hang_up()

    async def code(self, number, what):
        call = self.phones[number].call(what, tone=False)
        try:
            await asyncio.wait_for(call.settled(), 15)
        except asyncio.TimeoutError:
            pass
        await call.hang_up()
