"""make_hdf5.py FOLDER: HDF5 files of every layout that h5py can be made to write, and beside each NAME.h5 all of its
arrays in the order of their paths, as little-endian float32 or int64 (NAME.txt: path, rank and sizes; NAME.bin)."""
import pathlib
import sys

import h5py
import numpy as np

folder = pathlib.Path(sys.argv[1])
random = np.random.default_rng(1)

TYPES = ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "<i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "<u1", "<u2", ">u4")
# name, shape, chunks, largest shape: under libver latest each has another index
CHUNKED = (
    ("single", (8, 9), (8, 9), None), ("fixed", (20, 30), (7, 8), None), ("fixed_of_more", (20, 30), (7, 8), (50, 60)),
    ("extensible", (20, 30), (3, 8), (None, 60)), ("extensible_second", (20, 30), (7, 4), (20, None)),
    ("tree", (20, 30), (7, 4), (None, None)), ("three_axes", (5, 6, 7), (2, 4, 3), (5, None, 7)),
    ("paged", (3000, 3), (1, 3), None), ("paged_row", (5000,), (2,), None),
    ("extensible_large", (9000, 2), (1, 2), (None, 2)),
    ("deep_tree", (400, 12), (1, 3), (None, None)))
FILTERS = {"plain": {}, "gzip": {"compression": "gzip"}, "sums": {"fletcher32": True},
           "shuffled": {"compression": "gzip", "shuffle": True},
           "all": {"compression": "gzip", "shuffle": True, "fletcher32": True}}


def low_level(group, name, value, **properties):
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    for key, argument in properties.items():
        getattr(plist, key)(argument)
    space = h5py.h5s.create_simple(value.shape)
    array = h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F32LE, space, plist)
    array.write(h5py.h5s.ALL, h5py.h5s.ALL, value)


def fill(h5, track_order):
    for i in range(300):
        group = h5.create_group(f"layer_{i:04}", track_order=track_order)
        group.create_dataset("vars/0", data=random.normal(size=(3, i % 5 + 1)).astype("f4"))
    types = h5.create_group("types")
    for t in TYPES:
        name = t.replace("<", "little_").replace(">", "big_")
        types.create_dataset(name, data=(random.normal(size=(5, 7)) * 20).astype(t))
    chunks = h5.create_group("chunks")
    for name, shape, chunk, most in CHUNKED:
        for filtering, options in FILTERS.items():
            if np.prod(shape) < 1000 or filtering in ("plain", "shuffled"):
                chunks.create_dataset(f"{name}_{filtering}", data=random.normal(size=shape).astype("f4"), chunks=chunk,
                                      maxshape=most, **options)
    chunks.create_dataset("holes", shape=(20, 20), chunks=(5, 5), dtype="f4", fillvalue=2.5)[3:7, 2:9] = 1
    chunks.create_dataset("never_written", shape=(20, 20), dtype="f4")
    chunks.create_dataset("scalar", data=np.float32(3.5))
    chunks.create_dataset("empty", shape=(0, 4), dtype="f4")
    value = random.normal(size=(14, 15)).astype("f4")
    low_level(chunks, "compact", value, set_layout=h5py.h5d.COMPACT)
    low_level(chunks, "implicit", value, set_chunk=(5, 5), set_alloc_time=h5py.h5d.ALLOC_TIME_EARLY)


def write_expected(file):
    found = {}
    with h5py.File(file) as h5:
        h5.visititems(lambda name, one: found.update({name: one[()]}) if hasattr(one, "dtype") else None)
    with open(file.with_suffix(".txt"), "w") as text, open(file.with_suffix(".bin"), "wb") as data:
        for name in sorted(found):
            value = found[name]
            print(name, value.ndim, *value.shape, file=text)
            data.write(value.astype("<f4" if value.dtype.kind == "f" else "<i8").tobytes())


for libver in ("earliest", "v108", "latest"):
    for track_order in (False, True):
        file = folder / f"{libver}_{track_order}.h5"
        versions = (libver, libver) if libver == "v108" else libver
        with h5py.File(file, "w", libver=versions, track_order=track_order) as h5:
            h5.attrs["text"] = "x" * 100000
            h5.attrs["fixed"] = np.bytes_(b"fixed")
            h5.attrs["list"] = [b"one", b"two\xc3\xbc", b""]
            h5.attrs["varying"] = np.array(["a", "bc", "d" * 300], dtype=object)
            h5.attrs["nothing"] = []
            for i in range(12):  # so many that they move out of the header
                h5.attrs[f"other_{i}"] = i
            names = np.array([b"layer_%06d" % i + b"z" * 60 for i in range(1000)])
            for i, part in enumerate(np.array_split(names, 2)):
                h5.attrs[f"long{i}"] = part
            fill(h5, track_order)
        write_expected(file)
