// Source lines: from the DWARF of a module that clang made to the DWARF of the
// object, without a change of the code; and DWARF that is malformed.

#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "llvm/DebugInfo/DIContext.h"
#include "llvm/DebugInfo/DWARF/DWARFContext.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include "runtime/compiler/module_compiler.h"
#include "runtime/compiler/source_map.h"
#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/decoder.h"

namespace slipway::compiler {
namespace {

constexpr char kModule[] = "runtime/compiler/testdata/lines.wasm";
constexpr char kSource[] = "runtime/compiler/testdata/lines.c";

std::string ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The number of the source's only line with the text.
uint32_t LineOf(std::string_view text) {
  std::ifstream file(kSource);
  std::string line;
  for (uint32_t number = 1; std::getline(file, line); ++number) {
    if (line.find(text) != std::string::npos) return number;
  }
  ADD_FAILURE() << "no line has " << text;
  return 0;
}

std::vector<std::string> Compile(const std::string& module, int optimization) {
  Options options;
  options.cpu = "x86-64-v3";
  options.optimization = optimization;
  options.threads = 1;
  auto objects = CompileToObjects(wasm::AsBytes(module), options);
  EXPECT_TRUE(objects.ok()) << objects.status();
  return objects.ok() ? *std::move(objects) : std::vector<std::string>();
}

// An object that was compiled, with its debug information.
class Compiled {
 public:
  explicit Compiled(const std::string& bytes)
      : buffer_(llvm::MemoryBuffer::getMemBufferCopy(bytes)) {
    auto object = llvm::object::ObjectFile::createObjectFile(*buffer_);
    if (!object) {
      ADD_FAILURE() << llvm::toString(object.takeError());
      return;
    }
    object_ = std::move(*object);
    dwarf_ = llvm::DWARFContext::create(*object_);
  }

  std::string Code() const {
    for (const llvm::object::SectionRef& section : object_->sections()) {
      if (llvm::cantFail(section.getName()) == "slipway_text") {
        return llvm::cantFail(section.getContents()).str();
      }
    }
    return "";
  }

  // The inlined calls at every instruction of a function, innermost first, as
  // "square:4 sum:10".
  std::set<std::string> Places(const std::string& function) const {
    std::set<std::string> places;
    for (const auto& symbol :
         llvm::cast<llvm::object::ELFObjectFileBase>(*object_).symbols()) {
      const llvm::StringRef name = llvm::cantFail(symbol.getName());
      if (name.rsplit('.').first != function) continue;
      const uint64_t begin = llvm::cantFail(symbol.getValue());
      const uint64_t section = llvm::cantFail(symbol.getSection())->getIndex();
      for (uint64_t at = begin; at < begin + symbol.getSize(); ++at) {
        places.insert(PlaceOf({at, section}));
      }
    }
    return places;
  }

 private:
  std::string PlaceOf(llvm::object::SectionedAddress address) const {
    llvm::DILineInfoSpecifier wanted;
    wanted.FNKind = llvm::DILineInfoSpecifier::FunctionNameKind::ShortName;
    wanted.FLIKind = llvm::DILineInfoSpecifier::FileLineInfoKind::BaseNameOnly;
    const llvm::DIInliningInfo frames =
        dwarf_->getInliningInfoForAddress(address, wanted);
    std::string place;
    for (uint32_t i = 0; i < frames.getNumberOfFrames(); ++i) {
      const llvm::DILineInfo& frame = frames.getFrame(i);
      EXPECT_EQ(frame.FileName, "lines.c");
      if (i > 0) place += " ";
      place += frame.FunctionName + ":" + std::to_string(frame.Line);
    }
    return place;
  }

  std::unique_ptr<llvm::MemoryBuffer> buffer_;
  std::unique_ptr<llvm::object::ObjectFile> object_;
  std::unique_ptr<llvm::DWARFContext> dwarf_;
};

// Whether a debug section stays, and with which bytes.
using Change = std::function<bool(std::string_view name, std::string& bytes)>;

// The module with other debug sections.
std::string WithDebugSections(const std::string& module, const Change& change) {
  constexpr size_t kHeader = 8;
  std::string result = module.substr(0, kHeader);
  wasm::ByteReader reader(wasm::AsBytes(module).subspan(kHeader), kHeader);
  while (!reader.AtEnd()) {
    const size_t begin = reader.offset();
    uint8_t id = 0;
    uint32_t size = 0;
    wasm::Bytes contents;
    EXPECT_TRUE(reader.ReadByte(id) && reader.ReadU32(size) &&
                reader.ReadBytes(size, contents));
    wasm::ByteReader custom(contents);
    std::string_view name;
    if (id != 0 || !custom.ReadName(name) || !name.starts_with(".debug_")) {
      result += module.substr(begin, reader.offset() - begin);
      continue;
    }
    std::string bytes(contents.begin() + custom.offset(), contents.end());
    if (!change(name, bytes)) continue;
    std::string section;
    wasm::AppendSized(section, name);
    section += bytes;
    result += '\0';
    wasm::AppendSized(result, section);
  }
  return result;
}

std::string WithoutDebugSections(const std::string& module) {
  return WithDebugSections(module, [](auto, auto&) { return false; });
}

// Asks a map for all that it knows.
void ReadAll(const std::string& bytes) {
  const auto module = wasm::DecodeModule(wasm::AsBytes(bytes));
  ASSERT_TRUE(module.ok()) << module.status();
  const auto map = SourceMap::Read(*module);
  if (map == nullptr) return;
  for (const wasm::FunctionBody& body : module->bodies) {
    for (size_t i = 0; i < body.bytes.size(); ++i) {
      const SourceMap::Row* const row = map->RowAt(body.offset + i);
      if (row != nullptr) ASSERT_LT(row->file, map->files().size());
      uint32_t scope = map->ScopeAt(body.offset + i);
      for (int depth = 0; scope != SourceMap::kNone; ++depth) {
        ASSERT_LT(scope, map->scopes().size());
        ASSERT_LE(depth, 64);
        ASSERT_LT(map->scopes()[scope].function, map->functions().size());
        scope = map->scopes()[scope].parent;
      }
    }
  }
}

TEST(SourceLinesTest, FunctionsAndInlinedCalls) {
  const std::vector<std::string> objects = Compile(ReadFile(kModule), 2);
  ASSERT_EQ(objects.size(), 2u);
  const Compiled compiled(objects[1]);
  const auto at = [](const char* function, const char* line) {
    return std::string(function) + ":" + std::to_string(LineOf(line));
  };
  const std::set<std::string> sum = compiled.Places("sum");
  EXPECT_TRUE(sum.contains(at("square", "// square: inlined") + " " +
                           at("sum", "// sum: call")));
  EXPECT_TRUE(sum.contains(at("sum", "// sum: call")));
  EXPECT_TRUE(compiled.Places("divide").contains(at("divide", "// divide")));
  const std::set<std::string> start = compiled.Places("start");
  EXPECT_TRUE(start.contains(at("start", "// start: first")));
  EXPECT_TRUE(start.contains(at("start", "// start: second")));
}

TEST(SourceLinesTest, DoNotChangeTheCode) {
  const std::string module = ReadFile(kModule);
  const std::string plain = WithoutDebugSections(module);
  ASSERT_LT(plain.size(), module.size());
  for (int optimization : {0, 1, 2, 3}) {
    const Compiled with(Compile(module, optimization).at(1));
    const Compiled without(Compile(plain, optimization).at(1));
    EXPECT_NE(with.Code(), "");
    EXPECT_EQ(with.Code(), without.Code()) << "-O" << optimization;
  }
}

TEST(SourceLinesTest, ModulesWithoutDwarfHaveNone) {
  const Compiled compiled(
      Compile(WithoutDebugSections(ReadFile(kModule)), 2).at(1));
  EXPECT_EQ(compiled.Places("sum"), std::set<std::string>({""}));
}

class MalformedDwarfTest : public ::testing::Test {
 protected:
  void SetUp() override {
    module_ = ReadFile(kModule);
    code_ = Compiled(Compile(WithoutDebugSections(module_), 0).at(1)).Code();
    WithDebugSections(module_, [this](std::string_view name, std::string&) {
      sections_.emplace_back(name);
      return true;
    });
    ASSERT_GE(sections_.size(), 4u);
  }

  // It is read without harm and, now and then, compiled to the same code.
  void Check(const std::string& module) {
    ReadAll(module);
    constexpr int kCompiledShare = 20;
    if (++count_ % kCompiledShare != 0) return;
    const std::vector<std::string> objects = Compile(module, 0);
    ASSERT_EQ(objects.size(), 2u);
    EXPECT_EQ(Compiled(objects[1]).Code(), code_);
  }

  std::string module_;
  std::string code_;
  std::vector<std::string> sections_;
  int count_ = 0;
};

TEST_F(MalformedDwarfTest, MissingSections) {
  for (const std::string& missing : sections_) {
    Check(WithDebugSections(module_, [&](std::string_view name, auto&) {
      return name != missing;
    }));
  }
}

TEST_F(MalformedDwarfTest, TruncatedSections) {
  for (const std::string& truncated : sections_) {
    for (size_t size = 0; size < 400; ++size) {
      Check(WithDebugSections(module_,
                              [&](std::string_view name, std::string& bytes) {
                                if (name == truncated && size < bytes.size())
                                  bytes.resize(size);
                                return true;
                              }));
    }
  }
}

TEST_F(MalformedDwarfTest, ChangedBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 4000; ++i) {
    Check(WithDebugSections(module_, [&](std::string_view, std::string& bytes) {
      if (bytes.empty() || random() % 2 == 0) return true;
      for (uint32_t n = random() % 4; n-- > 0;) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      return true;
    }));
  }
}

}  // namespace
}  // namespace slipway::compiler
