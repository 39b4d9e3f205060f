"""Kafka in, committed assessment on PostgreSQL out: speed as a share of a bare pass-through, and how soon. For run.py.

Every run has a broker and a database of its own, fresh, and all its processes share the two cores. The bare
pass-through (tests/bench/flow.rs) takes the same lines over the same topics and puts them into one table.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PARTITIONS = 8
FEEDS = (("village", "desa"), ("police", "polres"), ("company", "perusahaan"))
TAKEN = "SELECT COALESCE(SUM(count), 0) FROM counters WHERE name LIKE 'outcome.%' OR name LIKE 'dead.%'"
SIZE = "SELECT pg_database_size(current_database())"
PASSED = "SELECT COUNT(*) FROM passed"
# Milliseconds from the record's stamp, given as it is handed to `reports`, to the row.
SOON = "SELECT CAST(percentile_cont(0.99) WITHIN GROUP (ORDER BY kept_at - received_at) AS BIGINT) FROM passed WHERE received_at > {}"
# Where each service keeps the token of its metrics, by its port.
TOKENS = {}
BUCKETS = re.compile(r'kentongan_report_to_assessment_seconds_bucket\{le="([^"]+)"\} (\S+)')


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(seconds, what, ready, pause=0.2):
    """Asks until there is an answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ready()
        if answer:
            return answer
        time.sleep(pause)
    sys.exit(f"bench: {what} did not come within {seconds} s")


def listening(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def process(words, log, **more):
    with open(log, "ab") as out:
        child = subprocess.Popen(words, stdout=out, stderr=out, stdin=subprocess.DEVNULL, **more)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()


class World:
    """A broker and a database, and what runs on them."""

    def __init__(self, stack, tools, folder, places):
        self.tools, self.folder, self.stack = tools, folder, stack
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        self.brokers = f"127.0.0.1:{free_port()}"
        self.database = f"postgres://postgres@127.0.0.1:{free_port()}/postgres"
        self.broker()
        self.postgres()
        self.config = folder / "own.toml"
        self.config.write_text(
            f'[kafka]\nbrokers = "{self.brokers}"\npartitions = {PARTITIONS}\n'
            # This broker answers half of the wait late, also when it has something, and nobody else meanwhile.
            f'[kafka.properties]\n"fetch.wait.max.ms" = "50"\n"fetch.max.bytes" = "1000000"\n[state]\nurl = "{self.database}"\n'
            f'[places]\nfiles = ["{places}"]\n[logging]\nlevel = "warn"\n'
        )

    def broker(self):
        at = f"tcp://{self.brokers}"
        words = [self.tools["broker"], "broker", "--cluster-id", "bench", "--listener-url", at]
        words += ["--advertised-listener-url", at, "--storage-engine", "sqlite://broker.db"]
        own = process(words, self.folder / "broker.log", cwd=self.folder, env={**os.environ, "RUST_LOG": "warn"})
        self.parts = {"broker": self.stack.enter_context(own).pid}
        until(30, "the broker", lambda: listening(int(self.brokers.split(":")[1])))
        subprocess.run([self.tools["bench"], "quicken", self.folder / "broker.db"], check=True)

    def postgres(self):
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        folder, port = self.folder / "postgres", self.database.split(":")[-1].split("/")[0]
        folder.mkdir()
        own = []
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            own = ["runuser", "-u", "postgres", "--"]
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
        data = ["-D", str(folder / "data")]
        subprocess.run([*own, programs / "initdb", *data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"], **quiet)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        subprocess.run([*own, programs / "pg_ctl", *data, "-w", "-o", options, "-l", folder / "log", "start"], **quiet)
        stop = [*own, programs / "pg_ctl", *data, "-m", "immediate", "stop"]
        self.stack.callback(subprocess.run, stop, stdout=subprocess.DEVNULL, cwd="/")
        self.parts["postgres"] = int((folder / "data/postmaster.pid").read_text().split()[0])

    def ask(self, query):
        answer = subprocess.run(["psql", self.database, "-AtXc", query], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return int(answer.stdout.strip() or 0)

    def call(self, *words):
        common = ["--config", TOP / "config/scale.toml", "--config", self.config, "--data", self.folder / "data"]
        subprocess.run([self.tools["kentongan"], *words, *common], check=True, stdout=subprocess.DEVNULL)

    def serve(self, name, roles):
        port = free_port()
        words = [self.tools["kentongan"], "serve", "--config", TOP / "config/scale.toml", "--config", self.config]
        words += ["--data", self.folder / name, "--roles", roles, "--listen", f"127.0.0.1:{port}"]
        (self.folder / name).mkdir()
        TOKENS[port] = self.folder / name / "metrics.token"
        self.parts[name] = self.stack.enter_context(process(words, self.folder / f"{name}.log")).pid
        until(60, name, lambda: metrics(port))
        return port

    def passing(self):
        subprocess.run([self.tools["bench"], "topics", self.brokers], check=True)
        words = [self.tools["bench"], "pass", self.brokers, self.database]
        self.parts["pass"] = self.stack.enter_context(process(words, self.folder / "pass.log")).pid

    def produce(self, file, rate=0):
        subprocess.run([self.tools["bench"], "produce", self.brokers, file, str(rate)], check=True, stdout=subprocess.DEVNULL)

    def spent(self):
        """CPU seconds of each part so far, with its children."""
        return {name: cpu(pid) for name, pid in self.parts.items()}


def cpu(pid):
    try:
        own = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        tasks = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return sum(int(own[place]) for place in (11, 12)) / os.sysconf("SC_CLK_TCK") + sum(cpu(child) for child in tasks)


def memory(world, name):
    """Resident bytes of the parts so named."""
    files = [Path(f"/proc/{pid}/statm") for part, pid in world.parts.items() if part.startswith(name)]
    return sum(int(file.read_text().split()[1]) for file in files) * os.sysconf("SC_PAGE_SIZE")


def metrics(port):
    try:
        token = TOKENS[port].read_text().strip()
        request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return None


def value(text, name):
    return sum(float(line.split()[-1]) for line in text.splitlines() if re.match(rf"{name}[{{ ]", line))


def timed(world, query, warm, file, count):
    """Records a second from the first produced to the last committed, after a warm-up that settles the groups."""
    world.produce(warm[0])
    until(180, "the warm-up", lambda: world.ask(query) >= warm[1])
    before, begun = world.spent(), time.monotonic()
    world.produce(file)
    until(900, "the last record", lambda: world.ask(query) >= warm[1] + count)
    took = time.monotonic() - begun
    after = world.spent()
    each = {name: (after[name] - before.get(name, 0.0)) * 1e6 / count for name in after}
    print("   CPU a record, µs: " + ", ".join(f"{name} {spent:.0f}" for name, spent in each.items()), flush=True)
    return count / took, sum(each.values())


def quantile(before, after, share=0.99):
    """Seconds within which that share of the reports was, straight within its bucket; of several workers' metrics."""
    counts = {}
    for sign, texts in ((-1, before), (1, after)):
        for text in texts:
            for bound, count in BUCKETS.findall(text):
                counts[float(bound)] = counts.get(float(bound), 0.0) + sign * float(count)
    wanted, low, below = share * max(counts.values()), 0.0, 0.0
    for bound, count in sorted(counts.items()):
        if count >= wanted:
            return low + (bound - low) * (wanted - below) / max(count - below, 1.0)
        low, below = bound, count


def bare(tools, folder, files, count, rate=0):
    """Records a second and CPU a record; at `rate` also the milliseconds within which 99 % are in their table."""
    with ExitStack() as stack:
        world = World(stack, tools, folder / "bare", files["places"])
        world.passing()
        passed, least = timed(world, PASSED, files["warm"], files["lines"], count)
        if not rate:
            return passed, least, 0
        begun = int(time.time() * 1000)
        world.produce(files["more"], rate)
        until(300, "the last record", lambda: world.ask(PASSED) >= files["warm"][1] + count + files["more count"])
        return passed, least, world.ask(SOON.format(begun))


def ours(tools, folder, files, count, workers):
    """Records a second, CPU a record, each worker's share, the 99th percentile at half the rate, bytes stored and held."""
    with ExitStack() as stack:
        world = World(stack, tools, folder / f"ours-{workers}", files["places"])
        world.call("migrate")
        for klass, name in FEEDS:
            world.call("feed", "add", name, "--class", klass)
        world.serve("intake", "intake")
        ports = [world.serve(f"worker-{number}", "worker") for number in range(workers)]
        owns = lambda port: value(metrics(port), "kentongan_recovered_partitions")
        until(120, "sharing the partitions", lambda: all(map(owns, ports)) and sum(map(owns, ports)) == PARTITIONS)
        held = (world.ask(SIZE), memory(world, "worker"))
        rate, spent = timed(world, TAKEN, files["warm"], files["lines"], count)
        held = [(now - then) / (count + files["warm"][1]) for now, then in zip((world.ask(SIZE), memory(world, "worker")), held)]
        taken = [value(metrics(port), "kentongan_records_total") for port in ports]
        before = [metrics(port) for port in ports]
        world.produce(files["more"], int(rate / 2))
        until(300, "the last record", lambda: world.ask(TAKEN) >= files["warm"][1] + count + files["more count"])
        after = [metrics(port) for port in ports]
        within = (f"{share:.0%} {quantile(before, after, share) * 1000:.0f}" for share in (0.5, 0.9, 0.99))
        print("   report to assessment, ms: " + ", ".join(within), flush=True)
        return rate, spent, taken, quantile(before, after), held


def measure(tools, folder, count, row):
    """All rows; true where they keep to their bars."""
    folder.mkdir()
    folder.chmod(0o755)
    bench, warm, more = tools["bench"], 2_000, max(count // 4, 1_000)
    names = {name: folder / f"{name}.ndjson" for name in ("warm", "lines", "more")}
    for seed, (name, lines) in enumerate((("warm", warm), ("lines", count), ("more", more)), 42):
        subprocess.run([bench, "workload", str(lines), str(seed), names[name], folder / "codes.txt"], check=True)
    subprocess.run([bench, "places", folder / "places.csv"], check=True)
    files = {"warm": (names["warm"], warm), "lines": names["lines"], "more": names["more"], "more count": more}
    files["places"] = folder / "places.csv"
    passed, least, _ = bare(tools, folder, files, count)
    one, *_ = ours(tools, folder, files, count, 1)
    two, spent, taken, soon, (stored, held) = ours(tools, folder, files, count, 2)
    again, least_again, bare_soon = bare(tools, folder / "again", files, count, int(two / 2))
    passed, least = (passed + again) / 2, (least + least_again) / 2
    row("bare pass-through", passed, "/s")
    row("Kafka to PostgreSQL, one worker", one, "/s")
    row("Kafka to PostgreSQL, two workers", two, "/s")
    row("of these by the busier worker", max(taken) / sum(taken), "x")
    row("CPU a record as a share of ours, pass-through", least / spent, "x")
    row("PostgreSQL, bytes a report", stored, "B")
    row("two workers' memory, bytes a report", held, "B")
    kept = row("Kafka to PostgreSQL as a share of the pass-through", two / passed, "x", 0.7, True)
    row("stamp to row of the pass-through at that half rate, 99 %", bare_soon, "ms")
    return kept & row("report to assessment at half the rate, 99 %", soon * 1000, "ms", 250)
