#include "pipelines/formats/torch_pickle.h"

#include "pipelines/formats/torch_unpickler.h"

namespace lithe::torch {

// Codes and names are those of Python's pickletools. What is missing here (extension codes, text forms of protocol 0,
// out-of-band buffers) torch.save never writes, and it is refused.
void Unpickler::execute(uint8_t code) {
  // clang-format off
  switch (code) {
    case 0x80: if (number(1) - 2 > 3) fail("unknown protocol"); return;      // PROTO: 2 to 5
    case 0x95: take(8); return;                                              // FRAME: a hint for buffering
    case '(':  return push_mark();                                           // MARK
    case '0':  pop(); return;                                                // POP
    case '1':  pop_to_mark(); return;                                        // POP_MARK
    case '2':  return push(peek());                                          // DUP

    case 'N':  return push(make(Kind::kNone));                               // NONE
    case 0x88: return push_integer(1, Kind::kBool);                          // NEWTRUE
    case 0x89: return push_integer(0, Kind::kBool);                          // NEWFALSE
    case 'K':  return push_integer(number(1));                               // BININT1
    case 'M':  return push_integer(number(2));                               // BININT2
    case 'J':  return push_integer(static_cast<uint64_t>(static_cast<int32_t>(number(4))));  // BININT
    case 'I':  return push_text_integer();                                   // INT
    case 0x8a: return push_long(number(1));                                  // LONG1
    case 0x8b: return push_long(number(4));                                  // LONG4
    case 'G':  return push_float();                                          // BINFLOAT

    case 'U':  return push_string(take(number(1)));                          // SHORT_BINSTRING
    case 'T':  return push_string(take(number(4)));                          // BINSTRING
    case 0x8c: return push_string(take(number(1)));                          // SHORT_BINUNICODE
    case 'X':  return push_string(take(number(4)));                          // BINUNICODE
    case 0x8d: return push_string(take(number(8)));                          // BINUNICODE8
    case 'C':  return push(make(Kind::kBytes, take(number(1))));             // SHORT_BINBYTES
    case 'B':  return push(make(Kind::kBytes, take(number(4))));             // BINBYTES
    case 0x8e: return push(make(Kind::kBytes, take(number(8))));             // BINBYTES8
    case 0x96: return push(make(Kind::kBytes, take(number(8))));             // BYTEARRAY8

    case ')':  return push_tuple(0);                                         // EMPTY_TUPLE
    case 0x85: return push_tuple(1);                                         // TUPLE1
    case 0x86: return push_tuple(2);                                         // TUPLE2
    case 0x87: return push_tuple(3);                                         // TUPLE3
    case 't':  return push_marked(Kind::kTuple, pop_to_mark());              // TUPLE
    case ']':  return push(make(Kind::kList));                               // EMPTY_LIST
    case 'l':  return push_marked(Kind::kList, pop_to_mark());               // LIST
    case 'a':  return append({pop()});                                       // APPEND
    case 'e':  return append(pop_to_mark());                                 // APPENDS
    case 0x8f: return push(make(Kind::kSet));                                // EMPTY_SET
    case 0x90: return append(pop_to_mark());                                 // ADDITEMS
    case 0x91: return push_marked(Kind::kSet, pop_to_mark());                // FROZENSET
    case '}':  return push(make(Kind::kDict));                               // EMPTY_DICT
    case 's':  return set_entry();                                           // SETITEM
    case 'u':  return set_entries(pop_to_mark());                            // SETITEMS

    case 'c':  { const auto module = line(), name = line(); return push_global(module, name); }  // GLOBAL
    case 0x93: return push_stack_global();                                   // STACK_GLOBAL
    case 'R':  return call();                                                // REDUCE
    case 0x81: return call();                                                // NEWOBJ
    case 0x92: pop(); return call();                                         // NEWOBJ_EX, keyword arguments dropped
    case 'o':  return call_old_style();                                      // OBJ
    case 'b':  return set_state();                                           // BUILD
    case 'Q':  return push_persistent();                                     // BINPERSID

    case 'q':  return put(number(1));                                        // BINPUT
    case 'r':  return put(number(4));                                        // LONG_BINPUT
    case 0x94: return put(memo_.size());                                     // MEMOIZE
    case 'h':  return get(number(1));                                        // BINGET
    case 'j':  return get(number(4));                                        // LONG_BINGET
    default:   fail("operation " + std::to_string(code) + " is not allowed");
  }
  // clang-format on
}

Pickle read_pickle(std::string_view bytes, const std::string& where) { return Unpickler(bytes, where).read(); }

}  // namespace lithe::torch
