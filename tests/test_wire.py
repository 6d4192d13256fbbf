"""Frames, codec and memory: what an honest peer sends arrives, anything else is a ProtocolError."""

import socket
import struct
import threading

import msgspec
import numpy as np
import pytest

from autograder.wire import Connection, Message, Packer, ProtocolError, Regions, Unpacker
from autograder.wire.frames import MAX_CONTAINERS
from autograder.wire.plain import MAX_DEPTH, MAX_NODES


def no_other(value):
    raise ProtocolError(f"not plain: {value!r}")


def pack(*values, **kwargs):
    packer = Packer(no_other, **kwargs)
    return [packer.pack(value) for value in values], packer.finish(), packer


def unpack(nodes, arrays, **kwargs):
    unpacker = Unpacker(arrays, no_other, **kwargs)
    return [unpacker.unpack(node) for node in nodes]


def there(*values):
    nodes, arrays, _ = pack(*values)
    return unpack(nodes, arrays)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        theirs.settimeout(5)
        yield ours, theirs


def frame(header: bytes, *buffers: bytes) -> bytes:
    return struct.pack("<I", len(header)) + header + b"".join(buffers)


def test_a_message_arrives_as_it_was_sent(pair):
    """Identity, kind, body and buffers."""
    ours, theirs = (Connection(sock) for sock in pair)
    big = bytes(range(256)) * 4096  # a megabyte: more than the socket holds
    sender = threading.Thread(target=ours.send, args=(Message(7, "call", ["list", 1, None, "x"], [big, b"", b"ab"]),))
    sender.start()
    message = theirs.receive()
    sender.join()
    assert message[:3] == (7, "call", ["list", 1, None, "x"])
    assert [bytes(buffer) for buffer in message.buffers] == [big, b"", b"ab"]


@pytest.mark.parametrize("one", [b"\x90", b"\x80"])
def test_a_header_that_unfolds_is_refused(pair, one):
    """Each byte of it would be an empty list or map of some eighty bytes."""
    ours, theirs = pair
    count = MAX_CONTAINERS + 10
    header = b"\x94\x01\xa2ok\xdd" + count.to_bytes(4, "big") + one * count + b"\x90"
    sender = threading.Thread(target=ours.sendall, args=(frame(header),))
    sender.start()
    with pytest.raises(ProtocolError, match="unfolds"):
        Connection(theirs).receive()
    sender.join()


@pytest.mark.parametrize(
    "nodes",
    [
        [["integer", hex(((1 << 61) - 1) * n)[2:]] for n in range(2, 2000)],
        [["complex", float(1000003 * n), float(-n)] for n in range(2000)],
    ],
    ids=["integers", "complex"],
)
def test_keys_that_collide_are_refused(nodes):
    """Each would be compared with all before it; honest keys of any number are not refused."""
    pairs = [part for node in nodes for part in (node, 1)]
    for node in (["set", *nodes], ["frozenset", *nodes], ["dict", *pairs]):
        with pytest.raises(ProtocolError, match="have one hash"):
            unpack([node], ([], [], []))
    values = [*range(-3000, 3000), *(n / 7 for n in range(1, 3000)), *map(str, range(3000))]
    assert there(set(values), dict.fromkeys(values)) == [set(values), dict.fromkeys(values)]


def test_messages_sent_together_are_received_one_by_one(pair):
    """Reading ahead keeps what belongs to the next message."""
    ours, theirs = (Connection(sock) for sock in pair)
    for number in range(3):
        ours.send(Message(number, "x", None, [b"abc"]))
    assert [theirs.receive().ident for _ in range(3)] == [0, 1, 2]


@pytest.mark.parametrize(
    "data",
    [
        frame(b"\xc1"),
        frame(b""),
        frame(msgspec.msgpack.encode([1, "x", None])),
        frame(msgspec.msgpack.encode(["1", "x", None, []])),
        frame(msgspec.msgpack.encode([1, "x", None, [-1]])),
        frame(msgspec.msgpack.encode([1, "x", None, [1 << 40]])),
        frame(msgspec.msgpack.encode([1, "x", None, [0] * 5000])),
        frame(b"\x94\x01\xa1x" + b"\x91" * 20_000 + b"\xc0\x90"),
        struct.pack("<I", 1 << 31),
    ],
    ids=["not msgpack", "empty", "short", "wrong type", "negative", "huge", "many", "deep", "long header"],
)
def test_a_malformed_frame_is_a_protocol_error(pair, data):
    """Nothing else comes out of the reader."""
    ours, theirs = pair
    ours.sendall(data)
    ours.shutdown(socket.SHUT_WR)
    with pytest.raises(ProtocolError):
        Connection(theirs).receive()


def test_a_truncated_frame_is_the_end_of_the_connection(pair):
    """The peer has gone."""
    ours, theirs = pair
    ours.sendall(frame(msgspec.msgpack.encode([1, "x", None, [10]]), b"abc"))
    ours.close()
    with pytest.raises(EOFError):
        Connection(theirs).receive()


def test_arrays_keep_values_dtype_and_layout():
    """Contiguous or not, either order, any number of dimensions, empty, read-only."""
    base = np.arange(24.0).reshape(2, 3, 4)
    arrays = [
        base, base.T, base[:, ::2], base[::-1, :, 1], np.asfortranarray(base), np.zeros((0, 3)), np.array(5),
        np.broadcast_to(np.arange(3), (2, 3)), np.array([True, False]), np.array(["a", "bcd"]),
        np.arange(4, dtype=np.uint8), np.array([1 + 2j]),
    ]  # fmt: skip
    for array in arrays:
        (back,) = there(array)
        assert back.dtype == array.dtype
        assert back.strides == array.strides or not array.size
        assert back.flags.writeable == array.flags.writeable
        np.testing.assert_array_equal(back, array)


def test_overlapping_arrays_overlap_there():
    """A change of one is seen in the other, in the same places."""
    x = np.zeros(10)
    a, b = there(x[2:6], x[4:9:2])
    a[...] = 1
    assert b.tolist() == [1, 0, 0]


def test_regions_are_counted_in_the_order_of_the_arrays():
    """Not of their addresses, which differ between the two sides."""
    memory = np.zeros(6)
    first, second, empty = memory[4:], memory[:2], memory[5:5]
    regions = Regions([first, empty, second])
    assert regions.region_of == [0, 1, 2]
    assert regions.locate(second[1:])[3] == 2
    assert Regions([second, first]).locate(second[1:])[3] == 0


def test_the_bytes_between_a_views_elements_are_not_sent():
    """A slice of the features does not carry the labels beside them."""
    table = np.zeros((5, 3))
    table[:, 2] = 123.0
    _, (_, _, buffers), _ = pack(table[:, :2])
    assert struct.pack("<d", 123.0) not in b"".join(map(bytes, buffers))


def test_a_view_of_the_callers_memory_is_rebuilt_in_it():
    """What `locate` describes on one side, `view` finds on the other."""
    ours, theirs = np.arange(12.0).reshape(3, 4), np.arange(12.0).reshape(3, 4)
    place = Regions([theirs]).locate(theirs[1:, ::2])
    view = Regions([ours]).view(place)
    assert np.shares_memory(view, ours)
    np.testing.assert_array_equal(view, ours[1:, ::2])


def test_a_view_cannot_reach_bytes_that_were_not_sent():
    """A student cannot answer with the label column that lies beside the features."""
    table = np.arange(15.0).reshape(5, 3)
    features = table[:, :2]
    labels = Regions([table]).locate(table[:, 2])
    labels[4] = 16  # as if it were in the region of the features
    with pytest.raises(ProtocolError):
        Regions([features]).view(labels)


@pytest.mark.parametrize(
    "place",
    [
        ["<f8", [100], [8], 0, 0, True],
        ["<f8", [2], [8], 0, -8, True],
        ["<f8", [2], [1 << 40], 0, 0, True],
        ["<f8", [1 << 40], [0], 0, 0, True],
        ["|O", [1], [8], 0, 0, True],
        ["<f8", [-1], [8], 0, 0, True],
        ["<f8", [1, 1], [8], 0, 0, True],
    ],
)
def test_a_forged_view_is_refused(place):
    """It leaves its memory, repeats it too often, or holds objects."""
    with pytest.raises(ProtocolError):
        Regions([np.zeros(4)]).view(place)


def test_a_boolean_array_holds_nothing_but_booleans():
    """A byte of 7 would count seven times in a sum."""
    (node,), (descriptions, sizes, _), _ = pack(np.array([True, False]))
    with pytest.raises(ProtocolError):
        unpack([node], (descriptions, sizes, [b"\x07\x00"]))


def test_values_nested_too_deeply_or_too_many_are_refused():
    """Before they are sent."""
    deep = []
    for _ in range(MAX_DEPTH + 2):
        deep = [deep]
    with pytest.raises(ProtocolError, match="deep"):
        pack(deep)
    with pytest.raises(ProtocolError, match="array holds more"):
        pack([0] * (MAX_NODES + 1))


def test_aliases_between_containers_survive():
    """The same list twice is one list, and a list may hold itself."""
    inner = [1]
    (outer,) = there([inner, inner])
    assert outer[0] is outer[1]
    inner.append(inner)
    (back,) = there(inner)
    assert back[1] is back
