// Compares the generated code of every shape with its golden file, or writes
// the files:
//
//   bazel test //runtime/compiler/golden
//   bazel run //runtime/compiler/golden -- --bless

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "runtime/compiler/golden/listing.h"
#include "runtime/compiler/golden/shapes.h"

namespace slipway::compiler {
namespace {

// Within the workspace, and within the test's runfiles.
constexpr char kDirectory[] = "runtime/compiler/golden/shapes";

std::string PathOf(const std::string& name) {
  return std::string(kDirectory) + "/" + name + ".txt";
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class GoldenTest : public testing::TestWithParam<Shape> {};

TEST_P(GoldenTest, CodeIsAsBlessed) {
  EXPECT_EQ(List(GetParam()), ReadFile(PathOf(GetParam().name)))
      << "If the change is for the better: "
         "bazel run //runtime/compiler/golden -- --bless, and read the diff.";
}

INSTANTIATE_TEST_SUITE_P(Shapes, GoldenTest, testing::ValuesIn(AllShapes()),
                         [](const auto& info) { return info.param.name; });

TEST(GoldenFilesTest, EachHasItsShape) {
  std::set<std::string> names;
  for (const Shape& shape : AllShapes()) names.insert(PathOf(shape.name));
  for (const auto& file : std::filesystem::directory_iterator(kDirectory)) {
    EXPECT_TRUE(names.contains(file.path().string())) << file.path();
  }
}

TEST(NormalizeTest, LeavesWhatMatters) {
  EXPECT_EQ(NormalizeIr("  %2 = load i64, ptr %1, align 1, !tbaa !4\n"
                        "3:    ; preds = %0\n  tail call void @f(i8 2) #7\n"),
            "  %2 = load i64, ptr %1, align 1\n3:\n"
            "  tail call void @f(i8 2)\n");
  EXPECT_EQ(NormalizeAssembly("\t.text\nf.1:      # @f.1\n# %bb.0:\n"
                              "\tretq\n.Lfunc_end0:\n\t.long 7\n"),
            "f.1:\n\tretq\n");
}

int Bless() {
  const char* workspace = getenv("BUILD_WORKSPACE_DIRECTORY");
  if (workspace == nullptr) {
    fputs("--bless works under `bazel run` only\n", stderr);
    return EXIT_FAILURE;
  }
  std::filesystem::current_path(workspace);
  std::filesystem::remove_all(kDirectory);
  std::filesystem::create_directory(kDirectory);
  for (const Shape& shape : AllShapes()) {
    std::ofstream(PathOf(shape.name)) << List(shape);
  }
  printf("wrote %s; read the diff before you commit it\n", kDirectory);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace slipway::compiler

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc > 1 && std::string_view(argv[1]) == "--bless") {
    return slipway::compiler::Bless();
  }
  return RUN_ALL_TESTS();
}
