#!/usr/bin/env python3
"""Scrapes a running Kentongan with a real Prometheus and asks it everything the dashboards and rules ask.

    observability.py --url http://127.0.0.1:8080 --token-file F [--prometheus P] [--promtool P]

Every query must return series, with the labels its legend or table needs: an empty answer is an error here,
though Prometheus calls it a success. Of a rule, the query left of the comparison is asked.
Exit 0: all right; 1: something is wrong; 2: it could not be tried.
"""
import argparse
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARDS = ROOT / "deploy" / "grafana" / "dashboards"
COMPARISON = re.compile(r"^(.*\S)\s*(?:==|!=|>=|<=|>|<)\s*-?[0-9.]+$", re.S)
# A series held against another of the same labels: asked with 'bool', so that it answers when all is well.
AGAINST = re.compile(r"^(.*\S)\s*(==|!=|>=|<=|>|<)\s*([a-z_:]+)$", re.S)
ABSENT = re.compile(r"^absent\((.*)\)$", re.S)
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main():
    call = arguments()
    failures = promtool_checks(call.promtool) + metrics_check(call)
    with tempfile.TemporaryDirectory(prefix="kentongan-prometheus-") as folder:
        folder = pathlib.Path(folder)
        port = free_port()
        config = write_config(folder, call)
        checked = subprocess.run([call.promtool, "check", "config", config], text=True, capture_output=True)
        if checked.returncode != 0:
            failures.append("promtool check config:\n" + checked.stdout + checked.stderr)
        with open(folder / "prometheus.log", "w+", encoding="utf-8") as log:
            server = subprocess.Popen(
                [call.prometheus, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
                 f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"],
                stdout=log, stderr=subprocess.STDOUT)
            try:
                failures += ask(Asker(f"http://127.0.0.1:{port}", call.patience), server)
            except GaveUp as reason:
                log.seek(0)
                print(f"{reason}\nPrometheus said:\n{log.read()}")
                return 2
            finally:
                server.terminate()
                server.wait()
    for failure in failures:
        print(f"WRONG {failure}")
    print("observability: " + (f"{len(failures)} wrong" if failures else "all right"))
    return 1 if failures else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True, help="address of the running service")
    parser.add_argument("--token-file", required=True, help="file with the token of /metrics")
    parser.add_argument("--prometheus", default="prometheus")
    parser.add_argument("--promtool", default="promtool")
    parser.add_argument("--patience", type=float, default=60, help="seconds until series must have come")
    return parser.parse_args()


class GaveUp(Exception):
    """Prometheus itself could not be used."""


class Asker:
    def __init__(self, base, patience):
        self.base = base
        self.deadline = time.monotonic() + patience

    def get(self, path, **parameters):
        url = f"{self.base}{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with DIRECT.open(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            return {"error": error.read().decode("utf-8", "replace")}

    def query(self, expression):
        return self.get("/api/v1/query", query=expression)

    def until(self, what, found):
        """Repeats `found` until it is truthy or patience ends."""
        while True:
            try:
                value = found()
            except OSError:
                value = None
            if value:
                return value
            if time.monotonic() > self.deadline:
                raise GaveUp(f"waited for {what} in vain")
            time.sleep(0.2)


def ask(asker, server):
    def ready():
        if server.poll() is not None:
            raise GaveUp(f"Prometheus ended with {server.returncode}")
        with DIRECT.open(asker.base + "/-/ready", timeout=5) as answer:
            return answer.status == 200

    asker.until("Prometheus to be ready", ready)
    # Rates and deltas need several scrapes.
    scraped = 'count_over_time(up{job="kentongan"}[5m]) >= 4 and up{job="kentongan"} == 1'
    asker.until("the service to be scraped", lambda: asker.query(scraped).get("result"))
    evaluated = lambda: all(rule["lastEvaluation"] > "0002" for rule in rules(asker))  # noqa: E731
    asker.until("the rules to be evaluated", evaluated)
    failures = []
    count = 0
    for where, expression, labels in list(rule_queries(asker)) + list(dashboard_queries(asker)):
        count += 1
        failures += judge(where, expression, labels, asker.query(expression))
    for rule in rules(asker):
        if rule["health"] != "ok":
            failures.append(f"rule {rule['name']}: {rule['health']}: {rule.get('lastError')}")
    print(f"{count} queries asked")
    return failures


def judge(where, expression, labels, data):
    if "error" in data:
        return [f"{where}: {expression}\n  {data['error']}"]
    if not data["result"]:
        return [f"{where}: no series: {expression}"]
    missing = {label for series in data["result"] for label in labels if not series["metric"].get(label)}
    return [f"{where}: label '{label}' is missing or empty: {expression}" for label in sorted(missing)]


def rules(asker):
    return [rule for group in asker.get("/api/v1/rules")["groups"] for rule in group["rules"]]


def rule_queries(asker):
    """The query of each rule as Prometheus read it, without what makes it empty when all is well."""
    for rule in rules(asker):
        expression = rule["query"]
        left = COMPARISON.match(expression) or ABSENT.match(expression)
        against = AGAINST.match(expression)
        if left is None and against:
            yield f"rule {rule['name']}", "{} {} bool {}".format(*against.groups()), []
            continue
        if left is None:
            raise GaveUp(f"rule {rule['name']}: neither a comparison nor absent(…): {expression}")
        yield f"rule {rule['name']}", left.group(1), []


def dashboard_queries(asker):
    for path in sorted(DASHBOARDS.glob("*.json")):
        board = json.loads(path.read_text(encoding="utf-8"))
        fillings = [{}]
        for variable in board["templating"]["list"]:
            metric, values = variable_values(asker, variable)
            # Nothing to choose from: the metric is absent, or the regex fits none of its values.
            yield f"{path.name} ${variable['name']}", metric if values else f"{metric} == NaN", []
            choices = values + ([variable["allValue"]] if variable.get("includeAll") else [])
            fillings = [{**filling, variable["name"]: choice} for filling in fillings for choice in choices]
        for panel in board["panels"]:
            for target in panel.get("targets", []):
                for filling in fillings:
                    expression = target["expr"]
                    for name, value in filling.items():
                        expression = expression.replace("$" + name, value)
                    chosen = ", ".join(filling.values())
                    yield f"{path.name} «{panel['title']}» [{chosen}]", expression, labels_of(panel, target)


def variable_values(asker, variable):
    metric, label = re.match(r"label_values\((.*),\s*(\w+)\)$", variable["query"]["query"]).groups()
    found = {series["metric"].get(label, "") for series in asker.query(metric)["result"]}
    wanted = re.compile(variable["regex"].strip("/") or "(.*)")
    return metric, sorted(match.group(1) for match in map(wanted.search, found) if match)


def labels_of(panel, target):
    labels = re.findall(r"{{\s*(\w+)\s*}}", target.get("legendFormat", ""))
    for transformation in panel.get("transformations", []):
        if transformation["id"] == "groupingToMatrix":
            options = transformation["options"]
            labels += [options["rowField"], options["columnField"]]
    return labels


def promtool_checks(promtool):
    failures = []
    for command in (["check", "rules", *sorted(PROMETHEUS.glob("rules/*.yml"))],
                    ["test", "rules", *sorted(PROMETHEUS.glob("tests/*.yml"))],
                    ["check", "config", "--syntax-only", PROMETHEUS / "prometheus.yml"]):
        checked = subprocess.run([promtool, *command], text=True, capture_output=True)
        if checked.returncode != 0:
            failures.append(f"promtool {command[0]} {command[1]}:\n{checked.stdout}{checked.stderr}")
    return failures


def metrics_check(call):
    """The page itself: answers, and promtool finds nothing to say about names and help."""
    request = urllib.request.Request(call.url.rstrip("/") + "/metrics")
    token = pathlib.Path(call.token_file).read_text(encoding="utf-8").strip()
    request.add_header("Authorization", f"Bearer {token}")
    try:
        with DIRECT.open(request, timeout=10) as answer:
            page = answer.read()
    except OSError as error:
        print(f"reading {call.url}/metrics: {error}")
        sys.exit(2)
    linted = subprocess.run([call.promtool, "check", "metrics"], input=page, capture_output=True)
    if linted.returncode != 0:
        return ["promtool check metrics:\n" + (linted.stdout + linted.stderr).decode("utf-8", "replace")]
    return []


def write_config(folder, call):
    """The shipped configuration with this service as target, quicker, and with the token's real place."""
    text = (PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8")
    target = urllib.parse.urlsplit(call.url)
    token = pathlib.Path(call.token_file).resolve()
    for pattern, replacement in (
        (r"scrape_interval: .*", "scrape_interval: 500ms"),
        (r"evaluation_interval: .*", "evaluation_interval: 500ms"),
        (r"- rules/", f"- {PROMETHEUS / 'rules'}/"),
        (r"credentials_file: .*", f"credentials_file: {token}"),
        (r'targets: \[".*"\]', f'targets: ["{target.netloc}"]'),
    ):
        text, changed = re.subn(pattern, lambda _, text=replacement: text, text)
        if changed != 1:
            raise SystemExit(f"prometheus.yml: '{pattern}' was expected once, found {changed} times")
    config = folder / "prometheus.yml"
    config.write_text(text, encoding="utf-8")
    return config


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
