"""What any program needs to speak with a cluster of shoal: messages, records, blobs."""

import asyncio
import hashlib
import importlib
import sys
import tempfile
from pathlib import Path

import nats.js.errors
from grpc_tools import protoc

CHUNK = 524_288
# Chunks in flight.
WINDOW = 8
# What JetStream answers where somebody else has written: the compare-and-set is lost.
CONFLICT = 10071


def compile_schema():
    """The messages of schemas/shoal.proto, as a Python module."""
    schemas = Path(__file__).resolve().parents[2] / "schemas"
    folder = tempfile.mkdtemp()
    if protoc.main(["", f"-I{schemas}", f"--python_out={folder}", "shoal.proto"]) != 0:
        raise SystemExit("schemas/shoal.proto does not compile")
    sys.path.append(folder)
    return importlib.import_module("shoal_pb2")


pb = compile_schema()
BODIES = {
    "offers": pb.Offers,
    "control": pb.Control,
    "round-open": pb.RoundOpen,
    "pull": pb.Pull,
}


def envelope(kind, body):
    body = body.SerializeToString()
    return pb.Envelope(version=1, kind=kind, body=body).SerializeToString()


def opened(kind, data):
    found = pb.Envelope.FromString(data)
    if found.version != 1 or found.kind != kind:
        raise ValueError(f'message is "{found.kind}" of version {found.version}, not "{kind}"')
    return BODIES[kind].FromString(found.body)


async def read(js, bucket, key):
    """A record and its revision, from the leader of the stream; None where there is none."""
    try:
        found = await js.get_msg(f"KV_{bucket}", subject=f"$KV.{bucket}.{key}")
    except nats.js.errors.NotFoundError:
        return None, 0
    removed = "KV-Operation" in (found.headers or {})
    return (None if removed else found.data or b""), found.seq


async def write(js, bucket, key, record, revision):
    """Changes a record. Gives False where it is not as it was read any more."""
    headers = {"Nats-Expected-Last-Subject-Sequence": str(revision)}
    try:
        await js.publish(f"$KV.{bucket}.{key}", record.SerializeToString(), headers=headers)
    except nats.js.errors.APIError as error:
        if error.err_code != CONFLICT:
            raise
        return False
    return True


async def blob(js, nc, digest):
    """The bytes of a blob."""
    data, _ = await read(js, "SHOAL_BLOB_RECORDS", digest)
    record = pb.BlobRecord.FromString(data or b"")
    if not record.complete:
        raise ValueError(f"blob {digest} is not complete")
    subject = f"$JS.API.DIRECT.GET.SHOAL_BLOBS.shoal.blobs.{digest}"
    return await chunks(digest, record.size, lambda n: nc.request(f"{subject}.{n}", timeout=5))


async def pull(nc, digest, size, sources):
    """Bytes that nodes keep ready, its chunks spread over all who have them."""

    def ask(n):
        body = envelope("pull", pb.Pull(digest=digest, n=n))
        return nc.request(f"shoal.nodes.{sources[n % len(sources)]}.pull", body, timeout=2)

    return await chunks(digest, size, ask)


async def chunks(digest, size, ask):
    window = asyncio.Semaphore(WINDOW)

    async def one(n):
        async with window:
            return (await ask(n)).data

    data = b"".join(await asyncio.gather(*(one(n) for n in range(-(-size // CHUNK)))))
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError(f"{len(data)} bytes came with another SHA-256 than {digest}")
    return data
