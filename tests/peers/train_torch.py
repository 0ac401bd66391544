"""How fast PyTorch trains the networks of Lithe: the peer of `lithe bench --training` (scripts/bench/train).

Prints JSON like `lithe bench NETWORK --training --json`, with the parameters and the multiply-adds of convolutions and
linear layers, by which both sides can be seen to train the same network.
"""
import argparse
import json
import resource
import time

import torch
from torch import nn
from torch.nn import functional as F

from torch_networks import build


def madds_of(net, image):
    """Of convolutions and linear layers, for one image."""
    total = [0]

    def count(layer, _, y):
        total[0] += y[0].numel() * layer.weight[0].numel()

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    with torch.no_grad():
        net.eval()(image)
    for hook in hooks:
        hook.remove()
    return total[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network")
    parser.add_argument("--input-size", type=int, required=True)
    parser.add_argument("--stem-stride", type=int, default=2)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--min-time", type=float, default=1)
    parser.add_argument("--format", choices=("row_major", "channels_last"), default="row_major")
    o = parser.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    net = build(o.network, o.stem_stride)
    madds = madds_of(net, torch.zeros(1, 3, o.input_size, o.input_size))
    layout = torch.channels_last if o.format == "channels_last" else torch.contiguous_format
    net = net.to(memory_format=layout).train()
    images = torch.randn(o.batch, 3, o.input_size, o.input_size).to(memory_format=layout)
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4, foreach=True)
    labels = torch.arange(o.batch) % 10  # no network has fewer classes

    def step():
        begin = time.perf_counter()
        loss = F.cross_entropy(net(images), labels)
        forward = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        backward = time.perf_counter()
        optimizer.step()
        return time.perf_counter() - begin, forward - begin, backward - forward

    step()
    steps, begin = [], time.perf_counter()
    while len(steps) < o.repeat or time.perf_counter() - begin < o.min_time:
        steps.append(step())
    steps.sort()
    median = steps[len(steps) // 2]
    print(json.dumps({
        "torch": torch.__version__, "network": o.network, "batch": o.batch, "threads": torch.get_num_threads(),
        "format": o.format, "parameters": sum(p.numel() for p in net.parameters()), "madds": madds, "steps": len(steps),
        "min_ms": 1e3 * steps[0][0], "median_ms": 1e3 * median[0], "forward_ms": 1e3 * median[1],
        "backward_ms": 1e3 * median[2], "images_per_second": o.batch / median[0],
        "best_images_per_second": o.batch / steps[0][0],
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}, indent=2))


if __name__ == "__main__":
    main()
