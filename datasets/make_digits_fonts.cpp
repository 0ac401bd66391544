#include "datasets/make_digits_fonts.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSystemFonts = "/usr/share/fonts";

using Library = std::unique_ptr<FT_LibraryRec_, decltype(&FT_Done_FreeType)>;
using Face = std::unique_ptr<FT_FaceRec_, decltype(&FT_Done_Face)>;

std::vector<std::string> font_files(const std::string& folder) {
  if (!fs::is_directory(folder)) throw Error(folder + ": no such folder of fonts");
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied)) {
    const std::string suffix = entry.path().extension().string();
    const bool font = suffix == ".ttf" || suffix == ".otf" || suffix == ".pfb" || suffix == ".t1" || suffix == ".ttc";
    if (font && entry.is_regular_file()) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<DigitFont::Glyph> render(FT_Face face, char digit) {
  const FT_UInt index = FT_Get_Char_Index(face, static_cast<FT_ULong>(digit));
  // Unhinted, since the outline is turned and reduced afterwards.
  if (index == 0 || FT_Load_Glyph(face, index, FT_LOAD_RENDER | FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0) return {};
  const FT_GlyphSlot slot = face->glyph;
  const FT_Bitmap& bitmap = slot->bitmap;
  if (bitmap.pixel_mode != FT_PIXEL_MODE_GRAY || bitmap.rows == 0 || bitmap.width == 0) return {};
  const cv::Mat view(static_cast<int>(bitmap.rows), static_cast<int>(bitmap.width), CV_8U, bitmap.buffer,
                     static_cast<size_t>(bitmap.pitch));
  return DigitFont::Glyph{view.clone(), slot->bitmap_left, slot->bitmap_top, static_cast<int>(slot->advance.x >> 6)};
}

std::optional<DigitFont> read_font(FT_Library library, const std::string& file) {
  FT_Face opened = nullptr;
  if (FT_New_Face(library, file.c_str(), 0, &opened) != 0) return {};
  const Face face(opened, FT_Done_Face);
  if (FT_Set_Pixel_Sizes(face.get(), 0, kDigitEm) != 0) return {};
  DigitFont font{file, {}};
  for (size_t digit = 0; digit < font.digits.size(); ++digit) {
    std::optional<DigitFont::Glyph> glyph = render(face.get(), static_cast<char>('0' + digit));
    if (!glyph) return {};
    font.digits[digit] = std::move(*glyph);
  }
  return font;
}

}  // namespace

std::vector<DigitFont> digit_fonts(const std::string& folder) {
  const std::string where = folder.empty() ? kSystemFonts : folder;
  FT_Library opened = nullptr;
  LITHE_CHECK(FT_Init_FreeType(&opened) == 0);
  const Library library(opened, FT_Done_FreeType);
  std::vector<DigitFont> fonts;
  for (const std::string& file : font_files(where)) {
    if (std::optional<DigitFont> font = read_font(library.get(), file)) fonts.push_back(std::move(*font));
  }
  if (!fonts.empty()) return fonts;
  throw Error(where + ": no outline font with digits (.ttf, .otf, .pfb); install some, such as Debian's " +
              "fonts-dejavu-core and fonts-liberation, or name their folder with --fonts");
}

}  // namespace lithe
