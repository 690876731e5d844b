"""Measures what the processor does with the products that a language model is made of, in torch as an engine calls it.

Usage: cpu_rates.py THREADS
Prints one JSON object: bandwidthGBps (a matrix of 128 MiB times a vector: beyond the caches, so reading decides),
matrixGflops (256 rows times a 1024 x 1024 matrix, 32-bit floats: a prompt through a layer), threads, by. The best of
several rounds, so that a busy neighbour does not make the machine look slower than it is. Needs torch, takes 2 s.
"""

import json
import sys
import time

import torch

threads = int(sys.argv[1])
torch.set_num_threads(threads)
torch.manual_seed(0)


def best_seconds(run, seconds):
    """The shortest of as many runs as fit into a time, at least five."""
    run()
    shortest = float("inf")
    rounds = 0
    end = time.perf_counter() + seconds
    while rounds < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        shortest = min(shortest, time.perf_counter() - start)
        rounds += 1
    return shortest


with torch.inference_mode():
    tall = torch.randn(8192, 4096)
    vector = torch.randn(4096)
    read_seconds = best_seconds(lambda: torch.mv(tall, vector), 1.0)
    rows = torch.randn(256, 1024)
    weights = torch.randn(1024, 1024)
    product_seconds = best_seconds(lambda: torch.nn.functional.linear(rows, weights), 1.0)

print(
    json.dumps(
        {
            "threads": threads,
            "bandwidthGBps": tall.numel() * tall.element_size() / read_seconds / 1e9,
            "matrixGflops": 2 * 256 * 1024 * 1024 / product_seconds / 1e9,
            "by": f"torch {torch.__version__}",
        }
    )
)
