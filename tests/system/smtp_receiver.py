#!/usr/bin/env python3
"""A mail server for tests: takes every message and appends it to a file, one JSON object a line.

    smtp_receiver.py --file MAILS.ndjson [--port 0] [--refuse N] [--hang N] [--cert PEM --key PEM [--starttls]] [--user U --password P]

Prints "listening on HOST:PORT" once it does. The first N messages are refused (451) or never answered, and kept
with "answer": "refused" or "hung". With --user nothing is taken before AUTH PLAIN or LOGIN. Each line: at, from, to (list), message_id, subject, body (decoded), headers, raw, answer.
Ends on SIGTERM.
"""
import argparse
import asyncio
import base64
import email
import email.policy
import json
import signal
import ssl
import time

LIMIT = 1 << 20


class Session:
    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.secure = writer.get_extra_info("ssl_object") is not None
        self.known = not server.call.user
        self.reset()

    def reset(self):
        self.sender, self.receivers = None, []

    async def say(self, line):
        self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()

    async def run(self):
        await self.say("220 test mail server")
        while line := await self.reader.readline():
            command = line.decode("utf-8", "replace").strip()
            verb = command[:4].upper()
            if verb == "QUIT":
                await self.say("221 bye")
                return
            await self.step(verb, command)

    async def step(self, verb, command):
        call = self.server.call
        if verb == "EHLO":
            offers = ["8BITMIME", "SMTPUTF8"] + (["STARTTLS"] if call.starttls and not self.secure else [])
            offers += ["AUTH PLAIN LOGIN"] if call.user else []
            for offer in offers[:-1]:
                await self.say(f"250-{offer}")
            await self.say(f"250 {offers[-1]}")
        elif verb == "STAR" and call.starttls and not self.secure:
            await self.say("220 go ahead")
            await self.writer.start_tls(self.server.tls)
            self.secure = True
            self.reset()
        elif verb == "AUTH" and call.user:
            self.known = await self.credentials(command) == (call.user, call.password)
            await self.say("235 welcome" if self.known else "535 wrong name or password")
        elif not self.known and verb in ("MAIL", "RCPT", "DATA"):
            await self.say("530 who are you")
        elif verb == "MAIL":
            self.reset()
            self.sender = address(command)
            await self.say("250 ok")
        elif verb == "RCPT" and self.sender is not None:
            self.receivers.append(address(command))
            await self.say("250 ok")
        elif verb == "DATA" and self.receivers:
            await self.say("354 go on")
            await self.take(await self.data())
        elif verb in ("HELO", "NOOP", "RSET"):
            await self.say("250 ok")
        else:
            await self.say("503 not now")

    async def credentials(self, command):
        _, method, *first = command.split()
        if method.upper() == "PLAIN":
            _, user, password = decode(first[0]).split("\0")
            return user, password
        await self.say("334 VXNlcm5hbWU6")
        user = decode(await self.reader.readline())
        await self.say("334 UGFzc3dvcmQ6")
        return user, decode(await self.reader.readline())

    async def data(self):
        lines = []
        while (line := await self.reader.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    async def take(self, raw):
        answer = self.server.answer()
        self.server.keep(self.sender, self.receivers, raw, answer)
        self.reset()
        if answer == "refused":
            await self.say("451 try again later")
        elif answer == "hung":
            await asyncio.Event().wait()
        else:
            await self.say("250 taken")


class Server:
    def __init__(self, call):
        self.call = call
        self.seen = 0
        self.tls = None
        if call.cert:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(call.cert, call.key)

    def answer(self):
        self.seen += 1
        if self.seen <= self.call.refuse:
            return "refused"
        return "hung" if self.seen <= self.call.refuse + self.call.hang else "taken"

    def keep(self, sender, receivers, raw, answer):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        body = message.get_body(("plain",))
        line = {
            "at": time.time(), "from": sender, "to": receivers, "message_id": message["Message-ID"],
            "subject": message["Subject"], "body": body.get_content() if body else "",
            "headers": {name: str(value) for name, value in message.items()},
            "raw": raw.decode("utf-8", "replace"), "answer": answer,
        }
        # One write of one whole line, so that a reader never sees half of it twice.
        with open(self.call.file, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    async def session(self, reader, writer):
        try:
            await Session(self, reader, writer).run()
        except (ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass  # the client went away, or the server ends; what was finished is kept
        finally:
            writer.close()


def decode(text):
    return base64.b64decode(text).decode("utf-8", "replace")


def address(command):
    return command.partition("<")[2].partition(">")[0]


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--refuse", type=int, default=0)
    parser.add_argument("--hang", type=int, default=0)
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--starttls", action="store_true", help="begin in the clear; else TLS from the first byte")
    call = parser.parse_args()
    server = Server(call)
    tls = None if call.starttls else server.tls
    listener = await asyncio.start_server(server.session, call.host, call.port, limit=LIMIT, ssl=tls)
    host, port = listener.sockets[0].getsockname()[:2]
    print(f"listening on {host}:{port}", flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
