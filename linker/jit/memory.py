"""The memory of arrays that compiled loops make: the C functions that numba's own code calls.

numba's are in its extension modules, which cannot be had without the whole of it. Those here have
their names and do what they do (numba/core/runtime/nrt.cpp), with `malloc` and `free`.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from typing import Any, Final

from linker.jit import machine
from linker.jit.assembly import linked

PROVIDED: Final = frozenset(
    (
        "NRT_Allocate",
        "NRT_Free",
        "NRT_MemInfo_alloc",
        "NRT_MemInfo_alloc_aligned",
        "NRT_MemInfo_new_varsize_dtor",
        "NRT_MemInfo_call_dtor",
    )
)
"""What machine code may ask for by name."""

_RELEASE: Final = "linker_release"
_BLOCKS: Final = "linker_blocks"

# An owner of memory is %owner: how many hold it, what to call in the end and with what, where its
# memory is and how much, whose it is (nothing: malloc's). The memory of an array follows its owner,
# that of a list lies elsewhere.
_SOURCE: Final = """
%owner = type { i64, ptr, ptr, ptr, i64, ptr }

@linker_blocks = global i64 0

declare ptr @malloc(i64)
declare void @free(ptr)

define ptr @NRT_Allocate(i64 %size) {
  %data = call ptr @malloc(i64 %size)
  ret ptr %data
}

define void @NRT_Free(ptr %data) {
  call void @free(ptr %data)
  ret void
}

define ptr @linker_own(ptr %owner, ptr %end, ptr %with, ptr %data, i64 %size) {
  %one = insertvalue %owner zeroinitializer, i64 1, 0
  %two = insertvalue %owner %one, ptr %end, 1
  %three = insertvalue %owner %two, ptr %with, 2
  %four = insertvalue %owner %three, ptr %data, 3
  %five = insertvalue %owner %four, i64 %size, 4
  store %owner %five, ptr %owner
  %count = atomicrmw add ptr @linker_blocks, i64 1 monotonic
  ret ptr %owner
}

define ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %alignment) {
  %align = zext i32 %alignment to i64
  %more = add i64 %size, %align
  %all = add i64 %more, 48
  %owner = call ptr @malloc(i64 %all)
  %none = icmp eq ptr %owner, null
  br i1 %none, label %full, label %made
full:
  ret ptr null
made:
  %place = ptrtoint ptr %owner to i64
  %after = add i64 %place, 47
  %last = add i64 %after, %align
  %over = urem i64 %last, %align
  %begin = sub i64 %last, %over
  %data = inttoptr i64 %begin to ptr
  %made_owner = call ptr @linker_own(ptr %owner, ptr null, ptr null, ptr %data, i64 %size)
  ret ptr %made_owner
}

define ptr @NRT_MemInfo_alloc(i64 %size) {
  %owner = call ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 16)
  ret ptr %owner
}

define void @linker_end_list(ptr %data, i64 %size, ptr %end) {
  %none = icmp eq ptr %end, null
  br i1 %none, label %rest, label %first
first:
  call void %end(ptr %data, i64 %size, ptr null)
  br label %rest
rest:
  call void @free(ptr %data)
  ret void
}

define ptr @NRT_MemInfo_new_varsize_dtor(i64 %size, ptr %end) {
  %data = call ptr @malloc(i64 %size)
  %owner = call ptr @malloc(i64 48)
  %no_data = icmp eq ptr %data, null
  %no_owner = icmp eq ptr %owner, null
  %none = or i1 %no_data, %no_owner
  br i1 %none, label %full, label %made
full:
  call void @free(ptr %data)
  call void @free(ptr %owner)
  ret ptr null
made:
  %made_owner = call ptr @linker_own(
    ptr %owner, ptr @linker_end_list, ptr %end, ptr %data, i64 %size)
  ret ptr %made_owner
}

define void @NRT_MemInfo_call_dtor(ptr %owner) {
  %held = load %owner, ptr %owner
  %end = extractvalue %owner %held, 1
  %with = extractvalue %owner %held, 2
  %data = extractvalue %owner %held, 3
  %size = extractvalue %owner %held, 4
  %none = icmp eq ptr %end, null
  br i1 %none, label %rest, label %first
first:
  call void %end(ptr %data, i64 %size, ptr %with)
  br label %rest
rest:
  call void @free(ptr %owner)
  %count = atomicrmw sub ptr @linker_blocks, i64 1 monotonic
  ret void
}

define void @linker_release(ptr %owner) {
  %before = atomicrmw sub ptr %owner, i64 1 acq_rel
  %was_last = icmp eq i64 %before, 1
  br i1 %was_last, label %end, label %rest
end:
  call void @NRT_MemInfo_call_dtor(ptr %owner)
  ret void
rest:
  ret void
}
"""


@functools.cache
def releaser() -> Callable[[int], Any]:
    """Link the functions, once and before any loop.

    Returns the one that takes the address of an owner when one who held it has done with it, and
    frees the memory after the last.
    """
    place = linked(__name__, __file__, _SOURCE, _RELEASE)
    return ctypes.CFUNCTYPE(None, ctypes.c_void_p)(place)


def blocks() -> int:
    """How many arrays and lists that compiled loops made are still held."""
    releaser()
    return ctypes.c_int64.from_address(machine.address(_BLOCKS)).value
