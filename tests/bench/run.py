#!/usr/bin/env python3
"""Speed and memory of Kentongan, as ratios within one run. Called by `tests/run bench`.

  replay   CPU of `kentongan replay` over the workload, as a multiple of the least a program must do with it
  post     rows a second through POST, durable, as a share of committing the same rows to SQLite
  idle     memory of a service that waits, for one regency
  start    from the call to the first ready answer
  scale    Kafka in, committed assessment on PostgreSQL out, as a share of a bare pass-through; how soon at half that rate
  handover from a condition's commit to its message at the receiver, while reports arrive; only where it is asked for
  fit      CPU of fitting 514 places, 3 kinds, 2 horizons and 5 years of made-up history, folds and judgement included

  readers  rows a second of a core and memory of each reader of files, and memory on a file of a million rows

Where the peers' bench is at hand (KENTONGAN_SHARED, else ../shared), its own limit is one more row.
"""

import argparse
import http.client
import json
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import handover
import scale

TOP = Path(__file__).resolve().parents[2]
BARS = {"replay CPU": 3.0, "replay memory": 200.0, "post": 0.5, "idle": 64.0, "start": 1.0, "fit": 5.0, "readers memory": 128.0}
BATCH = 1000
SETTINGS = '[places]\nregencies = ["16.13"]\n[intake]\nrecords_a_minute = 100000000\n[logging]\nlevel = "warn"\n'
rows = []


def binary(name, variable):
    target = Path(os.environ.get("CARGO_TARGET_DIR", TOP / "target"))
    path = Path(os.environ.get(variable, target / "release" / name))
    if not path.exists():
        sys.exit(f"bench: '{path}' is missing; call `tests/run bench`, which builds it")
    return str(path)


def row(name, figure, unit, bar=None, at_least=False):
    """Keeps one line of the table; true where the figure keeps to its bar."""
    kept = bar is None or (figure >= bar if at_least else figure <= bar)
    word = "" if bar is None else f"{'at least' if at_least else 'at most'} {bar:g}"
    rows.append((name, f"{figure:,.2f} {unit}", word, "" if bar is None else ("ok" if kept else "OVER")))
    print(f"  {name}: {figure:,.2f} {unit} {word} {rows[-1][3]}", flush=True)
    return kept


def measured(words):
    """Runs to the end: what it printed, CPU seconds, wall seconds, peak memory in MB."""
    begun = time.monotonic()
    child = subprocess.Popen(words, stdout=subprocess.PIPE)
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"bench: {' '.join(words)} ended with {child.returncode}")
    return said.decode(), used.ru_utime + used.ru_stime, time.monotonic() - begun, used.ru_maxrss / 1024


def best(words, runs=3):
    """The run with the least CPU of several."""
    return min((measured(words) for _ in range(runs)), key=lambda run: run[1])


def replay(kentongan, bench, folder, lines):
    print(f"replay of {lines:,} lines", flush=True)
    file, districts = f"{folder}/workload.ndjson", f"{folder}/districts.txt"
    subprocess.run([bench, "workload", str(lines), "42", file, districts], check=True)
    answer, least, _, _ = best([bench, "limit", file, districts])
    output, cpu, wall, peak = best([kentongan, "replay", file, "--districts", districts, "--json"])
    limit, closing = json.loads(answer), json.loads(output.strip().splitlines()[-1])
    if closing["reports"] + sum(closing["dead_letters"].values()) != lines or limit["late"]:
        sys.exit(f"bench: the counts do not balance: {closing}")
    refused = {reason: count for reason, count in limit["rejects"].items() if count}
    if refused != closing["dead_letters"] or limit["duplicates"] != closing["duplicates"]:
        sys.exit(f"bench: replay and limit disagree: {closing} {limit}")
    row("limit, CPU", least, "s")
    row("replay, CPU", cpu, "s")
    row("replay, wall", wall, "s")
    row("replay, reports a second and core", lines / cpu, "/s")
    kept = row("replay, CPU as a multiple of the limit", cpu / least, "x", BARS["replay CPU"] if lines >= 1_000_000 else None)
    kept &= row("replay, memory", peak, "MB", BARS["replay memory"])
    peers(kentongan, folder, lines, file, districts, cpu)
    os.unlink(file)
    return kept


def peers(kentongan, folder, lines, file, districts, cpu):
    """The limit of the peers' bench, built where its source is at hand."""
    source = Path(os.environ.get("KENTONGAN_SHARED", TOP.parent / "shared")) / "bench" / "ref"
    if not source.exists():
        print("  peers' limit: not run: its source is not at hand", flush=True)
        return
    cache = Path(os.environ.get("KENTONGAN_CACHE", Path.home() / ".cache/kentongan")) / "bench"
    reference = cache / "target/release/ref"
    if not reference.exists():
        shutil.copytree(source, cache / "ref", dirs_exist_ok=True)
        manifest, target = str(cache / "ref/Cargo.toml"), str(cache / "target")
        subprocess.run(
            ["cargo", "build", "--quiet", "--release", "--manifest-path", manifest, "--target-dir", target], check=True
        )
    _, least, _, _ = best([str(reference), "job-hand-ttl", file, districts])
    row("peers' limit, CPU", least, "s")
    row("replay, CPU as a multiple of the peers' limit", cpu / least, "x")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Service:
    """`kentongan serve` for one regency, with seconds from call to ready."""

    def __init__(self, kentongan, folder, settings=SETTINGS):
        self.port = free_port()
        self.config = f"{folder}/bench.toml"
        Path(self.config).write_text(settings)
        words = [kentongan, "serve", "--config", self.config, "--data", f"{folder}/data", "--listen", f"127.0.0.1:{self.port}"]
        begun = time.monotonic()
        self.child = subprocess.Popen(words)
        while True:
            try:
                if self.get("/readyz") == 200:
                    break
            except OSError:
                pass
            if self.child.poll() is not None or time.monotonic() > begun + 60:
                sys.exit("bench: the service did not become ready")
            time.sleep(0.002)
        self.ready = time.monotonic() - begun

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def memory(self):
        """Resident memory in MB."""
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def stop(self):
        self.child.terminate()
        self.child.wait()


def batches(bench, folder, count):
    """Bodies of 1,000 reports each, in the districts of one regency."""
    file = f"{folder}/posts.ndjson"
    subprocess.run([bench, "workload", str(count * BATCH * 105 // 100), "7", file, f"{folder}/posts.txt"], check=True)
    lines = []
    with open(file, "rb") as source:
        for number, line in enumerate(source):
            try:
                report = json.loads(line)
            except ValueError:
                continue
            report["district"] = f"16.13.0{1 + number % 7}"
            report["feed"] = "police"
            del report["village"]
            lines.append(json.dumps(report, separators=(",", ":")).encode())
    os.unlink(file)
    return [lines[at : at + BATCH] for at in range(0, count * BATCH, BATCH)]


def raw(folder, bodies):
    """Rows a second when the same rows are committed to SQLite, 1,000 a commit, each on disk before the next."""
    file = sqlite3.connect(f"{folder}/raw.sqlite", isolation_level=None)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = FULL")
    file.execute(
        "CREATE TABLE records (part INTEGER, at INTEGER, feed TEXT, class TEXT, areas TEXT, received INTEGER, bytes BLOB,"
        " refused TEXT, PRIMARY KEY (part, at)) WITHOUT ROWID"
    )
    at, begun = 0, time.monotonic()
    for body in bodies:
        file.execute("BEGIN IMMEDIATE")
        values = ((0, at + place, "bench", "police", "", 0, line, None) for place, line in enumerate(body))
        file.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        file.execute("COMMIT")
        at += len(body)
    rate = at / (time.monotonic() - begun)
    file.close()
    return rate


def posted(service, token, bodies):
    """Rows a second through POST on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    texts = [b"\n".join(body) for body in bodies]
    begun = time.monotonic()
    for text in texts:
        connection.request("POST", "/v1/reports", text, headers)
        answer = connection.getresponse()
        answered = answer.read()
        if answer.status != 202:
            sys.exit(f"bench: POST answered {answer.status}: {answered[:500]!r}")
    return len(bodies) * BATCH / (time.monotonic() - begun)


def feed_token(kentongan, data, area="16.13"):
    """Registers a police feed; its token, which earlier builds print within a sentence."""
    words = [kentongan, "feed", "add", "bench", "--class", "police", "--area", area, "--data", data]
    printed = subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return printed.split("shown once: ")[-1].split()[0]


def served(kentongan, bench, folder, count):
    print(f"service for one regency, {count} batches of {BATCH:,}", flush=True)
    token = feed_token(kentongan, f"{folder}/data")
    starts = []
    for _ in range(3):
        service = Service(kentongan, folder)
        starts.append(service.ready)
        time.sleep(1)
        idle = service.memory()
        service.stop()
    kept = row("start to ready", min(starts), "s", BARS["start"])
    kept &= row("idle memory", idle, "MB", BARS["idle"])
    bodies = batches(bench, folder, count)
    service = Service(kentongan, folder)
    before, through, after = raw(folder, bodies), 0.0, 0.0
    try:
        through = posted(service, token, bodies)
    finally:
        service.stop()
    os.unlink(f"{folder}/raw.sqlite")
    after = raw(folder, bodies)
    row("raw commits", (before + after) / 2, "rows/s")
    row("POST, 1,000 a batch", through, "rows/s")
    return kept & row("POST as a share of raw commits", through / ((before + after) / 2), "x", BARS["post"], True)


def fitted():
    print("fitting 514 places, 3 kinds, 5 years", flush=True)
    _, cpu, _, _ = best([binary("examples/speed", "KENTONGAN_FIT_BIN")], 2)
    return row("fitting, CPU", cpu, "s", BARS["fit"])


def at_scale(kentongan, bench, folder, count):
    broker = os.environ.get("KENTONGAN_TEST_BROKER")
    if not broker:
        print("  at scale: not run: KENTONGAN_TEST_BROKER names no broker program; `tests/run bench` builds it", flush=True)
        return True
    print(f"Kafka and PostgreSQL, {count:,} reports in {scale.PARTITIONS} partitions", flush=True)
    Path(folder).chmod(0o755)
    tools = {"kentongan": kentongan, "bench": bench, "broker": broker}
    return scale.measure(tools, Path(folder) / "scale", count, row)


def handed_over(kentongan, folder, rate, seconds):
    print(f"messages handed over while {rate:,} reports a second arrive, {seconds} s", flush=True)
    service_of = lambda settings: Service(kentongan, folder, settings)  # noqa: E731
    token_of = lambda area: feed_token(kentongan, f"{folder}/data", area)  # noqa: E731
    return handover.measure(service_of, token_of, folder, rate, seconds, row)


READERS = {"csv": 50_000, "kobo": 50_000, "kobo-json": 50_000, "xlsx": 20_000, "bnpb": None, "reports": None, "chat": 50_000}


def readers(folder, count=90_000, million=1_000_000):
    """Rows a second of a core of each reader, and its memory; then what a file of a million rows does to the memory."""
    examples = Path(os.environ.get("CARGO_TARGET_DIR", TOP / "target")) / os.environ.get("KENTONGAN_BENCH_PROFILE", "release")
    reader = examples / "examples" / "readers"
    if not reader.exists():
        sys.exit(f"bench: '{reader}' is missing; `cargo build --release -p formats --example readers` builds it")
    print(f"readers, {count:,} rows", flush=True)
    kept = True
    for name, least in READERS.items():
        file = f"{folder}/readers-{name}"
        # As JSON a row takes more room, and a file has at most 24 MB.
        rows = min(count, 60_000) if name == "kobo-json" else count
        subprocess.run([reader, "make", name, str(rows), file], check=True)
        answer, cpu, _, peak = best([str(reader), "read", name, file])
        found = json.loads(answer)
        if found["rows"] != rows or found["usable"] * 10 < rows * 9:
            sys.exit(f"bench: the reader of {name} did not read all: {found}")
        kept &= row(f"{name}, rows a second and core", rows / cpu, "/s", least, at_least=True)
        kept &= row(f"{name}, memory", peak, "MB", BARS["readers memory"])
        # A chat is pasted, and no more than a megabyte of it.
        if name != "chat" and million:
            subprocess.run([reader, "make", name, str(million), file], check=True)
            answer, cpu, _, peak = measured([str(reader), "read", name, file])
            found = json.loads(answer)
            words = f"{found['rows']:,} rows" if not found["refused"] else "refused in words"
            kept &= row(f"{name}, a million rows ({words}), memory", peak, "MB", BARS["readers memory"])
        os.unlink(file)
    return kept


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of the replayed workload")
    parser.add_argument("--reports", type=int, default=40_000, help="reports over Kafka")
    parser.add_argument("--only-scale", action="store_true", help="measure nothing but Kafka and PostgreSQL")
    parser.add_argument("--only-notify", action="store_true", help="measure nothing but the hand-over of messages")
    parser.add_argument("--only-readers", action="store_true", help="measure nothing but the readers of files")
    parser.add_argument("--rows", type=int, default=90_000, help="rows that each reader reads")
    parser.add_argument("--million", type=int, default=1_000_000, help="rows of the largest files; 0 leaves them out")
    parser.add_argument("--rate", type=int, default=5_000, help="reports a second while messages are handed over")
    parser.add_argument("--seconds", type=int, default=60, help="how long they arrive")
    parser.add_argument("--batches", type=int, default=100, help="batches posted")
    call = parser.parse_args()
    kentongan = None if call.only_readers else binary("kentongan", "KENTONGAN_BIN")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as folder:
        if call.only_readers:
            kept = readers(folder, call.rows, call.million)
        elif call.only_notify:
            kept = handed_over(kentongan, folder, call.rate, call.seconds)
        else:
            bench = binary("kentongan-bench", "KENTONGAN_BENCH_BIN")
            kept = at_scale(kentongan, bench, folder, call.reports)
        if not call.only_scale and not call.only_notify and not call.only_readers:
            kept &= readers(folder, call.rows, call.million)
            kept &= served(kentongan, bench, folder, call.batches)
            kept &= replay(kentongan, bench, folder, call.lines)
            kept &= fitted()
    width = max(len(name) for name, *_ in rows)
    print()
    for name, figure, bar, word in rows:
        print(f"{name:<{width}}  {figure:>20}  {bar:<14} {word}")
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
