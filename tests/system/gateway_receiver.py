#!/usr/bin/env python3
"""A provider of SMS or WhatsApp messages for tests: answers each call as it is asked to, and appends what it got to a file,
one JSON object a line.

    gateway_receiver.py --file CALLS.ndjson [--answers '[[200, {"status": false}], [200, {"status": true}]]']
        [--receipts '[[200, {"state": "delivered"}]]'] [--port 0]

Prints "listening on HOST:PORT" once it does. An answer is a status and a JSON body; status 0 never answers; the last one stands for
all further calls. What is asked below /receipt is answered by the receipts.
Each line: method, path, headers, body (text). Ends on SIGTERM.
"""
import argparse
import http.server
import json
import signal
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        server = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8", "replace")
        headers = {name.lower(): value for name, value in self.headers.items()}
        with server.lock:
            answers = server.receipts if self.path.startswith("/receipt") else server.answers
            status, words = answers.pop(0) if len(answers) > 1 else answers[0]
            with open(server.file, "a", encoding="utf-8") as file:
                line = {"method": self.command, "path": self.path, "headers": headers, "body": body}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        if status == 0:
            threading.Event().wait()
        text = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass  # what came is in the file


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", required=True)
    parser.add_argument("--answers", default='[[200, {"status": true}]]')
    parser.add_argument("--receipts", default='[[404, {}]]')
    parser.add_argument("--port", type=int, default=0)
    call = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", call.port), Handler)
    server.daemon_threads = True
    server.file, server.lock = call.file, threading.Lock()
    server.answers, server.receipts = json.loads(call.answers), json.loads(call.receipts)
    stop = lambda *_: threading.Thread(target=server.shutdown).start()  # noqa: E731
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    host, port = server.server_address[:2]
    print(f"listening on {host}:{port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
