"""The speech of a call: a tone sent as RTP, and whether what comes is more than silence."""
import asyncio
import math
import random
import socket
import struct
import time

_FRAME = 160     # 20 ms at 8000 samples a second
_LENGTH = 8000   # a second of tone, sent over and over


def _mu_law(sample):
    sign, magnitude = (0x80 if sample < 0 else 0), min(abs(sample), 32635) + 0x84
    exponent = max(magnitude.bit_length() - 8, 0)
    return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F)) & 0xFF


def _tone():
    samples = bytes(_mu_law(int(6000 * math.sin(2 * math.pi * 440 * n / _LENGTH))) for n in range(_LENGTH))
    return [samples[n:n + _FRAME] for n in range(0, _LENGTH, _FRAME)]


_SECONDS = 14     # of murmuring, said over and over


def murmur(pitch):
    """Frames of somebody who speaks in phrases and listens between them: vowels on a voice of `pitch` Hz."""
    chance = random.Random(pitch)
    samples, at = [0] * (_SECONDS * 8000), 0
    while at < len(samples) - 8000:
        for _ in range(chance.randrange(4, 13)):
            length = chance.randrange(900, 1900)
            note, formant = pitch * chance.uniform(0.9, 1.15), chance.choice((400, 600, 900, 1700))
            harmonics = [(n * note, 2500 / (1 + abs(n * note - formant) / 150)) for n in range(1, 14)]
            for n in range(min(length, len(samples) - at)):
                swell = math.sin(math.pi * n / length) ** 2
                samples[at + n] = int(swell * sum(
                    loud * math.sin(2 * math.pi * hertz * n / 8000) for hertz, loud in harmonics))
            at += length + chance.randrange(100, 500)
        at += chance.randrange(8000, 26000)
    sound = bytes(map(_mu_law, samples))
    return [sound[n:n + _FRAME] for n in range(0, len(sound), _FRAME)]


class Sound:
    """One RTP socket. `to` is where the other side wants to hear us."""

    frames = _tone()

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.to = None
        self.sending = False
        self.silent = False     # sends silence, as a telephone does nobody speaks into
        self.heard = 0          # frames that were no silence
        self.ticks = 0          # of its clock: as many frames have been read, if they came
        self.sequence = random.randrange(1000)
        self.source = random.randrange(1 << 32)

    def _listen(self):
        try:
            while frame := self.socket.recv(2048):
                # Mu-law: the exponent of a loud sample, none in silence.
                self.heard += any((~sample >> 4) & 7 >= 4 for sample in frame[12:])
        except OSError:
            return  # all that had come is read: the socket does not wait

    def tick(self):
        self.ticks += 1
        self._listen()
        if not (self.sending and self.to):
            return
        head = struct.pack("!BBHII", 0x80, 0, self.sequence & 0xFFFF,
                           (self.sequence * _FRAME) & 0xFFFFFFFF, self.source)
        try:
            speech = b"\xff" * _FRAME if self.silent else self.frames[self.sequence % len(self.frames)]
            self.socket.sendto(head + speech, self.to)
        except OSError:
            pass  # the other side is gone already; its BYE is on the way
        self.sequence += 1

    def close(self):
        self.sending = False
        self.socket.close()


class Clock:
    """Twenty milliseconds for all calls of an office."""

    def __init__(self):
        self.sounds = set()

    async def run(self):
        due = time.monotonic()
        while True:
            for sound in list(self.sounds):
                sound.tick()
            due = max(due + 0.02, time.monotonic() - 0.5)
            await asyncio.sleep(max(due - time.monotonic(), 0.001))
