"""From a condition's commit to the hand-over of its message, while reports arrive: the real service, a webhook receiver. For run.py.

600 made-up kecamatan in 30 regencies, each with one office that has a webhook. Slight reports of floods come at the rate that is asked
for; among them, twice a second, one that opens an alert in a place where none is. The commit is seen in the state's outbox, which is
looked at every few milliseconds; the hand-over is when the receiver had the whole message.
"""

import http.client
import json
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
REGENCIES = [f"17.{number:02}" for number in range(1, 31)]
DISTRICTS = [f"{regency}.{number:02}" for regency in REGENCIES for number in range(1, 21)]
CONFLICTS = (("resident_resident", "WW-03"), ("resident_company", "WP-05"))
BATCHES_A_SECOND = 10
OPENED_A_SECOND = 2
SECRET = "rahasia-percobaan-yang-panjang"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HEADER = "code,name,level,kind,lat,lon,population,area_km2,neighbours,zone,zone_label,bps,aliases\n"


def places():
    """The regencies with their kecamatan, as a file of places."""
    lines = []
    for regency in REGENCIES:
        lines.append(f"{regency},Kabupaten {regency},regency,kabupaten,-3.5,102.5,200000,5000,,Asia/Jakarta,WIB,,")
        own = (code for code in DISTRICTS if code.startswith(regency))
        lines.extend(f"{code},Kecamatan {code},district,kecamatan,-3.5,102.5,,,,Asia/Jakarta,WIB,," for code in own)
    return HEADER + "\n".join(lines) + "\n"


def team(address, secret):
    """An office of each regency that hears of everything by webhook."""
    text = 'version = "bench"\n'
    for regency in REGENCIES:
        text += (
            f'[[team]]\nregency = "{regency}"\nname = "Tim {regency}"\nduty_phone = "0733 000 000"\n[team.notified]\nwaspada.all = ["piket"]\n'
            f'[[team.member]]\nid = "posko"\nrole = "Posko"\noffice = "piket"\nareas = ["{regency}"]\n'
            f'channels = [{{ kind = "webhook", url = "http://{address}/masuk", secret_file = "{secret}" }}]\n'
        )
    return text


def ulid(number):
    """A report's id from a number."""
    value = 0x0192_0000_0000 << 80 | number * 0x9E37_79B9_7F4A_7C15 & (1 << 80) - 1
    return "".join(LETTERS[value >> shift & 31] for shift in range(125, -1, -5))


def report(number, district, kind, category, severity, minutes):
    """One report of the police, its event so many minutes ago."""
    at = datetime.now(timezone.utc) - timedelta(minutes=minutes)
    return json.dumps({
        "report_id": ulid(number), "feed": "police", "district": district, "kind": kind, "category": category,
        "severity": severity, "occurred_at": at.isoformat(), "reported_at": (at + timedelta(minutes=1)).isoformat(),
        "summary": f"laporan percobaan nomor {number}", "stage": "occurring",
    }, separators=(",", ":")).encode()


def bodies(rate, seconds):
    """The slight reports, a tenth of a second's worth each; the events spread over the day."""
    size = rate // BATCHES_A_SECOND
    for batch in range(seconds * BATCHES_A_SECOND):
        numbers = range(batch * size, (batch + 1) * size)
        yield b"\n".join(
            report(n, DISTRICTS[n * 7919 % len(DISTRICTS)], "disaster", "WA-01", 1 + n % 2, 5 + n % 1200) for n in numbers
        )


class Sender:
    """Posts at instants that are given beforehand, however long the answers take."""

    def __init__(self, port, token):
        self.port, self.late, self.failed = port, 0.0, []
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}

    def post(self, work):
        """Each of (instant, body), on one connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for at, body in work:
            time.sleep(max(0.0, at - time.monotonic()))
            self.late = max(self.late, time.monotonic() - at)
            connection.request("POST", "/v1/reports", body, self.headers)
            answer = connection.getresponse()
            answered = answer.read()
            if answer.status != 202:
                self.failed.append(f"{answer.status}: {answered[:300]!r}")
                return


def watch_outbox(state, seen, stop):
    """When each message was first seen in the outbox, by alert and version."""
    connection = sqlite3.connect(f"file:{state}?mode=ro", uri=True, timeout=5)
    newest = 0
    while not stop.is_set():
        rows = connection.execute("SELECT id, alert, version FROM outbox WHERE id > ? ORDER BY id", (newest,)).fetchall()
        now = time.time()
        for number, alert, version in rows:
            newest = number
            seen[(alert, version)] = now
        time.sleep(0.003)


def carried(state):
    """When the messages that went out within another one (a regency's with its kecamatan's) were handed over."""
    connection = sqlite3.connect(f"file:{state}?mode=ro", uri=True, timeout=5)
    words = "SELECT o.alert, o.version, d.sent_at FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE d.claims = 0 AND d.state = 'sent'"
    return {(alert, version): sent / 1e6 for alert, version, sent in connection.execute(words)}


def share(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def measure(service_of, feed_token, folder, rate, seconds, row):
    """`service_of(settings)` starts a service in the folder; true where the bar is kept."""
    folder = Path(folder)
    (folder / "secret").write_text(SECRET)
    (folder / "places.csv").write_text(places())
    calls = folder / "calls.ndjson"
    words = [sys.executable, TOP / "tests/system/webhook_receiver.py", "--file", calls, "--secret", SECRET]
    receiver = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    service = None
    try:
        address = receiver.stdout.readline().split()[-1]
        (folder / "team.toml").write_text(team(address, folder / "secret"))
        token = feed_token("")
        service = service_of(
            f'[places]\nfiles = ["{folder}/places.csv"]\n[files]\nteam = "{folder}/team.toml"\n'
            # All of it comes by one token, which may send less in a minute where nobody says otherwise.
            "[intake]\nrecords_a_minute = 100000000\nbytes_a_minute = 4000000000\n[logging]\nlevel = \"warn\"\n"
        )
        seen, took = drive(service, token, folder, rate, seconds)
        # What was committed last has a moment to arrive.
        time.sleep(5)
    finally:
        if service:
            service.stop()
        receiver.terminate()
        receiver.wait()
    arrived = {}
    for line in calls.read_text().splitlines():
        call = json.loads(line)
        arrived.setdefault((call["json"]["alert"], call["json"]["version"]), call["at"])
    arrived = carried(folder / "data/state.sqlite") | arrived
    waits = [arrived[key] - at for key, at in seen.items() if key in arrived]
    row("reports a second, posted", rate * seconds / took, "/s")
    row("messages", len(waits), "")
    kept = row("committed and not handed over", len(seen) - len(waits), "", 0)
    row("commit to hand-over, median", share(waits, 0.5) * 1000, "ms")
    return kept & row("commit to hand-over, 99 %", share(waits, 0.99) * 1000, "ms", 1000)


def drive(service, token, folder, rate, seconds):
    """Posts everything; what was seen in the outbox, and how long the posts took."""
    load = list(bodies(rate, seconds))
    fresh = [(district, conflict) for conflict in CONFLICTS for district in DISTRICTS]
    begun = time.monotonic() + 2
    work = [[] for _ in range(4)]
    for number, body in enumerate(load):
        work[number % len(work)].append((begun + number / BATCHES_A_SECOND, body))
    opening = []
    for number, (district, (kind, category)) in zip(range(seconds * OPENED_A_SECOND), fresh):
        body = report(10_000_000 + number, district, kind, category, 4, 10)
        opening.append((begun + number / OPENED_A_SECOND, body))
    sender, seen, stop = Sender(service.port, token), {}, threading.Event()
    watcher = threading.Thread(target=watch_outbox, args=(folder / "data/state.sqlite", seen, stop))
    threads = [threading.Thread(target=sender.post, args=(own,)) for own in [*work, opening]]
    watcher.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - begun
    time.sleep(3)
    stop.set()
    watcher.join()
    if sender.failed:
        sys.exit(f"bench: POST answered {sender.failed[0]}")
    print(f"  the latest post left {sender.late:.2f} s behind its instant", flush=True)
    return seen, took
