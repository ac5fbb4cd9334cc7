// std::filesystem over the calls of the guest.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/posix/check.h"

namespace fs = std::filesystem;

namespace {

void Write(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

void paths_have_parts() {
  const fs::path path = "/a/b/../c.tar.gz";
  CHECK(path.filename() == "c.tar.gz" && path.extension() == ".gz");
  CHECK(path.lexically_normal() == "/a/c.tar.gz");
  CHECK(fs::path("/a/d").lexically_relative("/a/b/c") == "../../d");
  CHECK(std::distance(path.begin(), path.end()) == 5);
}

void directories_are_made_and_listed() {
  CHECK(fs::create_directories("tree/one/two"));
  CHECK(!fs::create_directory("tree/one"));
  Write("tree/file", "12345");
  Write("tree/one/other", "");
  std::vector<std::string> names;
  for (const fs::directory_entry& entry :
       fs::recursive_directory_iterator("tree")) {
    names.push_back(entry.path().string() + (entry.is_directory() ? "/" : ""));
  }
  std::ranges::sort(names);
  CHECK((names == std::vector<std::string>{"tree/file", "tree/one/",
                                           "tree/one/other", "tree/one/two/"}));
  CHECK(fs::is_empty("tree/one/two") && !fs::is_empty("tree"));
}

void files_are_copied_moved_and_removed() {
  CHECK(fs::file_size("tree/file") == 5);
  CHECK(fs::copy_file("tree/file", "tree/copy"));
  fs::rename("tree/copy", "tree/moved");
  CHECK(!fs::exists("tree/copy") && fs::file_size("tree/moved") == 5);
  fs::copy("tree", "twin", fs::copy_options::recursive);
  CHECK(fs::exists("twin/one/other"));
  fs::resize_file("twin/file", 2);
  CHECK(fs::file_size("twin/file") == 2);
  CHECK(fs::remove_all("twin") == 6);
  CHECK(!fs::remove("twin"));
}

void links_are_followed_when_asked() {
  fs::create_symlink("file", "tree/link");
  CHECK(fs::is_symlink("tree/link") && fs::is_regular_file("tree/link"));
  CHECK(fs::read_symlink("tree/link") == "file");
  CHECK(fs::equivalent("tree/link", "tree/file"));
  fs::create_hard_link("tree/file", "tree/hard");
  CHECK(fs::hard_link_count("tree/file") == 2);
  CHECK(fs::canonical("tree/one/../link").filename() == "file");
}

void permissions_and_times_are_set() {
  fs::permissions("tree/file", fs::perms::owner_read | fs::perms::group_read);
  CHECK(fs::status("tree/file").permissions() ==
        (fs::perms::owner_read | fs::perms::group_read));
  fs::permissions("tree/file", fs::perms::owner_write, fs::perm_options::add);
  const auto before = fs::last_write_time("tree/file");
  fs::last_write_time("tree/file", before - std::chrono::hours(1));
  CHECK(before - fs::last_write_time("tree/file") == std::chrono::hours(1));
}

void errors_name_the_path() {
  std::error_code code;
  CHECK(fs::file_size("missing", code) == static_cast<uintmax_t>(-1));
  CHECK(code == std::errc::no_such_file_or_directory);
  bool thrown = false;
  try {
    fs::directory_iterator("missing");
  } catch (const fs::filesystem_error& error) {
    thrown = error.path1() == "missing" &&
             error.code() == std::errc::no_such_file_or_directory;
  }
  CHECK(thrown);
}

void places_are_known() {
  const fs::path before = fs::current_path();
  fs::current_path("tree");
  CHECK(fs::exists("file") && fs::current_path().filename() == "tree");
  fs::current_path(before);
  CHECK(fs::space(".").capacity > 0);
  CHECK(fs::is_directory(fs::temp_directory_path()));
  CHECK(fs::remove_all("tree") > 0);
}

}  // namespace

int main() {
  CASE(paths_have_parts);
  CASE(directories_are_made_and_listed);
  CASE(files_are_copied_moved_and_removed);
  CASE(links_are_followed_when_asked);
  CASE(permissions_and_times_are_set);
  CASE(errors_name_the_path);
  CASE(places_are_known);
}
