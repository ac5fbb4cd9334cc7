#include "tests/differential/slipway_engine.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "runtime/compiler/module_compiler.h"
#include "runtime/compiler/options.h"
#include "runtime/engine/code_object.h"
#include "runtime/engine/exception.h"
#include "runtime/engine/fault_handler.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/invoke.h"
#include "runtime/engine/linker.h"
#include "runtime/engine/store.h"
#include "runtime/engine/thread.h"
#include "runtime/engine/value.h"
#include "runtime/wasm/decoder.h"

namespace slipway::differential {
namespace {

using engine::Instance;
using object::TrapCode;
using object::Value;

constexpr size_t kStackSize = 64 << 20;  // bytes

// Traps that another engine words alike, or tells apart in another way, are in
// one class.
std::string_view TrapClass(TrapCode code) {
  switch (code) {
    case TrapCode::kUnreachable:
      return "unreachable";
    case TrapCode::kMemoryOutOfBounds:
    case TrapCode::kUnalignedAtomic:  // which of the two is not specified
      return "memory";
    case TrapCode::kTableOutOfBounds:
      return "table";
    case TrapCode::kIndirectCallTypeMismatch:
    case TrapCode::kUninitializedElement:
      return "signature";
    case TrapCode::kNullReference:
      return "null";
    case TrapCode::kIntegerDivideByZero:
      return "division";
    case TrapCode::kIntegerOverflow:
    case TrapCode::kInvalidConversion:
      return "range";
    case TrapCode::kStackExhausted:
      return "stack";
    case TrapCode::kUnsharedWait:
      return "wait";
    case TrapCode::kUncaughtException:
      return "exception";
  }
  return "unknown";
}

std::string Crc32(std::span<const uint8_t> bytes) {
  static const std::array<uint32_t, 256> table = [] {
    std::array<uint32_t, 256> made;
    for (uint32_t i = 0; i < made.size(); ++i) {
      uint32_t crc = i;
      for (int bit = 0; bit < 8; ++bit) {
        crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
      }
      made[i] = crc;
    }
    return made;
  }();
  uint32_t crc = ~uint32_t{0};
  for (const uint8_t byte : bytes) {
    crc = table[(crc ^ byte) & 0xff] ^ crc >> 8;
  }
  return absl::StrFormat("%08x", ~crc);
}

// The host's functions, as generator.h wants them.
std::array<int, 8> objects;
void* HostRef(void*, int32_t number) {
  return number < 0 ? nullptr : &objects[static_cast<size_t>(number)];
}
int32_t HostId(void*, void* object) {
  return object == nullptr
             ? -1
             : static_cast<int32_t>(static_cast<int*>(object) - &objects[0]);
}

// One case from stdin.
struct Request {
  std::string file;
  Case test;
};

bool ReadRequest(Request& request) {
  request = {};
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "run") {
      int marks = 0;
      words >> request.file >> request.test.memories >> marks;
      request.test.marks = marks != 0;
    } else if (word == "call") {
      request.test.calls.push_back(line.substr(word.size() + 1));
    } else {
      return true;
    }
  }
  return false;
}

Value ParseValue(const std::string& word) {
  if (word.back() == 'n') {
    return engine::I64(strtoll(word.c_str(), nullptr, 10));
  }
  return engine::I32(static_cast<int32_t>(strtol(word.c_str(), nullptr, 10)));
}

std::string FormatValue(wasm::ValueType type, const Value& value) {
  if (type == wasm::ValueType::kI32) return std::to_string(value.i32);
  return std::to_string(value.i64) + 'n';
}

class World {
 public:
  World() : linker_(store_) {
    auto thread = engine::Thread::Create(store_, {.stack_size = kStackSize});
    if (!thread.ok()) abort();
    thread_ = *std::move(thread);
    thread_->Attach();
    void* nothing = nullptr;
    if (!linker_.DefineFunction("host", "ref", nothing, &HostRef).ok() ||
        !linker_.DefineFunction("host", "id", nothing, &HostId).ok()) {
      abort();
    }
  }

  Lines Run(const engine::CodeObject& code, const Case& test) {
    const auto instance = Instance::Create(*thread_, code, linker_);
    if (!instance.ok()) {
      return {"! instantiation: " + instance.status().ToString()};
    }
    Lines lines;
    for (const std::string& line : test.calls) {
      lines.push_back(Call(**instance, line));
    }
    for (uint32_t i = 0; i < test.memories; ++i) {
      lines.push_back(Describe(**instance, "m" + std::to_string(i),
                               test.marks && i + 1 == test.memories));
    }
    return lines;
  }

 private:
  std::string Call(const Instance& instance, const std::string& line) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    const object::FuncRef* function = instance.FindFunction(name);
    if (function == nullptr) return line + " ! no such function";
    const std::vector<wasm::ValueType>& results =
        instance.module().function_type(function->function_index).results;
    std::vector<Value> values;
    for (std::string word; words >> word;) values.push_back(ParseValue(word));
    values.resize(std::max(values.size(), results.size()), engine::ZeroValue());
    const engine::Outcome outcome = Invoke(*thread_, *function, values);
    if (outcome.kind == engine::Outcome::kTrapped) {
      return line + " ! " + std::string(TrapClass(outcome.trap->code));
    }
    if (outcome.kind == engine::Outcome::kException) {
      engine::ReleaseException(outcome.exception);
      return line + " ! exception";
    }
    std::string text = line + " =";
    for (size_t i = 0; i < results.size(); ++i) {
      text += ' ' + FormatValue(results[i], values[i]);
    }
    return text;
  }

  static std::string Describe(const Instance& instance, const std::string& name,
                              bool marks) {
    const auto memory = instance.FindMemory(name);
    if (memory == nullptr) return name + " ! no such memory";
    const std::span<const uint8_t> bytes(memory->base(), memory->size());
    if (!marks) {
      return name + " = " + std::to_string(bytes.size()) + ' ' + Crc32(bytes);
    }
    std::string text;
    for (const uint8_t byte : bytes) text += byte == 0 ? '0' : '1';
    text.erase(text.find_last_not_of('0') + 1);
    return name + " marks " + text;
  }

  engine::Store store_;
  engine::Linker linker_;
  std::unique_ptr<engine::Thread> thread_;
};

absl::StatusOr<const engine::CodeObject*> Compile(const std::string& file,
                                                  int optimization) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(stream), {});
  compiler::Options options;
  options.optimization = optimization;
  options.threads = 1;
  // dlopen answers a known name from memory.
  static int number = 0;
  const std::string output = file + std::to_string(number++) + ".so";
  const absl::Status status =
      compiler::CompileModule(wasm::AsBytes(bytes), options, output);
  if (!status.ok()) return status;
  const auto code = engine::CodeObject::Load(output);
  std::error_code ignored;
  std::filesystem::remove(output, ignored);
  return code;
}

Lines Run(const Request& request, int optimization) {
  const auto code = Compile(request.file, optimization);
  if (!code.ok()) return {"! instantiation: " + code.status().ToString()};
  return World().Run(**code, request.test);
}

}  // namespace

void ServeSlipway(int optimization) {
  if (!engine::InstallFaultHandlers().ok()) abort();
  Request request;
  while (ReadRequest(request)) {
    std::string answer;
    for (const std::string& line : Run(request, optimization)) {
      answer += line + '\n';
    }
    fputs((answer + "end\n").c_str(), stdout);
    fflush(stdout);
  }
}

}  // namespace slipway::differential
