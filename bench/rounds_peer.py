"""PyTorch's side of bench/rounds.ts: DistributedDataParallel on gloo, two processes; prints JSON.

Times a step of a model with as many bytes of float32 parameters, next to no arithmetic: forward,
backward with the gradients' all-reduce, and the optimiser.
"""
import argparse
import json
import os
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

parser = argparse.ArgumentParser()
parser.add_argument("--bytes", type=int, required=True)
parser.add_argument("--steps", type=int, default=100)


class Weights(torch.nn.Module):
    def __init__(self, count):
        super().__init__()
        self.weights = torch.nn.Parameter(torch.zeros(count))

    def forward(self, x):
        return (self.weights * x).sum()


def run(rank, args, port):
    os.environ["MASTER_ADDR"] = "127.0.0.1"
    os.environ["MASTER_PORT"] = str(port)
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=2)
    model = DistributedDataParallel(Weights(args.bytes // 4))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    times = []
    for _ in range(args.steps):
        begin = time.perf_counter()
        optimiser.zero_grad()
        model(1.0).backward()
        optimiser.step()
        times.append((time.perf_counter() - begin) * 1000)
    dist.barrier()
    if rank == 0:
        warm = sorted(times[len(times) // 10 :])
        print(json.dumps({
            "medianMs": warm[len(warm) // 2],
            "p95Ms": warm[int(len(warm) * 0.95)],
            "torch": torch.__version__,
        }), flush=True)
    dist.destroy_process_group()


if __name__ == "__main__":
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        chosen = free.getsockname()[1]
    mp.spawn(run, args=(parser.parse_args(), chosen), nprocs=2)
