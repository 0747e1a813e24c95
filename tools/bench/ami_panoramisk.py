"""panoramisk (pip install panoramisk) on a manager stream: python3 ami_panoramisk.py FILE TIMES.

Prints events and seconds of CPU. The protocol object gets the bytes in the pieces a socket would
give, and hands each event to a factory that counts it.
"""
import sys
import time

from panoramisk.ami_protocol import AMIProtocol

PIECE = 64 * 1024


class Count:
    save_stream = None
    events = 0

    def dispatch(self, message):
        self.events += 1

    def connection_lost(self, reason):
        pass


with open(sys.argv[1], "rb") as file:
    stream = file.read()
count = Count()
begun = time.process_time()
for _ in range(int(sys.argv[2])):
    protocol = AMIProtocol()
    protocol.connection_made(None)
    protocol.factory = count
    protocol.encoding = "utf8"
    for at in range(0, len(stream), PIECE):
        protocol.data_received(stream[at:at + PIECE])
print(count.events, time.process_time() - begun)
