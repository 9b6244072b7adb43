"""The kernel's tables as compiled functions see them: one pointer each, whatever they hold.

A named tuple of thirty arrays would be passed as two hundred machine words to each of a hundred functions, which takes minutes
to compile. A handle is the address of a list of places and lengths; reading a field makes an array of it where it is used. The
arrays belong to Python, which keeps them as long as a function runs. Their places count from the first: unlike NumPy's, an index below
zero does not count from the end, which would cost a comparison each time (in plain Python it raises `IndexError`, see `follow`).
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils
from numba.core.extending import infer_getattr
from numba.core.typing.templates import AttributeTemplate
from numba.extending import intrinsic, lower_builtin, lower_getattr_generic, models, register_model
from numba.np import arrayobj
from numba.np.numpy_support import from_dtype

from pathway.replay.kernel import layout as shape
from pathway.replay.kernel.sources import COLUMNS_FIELDS

_WORDS = 4
"""Of each field: its place, and its length in up to three directions."""


class Handle(types.Type):
    """The type of a handle: the fields of a named tuple, in their order, each with its kind of number and its directions."""

    def __init__(self, name: str, fields: dict[str, tuple[Any, int]]) -> None:
        self.fields = fields
        super().__init__(name=f"Handle({name})")


class Field(types.Array):
    """The type of the array that a field is."""


register_model(Field)(models.ArrayModel)


def field(dtype: Any, directions: int = 1) -> Field:
    return Field(from_dtype(np.dtype(dtype)), directions, "C")


def _counted(context: Any, builder: Any, index: Any, value: Any) -> tuple[Any, Any]:
    """Types and values of an index in one direction or several, without signs."""
    one = isinstance(index, types.Integer)
    kinds, values = ((index,), (value,)) if one else (index.types, cgutils.unpack_tuple(builder, value, len(index)))
    plain = [context.cast(builder, value, kind, types.uintp) for kind, value in zip(kinds, values, strict=True)]
    return (types.uintp,) * len(plain), plain


@lower_builtin(operator.getitem, Field, types.Integer)
@lower_builtin(operator.getitem, Field, types.UniTuple)
def _get(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    kind, index = signature.args
    array = arrayobj.make_array(kind)(context, builder, arguments[0])
    kinds, values = _counted(context, builder, index, arguments[1])
    return arrayobj._getitem_array_generic(context, builder, signature.return_type, kind, array, kinds, values)


@lower_builtin(operator.setitem, Field, types.Integer, types.Any)
@lower_builtin(operator.setitem, Field, types.UniTuple, types.Any)
def _set(context: Any, builder: Any, signature: Any, arguments: Any) -> None:
    kind, index, given = signature.args
    array = arrayobj.make_array(kind)(context, builder, arguments[0])
    kinds, values = _counted(context, builder, index, arguments[1])
    place, _, _ = arrayobj.basic_indexing(context, builder, kind, array, kinds, values, boundscheck=False)
    arrayobj.store_item(context, builder, kind, context.cast(builder, arguments[2], given, kind.dtype), place)


MACHINE = Handle("Machine", shape.MACHINE_FIELDS)
EVENTS = Handle("Events", shape.EVENTS_FIELDS)
PATIENT = Handle("Patient", shape.PATIENT_FIELDS)
TEXTS = Handle("Texts", shape.TEXTS_FIELDS)
COLUMNS = Handle("Columns", COLUMNS_FIELDS)


@register_model(Handle)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, cgutils.intp_t)


@infer_getattr
class _Fields(AttributeTemplate):
    key = Handle

    def generic_resolve(self, handle: Handle, name: str) -> Any:  # type: ignore[override]  # where it is declared, it is none
        if name not in handle.fields:
            return None
        return field(*handle.fields[name])


@lower_getattr_generic(Handle)
def _field(context: Any, builder: Any, kind: Handle, value: Any, name: str) -> Any:
    """An array without an owner over the field's place. The list of places never changes, so that reading it can be moved."""
    word = list(kind.fields).index(name) * _WORDS
    dtype, directions = kind.fields[name]
    array_type = field(dtype, directions)
    places = builder.inttoptr(value, cgutils.intp_t.as_pointer())

    def read(at: int) -> Any:
        loaded = builder.load(builder.gep(places, [cgutils.intp_t(word + at)]))
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    array = context.make_array(array_type)(context, builder)
    size = np.dtype(dtype).itemsize
    lengths = [read(1 + at) for at in range(directions)]
    strides = [cgutils.intp_t(size)]
    for length in reversed(lengths[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    count = lengths[0]
    for length in lengths[1:]:
        count = builder.mul(count, length)
    context.populate_array(
        array,
        data=builder.inttoptr(read(0), array.data.type),
        shape=cgutils.pack_array(builder, lengths),
        strides=cgutils.pack_array(builder, strides),
        itemsize=cgutils.intp_t(size),
        meminfo=None,
    )
    return array._getvalue()


@intrinsic
def machine_at(typing: Any, address: Any) -> Any:
    return MACHINE(types.intp), lambda context, builder, signature, arguments: arguments[0]


@intrinsic
def events_at(typing: Any, address: Any) -> Any:
    return EVENTS(types.intp), lambda context, builder, signature, arguments: arguments[0]


@intrinsic
def patient_at(typing: Any, address: Any) -> Any:
    return PATIENT(types.intp), lambda context, builder, signature, arguments: arguments[0]


@intrinsic
def texts_at(typing: Any, address: Any) -> Any:
    return TEXTS(types.intp), lambda context, builder, signature, arguments: arguments[0]


@intrinsic
def columns_at(typing: Any, address: Any) -> Any:
    return COLUMNS(types.intp), lambda context, builder, signature, arguments: arguments[0]


def places_of(table: Any) -> Any:
    """The list of places that a handle points to. The tuple must be kept as long as it is used. Raises `TypeError` for an array
    of another kind than the layout says: the compiled functions would read it as what it is not."""
    fields = {"Machine": MACHINE, "Events": EVENTS, "Patient": PATIENT, "Texts": TEXTS, "Columns": COLUMNS}[
        type(table).__name__
    ].fields
    places = np.zeros(len(fields) * _WORDS, np.int64)
    for at, (name, array) in enumerate(zip(fields, table, strict=True)):
        dtype, directions = fields[name]
        if array.dtype != dtype or array.ndim != directions or not array.flags.c_contiguous:
            raise TypeError(f"{name}: {array.dtype}, {array.ndim} directions")
        places[at * _WORDS] = array.ctypes.data
        places[at * _WORDS + 1 : at * _WORDS + 1 + directions] = array.shape
    return places
