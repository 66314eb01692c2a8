"""A worker of shoal in Python: holds slices for jobs that train with linear-descent, in rounds.

Follows docs/protocol.md and knows nothing else of shoal. It takes part beside workers in TypeScript;
a lost message or a death of this process costs time and never changes the model.
"""

import argparse
import asyncio
import hashlib
import json
import os
import secrets
import signal
import socket
import sys
import time
from pathlib import Path

import linear_descent as learner
import nats
import pyarrow
import tensors
from bus import CHUNK, blob, envelope, opened, pb, pull, read, write

# Shares of one message travel inside it up to this many bytes together.
INLINE = 131_072
LAYOUT = 2
DRAIN_S = 10


def split_of(first, last):
    return first + (1 << ((last - first - 1).bit_length() - 1))


def subtrees(first, last, owned):
    """The fewest whole subtrees of the tree over slices that make up `owned`, in order."""
    if all(i in owned for i in range(first, last)):
        return [(first, last)]
    if last - first == 1:
        return []
    middle = split_of(first, last)
    return subtrees(first, middle, owned) + subtrees(middle, last, owned)


def total(first, last, parts):
    """The sum over a subtree, combined as the tree says."""
    if last - first == 1:
        return parts[first]
    middle = split_of(first, last)
    return learner.combine(total(first, middle, parts), total(middle, last, parts))


class Fit:
    """The rounds of one fit: highest attempt obeyed, newest state, contributions of the round."""

    def __init__(self):
        self.attempt, self.round, self.digest, self.state = 0, 0, "", b""
        self.parts, self.kept = {}, {}


class Job:
    """What is held of one job: rows by slice and fit, under the claims' attempts."""

    def __init__(self):
        self.attempts, self.prepared, self.fits = {}, {}, []
        self.loading, self.subscription, self.plan = asyncio.Lock(), None, None
        self.digest = ""


class Worker:
    def __init__(self, nc, name):
        self.nc, self.js, self.name, self.nonce = nc, nc.jetstream(), name, secrets.token_hex(8)
        self.started, self.seq, self.term, self.progress = time.monotonic(), 0, 0, 0
        self.jobs, self.claiming, self.tasks = {}, set(), set()
        self.draining = asyncio.Event()
        self.leaving = False

    async def run(self):
        layout, _ = await read(self.js, "SHOAL_CLUSTER", "layout")
        if layout is None or pb.LayoutRecord.FromString(layout).layout > LAYOUT:
            raise SystemExit("no cluster is here, or a newer one than this worker knows")
        own = f"shoal.nodes.{self.name}"
        for what, hear in (("offers", self.offers), ("control", self.control), ("pull", self.give)):
            await self.nc.subscribe(f"{own}.{what}", cb=hear)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self.draining.set)
        await self.beat()
        await self.nc.flush()
        print(json.dumps({"ready": True, "node": self.name}), flush=True)
        until = None
        # The coordinator moves what a draining node holds, and tells it when to let go.
        while until is None or (self.jobs and time.monotonic() < until):
            waited = asyncio.sleep(0.5) if until else asyncio.wait_for(self.draining.wait(), 0.5)
            await asyncio.gather(waited, return_exceptions=True)
            if until is None and self.draining.is_set():
                until = time.monotonic() + DRAIN_S
            await self.beat()
            for job, held in list(self.jobs.items()):
                for number in range(len(held.fits)):
                    await self.ready(job, number)
        self.leaving = True
        await self.beat()
        await self.nc.drain()

    # Heartbeats and control

    def heartbeat(self):
        self.seq += 1
        age = int((time.monotonic() - self.started) * 1000)
        beat = pb.Heartbeat(node=self.name, nonce=self.nonce, role="worker", seq=self.seq)
        # No slots: it holds slices, and is offered no other tasks.
        beat.slots, beat.interval_ms, beat.memory_bytes, beat.uptime_ms = 0, 500, 2**30, age
        beat.learners.append(learner.LEARNER)
        beat.host, beat.pid, beat.version = socket.gethostname(), os.getpid(), "example"
        beat.draining, beat.leaving = self.draining.is_set(), self.leaving
        for job, held in self.jobs.items():
            for i, attempt in held.attempts.items():
                beat.running.add(job=job, task=f"hold.{i}", attempt=attempt, progress=self.progress)
        return beat

    async def beat(self):
        data = envelope("heartbeat", self.heartbeat())
        await self.nc.publish(f"shoal.nodes.{self.name}.heartbeat", data)

    async def control(self, message):
        asked = opened("control", message.data)
        if 0 < asked.term < self.term:
            pass  # A coordinator that leads no longer is answered, and not obeyed.
        elif asked.verb in ("cancel", "release"):
            await self.release(asked.job, asked.task)
        elif asked.verb in ("drain", "close"):
            self.draining.set()
        reply = pb.ControlReply(heartbeat=self.heartbeat())
        await message.respond(envelope("control-reply", reply))

    async def release(self, job, task):
        """Lets go of one slice, of all of the job where no task is named."""
        held = self.jobs.get(job)
        for i in list(held.attempts) if held else []:
            if task in ("", f"hold.{i}"):
                for kept in (held.attempts, held.prepared, *(fit.parts for fit in held.fits)):
                    kept.pop(i, None)
        if held and not held.attempts:
            del self.jobs[job]
            if held.subscription:
                await held.subscription.unsubscribe()

    # Claims

    async def offers(self, message):
        offered = opened("offers", message.data)
        if offered.term < self.term or self.draining.is_set():
            return
        self.term = offered.term
        for offer in offered.offers:
            name = (offer.job, offer.task)
            if offer.task.startswith("hold.") and name not in self.claiming:
                self.claiming.add(name)
                task = asyncio.create_task(self.hold(offer, offered.term))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)

    async def hold(self, offer, term):
        """Claims a slice, prepares its rows for every fit, and contributes to open rounds."""
        try:
            if not await self.claim(offer, term):
                return
            if offer.job in self.jobs and self.jobs[offer.job].digest != offer.plan:
                await self.release(offer.job, "")  # The job has been planned anew.
            held = self.jobs.setdefault(offer.job, Job())
            held.digest = offer.plan
            index = int(offer.task.split(".")[1])
            held.attempts[index] = offer.attempt
            async with held.loading:
                prepared = await self.prepare(offer, held, index)
            if held.attempts.get(index) == offer.attempt:
                held.prepared[index] = prepared
                for number in range(len(held.fits)):
                    await self.contribute(offer.job, number)
        except Exception as error:
            print(f"{offer.task} of {offer.job}: {error!r}", file=sys.stderr, flush=True)
            await self.report(offer, error)
            await self.release(offer.job, offer.task)
        finally:
            self.claiming.discard((offer.job, offer.task))

    async def claim(self, offer, term):
        """Gives False where the attempt is not to be had."""
        key = f"{offer.job}.{offer.task}"
        data, revision = await read(self.js, "SHOAL_TASK_RECORDS", key)
        record = pb.TaskRecord(min_reader=1, attempt=1) if data is None else pb.TaskRecord()
        record.MergeFromString(data or b"")
        if record.min_reader > 1 or record.state != pb.PENDING or record.term > term:
            return False
        over = any(error.attempt == offer.attempt for error in record.errors)
        if record.attempt != offer.attempt or over or record.plan not in ("", offer.plan):
            return False
        record.plan = offer.plan
        record.job, record.task, record.state, record.term = offer.job, offer.task, pb.CLAIMED, term
        record.node, record.nonce, record.traceparent = self.name, self.nonce, offer.traceparent
        return await write(self.js, "SHOAL_TASK_RECORDS", key, record, revision)

    async def report(self, offer, error):
        """Puts what went wrong into the record, if the claim still stands."""
        key = f"{offer.job}.{offer.task}"
        data, revision = await read(self.js, "SHOAL_TASK_RECORDS", key)
        record = pb.TaskRecord.FromString(data or b"")
        if (record.state, record.attempt, record.nonce) == (pb.CLAIMED, offer.attempt, self.nonce):
            message = str(error)[:2000]
            record.errors.add(node=self.name, attempt=offer.attempt, code="learner", message=message)
            record.state, record.node, record.nonce = pb.PENDING, "", ""
            await write(self.js, "SHOAL_TASK_RECORDS", key, record, revision)

    async def prepare(self, offer, held, index):
        """Rows of a slice, for each fit."""
        if held.plan is None:
            held.plan = json.loads(await blob(self.js, self.nc, offer.plan))
            held.shards, held.tables = {}, {}
            manifest = await blob(self.js, self.nc, held.plan["dataset"]["manifest"])
            held.shards = json.loads(manifest)["shards"]
            held.fits = [Fit() for _ in held.plan["fits"]]
            subject = f"shoal.rounds.{offer.job}.*.open.*"
            held.subscription = await self.nc.subscribe(subject, cb=self.open)
        parts = held.plan["rounds"]["slicesPerShard"]
        shard, part = held.shards[index // parts], index % parts
        if shard["sha256"] not in held.tables:
            data = await blob(self.js, self.nc, shard["sha256"])
            held.tables[shard["sha256"]] = pyarrow.ipc.open_stream(data).read_all()
        first, last = (step * shard["rows"] // parts for step in (part, part + 1))
        cut = held.tables[shard["sha256"]].slice(first, last - first)
        names = [*held.plan["features"], held.plan["target"]]
        # A missing number is null in Arrow, and not a number here.
        *columns, target = (cut.column(name).cast("float64").to_numpy() for name in names)
        first += shard["firstRow"]
        return [
            learner.prepare(columns, target, learner.rows_in(fit["split"], first, len(target)))
            for fit in held.plan["fits"]
        ]

    # Rounds

    async def open(self, message):
        *_, job, number, _, leader = message.subject.split(".")
        asked, held = opened("round-open", message.data), self.jobs.get(job)
        if held is None or asked.plan not in ("", held.digest):
            return
        fit, number = held.fits[int(number)], int(number)
        again = (asked.round, asked.state) == (fit.round, fit.digest)
        if asked.probe or asked.attempt < fit.attempt:
            fit.attempt = max(fit.attempt, asked.attempt)
        elif not again:
            if asked.attempt == fit.attempt and fit.digest and asked.round <= fit.round:
                return
            state = asked.inline
            if len(state) != asked.size:
                others = [node for node in asked.sources if node != self.name]
                state = await pull(self.nc, asked.state, asked.size, others or [leader])
            if hashlib.sha256(state).hexdigest() != asked.state:
                return
            fit.attempt, fit.round, fit.digest = asked.attempt, asked.round, asked.state
            fit.state, fit.parts, fit.kept = state, {}, {asked.state: state}
            await self.contribute(job, number)
            return
        else:
            fit.attempt = asked.attempt
        await self.ready(job, number)

    async def contribute(self, job, number):
        """Computes what is missing, off the thread that sends heartbeats, and announces it."""
        held = self.jobs[job]
        fit = held.fits[number]
        digest = fit.digest
        for i in [i for i in held.prepared if digest and i not in fit.parts]:
            prepared = held.prepared.get(i)
            if prepared is None:
                continue
            part = await asyncio.to_thread(learner.contribute, fit.state, prepared[number])
            if fit.digest != digest:
                return
            if held.prepared.get(i) is prepared:
                fit.parts[i] = part
                self.progress += 1
        await self.ready(job, number)

    async def ready(self, job, number):
        """Tells what is here: the state, and the sums over the fewest subtrees."""
        held = self.jobs.get(job)
        if held is None:
            return
        fit, room = held.fits[number], INLINE
        body = pb.RoundReady(node=self.name, nonce=self.nonce, job=job, fit=number, plan=held.digest)
        body.attempt, body.round, body.state = fit.attempt, fit.round, fit.digest
        body.state_size = len(fit.state)
        body.slices.extend(run for i in sorted(held.attempts) for run in (i, 1))
        fit.kept = {fit.digest: fit.state}
        slices = held.plan["rounds"]["slicesPerShard"] * len(held.shards)
        for first, last in subtrees(0, slices, fit.parts):
            data = tensors.write(total(first, last, fit.parts))
            digest, size = hashlib.sha256(data).hexdigest(), len(data)
            share = body.shares.add(first=first, count=last - first, size=size, sha256=digest)
            share.attempts.extend(held.attempts[i] for i in range(first, last))
            fit.kept[digest] = data
            if size <= room:
                share.inline, room = data, room - size
        subject = f"shoal.rounds.{job}.{number}.ready.{self.name}"
        await self.nc.publish(subject, envelope("round-ready", body))

    async def give(self, message):
        """Answers whoever pulls a state or a share."""
        asked = opened("pull", message.data)
        fits = [fit for held in self.jobs.values() for fit in held.fits]
        data = next((fit.kept[asked.digest] for fit in fits if asked.digest in fit.kept), b"")
        await message.respond(data[asked.n * CHUNK : (asked.n + 1) * CHUNK])


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nats", default=os.environ.get("SHOAL_NATS", "nats://127.0.0.1:4222"))
    parser.add_argument("--node", default=f"python-{os.getpid()}", help="name of this node")
    parser.add_argument("--creds", help="what `shoal creds add` wrote for a worker")
    args = parser.parse_args()

    async def complain(error):
        print(f"nats: {error!r}", file=sys.stderr, flush=True)

    options = {"name": args.node, "max_reconnect_attempts": -1, "error_cb": complain}
    if args.creds:
        # Each user hears answers under its own name alone.
        options |= {"user_credentials": args.creds, "inbox_prefix": f"_INBOX_{Path(args.creds).stem}"}
    await Worker(await nats.connect(args.nats, **options), args.node).run()


if __name__ == "__main__":
    asyncio.run(main())
