#!/usr/bin/env python3
"""A webhook receiver for tests, as another agency would write one: checks the signature, drops repetitions,
and appends what it got to a file, one JSON object a line.

    webhook_receiver.py --file CALLS.ndjson --secret SECRET [--port 0] [--refuse N] [--hang N] [--slow SECONDS] [--cert PEM --key PEM]

Prints "listening on HOST:PORT" once it does. Answers 204; 401 for a wrong or old signature; the first N calls get
503 (--refuse), or no answer at all (--hang); every answer comes so much later (--slow). Each line: at, path, headers, body (text), json, signature ("valid" or
why not), repeated (this Idempotency-Key was taken before), status. Ends on SIGTERM.
"""
import argparse
import hashlib
import hmac
import http.server
import json
import signal
import ssl
import threading
import time

REPLAY_WINDOW_SECONDS = 300


def verify(secret, header, body, now):
    """"valid", or what is wrong."""
    fields = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    if not fields.get("t", "").isdigit() or "v1" not in fields:
        return "malformed"
    expected = hmac.new(secret.encode(), fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, fields["v1"]):
        return "wrong"
    return "valid" if abs(now - int(fields["t"])) <= REPLAY_WINDOW_SECONDS else "old"


class Receiver(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, call):
        super().__init__((call.host, call.port), Handler)
        self.call = call
        self.lock = threading.Lock()
        self.seen = 0
        self.taken = set()

    def judge(self, signature, key):
        """Status (0: never answer) and whether this message was taken before."""
        with self.lock:
            self.seen += 1
            if self.seen <= self.call.refuse:
                return 503, False
            if self.seen <= self.call.refuse + self.call.hang:
                return 0, False
            if signature != "valid":
                return 401, False
            repeated = key in self.taken
            self.taken.add(key)
            return 204, repeated

    def keep(self, line):
        with self.lock, open(self.call.file, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        now = time.time()
        headers = {name.lower(): value for name, value in self.headers.items()}
        signature = verify(self.server.call.secret, headers.get("kentongan-signature", ""), body, now)
        status, repeated = self.server.judge(signature, headers.get("idempotency-key"))
        text = body.decode("utf-8", "replace")
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = None
        self.server.keep({"at": now, "path": self.path, "headers": headers, "body": text, "json": parsed,
                          "signature": signature, "repeated": repeated, "status": status})
        if status == 0:
            threading.Event().wait()
        time.sleep(self.server.call.slow)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass  # what came is in the file


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--refuse", type=int, default=0)
    parser.add_argument("--hang", type=int, default=0)
    parser.add_argument("--slow", type=float, default=0.0)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    receiver = Receiver(parser.parse_args())
    if receiver.call.cert:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(receiver.call.cert, receiver.call.key)
        receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
    stop = lambda *_: threading.Thread(target=receiver.shutdown).start()  # noqa: E731
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    host, port = receiver.server_address[:2]
    print(f"listening on {host}:{port}", flush=True)
    receiver.serve_forever()


if __name__ == "__main__":
    main()
