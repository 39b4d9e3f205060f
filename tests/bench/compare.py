#!/usr/bin/env python3
"""Two builds of Kentongan, measured in turns, so that a noisy machine disturbs both alike. Prints a table for RESULTS.md.

  python3 tests/bench/compare.py OLD NEW [--rounds N] [--lines N] [--batches N]

OLD and NEW are paths of the program `kentongan`. KENTONGAN_BENCH_BIN is the workload's program, else target/release/kentongan-bench.
Of each figure the best round counts: least CPU and memory, highest rate. The digests of both are printed too.
"""

import argparse
import json
import os
import subprocess
import tempfile

import run


def replayed(kentongan, file, districts):
    """CPU seconds, peak memory in MB and the closing line of one replay."""
    printed, cpu, _, peak = run.measured([kentongan, "replay", file, "--districts", districts, "--json"])
    return cpu, peak, json.loads(printed.strip().splitlines()[-1])


def served(kentongan, folder, bodies):
    """Seconds to ready, idle memory in MB, POST as a share of raw commits of the same moment, CPU seconds a million reports."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        token = run.feed_token(kentongan, f"{own}/data")
        service = run.Service(kentongan, own)
        try:
            idle = service.memory()
            before = run.raw(own, bodies)
            os.unlink(f"{own}/raw.sqlite")
            rate = run.posted(service, token, bodies)
        finally:
            service.stop()
        raw = (before + run.raw(own, bodies)) / 2
        return service.ready, idle, rate / raw, rate


def table(figures):
    """Rows of the table: name, unit, whether less is better, then both builds' rounds."""
    print("\n| what | before | after | after ÷ before |\n|---|---|---|---|")
    for (name, unit, least), (old, new) in figures.items():
        best = min if least else max
        before, after = best(old), best(new)
        print(f"| {name} | {before:,.2f} {unit} | {after:,.2f} {unit} | {after / before:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--batches", type=int, default=60)
    call = parser.parse_args()
    bench = run.binary("kentongan-bench", "KENTONGAN_BENCH_BIN")
    cpu, peak = ("replay, CPU", "s", True), ("replay, peak memory", "MB", True)
    ready, idle = ("start to ready", "s", True), ("idle memory, one regency", "MB", True)
    share, rate = ("POST in batches of 1,000, share of raw commits", "", False), ("POST, reports a second", "/s", False)
    figures = {name: ([], []) for name in (cpu, peak, ready, idle, share, rate)}
    with tempfile.TemporaryDirectory(prefix="kentongan-compare-") as folder:
        file, districts = f"{folder}/workload.ndjson", f"{folder}/districts.txt"
        subprocess.run([bench, "workload", str(call.lines), "42", file, districts], check=True)
        bodies = run.batches(bench, folder, call.batches)
        for number in range(call.rounds):
            for which, kentongan in enumerate((call.old, call.new)):
                used, memory, closing = replayed(kentongan, file, districts)
                figures[cpu][which].append(used)
                figures[peak][which].append(memory)
                for name, figure in zip((ready, idle, share, rate), served(kentongan, folder, bodies)):
                    figures[name][which].append(figure)
                counts = {key: closing[key] for key in ("reports", "incidents", "assessments", "conditions", "state_digest")}
                print(f"round {number + 1}, {('old', 'new')[which]}: {used:.2f} s, {memory:.0f} MB, {counts}", flush=True)
    table(figures)


if __name__ == "__main__":
    main()
