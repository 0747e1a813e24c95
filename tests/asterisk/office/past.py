"""Earlier days of the demonstration: captures of a real Asterisk, moved in time."""
import datetime
import pathlib
import re

CAPTURES = pathlib.Path(__file__).resolve().parent.parent.parent / "captures"
DAYS = 14
# Plays in each hour: a peak in the morning, a quiet noon, a lesser peak.
PLAYS = {8: 2, 9: 4, 10: 5, 11: 4, 12: 2, 13: 3, 14: 5, 15: 4, 16: 3, 17: 1}


def _captures():
    for name in ("22", "16"):
        files = sorted((CAPTURES / name).glob("queue_log*"), key=lambda path: path.name, reverse=True)
        yield [line for path in files for line in path.read_text(encoding="utf-8").splitlines() if "|" in line]


def lines(now):
    """Records of the last two weeks of work that end before `now`, oldest first.

    The same for the same day whenever it is asked: a second import adds nothing.
    """
    captures = list(_captures())
    today = datetime.datetime.fromtimestamp(now).replace(minute=0, second=0, microsecond=0)
    nth = 0
    for back in range(DAYS, -1, -1):
        day = today - datetime.timedelta(days=back)
        if back and day.weekday() > 4:
            continue
        for hour, plays in PLAYS.items():
            begin = int(day.replace(hour=hour).timestamp()) + day.day * 31 % 60
            for play in range(plays):
                start = begin + play * (3600 // plays)
                nth += 1
                moved = _moved(captures[nth % len(captures)], start)
                if int(moved[-1].split("|", 1)[0]) < now - 60:
                    yield from moved


def _moved(capture, start):
    """Times and call ids alike, so that no call happens twice."""
    first = int(capture[0].split("|", 1)[0])

    def move(found):
        moment = int(found.group(0))
        return str(moment - first + start) if abs(moment - first) < 3600 else found.group(0)
    return [re.sub(r"(?<![^|])\d{10}(?=[.|])", move, line) for line in capture]
