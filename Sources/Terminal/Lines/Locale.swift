import Glibc

/// The locale that readline asks how many columns a character takes.
enum Locale {
  /// Takes over the user's locale, or one of UTF-8 where the user has named none.
  static func adopt() {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let isNamed = names.contains { name in getenv(name).map { $0.pointee != 0 } ?? false }
    if setlocale(LC_CTYPE, isNamed ? "" : "C.UTF-8") == nil { setlocale(LC_CTYPE, "C.UTF-8") }
  }
}
