#!/usr/bin/env python3
"""Writes tests/formats/data/*.pth with PyTorch (Debian: python3-torch). The tests know what is in them.

usage: tests/formats/make_fixtures.py [FOLDER]
"""
import argparse
import collections
import pathlib
import sys

import torch


class Recipe:
    """A class that the reader does not know, as scripts pickle their own."""

    def __init__(self):
        self.lr = 0.1
        self.steps = [30, 60]


class Toy(torch.nn.Module):
    """Saved whole: a pickle of the class instead of its weights, in the older container with this source."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(2))


def numbers(*shape, dtype=torch.float32):
    """0, 1, 2, ... in row-major order, so that every element of a fixture has one possible value."""
    count = 1
    for extent in shape:
        count *= extent
    return torch.arange(count, dtype=torch.float32).reshape(shape).to(dtype)


def layouts():
    """Views that are not contiguous, one storage under several names, empty and scalar tensors."""
    base = numbers(4, 6)
    return collections.OrderedDict(
        transposed=base.t(),
        every_second=base[:, ::2],
        last_rows=base[2:],
        same=base,
        channels_last=numbers(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
        expanded=numbers(1, 3).expand(1, 3),
        empty=torch.zeros(0, 3),
        scalar=torch.tensor(7.0),
        parameter=torch.nn.Parameter(numbers(2, 2)),
    )


def types():
    """Every storage type that has a counterpart, and one that has not."""
    tensors = {
        name: numbers(2, 3, dtype=getattr(torch, name))
        for name in ("float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8")
    }
    tensors["bool"] = torch.tensor([True, False, True])
    tensors["complex64"] = torch.zeros(2, dtype=torch.complex64)
    return tensors


def training():
    """What a training script saves: weights of a DataParallel model, optimiser, arguments, a scalar tensor."""
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.BatchNorm2d(2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model(torch.ones(1, 3, 4, 4)).sum().backward()
    optimizer.step()
    weights = torch.nn.DataParallel(model).state_dict()
    weights["module.0.weight"] = numbers(2, 3, 3, 3)
    return {
        "epoch": 12,
        "arch": "toy",
        "best_acc": 61.25,
        "best_prec1": torch.tensor(61.5),
        "state_dict": weights,
        "optimizer": optimizer.state_dict(),
        "args": argparse.Namespace(lr=0.1, data="/data", gpus=[0, 1]),
        "recipe": Recipe(),
    }


def adaptation():
    """The three networks of DRT in one file."""
    part = lambda name, value: collections.OrderedDict({name: torch.full((2,), value)})
    return {
        "epoch": 3,
        "state_dict_G": part("conv1.weight", 1.0),
        "state_dict_F1": part("classifier.1.weight", 2.0),
        "state_dict_F2": part("classifier.1.weight", 3.0),
    }


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "data")
    folder.mkdir(parents=True, exist_ok=True)
    for make in (layouts, types, training, adaptation, Toy):
        for container in ("zip", "legacy"):
            for protocol in (2, 4) if make is layouts else (2,):
                suffix = "" if protocol == 2 else f"_protocol{protocol}"
                torch.save(
                    make(),
                    folder / f"{make.__name__.lower()}_{container}{suffix}.pth",
                    pickle_protocol=protocol,
                    _use_new_zipfile_serialization=container == "zip",
                )


if __name__ == "__main__":
    main()
